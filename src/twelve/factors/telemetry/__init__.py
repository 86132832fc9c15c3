"""Factor V, Operational Telemetry. The question: what did it cost, and did it get better?

Admission test: it computes figures from journal records alone. It emits nothing itself: other rooms
append to the journal, this one reads.
"""
