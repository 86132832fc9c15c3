"""Who is at the terminal: agents recognised by what they leave in the environment and above the process."""

from __future__ import annotations

import pytest

from twelve.factors.approvals import session
from twelve.system.ancestry import Process


def process(name: str = "bash", *argv: str, program: str = "/usr/bin/bash", variables: frozenset[str] = frozenset()) -> Process:
    return Process(pid=7, parent=1, name=name, program=program, argv=argv or (name,), variables=variables)


def test_an_agent_is_recognised_by_what_its_client_sets() -> None:
    assert session.agent_marker({"CLAUDECODE": "1"}) == "CLAUDECODE"
    assert session.agent_marker({"PATH": "/bin", "CLAUDECODE": ""}) == ""


@pytest.mark.parametrize(
    "above",
    [
        process("claude"),
        process("node", "node", "/usr/lib/node_modules/@anthropic-ai/claude-code/cli.js", program="/usr/bin/node"),
        process("node", "/usr/bin/node", "--max-old-space-size=4096", "/home/a/.bin/gemini", "-p", "hi", program="/usr/bin/node"),
        process("MainThread", "node", "/x/node_modules/@openai/codex/bin/codex.js", program="/usr/bin/node20"),
        process("codex", "/x/codex-linux/codex", program="/x/codex-linux/codex (deleted)"),
        process("python3.12", "python3.12", "/usr/bin/aider", program="/usr/bin/python3.12"),
        process("node", "node", "--max-old-space-size", "4096", "/home/a/.bin/gemini", program="/usr/bin/node"),
        process("python3", "python3", "-m", "aider", program="/usr/bin/python3"),
        process("npm", "npm", "exec", "-y", "@google/gemini-cli", program="/usr/bin/node"),
        process("x", "x", program="/x/@anthropic-ai/claude-code/bin/claude.exe"),
        process(variables=frozenset({"TWELVE_DRIVER"})),
        process(variables=frozenset({"CODEX_CI"})),
    ],
)
def test_agent_clients_above_a_process_are_told_by_name_script_or_variables(above: Process) -> None:
    assert session.agent_above([process(), above])


@pytest.mark.parametrize(
    "above",
    [
        process("-bash", "-bash"),
        process("vim", "vim", "claude", program="/usr/bin/vim"),
        process("node", "node", "server.js", "--model", "x", program="/usr/bin/node"),
        process("bash", "bash", "-c", "ls /srv/claude-notes"),
        process("python3", "python3", "compare.py", "claude", "codex", program="/usr/bin/python3"),
        process("node", "node", "bench.js", "gemini", program="/usr/bin/node"),
        process("sshd", "sshd: claude@pts/0", program=""),
        process("code", "/usr/share/code/code", "--type=ptyHost", program="/usr/share/code/code"),
        process(variables=frozenset({"GEMINI_API_KEY", "ANTHROPIC_API_KEY", "PATH"})),
    ],
)
def test_what_only_mentions_an_agent_is_none(above: Process) -> None:
    assert session.agent_above([above]) == ""
