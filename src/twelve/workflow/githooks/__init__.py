"""What our git hooks do: one module per hook, each from an occasion to an answer.

Admission test: it looks at what git is about to do, or has just done, and says yes or no. Installing hooks is
`workflow.install`; what a law or a gate says is theirs.
"""
