"""Factor II, JIT Context Loading. The question: what fits, and what did it cost?

Admission test: it measures or bounds what enters an agent's window. It returns verdicts about the
budget; acting on them is the business of the phase that asked.
"""
