"""Verdicts, findings and tables as text: human, JSON, SARIF, Markdown.

Admission test: it takes frozen values and returns text. It prints nothing and decides nothing.
"""
