"""What a command line says, without what it means: words, redirections, pipes and nested scripts.

Admission test: it would serve a program that has never heard of guards. Part of the fast path: standard library only,
no dataclasses, enum, typing or re at import time.
"""
