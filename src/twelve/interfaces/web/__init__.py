"""The dashboard entrance; the only place that may import starlette.

Admission test: a page or endpoint that shows evidence already recorded below.
"""
