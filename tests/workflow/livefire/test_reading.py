"""Settings are read as each client reads them: scopes, matchers, what drops a file, what switches hooks off."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import repos
from twelve.model.settings import Settings
from twelve.workflow.livefire import claude, codex, covering, gemini, matching, proving
from twelve.workflow.livefire.words import Around, Cause

HOOK = "/x/.git/twelve/state/hook.py"
COMMAND = f"/bin/sh {HOOK}"


@pytest.fixture
def around(tmp_path: Path) -> Around:
    repository = repos.new_repository(tmp_path, {"a": "a"})
    (tmp_path / "home").mkdir()
    return Around(repository=repository, environ={"HOME": str(tmp_path / "home"), "GEMINI_CLI_TRUST_WORKSPACE": "true"})


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value))


def hooked(event: str = "PreToolUse", **fields: Any) -> dict[str, Any]:
    return {"hooks": {event: [{"hooks": [{"type": "command", "command": COMMAND, **fields}]}]}}


MATCHES = [
    (None, True),
    ("", True),
    ("*", True),
    ("Bash", True),
    ("Edit|Bash", True),
    ("Edit, Bash", True),
    ("Ba.*", True),
    ("^Bash$", True),
    ("Bas", False),
    ("bash", False),
    ("Bahs", False),
    ("Edit|Write", False),
    ("mcp__srv", False),
    ("(", False),
]


@pytest.mark.parametrize(("matcher", "hit"), MATCHES)
def test_a_matcher_hits_what_claude_says_it_hits(matcher: str | None, hit: bool) -> None:
    assert matching.hits("claude", matcher, "Bash") is hit


def test_a_server_name_alone_hits_none_of_its_tools() -> None:
    assert not matching.hits("claude", "mcp__srv", "mcp__srv__tool")
    assert matching.hits("claude", "mcp__srv__.*", "mcp__srv__tool")


def test_codex_counts_a_patch_as_an_edit_and_gemini_reads_every_matcher_as_a_pattern() -> None:
    assert matching.hits("codex", "Edit|Write", "apply_patch")
    assert not matching.hits("codex", "exec_command", "Bash")
    assert matching.hits("gemini", "run_shell", "run_shell_command")


@given(st.sampled_from(sorted(matching.TOOLS["claude"])), st.text(alphabet="abcBash|, -_*.", max_size=12))
def test_no_matcher_breaks_the_reader(tool: str, matcher: str) -> None:
    assert matching.hits("claude", matcher, tool) in (True, False)


def test_every_scope_of_claude_counts(around: Around, tmp_path: Path) -> None:
    write(tmp_path / "home/.claude/settings.json", hooked("Stop"))
    write(around.root / ".claude/settings.json", hooked("SessionEnd"))
    write(around.root / ".claude/settings.local.json", hooked("PreToolUse"))
    assert {entry.event for entry in claude.read(around).ours} == {"Stop", "SessionEnd", "PreToolUse"}


def test_an_exec_form_is_one_command_line(around: Around) -> None:
    write(around.root / ".claude/settings.json", hooked(command="/bin/sh", args=["-c", "a b", HOOK]))
    (entry,) = claude.read(around).ours
    assert shlex.split(entry.command) == ["/bin/sh", "-c", "a b", HOOK]


def test_an_enabled_plugin_counts_a_disabled_one_does_not(around: Around, tmp_path: Path) -> None:
    folder = tmp_path / "home/.claude"
    write(folder / "plugins/installed_plugins.json", {"plugins": {"p@m": [{"installPath": str(tmp_path / "plugin")}]}})
    write(tmp_path / "plugin/hooks/hooks.json", hooked())
    assert claude.read(around).ours == ()
    write(folder / "settings.json", {"enabledPlugins": {"p@m": True}})
    (entry,) = claude.read(around).ours
    assert dict(entry.env) == {"CLAUDE_PLUGIN_ROOT": str(tmp_path / "plugin")}
    write(tmp_path / "plugin/hooks/hooks.json", {"hooks": {**hooked()["hooks"], "PreModelSwitch": hooked()["hooks"]["PreToolUse"]}})
    found = claude.read(around)
    assert (found.ours, [item.cause for item in found.problems]) == ((), [Cause.SETTINGS_INVALID])


def test_one_unknown_type_drops_the_whole_file_in_claude_and_codex_and_nothing_else_in_gemini(around: Around, tmp_path: Path) -> None:
    both = {"hooks": [*hooked()["hooks"]["PreToolUse"], {"hooks": [{"type": "http", "url": "http://127.0.0.1"}]}]}
    for path in (".claude/settings.json", ".codex/hooks.json", ".gemini/settings.json"):
        write(around.root / path, {"hooks": {"PreToolUse": both["hooks"]}})
    assert len(claude.read(around).ours) == 1
    assert (codex.read(around).ours, [item.cause for item in codex.read(around).problems]) == ((), [Cause.SETTINGS_INVALID])
    assert len(gemini.read(around).ours) == 1
    write(around.root / ".claude/settings.json", {"hooks": {"Stop": [{"hooks": [{"type": "webhook"}]}], **hooked()["hooks"]}})
    assert claude.read(around).ours == ()


SHAPELESS = ("[]", "null", '{"hooks": []}', '{"hooks": {"PreToolUse": {}}}', '{"hooks": {"PreToolUse": [1, {"hooks": [2]}]}}')


@pytest.mark.parametrize("text", SHAPELESS)
def test_a_file_of_another_shape_registers_nothing_and_breaks_nothing(around: Around, text: str) -> None:
    for path in (".claude/settings.json", ".codex/hooks.json", ".gemini/settings.json"):
        write(around.root / path, text)
    for name, read in (("claude", claude.read), ("codex", codex.read), ("gemini", gemini.read)):
        found = read(around)
        assert found.ours == ()
        assert [item.cause for item in covering.problems(name, found, around)] == [Cause.HOOK_MISSING]


def test_gemini_may_be_told_to_run_no_hooks_or_not_ours(around: Around) -> None:
    for config in ({"enabled": False}, {"disabled": ["twelve"]}):
        write(around.root / ".gemini/settings.json", {**hooked("BeforeTool"), "hooksConfig": config})
        assert [item.cause for item in gemini.read(around).problems] == [Cause.HOOKS_DISABLED]


def test_hooks_in_codexs_own_settings_are_found(around: Around, tmp_path: Path) -> None:
    text = (
        f'[[hooks.PreToolUse]]\n[[hooks.PreToolUse.hooks]]\ntype = "command"\ncommand = "{COMMAND}"\n[hooks.state.x]\ntrusted_hash = "y"\n'
    )
    write(tmp_path / "home/.codex/config.toml", text)
    assert [entry.event for entry in codex.read(around).ours] == ["PreToolUse"]
    write(tmp_path / "home/.codex/config.toml", "[")
    assert [item.cause for item in codex.read(around).problems] == [Cause.SETTINGS_INVALID]


def test_what_a_tracked_file_registers_is_named_and_never_run(around: Around, tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    hook = around.repository.state_dir / "hook.py"
    line = f"/bin/sh -c 'touch {trap}' {hook}"
    write(
        around.root / ".claude/settings.json",
        {"hooks": {event: hooked(event, command=line)["hooks"][event] for event in matching.events("claude")}},
    )
    around.repository.run("add", "-f", ".claude/settings.json")
    found = proving.prove(around.repository, Settings(), only=["claude"], environ=around.environ)
    assert [problem.cause for problem in found[0].problems if problem.cause is Cause.TRACKED] == [Cause.TRACKED]
    assert not trap.exists()


@pytest.mark.parametrize("kind", ["fifo", "folder", "loop"])
def test_odd_files_where_settings_belong_hang_nothing(around: Around, kind: str) -> None:
    path = around.root / ".claude/settings.json"
    path.parent.mkdir()
    {"fifo": os.mkfifo, "folder": os.mkdir, "loop": lambda place: os.symlink(place, place)}[kind](path)
    assert claude.read(around).ours == ()


TRUST: list[tuple[dict[str, str], dict[str, Any], dict[str, str], bool]] = [
    ({}, {}, {}, False),
    ({}, {}, {"{root}": "TRUST_FOLDER"}, True),
    ({}, {}, {"{above}": "TRUST_FOLDER"}, True),
    ({}, {}, {"{root}/a": "TRUST_PARENT"}, True),
    ({}, {}, {"{above}": "TRUST_FOLDER", "{root}": "DO_NOT_TRUST"}, False),
    ({}, {}, {"{above}/other": "TRUST_FOLDER"}, False),
    ({}, {"security": {"folderTrust": {"enabled": False}}}, {}, True),
    ({"GEMINI_CLI_TRUST_WORKSPACE": "true"}, {}, {"{root}": "DO_NOT_TRUST"}, True),
    ({"GEMINI_CLI_TRUST_WORKSPACE": "false"}, {}, {"{root}": "TRUST_FOLDER"}, False),
    ({"GEMINI_RESTRICTED_MODE": "true", "GEMINI_CLI_TRUST_WORKSPACE": "true"}, {}, {}, False),
]


@pytest.mark.parametrize(("env", "settings", "folders", "trusted"), TRUST)
def test_geminis_trust_in_a_folder_decides_whether_its_hooks_are_read(
    around: Around, tmp_path: Path, env: dict[str, str], settings: dict[str, Any], folders: dict[str, str], trusted: bool
) -> None:
    home = tmp_path / "home"
    write(around.root / ".gemini/settings.json", {**hooked("BeforeTool"), "security": {"folderTrust": {"enabled": False}}})
    write(home / ".gemini/settings.json", settings)
    named = {path.format(root=around.root, above=around.root.parent): level for path, level in folders.items()}
    write(home / ".gemini/trustedFolders.json", named)
    found = gemini.read(Around(repository=around.repository, environ={"HOME": str(home), **env}))
    assert bool(found.ours) is trusted
    assert [item.cause for item in found.problems] == ([] if trusted else [Cause.UNTRUSTED])
