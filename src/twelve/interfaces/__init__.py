"""Five entrances, strangers to each other: cli, hooks, mcp, web, plugin.

Admission test: it translates between the outside (arguments, HTTP, standard streams, exit codes) and
one call into the floors below. An entrance that needs another entrance is in the wrong place.
"""
