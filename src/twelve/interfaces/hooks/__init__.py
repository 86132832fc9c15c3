"""The fast path: answers an agent's tool call or a git hook within milliseconds.

Admission test: standard library only, one file's worth of work per event, an answer in the client's
own dialect. Nothing heavy may be reachable from here.
"""
