"""What was proven counts as long as nothing it rests on changes, and no trace of the shots stays behind."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kit import repos
from kit.firing import Range
from twelve.factors.approvals import record
from twelve.model.verdict import Outcome
from twelve.system import clock, git
from twelve.workflow.livefire import proof, proving
from twelve.workflow.livefire.words import Around, Guard

CLAUDE = ".claude/settings.local.json"
NAMES = ("claude", "git commit-msg")


@pytest.fixture
def proven(firing: Range) -> Range:
    """As after a trial in which everything stopped what it should."""
    around = Around(repository=firing.repository, environ=firing.environ)
    proof.keep(around, [Guard(name=name, outcome=Outcome.PASS) for name in NAMES], days=7)
    return firing


def standings(here: Range, **options: float) -> dict[str, str]:
    around = Around(repository=here.repository, environ=here.environ)
    now = clock.now() + timedelta(days=options.pop("later", 0))
    return {found.guard: found.why for found in proof.standings(around, NAMES, days=options.pop("days", 7), now=now)}


def traces(here: Range) -> dict[str, tuple[int, bytes]]:
    """Everything but the notes about which files of the state Twelve itself wrote: the record gets one."""
    return {name: found for name, found in repos.snapshot(here.root).items() if Path(name).name != "provenance.jsonl"}


@pytest.mark.slow
def test_a_whole_trial_leaves_its_record_and_nothing_else(firing: Range) -> None:
    before = traces(firing)
    found = firing.prove("claude", "gemini", "git", quick=False)
    assert {guard.outcome.value for guard in found.values()} == {"PASS"}, found
    assert min(found["claude"].shots, found["gemini"].shots) > 80
    after = traces(firing)
    added = set(after) - set(before)
    assert {name for name in added if (firing.root / name).is_file()} == {".git/twelve/state/heartbeat/proof.json"}
    assert {name: value for name, value in after.items() if name not in added} == before
    assert standings(firing) == dict.fromkeys(NAMES, "")
    assert record.standings(firing.state) == ()


def test_it_grows_old(proven: Range) -> None:
    assert standings(proven, later=6.9) == dict.fromkeys(NAMES, "")
    assert set(standings(proven, later=7.1).values()) == {"last seen more than 7 days ago"}
    assert set(standings(proven, days=1, later=1.1).values()) == {"last seen more than 1 days ago"}


def test_how_long_it_counts_stands_in_the_record_where_the_hook_reads_it(proven: Range) -> None:
    found = proof.load(proven.state)
    assert found is not None
    assert {mark.until_s - mark.at_s for mark in found.marks} == {7 * 86_400}


def test_each_work_tree_has_a_record_of_its_own(proven: Range) -> None:
    proven.repository.run("commit", "--quiet", "--allow-empty", "-m", "x")
    second = git.discover(proven.root).add_worktree(proven.folder / "second", "second")
    around = Around(repository=second, environ=proven.environ)
    assert {found.why for found in proof.standings(around, NAMES, days=7)} == {"never fired at here"}
    proof.keep(around, [Guard(name="claude", outcome=Outcome.FAIL)], days=7)
    assert standings(proven) == dict.fromkeys(NAMES, "")
    shutil.rmtree(second.root)
    proof.keep(Around(repository=proven.repository, environ=proven.environ), [], days=7)
    found = proof.load(proven.state)
    assert found is not None
    assert {mark.root for mark in found.marks} == {str(proven.root)}


def _registration(here: Range) -> None:
    here.edit(CLAUDE, '"timeout": 30', '"timeout": 29')


def _policy(here: Range) -> None:
    (here.root / "twelve.toml").write_text("")


def _hook(here: Range) -> None:
    with (here.state / "hook.src").open("ab") as stream:
        stream.write(b" ")


def _git(here: Range) -> None:
    (here.root / ".git/hooks/commit-msg").chmod(0o644)


def _elsewhere(here: Range) -> None:
    here.repository.run("config", "core.hooksPath", ".husky")


CHANGES: dict[str, tuple[Callable[[Range], None], dict[str, str]]] = {
    "registration": (_registration, {"claude": "the client's settings changed since", "git commit-msg": ""}),
    "policy": (_policy, {"claude": "the policy changed since", "git commit-msg": ""}),
    "generated hook": (_hook, dict.fromkeys(NAMES, "the generated hook changed since")),
    "a git hook": (_git, {"claude": "", "git commit-msg": "the git hooks changed since"}),
    "where git looks": (_elsewhere, {"claude": "", "git commit-msg": "the git hooks changed since"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_void_when_something_it_rests_on_changes(proven: Range, name: str) -> None:
    change, told = CHANGES[name]
    change(proven)
    assert standings(proven) == told


def test_what_a_client_writes_beside_our_hooks_changes_nothing(proven: Range) -> None:
    settings = json.loads((proven.root / CLAUDE).read_text())
    settings.setdefault("permissions", {})["allow"] = ["Bash(ls:*)"]
    settings["model"] = "x"
    (proven.root / CLAUDE).write_text(json.dumps(settings))
    assert standings(proven)["claude"] == ""


def test_a_red_trial_of_one_guard_leaves_the_marks_of_the_others(proven: Range) -> None:
    _registration(proven)
    proven.edit(CLAUDE, '"timeout": 29', '"timeout": 1')
    proven.prove("claude", quick=False)
    assert standings(proven) == {"claude": "failed when it was last tried: timeout-short", "git commit-msg": ""}


def test_a_quick_look_proves_nothing(firing: Range) -> None:
    firing.prove("claude", quick=True)
    assert proof.load(firing.state) is None


def test_a_damaged_record_proves_nothing(proven: Range) -> None:
    proof.path(proven.state).write_text("{")
    assert set(standings(proven).values()) == {"never fired at here"}


def test_wanted_is_what_init_armed_and_what_registers_us(firing: Range) -> None:
    around = Around(repository=firing.repository, environ=firing.environ)
    git = ("git pre-commit", "git commit-msg", "git pre-push")
    assert proving.wanted((), around, hooks=True) == ("claude", "codex", "gemini", *git)
    (firing.root / CLAUDE).unlink()
    assert proving.wanted((), around, hooks=False) == ("codex", "gemini")
    assert proving.wanted(("claude",), around, hooks=False) == ("claude", "codex", "gemini")


def test_somebody_at_work_stays_at_work(firing: Range) -> None:
    beat = firing.state / "heartbeat/claude"
    beat.parent.mkdir(exist_ok=True)
    beat.write_text("{}")
    firing.prove("claude")
    assert beat.exists()
    os.utime(beat, (1_600_000_000, 1_600_000_000))
    firing.prove("claude")
    assert beat.stat().st_mtime == 1_600_000_000
