"""Git hooks on trial: real commits and a push in a repository of our own, with the hooks git would run in this one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from twelve.model.verdict import Outcome
from twelve.system import git, processes
from twelve.system.processes import Execution
from twelve.workflow.install import doctor, githooks, scripts
from twelve.workflow.install.doctor import Ailment, Look
from twelve.workflow.livefire.words import Around, Cause, Guard, Problem

ALONE = "other hooks stop the canaries before ours, so ours were run alone"
REFUSING = ("pre-commit", "commit-msg", "pre-push")
"""The hooks that stop something; the others write, and are run on the way."""
CHECKS = {
    "git-hook-missing": Cause.GIT_HOOK_MISSING,
    "git-hook-edited": Cause.GIT_HOOK_EDITED,
    "git-hook-mode": Cause.GIT_HOOK_MODE,
    "hooks-bypassed": Cause.GIT_HOOKS_BYPASSED,
}
GOOD = (
    "feat: canary\n\nContext: live fire\nSolution: a commit nobody keeps\nLearning: hooks let honest work pass\nImpact: not yet measured\n"
)
BAD = "feat: a change without a word about why\n"
POLICY = """\
[laws]
enforce = "everyone"

[gates.live-fire]
kind = "merge_markers"
"""
SIGNS = {"pre-commit": "live-fire", "commit-msg": "twelve commit-msg:", "pre-push": "twelve pre-push:"}
"""What each hook says when it is the one that refuses."""
MARKERS = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"
TIMEOUT_S = 120.0
"""Longest wait for one git command, seconds (ours): each runs up to four hooks."""
_WHO = {
    f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "Canary"), ("EMAIL", "canary@localhost"))
}


class Attempt(Struct, frozen=True, kw_only=True):
    """One git command and whether the hook should have stopped it."""

    hook: str
    refused: bool
    """Whether it has to be stopped by this hook."""
    done: Execution


def wanted(look: Look) -> bool:
    """Whether git hooks were installed here."""
    return bool(look.record and look.record.hooks)


def standing(look: Look) -> dict[str, list[Problem]]:
    """What is wrong with the hook files themselves, by hook; under "" what concerns all."""
    found: dict[str, list[Problem]] = {}
    for ailment in doctor.run(look, CHECKS):
        name = ailment.path.rpartition("/")[2]
        key = name if ailment.check != "hooks-bypassed" else ""
        found.setdefault(key, []).append(_problem(ailment))
    return found


def prove(look: Look, around: Around, scratch: Path, shared: tuple[Problem, ...], *, quick: bool = False) -> Iterator[Guard]:
    """Every hook that refuses, seen refusing and letting pass. Hook files that are wrong are not run. `quick`: one of them."""
    wrong = standing(look)
    wrong.setdefault("", []).extend(shared)
    elsewhere = [problem for name, listed in wrong.items() if name not in ("", *REFUSING) for problem in listed]
    runs, note = ((), "") if any(wrong.values()) else _runs(around, scratch, quick=quick)
    for name in REFUSING:
        mine = [item for item in runs if item.hook == name]
        static = (*wrong[""], *wrong.get(name, ()), *(elsewhere if name == "pre-commit" else ()))
        problems = static or tuple(problem for item in mine if (problem := _judged(item)))
        yield Guard(
            name=f"git {name}",
            outcome=Outcome.FAIL if problems else Outcome.PASS if mine else Outcome.SKIP,
            problems=tuple(problems),
            shots=len(mine),
            slowest_ms=max((round(item.done.duration_s * 1000) for item in mine), default=0),
            note=note if mine else "" if problems else "not tried this time",
        )


def _runs(around: Around, scratch: Path, *, quick: bool) -> tuple[tuple[Attempt, ...], str]:
    """What git did, and a note. Hooks of the person's may need what a throw-away repository lacks: then ours are run alone."""
    folder = githooks.effective(around.repository).resolve()
    runs = tuple(_attempts(around, scratch / "whole", folder, quick=quick))
    ours = scratch / "hooks"
    if any(_foreign(attempt) for attempt in runs) and _copied(folder, ours):
        return tuple(
            _attempts(around, scratch / "alone", ours, quick=quick)
        ), "other hooks stop the canaries before ours, so ours were run alone"
    return runs, ""


def _copied(folder: Path, target: Path) -> bool:
    """Our own scripts without what they hand on to; whether there are all that refuse."""
    target.mkdir()
    for path in sorted(folder.iterdir()):
        data = path.read_bytes() if path.is_file() else b""
        if scripts.MARK.encode() in data:
            copy = target / path.name.partition(".")[0]
            copy.write_bytes(data)
            copy.chmod(0o700)
    return all((target / name).exists() for name in REFUSING)


def _foreign(attempt: Attempt) -> bool:
    """Whether something else stopped it."""
    said = attempt.done.stderr + attempt.done.stdout
    return not attempt.done.passed and not attempt.done.timed_out and not any(sign.encode() in said for sign in (*SIGNS.values(), "twelve"))


def _attempts(around: Around, scratch: Path, hooks: Path, *, quick: bool) -> Iterator[Attempt]:
    """In an order in which each needs only those before it."""
    place = _repository(around, scratch, hooks)
    env = environment(around.environ)
    below = place.root / "below here"
    below.mkdir()
    _write(place, "below here/a.txt", "a\n")
    yield Attempt(hook="commit-msg", refused=True, done=_git(below, {**env, "LC_ALL": "C"}, "commit", "--quiet", "-m", BAD))
    if quick:
        return
    honest = _git(place.root, env, "commit", "--quiet", "-m", GOOD)
    yield Attempt(hook="commit-msg", refused=False, done=honest)
    yield Attempt(hook="pre-commit", refused=False, done=honest)
    _write(place, "d.txt", MARKERS)
    homeless = {name: value for name, value in env.items() if name != "HOME"}
    yield Attempt(hook="pre-commit", refused=True, done=_git(place.root, homeless, "commit", "--quiet", "-m", GOOD))
    git.init(scratch / "remote")
    remote = str(scratch / "remote/.git")
    # The first commit brings a policy, which is not an agent's to push: it is there before the trial begins.
    place.run("push", "--quiet", remote, "HEAD~1:refs/heads/canary")
    yield Attempt(hook="pre-push", refused=False, done=_git(place.root, env, "push", "--quiet", remote, "HEAD:refs/heads/canary"))
    place.run("commit", "--quiet", "--amend", "--allow-empty", "-m", "chore: another past", env=_WHO)
    yield Attempt(hook="pre-push", refused=True, done=_git(below, env, "push", "--quiet", remote, "+HEAD:refs/heads/canary"))


def _repository(around: Around, scratch: Path, hooks: Path) -> git.Repository:
    """A repository with the smallest policy, whose hooks are those of the person's: the very files, where they lie."""
    scratch.mkdir()
    place = git.init(scratch / "repository")
    for name in ("lefthook.yml", "lefthook-local.yml"):
        if (around.root / name).is_file():
            (place.root / name).write_bytes((around.root / name).read_bytes())
    _write(place, "twelve.toml", POLICY)
    place.run("commit", "--quiet", "-m", "chore: start", env=_WHO)
    place.run("config", "core.hooksPath", str(hooks))
    return place


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """As an agent's shell has it, without what would make git look at another repository."""
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_") or name in processes.GIT_KEPT}
    return {**kept, **_WHO, "CLAUDECODE": "1", "PRE_COMMIT_ALLOW_NO_CONFIG": "1", "GIT_TERMINAL_PROMPT": "0"}


def _git(cwd: Path, env: Mapping[str, str], *words: str) -> Execution:
    return processes.run(["git", *words], cwd=cwd, env=env, timeout_s=TIMEOUT_S)


def _write(place: git.Repository, name: str, text: str) -> None:
    (place.root / name).write_text(text)
    place.run("add", "--", name)


def _judged(attempt: Attempt) -> Problem | None:
    done, hook = attempt.done, attempt.hook
    said = (done.stderr.decode("utf-8", "replace").strip() or done.text.strip() or done.reason)[-300:]
    if done.timed_out:
        return Problem(cause=Cause.TIMED_OUT, what=f"git {hook}: no answer within {TIMEOUT_S:g} s")
    if not attempt.refused and not done.passed:
        return Problem(cause=Cause.REFUSES_ALL, what=f"git {hook}: an honest change was stopped: {said}", next="twelve doctor")
    if attempt.refused and done.passed:
        what = f"git {hook}: a change that must be stopped went through"
        return Problem(cause=Cause.LET_THROUGH, what=what, why="the hook did not run, or does not look", next="twelve doctor")
    if attempt.refused and SIGNS[hook] not in done.stderr.decode("utf-8", "replace"):
        return Problem(cause=Cause.WRONG_ANSWER, what=f"git {hook}: something else stopped the change: {said}", next="twelve doctor")
    return None


def _problem(ailment: Ailment) -> Problem:
    return Problem(cause=CHECKS[ailment.check], what=ailment.what, why=ailment.why, next=ailment.next, path=ailment.path)


def digest_parts(repository: git.Repository) -> tuple[str, ...]:
    """Where git takes hooks from and what lies there: names, permissions and sizes with times."""
    folder = githooks.effective(repository)
    listed = []
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.suffix != ".sample":
            found = os.stat(path)
            listed.append(f"{path.name} {found.st_mode:o} {found.st_size} {found.st_mtime_ns}")
    return (str(folder), *listed)
