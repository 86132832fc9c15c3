"""The five phases, one file each: what its artefact must contain and what closes it.

Admission test: a module here turns one artefact into findings. It runs nothing and asks nobody.
"""
