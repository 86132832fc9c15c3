"""The laws of an agent, one module each, strangers to each other: what a commit, a session or a repository must show.

Admission test: it looks at facts somebody else gathered and names violations. It reads no file and runs nothing.
"""
