"""Verdicts kept for content that was judged before. Deleting the folder is always safe.

A verdict is found by what decides it: definition, programs, version of Twelve, and either the digest of the
input files or the whole subject (cheaper to know). Only PASS and FAIL are kept.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec

from twelve.factors.gates.definition import Gate
from twelve.model.verdict import Outcome, Verdict
from twelve.system import files
from twelve.version import __version__

_SCHEMA = "twelve.gate-cache.v1"
_LIMIT = 4_000_000


def key(gate: Gate, programs: str, content: str) -> str:
    """Name of an entry: sha256 over all that decides the verdict. `content` is a digest with its kind in front."""
    return hashlib.sha256("\0".join((_SCHEMA, __version__, gate.id, gate.digest, programs, content)).encode()).hexdigest()


def get(folder: Path, name: str, gate: Gate) -> Verdict | None:
    """The stored verdict, marked as cached; None when there is none or the entry is damaged or of another gate."""
    try:
        plain = json.loads(files.read_bounded(_path(folder, name), _LIMIT))
        if plain["schema"] != _SCHEMA or plain["key"] != name or plain["sum"] != _sum(plain["verdict"]):
            return None
        verdict = msgspec.convert(plain["verdict"], Verdict)
    except Exception:  # noqa: BLE001 - whatever is wrong with a cache entry, the gate simply runs
        return None
    if verdict.gate != gate.id or verdict.definition != gate.digest or verdict.outcome not in (Outcome.PASS, Outcome.FAIL):
        return None
    return msgspec.structs.replace(verdict, cached=True, required=gate.required)


def put(folder: Path, names: tuple[str, ...], verdict: Verdict) -> None:
    """Keep a PASS or FAIL under each name; anything else is dropped. A cache that cannot be written is no failure."""
    if verdict.outcome not in (Outcome.PASS, Outcome.FAIL):
        return
    plain = msgspec.to_builtins(verdict)
    total = _sum(plain)
    for name in names:
        text = json.dumps({"schema": _SCHEMA, "key": name, "sum": total, "verdict": plain}, ensure_ascii=True, sort_keys=True)
        try:
            write(_path(folder, name), text.encode())
        except OSError:
            return


def write(path: Path, data: bytes) -> None:
    """Put a file in place at once but without waiting for the disk: what a crash tears, its checksum gives away. OSError when refused."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def _sum(plain: object) -> str:
    return hashlib.sha256(json.dumps(plain, ensure_ascii=True, sort_keys=True).encode()).hexdigest()


def _path(folder: Path, name: str) -> Path:
    return folder / name[:2] / f"{name}.json"
