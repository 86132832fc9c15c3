"""Tools of servers and tools nobody here knows: what they do is told by their name, and by everything they are given.

What a key is called says little, so every text that names a place counts, and what is not purely looking counts as a change.
"""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, NETWORK, READ, TOOL, UNKNOWN, WRITE, Action
from twelve.factors.guardrails.actions.calls import Call
from twelve.factors.guardrails.actions.code import load, looks_like_path, shell_text
from twelve.factors.guardrails.actions.jsontext import parsed
from twelve.factors.guardrails.actions.patches import changes
from twelve.factors.guardrails.actions.spelling import places
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import silence


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_READING = _set(
    "read get view cat open load list ls search find grep glob tree stat info show describe lookup query fetch inspect check diff status "
    "log count preview resolve analyze analyse lint validate diagnostics explain summarize navigate references hover definition"
)
_WRITING = _set(
    "write edit create append insert replace update patch save put upload mkdir copy set modify change alter add make touch overwrite "
    "truncate rewrite format fix apply store dump export generate install link symlink chmod sync restore revert undo prepend new"
)
_DELETING = _set("delete remove unlink rmdir trash drop rm erase purge")
_MOVING = _set("move rename mv")
_STARTING = _set(
    "exec execute shell command commands terminal bash process spawn eval evaluate repl console interact sh zsh cmd do ssh input "
    "powershell interpreter interpret code python ipython jupyter cell kernel javascript js node"
)
_RUNNING = _STARTING | _set("run invoke start script invocation send")
_CHANGING = _WRITING | _DELETING | _MOVING | _RUNNING | frozenset(("commit", "push", "merge"))
_LINKING = frozenset(("and", "or", "then"))
_PATH_KEYS = _set(
    "path file filename filepath absolutepath target destination dest source src uri notebookpath dir directory folder root paths files "
    "relativepath to from oldpath newpath targetfile output outputpath pathname location dst outfile savepath"
)
_OLD_KEYS = ("source", "src", "from", "path", "oldpath", "sourcepath", "oldname")
_URL_KEYS = ("url", "uri", "endpoint", "host")
_SPEAKING = _set(
    "content contents text body message title description query prompt subject observations pattern comment reason summary thought topic "
    "oldstring newstring oldstr newstr oldtext newtext question answer notes note label labels regex replacement plan instructions "
    "explanation"
)
"""What is written there is for people and models, or goes into a file."""
_LINE_KEYS = ("command", "cmd", "commandline", "bash", "shell", "shellcommand", "commands")
_CODE_KEYS = ("code", "script", "source", "input", "text", "args", "expression", "snippet", "chars", "cell", "keys", "lines", "data")
_PROGRAM_KEYS = ("command", "cmd", "program", "executable", "bin", "file")
_VERB_KEYS = ("command", "action", "operation", "op", "mode", "method")
_LANGUAGES = {
    "python": "python", "python3": "python", "py": "python", "ipython": "python", "jupyter": "python", "notebook": "python",
    "cell": "python", "kernel": "python", "ide": "python", "javascript": "node", "js": "node", "node": "node", "typescript": "node",
    "ts": "node", "browser": "node", "page": "node", "playwright": "node", "deno": "node", "bash": "shell", "shell": "shell", "sh": "shell",
    "terminal": "shell", "ruby": "ruby", "perl": "perl", "php": "php",
}  # fmt: skip
_DATABASES = _set("sql postgres postgresql mysql mariadb sqlite database db supabase clickhouse duckdb bigquery snowflake")
_OWN_WAYS = _set("git github gitlab gitea bitbucket forgejo twelve approve review")
"""Tools with one of these in their name are also told as git, as a forge or as our own program."""
LEAVES = 64
"""Texts of one call that are looked at as places."""
BASES = 4
LONGEST = 4096


class _Tool:
    """`words` are those of the tool's own name, `server` those before it; `reads`: it only looks."""

    __slots__ = ("call", "leaves", "reads", "server", "state", "words")

    def __init__(self, call: Call, state: State) -> None:
        self.call = call
        self.state = state
        name = call.name.removeprefix("mcp__") if call.name.startswith("mcp__") else call.name.removeprefix("mcp_")
        server, _, tool = name.rpartition("__")
        self.server = words_of(server)
        self.words = words_of(tool)
        self.leaves = _leaves(call.arguments, 0)
        told = next((verb for key, value in self.leaves if key in _VERB_KEYS for verb in _verbs(key, value)), None)
        if told:
            self.words = told
        self.reads = _only_reads(self.words)

    def does(self, *kinds: frozenset[str]) -> bool:
        """Whether its name has a word of these."""
        return any(word in kind for word in self.words for kind in kinds)


def words_of(name: str) -> list[str]:
    """The words a name is made of: `executeCode`, `run-python`, `git_push`."""
    spaced = ""
    for at, sign in enumerate(name):
        if sign.isupper() and at and (name[at - 1].islower() or name[at + 1 : at + 2].islower()):
            spaced += " "
        spaced += sign.lower() if sign.isalnum() else " "
    return spaced.split()


def _verbs(key: str, value: object) -> list[list[str]]:
    """What a tool of many verbs is told to do: `{"command": "create"}`, `{"mode": "w"}`."""
    if not isinstance(value, str) or len(value) > 40:
        return []
    if key == "mode" and 0 < len(value) < 4 and not value.strip("rwabxt+"):
        return [["write" if value.strip("rbt") else "read"]]
    words = words_of(value)
    known = len(words) == 1 or (words and " " not in value)
    return [words] if known and any(word in _READING or (word in _CHANGING and word not in _RUNNING) for word in words) else []


def _only_reads(words: list[str]) -> bool:
    pieces: list[list[str]] = [[]]
    for word in words:
        if word in _LINKING:
            pieces.append([])
        else:
            pieces[-1].append(word)
    return all(any(word in _READING for word in piece) and not any(word in _CHANGING for word in piece) for piece in pieces)


def follow(call: Call, state: State) -> None:
    """Adds what the tool would do."""
    state.work.actions.append(Action(TOOL, program=call.name, words=tuple(str(name) for name in call.arguments)))
    tool = _Tool(call, state)
    if _OWN_WAYS & {*tool.server, *tool.words}:
        load("twelve.factors.guardrails.actions.toolgit", "follow")(call, state, tool.server, tool.words, tool.leaves)
    if not tool.reads:
        _started(tool, call.arguments, 0)
    bases = _bases(tool)
    for key, value in tool.leaves[: LEAVES * 4]:
        if isinstance(value, str) and value and state.work.spend():
            _leaf(tool, key, value, bases)


def _leaf(tool: _Tool, key: str, value: str, bases: list[str]) -> None:
    if not tool.reads and (key in _LINE_KEYS or key in _CODE_KEYS or key.endswith(("command", "code", "script", "source"))):
        _code(tool, key, value)
    if key in ("sql", "query", "statement") and _DATABASES & {*tool.server, *tool.words, key}:
        load("twelve.factors.guardrails.actions.code", "run")("sql", value, tool.state, origin="local", stdin=silence(), words=[])
    if value.lstrip().startswith("*** Begin Patch"):
        for change in changes(value):
            _emit(tool, DELETE if change.kind in ("delete", "move") else WRITE, change.path)
        return
    if "://" in value and value[:5].lower() != "file:":
        if key in _URL_KEYS:
            tool.state.work.actions.append(Action(NETWORK, program=tool.call.name, target=value, verb="fetch"))
        return
    if key in _SPEAKING or len(value) > LONGEST or "\n" in value.strip():
        return
    named = key in _PATH_KEYS or key.endswith(("path", "file", "uri"))
    if named and (looks_like_path(value) or value[:5].lower() == "file:" or key.endswith("path")):
        _emit(tool, _kind(tool, key), value)
    elif not tool.reads and (looks_like_path(value.strip()) or value[:5].lower() == "file:"):
        _emit(tool, UNKNOWN, value)
    for base in bases if not tool.reads and len(value) < 256 and not value.startswith(("/", "~")) else ():
        _emit(tool, _kind(tool, key) if named else UNKNOWN, base + "/" + value)


def _kind(tool: _Tool, key: str) -> str:
    if tool.reads:
        return READ
    if tool.does(_DELETING):
        return DELETE
    if tool.does(_MOVING):
        return DELETE if key in _OLD_KEYS else WRITE
    if tool.does(_WRITING):
        return READ if key in ("source", "src", "sourcepath") and "copy" in tool.words else WRITE
    return UNKNOWN


def _emit(tool: _Tool, kind: str, text: str) -> None:
    for place in places(text, tool.state):
        tool.state.work.actions.append(
            Action(
                kind, path=place.path, real=place.real, program=tool.call.name, verb="tool", recursive=kind == DELETE, certain=False,
                detail="a tool of a server",
            )
        )  # fmt: skip


def _bases(tool: _Tool) -> list[str]:
    """Folders among the arguments: other arguments may be names inside them."""
    found: list[str] = []
    for key, value in tool.leaves[:LEAVES] if not tool.reads else ():
        if not isinstance(value, str) or not value.startswith(("/", "~", ".", "file:")) or len(value) > 1024 or key in _SPEAKING:
            continue
        for place in places(value, tool.state):
            if place.path not in found and len(found) < BASES and (tool.state.folder_is_there(place.real) or value.endswith("/")):
                found.append(place.path)
    return found


def _code(tool: _Tool, key: str, value: str) -> None:
    state = tool.state
    if key in _LINE_KEYS or key.endswith("command"):
        if value in _RUNNING or (value not in _READING and value not in _CHANGING):
            shell_text(value, state, silence())
        return
    starts = tool.does(_STARTING) or (tool.does(_RUNNING) and key not in ("text", "input", "args", "data"))
    if not starts or looks_like_path(value):
        return
    run = load("twelve.factors.guardrails.actions.code", "run")
    lines = value.split("\n")
    shell = [line.lstrip("!% ") for line in lines if line.startswith("!")]
    if value.startswith(("%%bash", "%%sh", "%%script")):
        shell, lines = lines[1:], []
    for line in shell:
        shell_text(line, state.child("tool"), silence())
    text = "\n".join(line for line in lines if not line.startswith(("!", "%")))
    for language in _languages(tool):
        if language == "shell":
            _as_line(value, state)
        elif text.strip():
            run(language, text, state.child("tool"), origin="local", stdin=silence(), words=[], program=language)


def _as_line(value: str, state: State) -> None:
    """As a shell would read it, when a shell can: it may as well be another language."""
    try:
        load("twelve.system.shell.parsing", "parse")(value)
    except Exception:  # noqa: BLE001 - whatever the parser says, it is no shell code
        return
    shell_text(value, state.child("tool"), silence())


def _languages(tool: _Tool) -> tuple[str, ...]:
    given = [str(value).lower() for key, value in tool.leaves if key in ("language", "lang", "kernel", "runtime", "interpreter")]
    found = dict.fromkeys(_LANGUAGES[word] for word in [*given, *tool.words, *tool.server] if word in _LANGUAGES)
    return tuple(found) or ("shell", "python", "node")


def _started(tool: _Tool, value: object, depth: int) -> None:
    """`{"program": "git", "args": ["push"]}`, at any depth."""
    if depth > 4:
        return
    if isinstance(value, list | tuple):
        for inner in value[:50]:
            _started(tool, inner, depth + 1)
    if not isinstance(value, dict):
        return
    for inner in list(value.values())[:50]:
        _started(tool, inner, depth + 1)
    plain = {_key(name): inner for name, inner in value.items()}
    program = next((plain[key] for key in _PROGRAM_KEYS if isinstance(plain.get(key), str)), None)
    words = next((plain[key] for key in ("args", "arguments", "argv", "params") if isinstance(plain.get(key), list)), None)
    if words is None:
        words = next((plain[key] for key in _PROGRAM_KEYS if isinstance(plain.get(key), list)), None)
    if isinstance(words, list) and (program or words) and all(isinstance(word, str | int | float) for word in words):
        texts = [*([program] if isinstance(program, str) else []), *(str(word) for word in words)]
        line = " ".join("'" + text.replace("'", "'\\''") + "'" for text in texts[:100])
        shell_text(line, tool.state.child("tool"), silence())


def _key(name: object) -> str:
    return str(name).lower().replace("_", "").replace("-", "")


def _leaves(value: object, depth: int, key: str = "") -> list[tuple[str, object]]:
    """Every value that is not a container, with the name it has or its list has; names that look like a path count as values."""
    if depth > 6:
        return []
    if isinstance(value, dict):
        found = [(key, str(name)) for name in list(value)[:200] if looks_like_path(str(name))]
        return found + [leaf for name, inner in list(value.items())[:200] for leaf in _leaves(inner, depth + 1, _key(name))]
    if isinstance(value, list | tuple):
        return [leaf for inner in value[:200] for leaf in _leaves(inner, depth + 1, key)]
    if isinstance(value, str) and value[:1] in ("{", "[") and len(value) < 100_000 and key not in _SPEAKING:
        inner = parsed(value)
        if isinstance(inner, dict | list):
            return [(key, value), *_leaves(inner, depth + 1, key)]
    return [(key, value)]
