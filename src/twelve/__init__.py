"""Twelve: operate coding agents through a gated loop, with evidence in git.

Floors, top to bottom: interfaces, render, workflow, factors, system, model. Imports go down only
(`pyproject.toml` holds the contracts, docs/architecture.md the drawing).
"""
