"""Live fire: what is registered with each client and with git is found, run as they run it, and seen to stop something.

Admission test: it reads other programs' configuration, runs what stands there, or records what came of it. What the hook
answers is decided in `interfaces.hooks`, what is dangerous in `factors.guardrails`.
"""
