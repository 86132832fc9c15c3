"""The loop worked by a person, without any agent: the same machine, the same checks, the person commits.

Admission test: it serves `twelve next` and the five phase verbs. It never edits a file of the person's except to
write a phase's template where there is none, and `implement.md`.
"""
