"""JavaScript and TypeScript syntax trees: the only module that loads the grammars, and only when such a file is in a change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import tree_sitter
import tree_sitter_javascript
import tree_sitter_typescript

from twelve.factors.gates.integrity import places
from twelve.factors.gates.integrity.places import Language

Node = tree_sitter.Node

_BROKEN_SHARE = 0.1
"""A tree with errors over more than this share (0 to 1) of its top-level bytes is not trusted (ours)."""


def parse(path: str, text: str) -> Node:
    """Root of the tree. SyntaxError when so much of it does not parse that tests could hide there."""
    language = places.language(path) or Language.JAVASCRIPT
    data = text.encode("utf-8", "replace")
    root = _parser(language).parse(data).root_node
    if root.has_error and language is not Language.TSX:
        # Flow types and decorators in .js files are TypeScript to a parser.
        other = _parser(Language.TSX).parse(data).root_node
        root = other if _broken(other) < _broken(root) else root
    if root.has_error and _broken(root) > _BROKEN_SHARE * max(len(data), 1):
        raise SyntaxError(f"{path} does not parse")
    return root


def text(node: Node | None) -> str:
    """Source of a node on one line."""
    return " ".join(node.text.decode("utf-8", "replace").split()) if node is not None and node.text is not None else ""


def inner(node: Node) -> Iterator[Node]:
    """The node and everything below it, in order."""
    pending = [node]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(reversed(one.children))


def _broken(root: Node) -> int:
    total, pending = 0, [root]
    while pending:
        node = pending.pop()
        if node.type == "ERROR" or node.is_missing:
            total += max(node.end_byte - node.start_byte, 1)
        elif node.has_error:
            pending.extend(node.children)
    return total


@lru_cache(maxsize=4)
def _parser(language: Language) -> tree_sitter.Parser:
    grammars = {
        Language.JAVASCRIPT: tree_sitter_javascript.language,
        Language.TYPESCRIPT: tree_sitter_typescript.language_typescript,
        Language.TSX: tree_sitter_typescript.language_tsx,
    }
    return tree_sitter.Parser(tree_sitter.Language(grammars[language]()))
