"""Factor X, Continuous Improvement Backlog. The question: what should we improve next?

Admission test: it captures, scores, schedules or measures an improvement to the system of work, not
the work itself.
"""
