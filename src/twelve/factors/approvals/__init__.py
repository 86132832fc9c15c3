"""Factor VIII, Human Gate Reviews. The question: which person allowed exactly this?

Admission test: it classifies risk, asks for a decision, or records and checks one. An answer counts
only for the digest it names.
"""
