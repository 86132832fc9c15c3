"""The laws over commits, runs and the repository: gathers what they look at and counts how they were kept.

Admission test: it turns git, artefacts and files into the facts of `factors.guardrails.laws`. The laws decide.
"""
