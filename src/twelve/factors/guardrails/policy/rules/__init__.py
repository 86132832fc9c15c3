"""One module per rule: `RULE` says what it is, `check` looks at one action among all actions of the call.

Admission test: it decides about one kind of harm. It sees actions and the compiled policy, nothing else.
"""
