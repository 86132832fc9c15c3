"""Pages of the reference, each generated from the one place that knows.

Every module has `pages() -> dict[path, text]`, paths relative to the repository.
"""
