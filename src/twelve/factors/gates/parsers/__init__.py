"""Reading what tools report: JUnit, SARIF, Cobertura and lines of text.

Admission test: bytes a tool wrote in, findings and counts out. A report that cannot be read is an error of the
check, never a pass. Reports are hostile input: bounded in size and depth, no entities, no file access.
"""
