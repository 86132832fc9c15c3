"""Factor VI, Session Continuity via Bundles. The question: where were we?

Admission test: it saves or restores the state of a piece of work in fewer tokens than it took, and
can prove that decisions, parameters and next steps survived.
"""
