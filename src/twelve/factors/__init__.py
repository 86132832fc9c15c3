"""Twelve rooms, one per factor; a room may import only rooms with a smaller numeral.

Admission test: code belongs in a room when it answers that factor's one question and no other's.
What needs two factors lives one floor up, in `workflow`.
"""
