"""What single programs do with their arguments, one module per family; loaded when the first of a family is met.

Admission test: a module maps the names of related programs to functions that add actions to an Invocation. It judges
nothing and knows no policy.
"""
