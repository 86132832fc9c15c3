"""What needs no look is nothing the judge would have spoken about, whatever the payload is made of."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twelve.factors.guardrails.actions.action import Surroundings
from twelve.factors.guardrails.actions.calls import call_of
from twelve.factors.guardrails.actions.reading import actions_of
from twelve.factors.guardrails.compiling import compile_policy
from twelve.factors.guardrails.policy.judging import Circumstances, judge
from twelve.interfaces.hooks import notation, screening
from twelve.model.settings import Settings

WORDS = (
    *("ls", "cat", "head", "tail", "wc", "pwd", "git", "status", "diff", "log", "-s", "--short", "-l", "-la", "-n", "-5"),
    *("src/a.py", "README.md", "link.py", "notes.txt", ".env", "src", ".", "..", "../x.py", "/etc/passwd", "secrets.py"),
    *("src/../.env", "twelve.toml", "rm", "-rf", "push", "--output=x", ";", "|", ">", "$(id)", "`id`", "~", "*", "a.py\u00e9", "'x'"),
    *("\\", "HOME=1", "--", "src//a.py", "./src/a.py", "id_rsa.py", "key.txt"),
)
TOOLS = ("Bash", "Read", "TodoWrite", "Write", "read_file", "run_shell_command", "Grep", "WebFetch", "mcp__x__y", "update_plan")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("screen").resolve() / "repo"
    (root / "src").mkdir(parents=True)
    for name in ("src/a.py", "README.md", "notes.txt", ".env", "secrets.py", "twelve.toml", "id_rsa.py", "key.txt"):
        (root / name).write_text("x\n")
    (root / "link.py").symlink_to(root / ".env")
    return root


@cache
def policy_of(root: Path) -> dict[str, Any]:
    return compile_policy(Settings(), root=str(root), common_dir=str(root / ".git"), home=str(root.parent / "home"), temporary="")


def spoken(tool: str, given_input: dict[str, Any], root: Path, cwd: str) -> list[str]:
    """Rules the judge names."""
    home = str(root.parent / "home")
    policy = policy_of(root)
    surroundings = Surroundings(root=str(root), cwd=cwd, home=home, variables={"HOME": home})
    client = "gemini" if tool in ("read_file", "run_shell_command") else "claude"
    decision = judge(actions_of(call_of(client, tool, given_input), surroundings), policy, Circumstances(client=client, tool=tool))
    return [found.rule for found in decision.findings]


def clears(tool: str, given_input: dict[str, Any], root: Path, cwd: str = "") -> bool:
    raw = json.dumps({"tool_name": tool, "tool_input": given_input, "cwd": cwd or str(root)}, ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    return screening.cleared(raw, tool, given_input, cwd or str(root), str(root))


PLAIN = (
    *("ls", "cat", "wc -l", "head", "git status", "git diff", "-s", "--stat"),
    *("src/a.py", "./src/a.py", "README.md", "notes.txt", "src", "link.py", ".env"),
)


def lines(words: tuple[str, ...], most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words), min_size=1, max_size=most).map(" ".join)


COMMANDS = lines(WORDS, 5) | lines(PLAIN, 3)
PATHS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("/".join)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    tool=st.sampled_from(TOOLS),
    command=COMMANDS,
    path=PATHS | st.sampled_from(PLAIN),
    below=st.sampled_from(["", "/src", "/..", "/.git"]),
    odd=st.just("") | st.text(max_size=3),
)
def test_a_cleared_call_is_one_the_judge_allows_without_a_word(
    tree: Path, tool: str, command: str, path: str, below: str, odd: str
) -> None:
    whole = {"command": command + odd, "file_path": f"{tree}/{path}"}
    for given_input in ({"command": command + odd}, {"file_path": f"{tree}/{path}"}, {"file_path": path + odd}, whole):
        cwd = f"{tree}{below}"
        if clears(tool, given_input, tree, cwd):
            assert spoken(tool, given_input, tree, cwd) == []


@pytest.mark.parametrize(
    "command", ["git status --short", "ls -la src", "cat src/a.py", "pwd", "git diff --stat", "wc -l README.md", "head ./src/a.py"]
)
def test_plain_looks_around_are_cleared(tree: Path, command: str) -> None:
    assert clears("Bash", {"command": command, "description": "look"}, tree)


@pytest.mark.parametrize(
    "command",
    [
        "cat .env", "cat link.py", "cat secrets.py", "cat src/../.env", "cat /etc/passwd", "git push", "git log --output=x",
        "git status; rm x",
        "ls\nrm x",
        "cat src/a.py > b.py", "cat $X", "git -c a=b status", "cat", "tail -f src/a.py", "cat missing.py", "ls ..", "git  status",
    ],
)  # fmt: skip
def test_anything_else_is_left_to_the_judge(tree: Path, command: str) -> None:
    assert not clears("Bash", {"command": command}, tree)


def test_a_file_of_source_in_the_project_may_be_read_unseen_and_a_link_may_not(tree: Path) -> None:
    assert clears("Read", {"file_path": f"{tree}/src/a.py", "limit": 5}, tree)
    assert not clears("Read", {"file_path": f"{tree}/link.py"}, tree)
    assert not clears("Read", {"file_path": f"{tree}/.env"}, tree)
    assert not clears("Read", {"file_path": f"{tree}/src/a.py", "other": 1}, tree)
    assert not clears("Read", {"file_path": "src/a.py"}, tree)


def test_a_payload_with_an_escape_or_an_unusual_byte_is_never_cleared(tree: Path) -> None:
    given_input = {"command": "git status"}
    for raw in (b'{"command":"git\\u0020status"}', '{"d":"é"}'.encode(), b"x" * (screening.LIMIT + 1)):
        assert not screening.cleared(raw, "Bash", given_input, str(tree), str(tree))


def test_hidden_spellings_are_decided_by_what_they_mean(tree: Path) -> None:
    parsed = notation.read(b'{"command":"\\u0072m -rf ."}')
    assert not screening.cleared(b'{"command":"\\u0072m -rf ."}', "Bash", parsed, str(tree), str(tree))
