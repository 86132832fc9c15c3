"""One file per agent client: how to start a turn, and how to tell what really happened.

Admission test: a module here knows exactly one client's command line and output. Whatever a client
claims, only the rule in its own file may call a turn successful.
"""
