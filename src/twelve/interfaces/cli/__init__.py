"""The terminal: one table of verbs, one file per verb, loaded only when called.

Admission test: it parses arguments, calls one thing below, renders the answer, chooses the exit code.
"""
