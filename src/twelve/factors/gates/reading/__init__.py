"""What kinds judge, as data: rendered manifests, kustomizations, Markdown, diffs, values by path, shapes of secrets.

Admission test: a module here reads one format and says what is in it; it runs no tool and knows no gate.
More than one kind may use it, which is why it is not part of one.
"""
