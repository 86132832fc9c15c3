"""What calls in Python code do: files, programs, network, settings, more code."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.action import EXECUTE, KILL, ORIGIN_LOCAL, UNKNOWN, Action
from twelve.factors.guardrails.actions.languages import python_files, python_programs
from twelve.factors.guardrails.actions.languages.python_values import PURE, Value, loose, method
from twelve.factors.guardrails.actions.loading import load
from twelve.factors.guardrails.actions.options import Argument, plain
from twelve.factors.guardrails.actions.paths import UNKNOWN as GAP
from twelve.factors.guardrails.actions.streams import Stream, union, worse
from twelve.factors.guardrails.actions.walking import assign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from twelve.factors.guardrails.actions.languages.python_expressions import Expressions

    Effect = Callable[[Expressions, list[Value], dict[str, Value]], Value | None]

_SHELLS = ("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "commands.getoutput", "commands.getstatusoutput",
           "asyncio.create_subprocess_shell", "popen2.popen2", "pexpect.run", "pexpect.spawn", "platform.popen", "os.popen2",
           "os.popen3")  # fmt: skip
_GIT = ("git.", "dulwich.", "pygit2.", "sh.git")
_PROCESSES = ("run", "call", "check_call", "check_output", "Popen", "create_subprocess_exec")
_STARTS = ("os.exec", "os.spawn", "os.posix_spawn", "pty.spawn")
_CODE = ("exec", "eval", "runpy.run_path", "execfile", "code.interact", "builtins.exec", "builtins.eval")
_MODULE_ALIASES = {"pathlib2": "pathlib", "posix": "os", "nt": "os", "subprocess32": "subprocess", "io": "io", "_io": "io"}
_SQL_METHODS = ("execute", "executescript", "executemany", "exec_driver_sql")


def imported(reader: Expressions, module: str) -> None:
    """Reaching into another program's modules is said; a module written in this call is followed."""
    state = reader.call.state
    if module.partition(".")[0] == "twelve":
        state.work.actions.append(Action(EXECUTE, program="python", words=("import", module), detail=module, via=state.via))
    for place in state.places(module.replace(".", "/") + ".py"):
        stream = state.files.get(place.path)
        if stream is not None and stream.text is not None and reader.deep < 4:
            reader.deep += 1
            reader.source(stream.text)
            reader.deep -= 1


def starred(module: str) -> tuple[str, ...]:
    """Names a star import brings that matter here."""
    return {
        "os": ("system", "remove", "unlink", "rename", "rmdir", "popen", "kill", "chmod", "makedirs", "environ", "path"),
        "shutil": ("rmtree", "move", "copy", "copyfile", "copytree"), "subprocess": ("run", "call", "Popen", "check_call", "check_output"),
        "pathlib": ("Path", "PurePath"),
    }.get(module, ())  # fmt: skip


def setting(reader: Expressions, name: Value, value: Value) -> None:
    """A variable of the environment changes."""
    if name.text is not None:
        assign(name.text, value.argument(), reader.call.state)


def variable(reader: Expressions, name: Value, default: Value | None) -> Value:
    """A variable of the environment is read."""
    known = reader.call.state.scope.variables.get(name.text or "")
    return Value(known) if known is not None else default or Value()


def attribute(reader: Expressions, dotted: str, owner: Value) -> Value:
    """A name in a module; a few are values."""
    head, _, rest = dotted.partition(".")
    dotted = _MODULE_ALIASES.get(head, head) + "." + rest
    if dotted == "sys.executable":
        return Value("python3")
    if dotted == "sys.stdin":
        made = Value(reader.call.state.text_of(reader.call.stdin), name=dotted)
        made.origin, made.data, made.owner = reader.call.stdin.origin, reader.call.stdin.data, Value()
        return made
    if dotted in ("os.sep", "os.path.sep"):
        return Value("/")
    if dotted == "os.environ":
        return Value(name=dotted, data=("environment",))
    made = Value(name=dotted)
    made.origin, made.data = owner.origin, owner.data if owner.name != "os.environ" else ()
    return made


def path_attribute(owner: Value, name: str) -> Value:
    """`.parent`, `.name` and `.stem` of a path."""
    text = loose(owner).rstrip("/")
    head, slash, tail = text.rpartition("/")
    made = owner.with_text((head or slash or ".") if name == "parent" else tail)
    made.path = name == "parent"
    return made


def called(reader: Expressions, function: Value, arguments: list[Value], named: dict[str, Value]) -> Value:
    """A call of something that is not defined in the code itself."""
    name = function.name
    known = _named_call(reader, name, arguments, named)
    if known is not None:
        return known
    bare = name.rpartition(".")[2]
    owner = function.owner
    if owner is not None:
        found = _method_call(reader, bare, owner, arguments, named)
        if found is not None:
            return found
    if name.startswith(_GIT) and load("twelve.factors.guardrails.actions.languages.python_git", "called")(reader, name, arguments, named):
        return Value()
    if python_programs.is_network(name):
        return python_programs.exchange(reader, name, arguments, named)
    if bare == "system" and arguments and "ctypes" in name + (owner.name if owner else ""):
        return python_programs.shell(reader, arguments, named)
    if bare.startswith(_READERS) and owner is None and arguments and _names_file(arguments[0]):
        return _read_by(reader, arguments[0])
    result = Value(name=name + "()" if name and not name.endswith("()") else "")
    for value in [function, *arguments, *named.values()]:
        result.origin, result.data = worse(result.origin, value.origin), union(result.data, value.data)
    return result


def _named_call(reader: Expressions, name: str, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    name = name.removeprefix("builtins.")
    pure = PURE.get(name)
    if pure is not None:
        return pure(arguments)
    effect = _EFFECTS.get(name) or python_files.FILES.get(name)
    if effect is not None:
        return effect(reader, arguments, named) or Value()
    if name in _SHELLS:
        return python_programs.shell(reader, arguments, named)
    if name.startswith(_STARTS):
        return python_programs.start(reader, name, arguments)
    if name.startswith(("subprocess.", "asyncio.create_subprocess_exec")) and name.rpartition(".")[2] in _PROCESSES:
        return python_programs.process(reader, arguments, named)
    return None


# More code.


def _evaluate(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    if not arguments:
        return None
    value = arguments[0]
    state = reader.call.state
    unclear = value.text is None or GAP in value.text
    if unclear or value.origin != ORIGIN_LOCAL:
        state.work.actions.append(
            Action(
                EXECUTE,
                program=reader.call.name,
                origin=value.origin,
                detail="code made while the call runs",
                via=state.via,
                certain=not unclear,
            )
        )
    if unclear:
        state.work.actions.append(Action(UNKNOWN, detail="Python code that cannot be seen from here", via=state.via, certain=False))
    elif reader.deep < 6:
        reader.deep += 1
        reader.source(value.text or "")
        reader.deep -= 1
    return Value()


def _run_path(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    reader.call.run([*plain("python3"), *(value.argument() for value in arguments[:1])])
    return None


def _run_module(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    reader.call.run([*plain("python3", "-m"), *(value.argument() for value in arguments[:1])])
    return None


def _get_attribute(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    if len(arguments) < 2:
        return None
    owner, name = arguments[0], arguments[1]
    if name.known and owner.name:
        return attribute(reader, owner.name + "." + loose(name), owner)
    if owner.name in ("os", "subprocess", "shutil", "builtins", "__builtins__"):
        reader.call.unknown(f"a function of {owner.name} that cannot be known from here")
    return Value()


def _import(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    module = arguments[0] if arguments else Value()
    if not module.known:
        reader.call.unknown("a module that cannot be known from here")
        return Value()
    imported(reader, loose(module))
    return Value(name=loose(module))


# Processes and folders.


def _kill(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    target = arguments[0] if arguments else Value()
    shown = "$PPID" if target.name.startswith("os.getppid") else loose(target)
    reader.call.add(KILL, target=shown, words=(shown,), certain=target.known)
    return None


def _chdir(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    reader.call.state.go(tuple(reader.call.state.places(loose(arguments[0]) if arguments else GAP)))
    return None


# Methods and the rest.


_READERS = ("read", "load", "from_file", "open", "dotenv")


def _names_file(value: Value) -> bool:
    if value.items:
        return all(_names_file(item) for item in value.items)
    text = value.text or ""
    return bool(value.path or (code.looks_like_path(text.replace(GAP, "")) and " " not in text))


def _read_by(reader: Expressions, path: Value) -> Value:
    """`parser.read("x.ini")`, `pandas.read_csv("x.csv")`: somebody else opens the file and gives what is in it."""
    for item in path.items or ():
        reader.call.read(item.argument())
    if path.items:
        return Value()
    stream = reader.call.read(path.argument())
    return Value(None, origin=stream.origin, data=stream.data)


def _method_call(reader: Expressions, bare: str, owner: Value, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    if owner.items is not None and arguments and bare in ("append", "extend", "insert", "add") and len(owner.items) < 256:
        owner.items += (arguments[0].items or []) if bare == "extend" else arguments[-1:]
        return Value()
    found = python_files.of_path(reader, bare, owner, arguments, named)
    if found is not None:
        return found
    if (python_programs.is_network(owner.name) and bare in python_programs.EXCHANGING) or (
        bare in ("sendall", "sendmail", "storbinary") or (bare == "connect" and arguments and arguments[0].items)
    ):
        return python_programs.exchange(reader, owner.name + "." + bare, arguments, named)
    if bare.startswith(_READERS) and arguments and not owner.file and _names_file(arguments[0]):
        return _read_by(reader, arguments[0])
    if bare in _SQL_METHODS and arguments and arguments[0].text:
        code.load("twelve.factors.guardrails.actions.languages.sql", "follow")(
            arguments[0].text, reader.call.state, reader.call.stdin, [], "python"
        )
        return Value()
    if bare in ("communicate", "stdout", "read", "output") and owner.text is not None:
        return owner.with_text(owner.text)
    return method(bare, owner, arguments, named)


def _print(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    text = "" if all(value.text is not None for value in arguments) else None
    if "file" in named:
        return python_files.of_path(reader, "write", named["file"], arguments, {})
    known = Value(text)
    for value in arguments:
        known = known.with_text(known.text, value)
    line = None if text is None else " ".join(loose(value) for value in arguments) + (loose(named["end"]) if "end" in named else "\n")
    reader.printed.append(Stream(line, origin=known.origin, data=known.data))
    return None


def _environment(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    return variable(reader, arguments[0], arguments[1] if len(arguments) > 1 else None) if arguments else Value()


def _set_environment(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    if len(arguments) > 1:
        setting(reader, arguments[0], arguments[1])
    for name, value in named.items():
        setting(reader, Value(name), value)
    body = arguments[0].body if arguments else None
    for pair in body if isinstance(body, list) else []:
        setting(reader, pair.items[0], pair.items[1])
    return None


def _home(reader: Expressions, _arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    made = Value(reader.call.state.home)
    made.path = True
    return made


def _expand_home(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    value = arguments[0] if arguments else Value()
    text = value.text
    if text is not None and (text == "~" or text.startswith("~/")):
        text = (reader.call.state.home or GAP) + text[1:]
    return value.with_text(text)


def _expand_variables(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    value = arguments[0] if arguments else Value()
    text = loose(value)
    for name, known in reader.call.state.scope.variables.items():
        if name and ("$" in text) and known is not None:
            text = text.replace("${" + name + "}", known).replace("$" + name, known)
    return value.with_text(text if "$" not in text else text.partition("$")[0] + GAP)


def _here(reader: Expressions, _arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    cwd = reader.call.state.cwd
    made = Value(None if cwd.partial else cwd.path)
    made.path = True
    return made


def _temporary(reader: Expressions, _arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    made = Value(f"/tmp/fresh{reader.call.state.work.number()}")  # noqa: S108 - where the real function puts it
    made.file = loose(made)
    return made


def _typed(reader: Expressions, _arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    return Value(reader.call.stdin.text, origin=reader.call.stdin.origin, data=reader.call.stdin.data)


def _mapped(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    """`map(function, items)`: every item is a call."""
    items = arguments[1].items if len(arguments) > 1 else None
    results = [reader.invoke(arguments[0], [item], {}) for item in (items or [Value(GAP)])[:16]] if arguments else []
    return Value(items=results)


def _connect(reader: Expressions, arguments: list[Value], _named: dict[str, Value]) -> Value | None:
    if arguments and arguments[0].text not in (None, ":memory:", ""):
        reader.call.write(Argument(loose(arguments[0])), verb="database")
    made = Value(name="sqlite3.Connection")
    made.owner = Value()
    return made


_EFFECTS: dict[str, Effect] = {
    "exec": _evaluate, "eval": _evaluate, "execfile": _run_path, "runpy.run_path": _run_path, "runpy.run_module": _run_module,
    "getattr": _get_attribute, "__import__": _import, "importlib.import_module": _import, "importlib.__import__": _import, "os.kill": _kill,
    "os.killpg": _kill, "signal.pthread_kill": _kill, "os.chdir": _chdir, "os.fchdir": _chdir, "contextlib.chdir": _chdir, "print": _print,
    "sys.stdout.write": _print, "os.getenv": _environment, "os.environ.get": _environment, "os.environ.setdefault": _set_environment,
    "os.putenv": _set_environment,
    "os.environ.update": _set_environment, "pathlib.Path.home": _home, "os.path.expanduser": _expand_home,
    "os.path.expandvars": _expand_variables,
    "pathlib.Path.cwd": _here, "os.getcwd": _here, "os.getcwdb": _here, "tempfile.mkdtemp": _temporary, "tempfile.mktemp": _temporary,
    "tempfile.NamedTemporaryFile": _temporary, "tempfile.TemporaryDirectory": _temporary, "tempfile.gettempdir": lambda _reader,
    _arguments, _named: Value("/tmp"),  # noqa: S108
    "input": _typed, "sys.stdin.read": _typed, "sys.stdin.readline": _typed, "map": _mapped, "filter": _mapped, "sqlite3.connect": _connect,
}  # fmt: skip
