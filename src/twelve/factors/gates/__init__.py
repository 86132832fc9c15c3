"""Factor IV, Validation Gates Before Execution. The question: is exactly this content fit to go on?

Admission test: it defines, runs, records or proves a check whose answer is PASS, FAIL, ERROR or
SKIP about content that has a digest. Deciding what follows from a verdict belongs to `workflow`.
"""
