"""Tool calls that are not command lines: files, patches, searches, fetches, other agents, MCP servers."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, NETWORK, READ, TOOL, UNKNOWN, WRITE, Action
from twelve.factors.guardrails.actions.calls import Call
from twelve.factors.guardrails.actions.code import looks_like_path, shell_text
from twelve.factors.guardrails.actions.patches import changes
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import silence

_WRITING = ("write", "edit", "create", "append", "insert", "replace", "update", "patch", "save", "put", "upload", "mkdir", "copy", "set")
_DELETING = ("delete", "remove", "unlink", "rmdir", "trash", "drop")
_MOVING = ("move", "rename")
_READING = ("read", "get", "view", "cat", "open", "load", "list", "search", "find", "tree", "directory", "info", "stat")
_RUNNING = ("exec", "execute", "run", "shell", "command", "terminal", "bash", "process", "spawn")
_CODE_KEYS = ("command", "cmd", "script", "shell", "bash", "commandline", "command_line")
_PATH_KEYS = ("path", "file", "filename", "file_path", "filepath", "absolute_path", "target", "destination", "dest", "source", "src",
              "uri", "notebook_path", "dir", "directory", "folder", "root", "paths", "files", "relative_path", "to", "from",
              "old_path", "new_path", "target_file", "output", "output_path")  # fmt: skip
_URL_KEYS = ("url", "uri", "endpoint", "host")


def follow(call: Call, state: State) -> None:
    """Adds what the call does."""
    if call.kind == "patch":
        _patch(call, state)
    elif call.kind == "mcp":
        _server(call, state)
    elif call.kind in ("read", "search"):
        _places(call.paths, state, READ, call, verb=call.kind, recursive=call.kind == "search")
    elif call.kind in ("write", "edit"):
        _places(call.paths, state, WRITE, call, verb=call.kind)
    elif call.kind == "fetch":
        state.work.actions.append(Action(NETWORK, program=call.name, target=call.text, verb="fetch"))
    else:
        state.work.actions.append(Action(TOOL, program=call.name))


def _places(paths: tuple[str, ...], state: State, kind: str, call: Call, *, verb: str, recursive: bool = False, target: str = "") -> None:
    for path in paths:
        for place in state.places(_home(path, state)):
            state.work.actions.append(
                Action(
                    kind,
                    path=place.path,
                    real=place.real,
                    program=call.name,
                    verb=verb,
                    recursive=recursive,
                    target=target,
                    source=path[:400],
                )
            )
    if not paths and call.kind != "search":
        state.work.actions.append(Action(TOOL, program=call.name, certain=False))


def _home(path: str, state: State) -> str:
    """Some clients expand a leading tilde themselves; a folder that is really called so is not worth the difference."""
    if path == "~" or path.startswith("~/"):
        return state.scope.home + path[1:]
    return path.removeprefix("file://")


def _patch(call: Call, state: State) -> None:
    found = changes(call.text)
    for change in found:
        verb = "patch" if change.kind == "write" else change.kind
        _places((change.path,), state, DELETE if change.kind in ("delete", "move") else WRITE, call, verb=verb)
    if not found:
        state.work.actions.append(Action(UNKNOWN, program=call.name, detail="a patch that names no file", certain=False))


def _server(call: Call, state: State) -> None:
    """What a server's tool does is told by its name and by what its arguments are called."""
    state.work.actions.append(Action(TOOL, program=call.name, words=tuple(str(name) for name in call.arguments)))
    verb = call.name.rpartition("__")[2].lower().replace("-", "_")
    tokens = verb.split("_")
    for key, value in _leaves(call.arguments, 0):
        if not isinstance(value, str):
            continue
        if key in _CODE_KEYS and any(token in tokens for token in _RUNNING):
            shell_text(value, state, silence())
        elif key in _URL_KEYS and "://" in value and not value.startswith("file://"):
            state.work.actions.append(Action(NETWORK, program=call.name, target=value, verb="fetch"))
        elif key in _PATH_KEYS and (looks_like_path(value) or key.endswith("path")):
            _server_path(call, state, tokens, key, value)


def _server_path(call: Call, state: State, tokens: list[str], key: str, value: str) -> None:
    kind = WRITE if any(token in tokens for token in _WRITING) else READ if any(token in tokens for token in _READING) else UNKNOWN
    if any(token in tokens for token in _DELETING):
        kind = DELETE
    elif any(token in tokens for token in _MOVING):
        kind = DELETE if key in ("source", "src", "from", "path", "old_path") else WRITE
    for place in state.places(_home(value, state)):
        state.work.actions.append(
            Action(
                kind,
                path=place.path,
                real=place.real,
                program=call.name,
                verb="tool",
                recursive=kind == DELETE,
                certain=False,
                detail="a tool of a server",
            )
        )


def _leaves(value: object, depth: int, key: str = "") -> list[tuple[str, object]]:
    """Every value that is not a container, with the name it has or its list has."""
    if depth > 6:
        return []
    if isinstance(value, dict):
        return [leaf for name, inner in list(value.items())[:200] for leaf in _leaves(inner, depth + 1, str(name).lower())]
    if isinstance(value, list | tuple):
        return [leaf for inner in value[:200] for leaf in _leaves(inner, depth + 1, key)]
    return [(key, value)]
