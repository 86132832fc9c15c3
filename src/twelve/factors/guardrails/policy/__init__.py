"""May these actions happen here and now? Rules over actions, one file per rule, and the judge that asks them all.

Admission test: it looks at actions and the compiled policy, never at a tool or a command text. Part of the fast path:
standard library only, no dataclasses, enum, typing or re at import time.
"""
