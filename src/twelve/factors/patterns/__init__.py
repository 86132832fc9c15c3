"""Factor IX, Documented Pattern Extraction. The question: what here is worth doing again?

Admission test: it finds, stores or instantiates a reusable solution with the commits that prove it.
Nothing is promoted without evidence and a person.
"""
