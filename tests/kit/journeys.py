"""Whole runs as a person starts them: the terminal command in its own process, a real client, a scripted model."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit import clients, repos, slugs
from kit.fakemodel import FakeModel
from twelve.factors.agents.harness import Usage
from twelve.factors.gates import ledger
from twelve.model.evidence import GateEvidence
from twelve.system import git, journal
from twelve.workflow import compose
from twelve.workflow.drive.projection import Entry

TIMEOUT_S = 200
"""Far above what any journey needs, also on a machine that is busy with others."""


@dataclass(frozen=True)
class Ended:
    """What a finished command left behind."""

    code: int
    answer: dict[str, Any]
    said: str
    """Standard error: live progress and errors."""
    repository: git.Repository
    counted: Usage
    """What the model server says it delivered."""
    prompts: tuple[str, ...]
    """Every prompt and tool result the model got, in order."""
    unused: tuple[str, ...]
    untouched: bool
    """Whether the person's files, index and branch are as they were."""

    @property
    def run(self) -> str:
        return str(self.answer["run"])

    @property
    def branch(self) -> str:
        return str(self.answer["branch"])

    @property
    def entries(self) -> tuple[Entry, ...]:
        return compose.runs(self.repository).entries(self.run)

    @property
    def turns(self) -> list[tuple[str, int, int, str]]:
        """Phase, round, attempt and how it failed, of every agent turn in order."""
        made = [entry for entry in self.entries if entry.move in ("write", "work")]
        return [(entry.phase, entry.round, entry.attempt, entry.kind) for entry in made]

    @property
    def usage(self) -> Usage:
        return Usage(**self.answer["usage"])

    @property
    def journalled(self) -> list[tuple[int, int]]:
        """Input and output tokens, as the convention counts them, of every finished agent turn in the journal."""
        finished = (event for event in journal.read(self.repository.state_dir / "journal") if event["name"] == "agent.turn.finished")
        return [(event["gen_ai.usage.input_tokens"], event["gen_ai.usage.output_tokens"]) for event in finished]

    @property
    def subjects(self) -> list[str]:
        return [line.split(" ", 1)[1] for line in self.answer["commits"]]

    @property
    def artefacts(self) -> set[str]:
        """Names of the run's records on its branch."""
        folder = f".twelve/runs/{self.run}/"
        return {Path(path).name for path in self.repository.lines("ls-tree", "-r", "-z", "--name-only", self.branch, "--", folder)}

    @property
    def evidence(self) -> list[GateEvidence]:
        """The notes on every commit of the run."""
        commits = self.repository.log(f"{self.answer['base']}..{self.branch}")
        return [item for commit in commits for item in ledger.on(self.repository, commit.oid)]

    def show(self, path: str) -> str:
        return (self.repository.show(self.branch, path) or b"").decode()

    def kept(self) -> str:
        """Everything that was printed or written outside the client's own home: logs, transcripts, records, journal, databases."""
        files = [path for path in (self.repository.common_dir / "twelve").rglob("*") if path.is_file()]
        return "\n".join([json.dumps(self.answer), self.said, *(path.read_bytes().decode(errors="replace") for path in files)])


def run(client: str, tmp_path: Path, scenario: dict[str, Any]) -> Ended:
    """`twelve run` with the real client, found on PATH as a person's would be; SKIP when it is absent."""
    folder = Path(clients.need(client)).parent
    return start(client, tmp_path, scenario, path=os.pathsep.join([str(folder), os.environ.get("PATH", os.defpath)]))


def without_clients(tmp_path: Path) -> str:
    """A PATH with what a run needs and no agent client."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for program in ("git", "python3", "sh", "env"):
        if found := shutil.which(program):
            (folder / program).symlink_to(found)
    return str(folder)


def start(client: str, tmp_path: Path, scenario: dict[str, Any], *, path: str) -> Ended:
    """`twelve run --agent <client>` with this PATH, to its end."""
    repository = slugs.project(tmp_path)
    before = _visible(repository)
    with FakeModel(scenario) as model:
        env = {**_environment(client, tmp_path / "home", model.url), "PATH": path}
        done = _twelve(repository.root, env, "run", slugs.TASK, "--agent", client, "--size", "normal")
    return Ended(
        code=done.returncode,
        answer=json.loads(done.stdout) if done.stdout.strip() else {},
        said=done.stderr,
        repository=repository,
        counted=model.counted,
        prompts=tuple(request["last"] for request in model.requests("main")),
        unused=tuple(model.unused),
        untouched=_visible(repository) == before,
    )


def _environment(client: str, home: Path, url: str) -> dict[str, str]:
    env = clients.ENVIRONMENTS[client](home, url)
    return {**env, **{name: secret for name, secret in slugs.SECRETS.items() if name in env}}


def _twelve(folder: Path, env: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "twelve.interfaces.cli.main", *arguments, "--json", "--progress"],
        cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
        env={**os.environ, **env, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


def _visible(repository: git.Repository) -> tuple[object, ...]:
    files = {path: found for path, found in repos.snapshot(repository.root).items() if not path.startswith(".git/")}
    return files, repository.head(), repository.branch(), repository.run("status", "--porcelain"), repository.resolve("refs/heads/main")
