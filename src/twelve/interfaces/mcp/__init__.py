"""The Model Context Protocol entrance; the only place that may import mcp.

Admission test: a short schema in front of one call into the floors below, never one that approves.
"""
