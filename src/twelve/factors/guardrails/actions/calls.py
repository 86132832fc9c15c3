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
_QUIET_NAMES = (
    "TodoWrite TodoRead ToolSearch Skill AskUserQuestion EnterPlanMode ExitPlanMode TaskCreate TaskUpdate TaskList TaskGet TaskOutput "
    "TaskStop SendMessage BashOutput KillShell KillBash AgentOutputTool StructuredOutput ListMcpResourcesTool ReadMcpResourceTool "
    "ScheduleWakeup CronCreate CronDelete CronList PushNotification SlashCommand TeamCreate TeamDelete LSP update_plan "
    "request_user_input spawn_agent send_input wait wait_agent close_agent resume_agent list_mcp_resources read_mcp_resource "
    "list_mcp_resource_templates tool_search write_todos activate_skill ask_user complete_task enter_plan_mode exit_plan_mode "
    "delegate_to_agent get_internal_docs codebase_investigator cli_help save_memory"
)
_QUIET = frozenset(_QUIET_NAMES.split())
"""Tools of the clients themselves that plan, ask and wait: what they are given is text for people and models."""
_COMMANDS = ("command", "cmd", "chars", "script", "input")
_PATHS = ("filepath", "notebookpath", "absolutepath", "path", "paths", "include", "dirpath", "filename", "file", "targetfile", "uri",
          "relativepath", "filepaths", "files")  # fmt: skip
"""In lower case and without `_` and `-`."""
_TEXTS = ("content", "new_string", "new_source", "new_content", "patch", "text")
_FOLDERS = ("directory", "dir_path", "workdir", "cwd", "working_directory")


class Call:
    """`kind` is shell, read, write, edit, patch, search, fetch, agent, mcp or other; `name` the client's own.

    `text` is new content or the patch, of a fetch its URL or prompt; `cwd` is the folder the call asks for, "" when it asks
    for none, and may be relative to where the session is. A shell with a `text` was given what another client takes for a
    patch; a shell with `silent` was given no command that can be read.
    """

    __slots__ = ("arguments", "client", "command", "cwd", "kind", "name", "paths", "silent", "text")

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
        self.client = ""
        self.silent = False


def call_of(client: str, tool_name: str, tool_input: dict[str, object]) -> Call:
    """Any tool call of any client. A tool nobody here knows is judged like one of a server: by its name and its arguments."""
    given: dict[str, object] = tool_input if isinstance(tool_input, dict) else {}
    call = _call(client, str(tool_name), given)
    call.client = client
    return call


def _call(client: str, name: str, given: dict[str, object]) -> Call:
    kind = _kind(client, name, given)
    if kind == "shell":
        command = _command(given)
        call = Call(kind, name, command=command or "", arguments=given, cwd=_first(given, _FOLDERS))
        call.text = call.command if _is_patch(given) else ""
        call.silent = command is None
        return call
    if kind == "patch":
        return Call(kind, name, text=_patch_text(given), arguments=given, cwd=_first(given, _FOLDERS))
    if kind == "fetch":
        return Call(kind, name, text=_first(given, ("url", "prompt", "query")), arguments=given)
    return Call(kind, name, paths=_paths(given), text=_content(given), arguments=given)


def _kind(client: str, name: str, given: dict[str, object]) -> str:
    if name.startswith("mcp__") or (client == "gemini" and name.startswith("mcp_")):
        return "mcp"
    if name in _SHELLS:
        return "patch" if client == "codex" and _is_patch(given) and _is_whole_patch(given) else "shell"
    if name in _KINDS:
        return _KINDS[name]
    if name in _QUIET:
        return "other"
    return "patch" if _is_patch(given) else "mcp"


def _is_patch(given: dict[str, object]) -> bool:
    command = given.get("command", given.get("cmd"))
    if isinstance(command, list) and command and command[0] == "apply_patch":
        return True
    return isinstance(command, str) and command.lstrip().startswith("*** Begin Patch")


def _is_whole_patch(given: dict[str, object]) -> bool:
    """Whether nothing stands behind the patch. Where it does, or where the client has no such language, a shell reads it."""
    command = given.get("command", given.get("cmd"))
    if isinstance(command, list):
        return len(command) == 2
    return isinstance(command, str) and command.find("*** End Patch") == len(command.rstrip()) - len("*** End Patch")


def _command(given: dict[str, object], depth: int = 0) -> str | None:
    """A list of words is a command whose words are known to the letter. None: there is none that can be read."""
    for key in _COMMANDS:
        value = given.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return " ".join("'" + str(word).replace("'", "'\\''") + "'" for word in value)
    for value in given.values() if depth < 2 else ():
        found = _command(value, depth + 1) if isinstance(value, dict) else None
        if found is not None:
            return found
    return None


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
    for key, value in given.items():
        if str(key).lower().replace("_", "").replace("-", "") in _PATHS:
            values = value if isinstance(value, list) else [value]
            found += [item for item in values if isinstance(item, str) and item]
        for inner in value if isinstance(value, list) else ():
            found += _paths(inner) if isinstance(inner, dict) else ()
    return tuple(dict.fromkeys(found))


def _content(given: dict[str, object]) -> str:
    text = _first(given, _TEXTS)
    edits = given.get("edits")
    if text or not isinstance(edits, list):
        return text
    return "\n".join(str(edit.get("new_string", "")) for edit in edits if isinstance(edit, dict))
