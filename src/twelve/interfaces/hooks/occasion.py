"""What a client reports, in words all clients share."""

from __future__ import annotations

import posix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CALL = "call"
"""A tool is about to run. The only moment when something can be kept from happening."""
DONE = "done"
FAILED = "failed"
PERMISSION = "permission"
PROMPT = "prompt"
START = "start"
END = "end"
STOP = "stop"
SUBSTOP = "substop"
COMPACT = "compact"
CONFIG = "config"
OTHER = "other"

KINDS = {
    "PreToolUse": CALL,
    "BeforeTool": CALL,
    "PermissionRequest": PERMISSION,
    "PostToolUse": DONE,
    "AfterTool": DONE,
    "PostToolUseFailure": FAILED,
    "UserPromptSubmit": PROMPT,
    "BeforeAgent": PROMPT,
    "SessionStart": START,
    "SessionEnd": END,
    "Stop": STOP,
    "AfterAgent": STOP,
    "SubagentStart": OTHER,
    "SubagentStop": SUBSTOP,
    "PreCompact": COMPACT,
    "PostCompact": COMPACT,
    "PreCompress": COMPACT,
    "Notification": OTHER,
    "ConfigChange": CONFIG,
}
"""A client's event name -> kind. The names of the three clients do not collide."""
GUARDED = (CALL, CONFIG)
"""Kinds that are refused when they cannot be understood."""
NAME_LIMIT = 120


class Incomplete(ValueError):  # noqa: N818 - reads as what it is
    """A field the event needs is missing or of the wrong type."""


class Occasion:
    """One event. `agent` is the sub-agent's id or "". `cwd` follows the model's cd; `root` is the project."""

    __slots__ = ("agent", "client", "cwd", "kind", "mode", "native", "payload", "root", "session", "tool", "tool_input")

    def __init__(self, client: str, payload: dict[str, Any], root: str, common: str) -> None:
        self.client = client
        self.payload = payload
        self.native = _text(payload, "hook_event_name")
        self.kind = KINDS.get(self.native) or _otherwise(self.native, payload)
        if not self.native:
            raise Incomplete("no event name")
        self.session = _text(payload, "session_id")
        self.agent = _text(payload, "agent_id")
        self.cwd = _text(payload, "cwd")
        self.mode = _text(payload, "permission_mode")
        self.tool = _text(payload, "tool_name")
        given = payload.get("tool_input")
        self.tool_input: dict[str, Any] = given if isinstance(given, dict) else {}
        if self.kind == CALL and not (self.tool and isinstance(given, dict) and self.cwd[:1] == "/"):
            raise Incomplete("tool name, input or folder missing")
        if self.kind == CALL and "\0" in str(self.tool_input.get("command", "")):
            raise Incomplete("a NUL in the command")
        self.root = project(self.cwd, root, common)

    def flag(self, name: str) -> bool:
        """A true boolean of the payload."""
        return self.payload.get(name) is True

    def text(self, name: str) -> str:
        """A text of the payload, "" when it is absent."""
        return _text(self.payload, name)


def _otherwise(native: str, payload: dict[str, Any]) -> str:
    """The kind of an event that is spelt otherwise or unknown. A tool's input without a result is a call: a client that
    renames its events is looked at, not waved through."""
    plain = "".join(sign for sign in native if sign.isalnum()).lower()
    for name, kind in KINDS.items():
        if name.lower() == plain:
            return kind
    return CALL if "tool_input" in payload and "tool_response" not in payload and "error" not in payload else ""


def _text(payload: dict[str, Any], name: str) -> str:
    value = payload.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Incomplete(f"{name} is no text")
    return value


def variable(name: str) -> str:
    """A variable of the client's environment, "" when unset."""
    return posix.environ.get(name.encode(), b"").decode("utf-8", "surrogateescape")


def project(cwd: str, root: str, common: str) -> str:
    """The work tree a session is in: upwards from the client's own variable, from `cwd` where it has none; else `root`.

    The current folder alone would follow every `cd` of the model. Only work trees of this repository count, so neither a
    submodule nor a repository somebody made inside the tree becomes the project.
    """
    folder = variable("CLAUDE_PROJECT_DIR") or cwd
    while folder[:1] == "/" and folder != "/":
        if folder == root or _linked(folder, common):
            return folder
        folder = folder.rpartition("/")[0] or "/"
    return root


def _linked(folder: str, common: str) -> bool:
    """Whether `folder` is a further work tree: its `.git` is a file that names a place below the repository's own."""
    try:
        descriptor = posix.open(f"{folder}/.git", posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NONBLOCK)
    except OSError:
        return False
    try:
        named = posix.read(descriptor, 4096).decode("utf-8", "surrogateescape")
    except OSError:
        return False
    finally:
        posix.close(descriptor)
    place = named.removeprefix("gitdir: ").strip()
    return named.startswith("gitdir: ") and place.startswith(f"{common}/worktrees/") and "/../" not in place
