"""Factor III, Single-Responsibility Agents. The question: who does this, and did they finish?

Admission test: it describes an agent or drives one client through one turn. Judging the work an
agent delivered belongs to the gates.
"""
