"""What a tool call would do, whichever client or program does it.

Admission test: it turns a call, a command or a program's arguments into actions. It decides nothing. Part of the fast
path: standard library only, no dataclasses, enum, typing or re at import time.
"""
