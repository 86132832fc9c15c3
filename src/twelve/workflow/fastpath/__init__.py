"""The generated hook: what goes into it, how it is registered, and how a driven turn is armed with it.

Admission test: it turns sources, policy and places into files or into a client's settings. What a hook answers is
decided in `interfaces.hooks`, what is dangerous in `factors.guardrails`.
"""
