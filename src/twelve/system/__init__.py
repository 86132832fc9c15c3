"""The only floor that touches the world: files, git, processes, the clock, the journal.

Admission test: code belongs here when it would be equally useful to a program that has never heard
of the twelve factors. It knows no factor, no phase and no gate.
"""
