"""A run carried out durably: worktree, agent turns, gates, waiting for people.

Admission test: it is an effect of the phase machine's decision, or the engine that makes such
effects survive a crash. The only place that imports dbos.
"""
