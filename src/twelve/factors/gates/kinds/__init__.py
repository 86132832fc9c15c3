"""One file per gate kind; the module is the plugin and the table in `registry` lists them all.

Admission test: a kind reads files or runs one tool and returns a report. It never writes to the
tree it judges, never asks a person and never knows which phase called it.
"""
