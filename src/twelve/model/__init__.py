"""The words every floor uses: verdicts, findings, phases, settings, errors.

Admission test: a type belongs here when at least two floors speak it and it can be built, compared
and serialised without touching the world. Pure and frozen; the standard library and msgspec, no I/O.
"""
