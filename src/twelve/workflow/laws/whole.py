"""The repository as the laws see it: improvements, CI, hooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from twelve.factors.guardrails.laws.evidence import RepositoryFacts
from twelve.model.errors import TwelveError
from twelve.system import clock, files, git
from twelve.workflow.laws import sessions

CI_FILES = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", ".ci/**", "Jenkinsfile", ".circleci/config.yml")
_RUNS_GATES = re.compile(r"\btwelve\s+(?:verify|gate|prove)\b|\bmake\s+ci-all\b")
_STAMP = re.compile(r"(\d{8}T\d{6})Z")


def facts(repository: git.Repository, *, commits: int) -> RepositoryFacts:
    """What can be seen without running anything."""
    return RepositoryFacts(
        commits=commits,
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


def _gates_in_ci(repository: git.Repository) -> bool | None:
    paths = repository.tracked(*CI_FILES)
    return any(_mentions(repository, path) for path in paths) if paths else None


def _mentions(repository: git.Repository, path: str) -> bool:
    try:
        return bool(_RUNS_GATES.search(files.read_text(files.confined(repository.root, path))))
    except (TwelveError, OSError):
        return False
