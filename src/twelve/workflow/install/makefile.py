"""Two targets in the project's Makefile: where they go, and when they must not."""

from __future__ import annotations

import re
from pathlib import Path

from twelve.model.errors import TwelveError
from twelve.system import files

TARGETS = ("quick", "ci-all")
NAMES = ("GNUmakefile", "makefile", "Makefile")
"""In the order make looks for them."""

_BEGIN = "# twelve: begin (written by `twelve init`, removed by `twelve uninstall`)"
_END = "# twelve: end"
# One-line rules, because a project may have changed the recipe prefix.
_BODY = f"""{_BEGIN}
TWELVE ?= twelve
.PHONY: quick ci-all
quick: ; $(TWELVE) gate run --suite quick
ci-all: ; $(TWELVE) gate run --suite full
{_END}
"""
_RULE = re.compile(rb"^ *([^\s#:=][^#:=]*?) *::?(?![:=])", re.MULTILINE)


def choose(root: Path) -> str:
    """Name of the file make would read; `Makefile` when there is none. TwelveError when it is not a plain file."""
    for name in NAMES:
        path = root / name
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise TwelveError(
                f"{name} is not a plain file",
                why="targets are only added to a regular file inside the work tree",
                next="add the two targets yourself (see docs/how-to/wire-make.md) and run twelve init --no-make",
            )
        if path.is_file():
            return name
    return "Makefile"


def body() -> bytes:
    """The block without what separates it from the lines above."""
    return _BODY.encode()


def block(existing: bytes) -> bytes:
    """What to append so that the result is valid whatever the last line looks like."""
    if not existing or existing == b"\xef\xbb\xbf":
        return _BODY.encode()
    # A last line without an end needs one; the empty line also ends a last line continued by a backslash.
    return (b"\n" if existing.endswith((b"\n", b"\r")) else b"\n\n") + _BODY.encode()


def without(content: bytes, block: bytes) -> bytes:
    """`content` without the one `block` in it; what a person wrote below never joins the last line above."""
    above, below = content.split(block)
    continued = above.rstrip(b"\r\n").endswith(b"\\")
    if not above or not below or (above.endswith((b"\n", b"\r")) and not continued):
        return above + below
    lead = block[: len(block) - len(block.lstrip(b"\n"))]
    return above + (lead if continued else b"\n") + below


def is_marked(content: bytes) -> bool:
    """Whether our block, or what an edit left of it, is in there."""
    return _BEGIN.encode() in content or _END.encode() in content.splitlines()


def refuse_clash(name: str, existing: bytes) -> None:
    """TwelveError when one of our target names is taken."""
    taken = sorted(set(TARGETS) & _defined(existing))
    if taken:
        raise TwelveError(
            f"{name} already defines {' and '.join(taken)}",
            why="two rules for one target would silently replace the project's own",
            next="rename the project's target, or run twelve init --no-make and call `twelve gate run --suite quick` where you like",
        )


def read(path: Path) -> bytes:
    return files.read_bounded(path) if path.is_file() else b""


def _defined(content: bytes) -> set[str]:
    joined = re.sub(rb"\\\r?\n", b" ", content.removeprefix(b"\xef\xbb\xbf"))
    return {name.decode("utf-8", "replace") for match in _RULE.finditer(joined) for name in match[1].split()}
