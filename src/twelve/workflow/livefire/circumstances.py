"""The surroundings a hook is fired in: those of an ordinary day, and those that broke hooks elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

BIG = 3_000_000
"""Bytes of a large payload; a client handed 3 MB over in one piece."""
SHADOWS = ("python", "python3", "git", "sh", "env", "twelve", "cat", "readlink")


class Circumstance(Struct, frozen=True, kw_only=True):
    """How one shot is fired."""

    name: str
    cwd: Path
    prelude: str = ""
    """Shell lines before the registered command line."""
    environ: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()
    """Variables taken out."""
    dress: str = ""
    """What is done to the payload: `bom`, `crlf`, `escaped`, `big`."""
    deaf: bool = False
    """Nobody listens on standard error."""
    shadowed: bool = False
    """PATH finds false programs."""
    closed: bool = False
    """A hook may refuse to look at all: no client sends this, and letting it through would be worse."""


def stage(scratch: Path) -> None:
    """Folders and false programs the circumstances need."""
    (scratch / "bin").mkdir()
    for name in SHADOWS:
        (scratch / "bin" / name).write_text("#!/bin/sh\nexit 0\n")
        (scratch / "bin" / name).chmod(0o755)
    (scratch / "lib").mkdir()
    for name in ("sitecustomize", "usercustomize", "hashlib", "_json", "twelve"):
        (scratch / "lib" / f"{name}.py").write_text("import os\nos._exit(0)\n")
    (scratch / "with space and ünïcödé ✓").mkdir()


def ordinary(root: Path) -> Circumstance:
    """As when somebody works at the top of the tree."""
    return Circumstance(name="top of the tree", cwd=root)


def sideways(root: Path, scratch: Path) -> tuple[Circumstance, ...]:
    """Those under which every call means the same as at the top of the tree; canaries take turns in them."""
    shadowed = f"{scratch / 'bin'}:/usr/bin:/bin"
    return (
        Circumstance(name="PATH that finds false programs first", cwd=root, environ=(("PATH", shadowed),), shadowed=True),
        Circumstance(name="empty PATH", cwd=root, environ=(("PATH", ""),)),
        Circumstance(
            name="no UTF-8", cwd=root, environ=(("LC_ALL", "C"), ("LANG", "C"), ("PYTHONUTF8", "0"), ("PYTHONIOENCODING", "ascii"))
        ),
        Circumstance(name="no HOME", cwd=root, without=("HOME",)),
        Circumstance(name="Python told to load other code", cwd=root, environ=_python(scratch)),
        Circumstance(name="nobody listens on standard error", cwd=root, prelude="exec 2>&-", deaf=True),
        Circumstance(name="state that cannot be written", cwd=root, prelude="ulimit -f 0"),
        Circumstance(name="payload with a byte order mark", cwd=root, prelude="ulimit -f 0", dress="bom", closed=True),
        Circumstance(name="payload with CRLF", cwd=root, dress="crlf"),
        Circumstance(name="payload with every letter escaped", cwd=root, dress="escaped"),
        Circumstance(name="payload of 3 MB", cwd=root, dress="big"),
    )


def elsewhere(root: Path, scratch: Path) -> tuple[Circumstance, ...]:
    """Those in another folder, where relative paths mean something else."""
    below = next((path for path in sorted(root.iterdir()) if path.is_dir() and not path.is_symlink() and path.name != ".git"), root)
    gone = scratch / "gone"
    return (
        Circumstance(name="folder below the top", cwd=below),
        Circumstance(name="folder outside the tree", cwd=scratch),
        Circumstance(name="folder with spaces and other letters", cwd=scratch / "with space and ünïcödé ✓"),
        Circumstance(name="folder that is deleted", cwd=gone, prelude='mkdir "$0" && cd "$0" && rmdir "$0"'),
    )


def environment(base: Mapping[str, str], circumstance: Circumstance, more: Mapping[str, str]) -> dict[str, str]:
    """Everything the registered command line sees."""
    given = {**base, **more, **dict(circumstance.environ)}
    return {name: value for name, value in given.items() if name not in circumstance.without}


def dressed(payload: dict[str, Any], dress: str) -> bytes:
    """The payload's bytes, as strange as the circumstance wants them and meaning the same."""
    if dress == "crlf":
        return json.dumps(payload, indent=1).replace("\n", "\r\n").encode()
    if dress == "escaped":
        return _escaped(payload).encode()
    if dress == "big":
        return json.dumps({**payload, "transcript_extract": "x" * BIG}).encode()
    data = json.dumps(payload, ensure_ascii=False).encode()
    return b"\xef\xbb\xbf" + data if dress == "bom" else data


def _escaped(value: Any) -> str:
    """JSON in which no letter stands for itself."""
    if isinstance(value, str):
        return '"' + "".join(f"\\u{ord(letter):04x}" for letter in value) + '"'
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_escaped(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_escaped, value)) + "]"
    return json.dumps(value)


def _python(scratch: Path) -> tuple[tuple[str, str], ...]:
    return (("PYTHONPATH", str(scratch / "lib")), ("PYTHONHOME", str(scratch)), ("PYTHONSTARTUP", str(scratch / "lib/sitecustomize.py")))
