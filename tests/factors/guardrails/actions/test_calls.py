"""Every client's tool calls come out in the same words."""

from __future__ import annotations

import pytest

from kit.actions import surroundings
from twelve.factors.guardrails.actions.calls import call_of
from twelve.factors.guardrails.actions.reading import actions_of

PATCH = "*** Begin Patch\n*** Update File: x\n@@\n-a\n+b\n*** End Patch"
MOVING = "*** Begin Patch\n*** Update File: a\n*** Move to: x\n*** Delete File: y\n*** End Patch"

CALLS = [
    ("claude", "Bash", {"command": "rm x", "description": "d"}, "delete", "/repo/x"),
    ("claude", "Write", {"file_path": "/repo/x", "content": "a"}, "write", "/repo/x"),
    ("claude", "Edit", {"file_path": "x", "old_string": "a", "new_string": "b"}, "write", "/repo/x"),
    ("claude", "MultiEdit", {"file_path": "/repo/./a/../x", "edits": [{"new_string": "b"}]}, "write", "/repo/x"),
    ("claude", "NotebookEdit", {"notebook_path": "/repo/x", "new_source": "a"}, "write", "/repo/x"),
    ("claude", "Read", {"file_path": "~/x"}, "read", "/home/ann/x"),
    ("claude", "Grep", {"pattern": "a", "path": "x"}, "read", "/repo/x"),
    ("claude", "mcp__fs__write_file", {"path": "/repo/x", "content": "a"}, "write", "/repo/x"),
    ("claude", "mcp__fs__move_file", {"source": "/repo/x", "destination": "/repo/y"}, "delete", "/repo/x"),
    ("claude", "mcp__fs__read_multiple_files", {"paths": ["/repo/x"]}, "read", "/repo/x"),
    ("claude", "mcp__sh__run_command", {"command": "rm x"}, "delete", "/repo/x"),
    ("claude", "mcp__a__create", {"files": [{"path": "/repo/x"}]}, "write", "/repo/x"),
    ("codex", "Bash", {"command": "rm x"}, "delete", "/repo/x"),
    ("codex", "exec_command", {"cmd": "rm x"}, "delete", "/repo/x"),
    ("codex", "exec_command", {"cmd": "rm x", "workdir": "/repo"}, "delete", "/repo/x"),
    ("codex", "shell", {"command": ["bash", "-lc", "rm x"]}, "delete", "/repo/x"),
    ("codex", "shell", {"command": ["rm", "x"]}, "delete", "/repo/x"),
    ("codex", "write_stdin", {"session_id": 1, "chars": "rm x\n"}, "delete", "/repo/x"),
    ("codex", "apply_patch", {"command": PATCH}, "write", "/repo/x"),
    ("codex", "apply_patch", {"command": MOVING}, "write", "/repo/x"),
    ("codex", "apply_patch", {"command": MOVING}, "delete", "/repo/a"),
    ("codex", "apply_patch", {"command": MOVING}, "delete", "/repo/y"),
    ("codex", "Bash", {"command": f"apply_patch <<'EOF'\n{PATCH}\nEOF"}, "write", "/repo/x"),
    ("codex", "shell", {"command": ["apply_patch", PATCH]}, "write", "/repo/x"),
    ("gemini", "run_shell_command", {"command": "rm x"}, "delete", "/repo/x"),
    ("gemini", "run_shell_command", {"command": "rm x", "directory": "sub"}, "delete", "/repo/sub/x"),
    ("gemini", "write_file", {"file_path": "x", "content": "a"}, "write", "/repo/x"),
    ("gemini", "replace", {"file_path": "/repo/x", "old_string": "a", "new_string": "b"}, "write", "/repo/x"),
    ("gemini", "read_file", {"absolute_path": "/repo/x"}, "read", "/repo/x"),
    ("gemini", "read_many_files", {"paths": ["a", "x"]}, "read", "/repo/x"),
    ("gemini", "mcp_fs_write_file", {"path": "/repo/x"}, "write", "/repo/x"),
    ("claude", "SomeNewShell", {"command": "rm x"}, "delete", "/repo/x"),
]


@pytest.mark.parametrize(("client", "tool", "given", "kind", "path"), CALLS)
def test_a_call_is_told_in_actions(client: str, tool: str, given: dict[str, object], kind: str, path: str) -> None:
    found = actions_of(call_of(client, tool, given), surroundings())
    assert any(action.path == path for action in found if action.kind == kind)


def test_a_fetch_names_its_url() -> None:
    found = actions_of(call_of("claude", "WebFetch", {"url": "https://e", "prompt": "p"}), surroundings())
    assert [(action.kind, action.target, action.verb) for action in found] == [("network", "https://e", "fetch")]


@pytest.mark.parametrize("tool", ["Agent", "TaskCreate", "Skill", "TodoWrite", "Glob"])
def test_a_tool_without_effects_of_its_own_is_only_named(tool: str) -> None:
    found = actions_of(call_of("claude", tool, {"prompt": "rm -rf /", "pattern": "*"}), surroundings())
    assert {action.kind for action in found} <= {"tool"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"command": None},
        {"command": 3},
        {"file_path": ["a"]},
        {"file_path": None},
        {"paths": [None, {}]},
        {"command": {"a": 1}},
        {"edits": [1]},
        {"command": "\0\ud800"},
    ],
)
@pytest.mark.parametrize("tool", ["Bash", "Write", "MultiEdit", "apply_patch", "mcp__a__write", "Read", "WebFetch", "Nope", ""])
def test_odd_arguments_raise_nothing(tool: str, given: dict[str, object]) -> None:
    for client in ("claude", "codex", "gemini", "other"):
        actions_of(call_of(client, tool, given), surroundings())


def test_a_patch_that_names_no_file_is_unknown() -> None:
    found = actions_of(call_of("codex", "apply_patch", {"command": "nothing"}), surroundings())
    assert [action.kind for action in found] == ["unknown"]
