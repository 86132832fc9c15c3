"""Renders what agent clients install: marketplaces, plugins, commands.

Admission test: it turns model and content into a client's own files and measures what they cost.
"""
