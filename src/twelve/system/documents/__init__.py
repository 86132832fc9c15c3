"""Structured text in and out: YAML, TOML, JSON, and Markdown with YAML front matter.

Everything read here is untrusted: sizes, nesting and alias expansion are bounded, duplicate keys are
refused, and every refusal carries the line.
"""

from twelve.system.documents.frontmatter import Document, parse_document, render_document
from twelve.system.documents.tables import canonical_json, load_json, load_toml
from twelve.system.documents.trouble import DocumentError
from twelve.system.documents.yaml import dump_yaml, load_yaml, load_yaml_all

__all__ = [
    "Document",
    "DocumentError",
    "canonical_json",
    "dump_yaml",
    "load_json",
    "load_toml",
    "load_yaml",
    "load_yaml_all",
    "parse_document",
    "render_document",
]
