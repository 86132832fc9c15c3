"""Which calls a matcher hits, by each client's own rules, and which calls every client has."""

from __future__ import annotations

import re

from twelve.workflow.fastpath import registration

TOOLS = {
    "claude": ("Bash", "Write", "Edit", "NotebookEdit", "Read", "Grep", "Glob", "WebFetch", "Agent", "mcp__server__tool"),
    "codex": ("Bash", "apply_patch", "mcp__server__tool"),
    "gemini": ("run_shell_command", "write_file", "replace", "read_file", "web_fetch", "mcp_server_tool"),
}
"""Tools a policy about actions must see, by the names hooks are told; observed with the real clients."""
CALL = {"claude": "PreToolUse", "codex": "PreToolUse", "gemini": "BeforeTool"}
"""The event a call hangs on."""
GUARDED = ("PreToolUse", "BeforeTool", "ConfigChange")
"""Events where a missing or late answer lets something happen."""
TOOL_EVENTS = frozenset(("PreToolUse", "PostToolUse", "PostToolUseFailure", "BeforeTool", "AfterTool"))
_PLAIN = re.compile(r"[A-Za-z0-9_|, -]*")
_ALIASES = {("codex", "apply_patch"): ("Edit", "Write")}


def events(client: str) -> tuple[str, ...]:
    """Events our hook belongs to."""
    return registration.EVENTS[client]


def hits(client: str, matcher: str | None, tool: str) -> bool:
    """Whether a hook with this matcher runs for the tool."""
    if matcher in (None, "", "*"):
        return True
    names = (tool, *_ALIASES.get((client, tool), ()))
    return any(_hits(client, matcher or "", name) for name in names)


def _hits(client: str, matcher: str, name: str) -> bool:
    if client != "gemini" and _PLAIN.fullmatch(matcher):
        return name in {part.strip() for part in re.split(r"[|,]", matcher)}
    try:
        return re.search(matcher, name) is not None
    except re.error:
        return matcher == name
