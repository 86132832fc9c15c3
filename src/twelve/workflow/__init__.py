"""What needs more than one factor: the phase machine, the durable driver, installation.

Admission test: it would have to import two factor rooms, or it decides what happens next. Pure
decisions live in `machine`; effects live in `drive` and `install`.
"""
