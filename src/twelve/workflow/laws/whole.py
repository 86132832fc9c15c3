"""The repository as the laws see it: improvements, CI, hooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from twelve.factors.guardrails import hookloop
from twelve.factors.guardrails.laws.evidence import RepositoryFacts
from twelve.model.errors import TwelveError
from twelve.system import clock, files, git
from twelve.workflow.install import githooks, scripts
from twelve.workflow.laws import sessions

CI_FILES = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", ".ci/**", "Jenkinsfile", ".circleci/config.yml")
MANAGERS = (".husky/*", "lefthook.yml", ".lefthook.yml", "lefthook.yaml")
_RUNS_GATES = re.compile(r"\btwelve\s+(?:verify|gate|prove)\b|\bmake\s+ci-all\b")
_STAMP = re.compile(r"(\d{8}T\d{6})Z")


def facts(repository: git.Repository, *, commits: int) -> RepositoryFacts:
    """What can be seen without running anything."""
    hooks = _hooks(repository)
    return RepositoryFacts(
        commits=commits,
        hooks=_missing(hooks) if commits else "",
        hook_scripts=len(hooks),
        looping_hooks=hookloop.scan(hooks),
        improvement_age_days=_improvement_age(repository),
        gates_in_ci=_gates_in_ci(repository),
    )


def _improvement_age(repository: git.Repository) -> float | None:
    root = repository.root
    found = [sessions.facts(root, run) for run in sessions.runs(root)]
    return _youngest([session.run for session in found if session is not None and session.improvements])


def _youngest(runs: Sequence[str]) -> float | None:
    """Days since the last of these runs began, by the time in its id."""
    stamps = [match.group(1) for run in runs if (match := _STAMP.match(run))]
    if not stamps:
        return None
    last = datetime.strptime(max(stamps), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return (clock.now() - last).total_seconds() / 86_400


def _hooks(repository: git.Repository) -> dict[str, str]:
    """Path -> text of the hook scripts git would run and of the files hook managers read."""
    folder = githooks.effective(repository)
    names = (*scripts.NAMES, *scripts.PASSED_ON)
    found = {f"hooks/{name}": _text(folder / name) for name in names} if folder.is_dir() else {}
    found |= {path: _text(repository.root / path) for path in repository.tracked(*MANAGERS)}
    return {path: text for path, text in found.items() if text}


def _missing(hooks: dict[str, str]) -> str:
    """Which of our hooks git would not run, in words."""
    ours = [name for name in scripts.NAMES if scripts.MARK in hooks.get(f"hooks/{name}", "")]
    absent = [name for name in scripts.NAMES if name not in ours]
    return f"{', '.join(absent)} not installed" if absent and len(absent) < len(scripts.NAMES) else "not installed" if absent else ""


def _text(path: Path) -> str:
    try:
        return files.read_text(path) if path.is_file() else ""
    except (TwelveError, OSError):
        return ""


def _gates_in_ci(repository: git.Repository) -> bool | None:
    paths = repository.tracked(*CI_FILES)
    return any(_mentions(repository, path) for path in paths) if paths else None


def _mentions(repository: git.Repository, path: str) -> bool:
    try:
        return bool(_RUNS_GATES.search(_text(files.confined(repository.root, path))))
    except TwelveError:
        return False
