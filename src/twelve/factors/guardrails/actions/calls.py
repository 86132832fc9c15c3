"""A client's tool call in words that are the same for every client."""

from __future__ import annotations

_SHELLS = ("Bash", "exec_command", "shell", "run_shell_command", "local_shell", "unified_exec", "container.exec", "PowerShell", "Monitor")
_KINDS = {
    "Write": "write", "Edit": "edit", "MultiEdit": "edit", "NotebookEdit": "edit", "Read": "read", "NotebookRead": "read",
    "Grep": "search", "Glob": "search", "LS": "search", "WebFetch": "fetch", "WebSearch": "fetch", "Agent": "agent", "Task": "agent",
    "apply_patch": "patch", "view_image": "read", "write_stdin": "shell",
    "write_file": "write", "replace": "edit", "edit": "edit", "read_file": "read", "read_many_files": "read", "glob": "search",
    "search_file_content": "search", "grep_search": "search", "list_directory": "search", "ls": "search", "web_fetch": "fetch",
    "google_web_search": "fetch",
    "web_search": "fetch", "save_memory": "other",
}  # fmt: skip
_COMMANDS = ("command", "cmd", "chars", "script", "input")
_PATHS = ("file_path", "notebook_path", "absolute_path", "path", "paths", "include", "dir_path", "filename", "file", "target_file")
_TEXTS = ("content", "new_string", "new_source", "new_content", "patch", "text")
_FOLDERS = ("directory", "dir_path", "workdir", "cwd", "working_directory")


class Call:
    """`kind` is shell, read, write, edit, patch, search, fetch, agent, mcp or other; `name` the client's own.

    `text` is new content or the patch, of a fetch its URL or prompt; `cwd` is the folder the call asks for, "" when it asks
    for none, and may be relative to where the session is.
    """

    __slots__ = ("arguments", "command", "cwd", "kind", "name", "paths", "text")

    def __init__(
        self,
        kind: str,
        name: str,
        *,
        command: str = "",
        paths: tuple[str, ...] = (),
        text: str = "",
        arguments: dict[str, object] | None = None,
        cwd: str = "",
    ) -> None:
        self.kind = kind
        self.name = name
        self.command = command
        self.paths = paths
        self.text = text
        self.arguments = arguments or {}
        self.cwd = cwd


def call_of(client: str, tool_name: str, tool_input: dict[str, object]) -> Call:
    """Any tool call of any client. An unknown tool that carries a command is a shell, one that carries a patch a patch."""
    given: dict[str, object] = tool_input if isinstance(tool_input, dict) else {}
    name = str(tool_name)
    kind = _kind(client, name, given)
    if kind == "shell":
        return Call(kind, name, command=_command(given), arguments=given, cwd=_first(given, _FOLDERS))
    if kind == "patch":
        return Call(kind, name, text=_patch_text(given), arguments=given, cwd=_first(given, _FOLDERS))
    if kind == "fetch":
        return Call(kind, name, text=_first(given, ("url", "prompt", "query")), arguments=given)
    return Call(kind, name, paths=_paths(given), text=_content(given), arguments=given)


def _kind(client: str, name: str, given: dict[str, object]) -> str:
    if name.startswith("mcp__") or (client == "gemini" and name.startswith("mcp_")):
        return "mcp"
    if name in _SHELLS:
        return "patch" if _is_patch(given) else "shell"
    if name in _KINDS:
        return _KINDS[name]
    if "command" in given or "cmd" in given:
        return "patch" if _is_patch(given) else "shell"
    return "mcp" if "__" in name else "other"


def _is_patch(given: dict[str, object]) -> bool:
    command = given.get("command", given.get("cmd"))
    if isinstance(command, list) and command and command[0] == "apply_patch":
        return True
    return isinstance(command, str) and command.lstrip().startswith("*** Begin Patch")


def _command(given: dict[str, object]) -> str:
    """A list of words is a command whose words are known to the letter."""
    for key in _COMMANDS:
        value = given.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return " ".join("'" + str(word).replace("'", "'\\''") + "'" for word in value)
    return ""


def _patch_text(given: dict[str, object]) -> str:
    for key in ("command", "cmd", "input", "patch"):
        value = given.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return "\n".join(str(word) for word in value)
    return ""


def _first(given: dict[str, object], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = given.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def _paths(given: dict[str, object]) -> tuple[str, ...]:
    found: list[str] = []
    for key in _PATHS:
        value = given.get(key)
        values = value if isinstance(value, list) else [value]
        found += [item for item in values if isinstance(item, str) and item]
    return tuple(dict.fromkeys(found))


def _content(given: dict[str, object]) -> str:
    text = _first(given, _TEXTS)
    edits = given.get("edits")
    if text or not isinstance(edits, list):
        return text
    return "\n".join(str(edit.get("new_string", "")) for edit in edits if isinstance(edit, dict))
