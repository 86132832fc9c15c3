"""The generated hook as a client runs it: a process of its own, a payload on standard input, an answer to read."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from kit import repos
from twelve.model.settings import Settings
from twelve.system import git
from twelve.workflow.fastpath import bundle, registration


class Answer(Struct, frozen=True, kw_only=True):
    """What one call of the hook gave back."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out) if self.out else {}
        return found

    @property
    def blocked(self) -> bool:
        """The portable block: every part of it, because each client reads another one."""
        return self.code == 2 and self.object.get("decision") == "block" and bool(self.err) and self.object.get("reason") == self.err


class Guarded(Struct, frozen=True, kw_only=True):
    """A repository with the generated hook in place."""

    repository: git.Repository
    home: Path
    built: bundle.Bundle

    @property
    def root(self) -> Path:
        return self.repository.root

    @property
    def state(self) -> Path:
        return self.repository.state_dir

    def run(self, raw: bytes | str, client: str = "claude", *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Answer:
        """Whatever bytes, through the registered command line."""
        argv = shlex.split(registration.command(self.repository, client))
        given = {"HOME": str(self.home), "PATH": os.defpath, **(env or {})}
        data = raw.encode() if isinstance(raw, str) else raw
        done = subprocess.run(argv, input=data, capture_output=True, env=given, cwd=cwd, timeout=60, check=False)
        return Answer(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())

    def event(self, name: str, client: str = "claude", *, env: Mapping[str, str] | None = None, **fields: Any) -> Answer:
        return self.run(json.dumps(self.payload(name, **fields)), client, env=env)

    def call(self, tool: str, client: str = "claude", *, event: str = "", env: Mapping[str, str] | None = None, **given: Any) -> Answer:
        """A tool call about to run."""
        name = event or ("BeforeTool" if client == "gemini" else "PreToolUse")
        return self.event(name, client, env=env, tool_name=tool, tool_input=given)

    def payload(self, name: str, **fields: Any) -> dict[str, Any]:
        common = {"session_id": "s-1", "cwd": str(self.root), "permission_mode": "acceptEdits"}
        return {**common, "hook_event_name": name, **fields}

    def proven(self, client: str, *, outcome: str = "PASS", age_s: int = 0, days: float = 7) -> None:
        """What `twelve prove` leaves when it has fired at this client's hook."""
        at = int(time.time()) - age_s
        mark = {"guard": client, "root": str(self.root), "outcome": outcome, "at_s": at, "until_s": at + int(days * 86_400)}
        (self.state / "heartbeat").mkdir(exist_ok=True)
        (self.state / "heartbeat/proof.json").write_text(json.dumps({"marks": [mark]}))

    def journal(self) -> list[dict[str, Any]]:
        lines = [line for path in sorted((self.state / "journal").glob("*.jsonl")) for line in path.read_text().splitlines()]
        return [json.loads(line) for line in lines]


def guarded(tmp_path: Path, files: Mapping[str, str | bytes] | None = None, *, settings: Settings | None = None) -> Guarded:
    """A fresh repository with the hook built and written."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    repository = repos.new_repository(tmp_path, files if files is not None else {"twelve.toml": "", "src/a.py": "x = 1\n"})
    built = bundle.build(repository, settings or Settings())
    bundle.write(repository, built)
    return Guarded(repository=repository, home=home, built=built)
