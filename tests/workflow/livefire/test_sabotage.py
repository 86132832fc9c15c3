"""Ten ways a guard dies in silence: each turns proving red with its own name, and putting things right turns it green again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kit import repos
from kit.firing import Range
from twelve.interfaces.cli import main
from twelve.system import config
from twelve.workflow.livefire import proving
from twelve.workflow.livefire.words import Cause

CLAUDE, CODEX, GEMINI = ".claude/settings.local.json", ".codex/hooks.json", ".gemini/settings.json"
Sabotage = Callable[[Range], None]
SABOTAGES: dict[str, tuple[str, Cause, Sabotage]] = {}
"""What is done -> (the guard that must see it, the cause it must name, how it is done)."""


def sabotage(guard: str, cause: Cause) -> Callable[[Sabotage], Sabotage]:
    def register(do: Sabotage) -> Sabotage:
        SABOTAGES[do.__name__.strip("_").replace("_", " ")] = (guard, cause, do)
        return do

    return register


@sabotage("claude", Cause.HOOK_MISSING)
def _the_hook_is_removed(here: Range) -> None:
    (here.root / CLAUDE).write_text("{}")


@sabotage("claude", Cause.MATCHER)
def _a_typo_in_the_matcher(here: Range) -> None:
    here.edit(CLAUDE, '{\n        "hooks"', '{\n        "matcher": "Bahs",\n        "hooks"')


@sabotage("claude", Cause.MATCHER)
def _a_matcher_in_small_letters(here: Range) -> None:
    here.edit(CLAUDE, '{\n        "hooks"', '{\n        "matcher": "bash|write",\n        "hooks"')


@sabotage("claude", Cause.WRONG_EVENT)
def _an_event_is_misspelt(here: Range) -> None:
    here.edit(CLAUDE, '"PreToolUse"', '"PreTooluse"')


@sabotage("claude", Cause.INTERPRETER)
def _the_interpreter_is_gone(here: Range) -> None:
    here.edit(CLAUDE, "/bin/python", "/bin/removed-python", every=True)


@sabotage("gemini", Cause.TIMEOUT_UNIT)
def _seconds_where_milliseconds_are_meant(here: Range) -> None:
    here.edit(GEMINI, '"timeout": 30000', '"timeout": 30', every=True)


@sabotage("claude", Cause.TIMEOUT_UNIT)
def _milliseconds_where_seconds_are_meant(here: Range) -> None:
    here.edit(CLAUDE, '"timeout": 30', '"timeout": 30000')


@sabotage("claude", Cause.TIMEOUT_SHORT)
def _no_time_to_answer(here: Range) -> None:
    here.edit(CLAUDE, '"timeout": 30', '"timeout": 1')


@sabotage("codex", Cause.UNTRUSTED)
def _codex_was_never_asked(here: Range) -> None:
    (here.home / ".codex/config.toml").unlink()


@sabotage("codex", Cause.UNTRUSTED)
def _an_entry_that_is_not_the_trusted_one(here: Range) -> None:
    here.edit(CODEX, '"timeout": 30', '"timeout": 31')


@sabotage("gemini", Cause.UNTRUSTED)
def _a_folder_gemini_was_told_not_to_trust(here: Range) -> None:
    (here.home / ".gemini/trustedFolders.json").write_text(json.dumps({str(here.folder): "TRUST_FOLDER", str(here.root): "DO_NOT_TRUST"}))


@sabotage("claude", Cause.SETTINGS_INVALID)
def _settings_that_are_no_json(here: Range) -> None:
    (here.root / CLAUDE).write_text((here.root / CLAUDE).read_text() + "}")


@sabotage("claude", Cause.SETTINGS_INVALID)
def _a_hook_of_an_unknown_type(here: Range) -> None:
    here.edit(CLAUDE, '"type": "command"', '"type": "webhook"')


@sabotage("claude", Cause.HOOKS_DISABLED)
def _hooks_switched_off(here: Range) -> None:
    (here.root / ".claude/settings.json").write_text('{"disableAllHooks": true}')


@sabotage("claude", Cause.NARROWED)
def _nobody_waits_for_the_answer(here: Range) -> None:
    here.edit(CLAUDE, '"type": "command"', '"type": "command", "async": true')


@sabotage("claude", Cause.POLICY_EDITED)
def _the_policy_is_edited(here: Range) -> None:
    (here.root / "twelve.toml").write_text((here.root / "twelve.toml").read_text() + '\n[guard.rules.protect-ci]\ndecision = "deny"\n')


@sabotage("claude", Cause.BUNDLE_STALE)
def _the_generated_hook_is_an_older_one(here: Range) -> None:
    with (here.state / "hook.bin").open("ab") as stream:
        stream.write(b"\0")


@sabotage("claude", Cause.BUNDLE_MISSING)
def _the_generated_hook_is_gone(here: Range) -> None:
    (here.state / "hook.py").unlink()


@sabotage("claude", Cause.PERMISSIONS)
def _the_hook_may_not_be_read(here: Range) -> None:
    (here.state / "hook.py").chmod(0)


@sabotage("claude", Cause.PERMISSIONS)
def _the_hook_may_be_written_by_anybody(here: Range) -> None:
    (here.state / "hook.bin").chmod(0o666)


@sabotage("git commit-msg", Cause.GIT_HOOK_MODE)
def _a_git_hook_is_not_executable(here: Range) -> None:
    (here.root / ".git/hooks/commit-msg").chmod(0o644)


@sabotage("git pre-push", Cause.GIT_HOOK_MISSING)
def _a_git_hook_is_removed(here: Range) -> None:
    (here.root / ".git/hooks/pre-push").unlink()


@sabotage("git pre-commit", Cause.GIT_HOOK_EDITED)
def _a_git_hook_is_emptied(here: Range) -> None:
    (here.root / ".git/hooks/pre-commit").write_text("#!/bin/sh\nexit 0\n")


@sabotage("git pre-commit", Cause.GIT_HOOKS_BYPASSED)
def _git_looks_for_hooks_elsewhere(here: Range) -> None:
    here.repository.run("config", "core.hooksPath", ".husky/_")


@sabotage("claude", Cause.PATH_SHADOWING)
def _a_git_inside_the_tree(here: Range) -> None:
    (here.root / "bin").mkdir()
    (here.root / "bin/git").write_text("#!/bin/sh\n")
    (here.root / "bin/git").chmod(0o755)
    here.environ["PATH"] += f":{here.root}/bin"


@sabotage("claude", Cause.PATH_SHADOWING)
def _an_interpreter_that_path_decides(here: Range) -> None:
    first = _command(here).partition(" ")[0]
    here.edit(CLAUDE, first, "python3", every=True)


@sabotage("claude", Cause.ELSEWHERE)
def _the_hook_of_another_repository(here: Range) -> None:
    here.edit(CLAUDE, str(here.root), "/srv/elsewhere", every=True)


def _command(here: Range) -> str:
    text = (here.root / CLAUDE).read_text()
    return text.partition('"command": "')[2].partition('"')[0]


@pytest.mark.parametrize("name", SABOTAGES)
def test_each_sabotage_is_red_with_exactly_its_cause(firing: Range, name: str) -> None:
    guard, cause, do = SABOTAGES[name]
    do(firing)
    part = "git" if guard.startswith("git ") else guard
    found = firing.prove(part)
    assert {problem.cause for problem in found[guard].problems} == {cause}
    assert found[guard].outcome.value == "FAIL"


@pytest.mark.parametrize("client", ["claude", "codex", "gemini"])
def test_nothing_is_wrong_after_init(firing: Range, client: str) -> None:
    found = firing.prove(client)[client]
    assert (found.outcome.value, found.problems) == ("PASS", ())
    assert found.shots >= 3


WRAPPED: dict[str, tuple[Cause, str]] = {
    "noise before the answer": (Cause.NOISE, "echo loading; {}"),
    "a crash": (Cause.CRASH, "kill -9 $$; {}"),
    "an exit code nobody reads": (Cause.CRASH, "{}; exit 1"),
    "silence": (Cause.LET_THROUGH, "({}) >/dev/null 2>&1; exit 0"),
    "half an answer": (Cause.WRONG_ANSWER, "({}) 2>/dev/null"),
    "a program found by PATH": (Cause.PATH_SHADOWING, "cat | {}"),
}


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * ("PATH" in name)) for name in WRAPPED])
def test_a_registered_line_that_spoils_the_answer_is_named(firing: Range, name: str) -> None:
    cause, wrap = WRAPPED[name]
    command = _command(firing)
    firing.edit(CLAUDE, f'"{command}"', f'"{wrap.format(command)}"', every=True)
    found = firing.causes("claude", quick=cause is not Cause.PATH_SHADOWING)
    assert cause.value in found


def test_a_hook_that_does_not_answer_in_time_is_named(firing: Range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twelve.workflow.livefire.firing.PATIENCE_S", 0.5)
    command = _command(firing)
    firing.edit(CLAUDE, f'"{command}"', f'"sleep 2; {command}"', every=True)
    assert firing.causes("claude") == {Cause.TIMED_OUT.value}


def test_settings_of_the_persons_own_count(firing: Range) -> None:
    (firing.home / ".claude").mkdir()
    (firing.home / ".claude/settings.json").write_text('{"disableAllHooks": true}')
    assert firing.causes("claude") == {Cause.HOOKS_DISABLED.value}
    (firing.root / ".claude/settings.json").write_text('{"disableAllHooks": false}')
    assert firing.causes("claude") == set()


def test_a_config_folder_named_by_the_environment_counts(firing: Range, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"disableAllHooks": true}')
    firing.environ["CLAUDE_CONFIG_DIR"] = str(tmp_path)
    assert firing.causes("claude") == {Cause.HOOKS_DISABLED.value}


def test_a_client_without_a_program_is_fired_at_where_it_is_registered(firing: Range) -> None:
    (firing.programs / "gemini").unlink()
    firing.environ["PATH"] = os.pathsep.join([str(firing.programs), "/usr/bin", "/bin"])
    found = firing.prove("gemini")["gemini"]
    assert found.outcome.value == "PASS"
    assert "not found on PATH" in found.note


def test_a_hook_of_the_persons_that_stops_the_canary_is_not_taken_for_ours(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": "x = 1\n", "twelve.toml": ""})
    theirs = repository.root / ".git/hooks/pre-commit"
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("#!/bin/sh\ntest -f a.py || exit 1\n")
    theirs.chmod(0o755)
    assert main.main(["-C", str(repository.root), "init", "--yes", "--client", "claude"]) == 0
    found = proving.prove(repository, config.load(repository.root).settings, only=["git"], quick=True)
    (guard,) = [guard for guard in found if guard.name == "git commit-msg"]
    assert (guard.outcome.value, guard.problems) == ("PASS", ())
    assert "ours were run alone" in guard.note
