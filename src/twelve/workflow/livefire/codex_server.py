"""Asking the installed Codex itself which hooks it would run here: its own server tells, without any model."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from twelve.system import files, processes

TIMEOUT_S = 15.0
"""Longest wait for the answer, seconds (ours): it took 0.6 s here."""
_LIST = 2
_ASKED = (
    {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"clientInfo": {"name": "twelve", "version": "1"}}},
    {"jsonrpc": "2.0", "method": "initialized"},
)
_KEEP_OPEN = '{ cat; sleep 20; } | { "$0" app-server; kill 0; }'
"""The server leaves when its input ends, also before it has answered; when it leaves, nobody waits any longer."""


class Listed(Struct, frozen=True, kw_only=True):
    """One hook as the client sees it."""

    key: str
    trusted: bool
    enabled: bool


def hooks(program: str, home: Path, root: Path, environ: Mapping[str, str]) -> tuple[Listed, ...] | None:
    """Hooks of the project as the client lists them; None when it gave no answer.

    It runs on a copy of the person's settings: starting it in their folder would leave files there.
    """
    with files.scratch_directory("twelve-codex-") as scratch:
        if (home / "config.toml").is_file():
            files.write_atomic(scratch / "config.toml", files.read_bounded(home / "config.toml"), mode=0o600)
        heard = _Ear()
        asked = (*_ASKED, {"jsonrpc": "2.0", "id": _LIST, "method": "hooks/list", "params": {"cwds": [str(root)]}})
        processes.run(
            ["/bin/sh", "-c", _KEEP_OPEN, program],
            cwd=root,
            env={**environ, "CODEX_HOME": str(scratch), "HOME": str(scratch)},
            stdin="".join(json.dumps(item) + "\n" for item in asked).encode(),
            timeout_s=TIMEOUT_S,
            on_start=heard.started,
            on_output=heard.heard,
            grace_s=0.2,
        )
    return heard.answer


class _Ear:
    """Listens until the answer is there, then ends the conversation."""

    def __init__(self) -> None:
        self.answer: tuple[Listed, ...] | None = None
        self._process = 0
        self._text = b""

    def started(self, process: int) -> None:
        self._process = process

    def heard(self, data: bytes) -> None:
        self._text += data
        *lines, self._text = self._text.split(b"\n")
        for line in lines:
            if self.answer is None and (found := _listed(line)) is not None:
                self.answer = found
                with suppress(ProcessLookupError):
                    os.killpg(self._process, signal.SIGTERM)


def _listed(line: bytes) -> tuple[Listed, ...] | None:
    try:
        found: Any = json.loads(line)
        if not isinstance(found, dict) or found.get("id") != _LIST:
            return None
        return tuple(_one(item) for group in found["result"]["data"] for item in group["hooks"])
    except (ValueError, KeyError, TypeError):
        return None


def _one(item: dict[str, Any]) -> Listed:
    return Listed(key=str(item["key"]), trusted=item.get("trustStatus") in ("trusted", "managed"), enabled=item.get("enabled") is not False)
