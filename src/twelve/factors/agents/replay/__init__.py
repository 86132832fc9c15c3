"""A scripted agent in a process of its own: it does exactly what its script says, good or bad.

Admission test: it belongs here when it reads the public replay script format or carries out one of
its actions. Judging what the scripted agent did belongs to the replay harness and to the gates.
"""
