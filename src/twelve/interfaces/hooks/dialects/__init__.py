"""One module per client: the answers it understands, and nothing it would choke on.

Admission test: shapes observed in that client. An unknown member opens the gate in one client and an unknown
decision in another, so each module writes the least that works.
"""
