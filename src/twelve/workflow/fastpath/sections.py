"""The two forms of the bundle's code: marshalled for the interpreter that was chosen, and as sources for any other."""

from __future__ import annotations

import _imp
import hashlib
import marshal
import sys
from functools import cache
from importlib.util import MAGIC_NUMBER
from types import CodeType
from typing import Any

from twelve.workflow.fastpath import launcher
from twelve.workflow.fastpath.closure import Source

KEY = 0x7477656C7665
"""Key of the sections' checksums; the launching module has the same."""
FIRST = ("twelve.interfaces.hooks.finding", "twelve.interfaces.hooks.entry", "twelve.interfaces.hooks.notation")
"""Modules every event needs come first: the launching module reads the head of the file in one piece."""
QUIET = (
    "twelve",
    "twelve.interfaces",
    "twelve.interfaces.hooks",
    *FIRST,
    "twelve.interfaces.hooks.occasion",
    "twelve.interfaces.hooks.screening",
    "twelve.interfaces.hooks.trail",
)
"""All a call that needs no look loads."""
_PARTS = (
    "co_consts", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_filename", "co_name", "co_qualname", "co_exceptiontable",
)  # fmt: skip
Literal = Any


def binary(sources: dict[str, Source], literals: dict[str, Literal], launch: Source) -> bytes:
    """`hook.bin`: magic, the launching program, a checksummed index, one marshalled section per module and literal."""
    body = b""
    index: dict[str, tuple[int, int, bytes, bool]] = {}
    order = [name for name in QUIET if name in sources] + [name for name in sources if name not in QUIET]
    for name in order:
        item = sources[name]
        body = _add(index, body, name, _code(item), item.package)
    for name, value in literals.items():
        body = _add(index, body, f"={name}", marshal.dumps(value, 2), False)
    listed = marshal.dumps(index, 2)
    tag = (sys.implementation.cache_tag or "").encode().ljust(16)
    program = _code(launch)
    head = b"TWELVE-1" + MAGIC_NUMBER.ljust(8) + tag
    for part in (listed, program):
        head += len(part).to_bytes(4, "little") + _imp.source_hash(KEY, part)
    return head + program + listed + body


def plain(sources: dict[str, Source], literals: dict[str, Literal]) -> bytes:
    """`hook.src`: a Python literal of all sources behind its own sha256."""
    texts: dict[str, Any] = {name: (item.text, item.package, item.file) for name, item in sources.items()}
    texts.update({f"={name}": (value, False) for name, value in literals.items()})
    body = repr(texts).encode("utf-8", "backslashreplace")
    return hashlib.sha256(body).hexdigest().encode() + body


def _add(index: dict[str, tuple[int, int, bytes, bool]], body: bytes, name: str, raw: bytes, package: bool) -> bytes:
    index[name] = (len(body), len(raw), _imp.source_hash(KEY, raw), package)
    return body + raw


@cache
def _code(item: Source) -> bytes:
    return _stable(_compiled(item))


def _compiled(item: Source) -> CodeType:
    code: CodeType = compile(launcher.reduced(item), item.file, "exec", dont_inherit=True, optimize=2)
    return _unlined(code)


def _unlined(code: CodeType) -> CodeType:
    """Without the table of lines and columns: a quarter of what is read on every call, and nobody reads a traceback here."""
    inner = tuple(_unlined(value) if isinstance(value, CodeType) else value for value in code.co_consts)
    return code.replace(co_consts=inner, co_linetable=b"")


def _stable(code: CodeType) -> bytes:
    """The same bytes every time. Marshal marks what somebody else holds too, so here everything is held by somebody else."""
    # strings of one character are the interpreter's own; whether they are marked as interned depends on who came before
    kept: list[Any] = [sys.intern(chr(number)) for number in range(256)]
    _hold(code, kept)
    return marshal.dumps(code, 4)


def _hold(value: Any, kept: list[Any]) -> None:
    kept.append(value)
    inner: tuple[Any, ...] = ()
    if isinstance(value, CodeType):
        inner = tuple(getattr(value, name) for name in _PARTS)
    elif isinstance(value, tuple | frozenset):
        inner = tuple(value)
    for part in inner:
        _hold(part, kept)
