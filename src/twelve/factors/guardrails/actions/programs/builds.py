"""Task runners: the recipe of a target is read and followed when the file may be looked at."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, ORIGIN_LOCAL
from twelve.factors.guardrails.actions.code import run as run_code
from twelve.factors.guardrails.actions.handed import erased, touched
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, split
from twelve.factors.guardrails.actions.walking import assign

TARGETS = 24
"""Targets that are followed for one call, prerequisites included."""


class _Recipes:
    """Targets of a Makefile or justfile: prerequisites and lines; `first` is what runs without a name."""

    __slots__ = ("first", "lines", "needs", "variables")

    def __init__(self) -> None:
        self.first = ""
        self.needs: dict[str, list[str]] = {}
        self.lines: dict[str, list[str]] = {}
        self.variables: dict[str, str] = {}


def make(call: Invocation) -> None:
    """`make -C folder -f file VAR=value targets`."""
    options = call.options(
        "C|directory= f|file|makefile= j|jobs=? n|just-print|recon|dry-run k|keep-going s|silent B|always-make e i "
        "I= l=? o= q|question t|touch W= v|version w d|justfile= set= E|eval="
    )
    call.execute(options=options)
    folder = options.value("--directory")
    state = call.state.child(call.name)
    if folder is not None:
        state.go(tuple(state.places(folder.text)))
    inner = Invocation(call.name, [], state, call.stdin, call.source)
    targets = []
    for word in options.operands:
        name, sign, _ = word.text.partition("=")
        if sign and name.isidentifier():
            assign(name, word.cut(len(name) + 1), state, call.source)
        else:
            targets.append(word.text)
    file = options.value("--makefile", "--justfile")
    names = (
        [file.text] if file else ["GNUmakefile", "makefile", "Makefile"] if call.name != "just" else ["justfile", "Justfile", ".justfile"]
    )
    if file is not None and file.text in ("-", "/dev/stdin"):
        streams = [call.stdin]
    else:
        streams = [inner.state.stream_of(inner.places(Argument(name))[0]) for name in names]
    text = next((found for found in (inner.state.text_of(stream) for stream in streams) if found is not None), None)
    if call.name != "just":
        given = [word.text for word in options.all("--eval")] + _from_variables(inner)
        text = _whole(inner, "\n".join([*given, text or ""])) if given or text is not None else None
    for stream in streams:
        if stream.origin != ORIGIN_LOCAL:
            call.execute(options=options, origin=stream.origin, detail="recipes that arrive while the call runs")
    if text is None or options.has("--dry-run", "--question", "--touch"):
        return
    _shells(inner, text)
    recipes = _read(text, just=call.name == "just")
    for name, value in recipes.variables.items():
        state.scope.variables.setdefault(name, value)
    _run(inner, recipes, targets or [recipes.first], set())


INCLUDED = 8
"""Makefiles that are read into one."""
_USUAL = ("sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "env", "cmd", "cmd.exe", "python3", "python", "node", "perl", "ruby", "pwsh")


def _from_variables(call: Invocation) -> list[str]:
    """Makefiles and evaluated text that variables add."""
    variables = call.state.scope.variables
    found = ["include " + name for name in (variables.get("MAKEFILES") or "").split()]
    flags = split(Argument((variables.get("MAKEFLAGS") or "") + " " + (variables.get("GNUMAKEFLAGS") or "")))
    return found + [word.text.partition("=")[2] for word in flags if word.text.startswith("--eval=")]


def _whole(call: Invocation, text: str) -> str:
    """The makefile with those it includes in their place."""
    included = 0
    lines: list[str] = []
    queue = text.split("\n")
    while queue:
        line = queue.pop(0)
        word, _, names = line.partition(" ")
        if word not in ("include", "-include", "sinclude") or included >= INCLUDED:
            lines.append(line)
            continue
        for name in names.split():
            included += 1
            found = call.text_of(Argument(name, pattern="*" in name)) if "$" not in name else None
            queue = (found or "").split("\n") + queue
    return "\n".join(lines)


def _shells(call: Invocation, text: str) -> None:
    """Code that runs while a makefile is read, and a shell that is none of the usual ones."""
    at = text.find("$(shell ")
    while at >= 0:
        end, depth = at + 2, 1
        while end < len(text) and depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        run_code("shell", _shell(text[at + 8 : end - 1], ""), call.state.child(), origin="local", stdin=call.stdin, words=[], program="sh")
        at = text.find("$(shell ", at + 8)
    for line in text.split("\n") if "!=" in text or "SHELL" in text else ():
        name, sign, value = line.partition("!=")
        if sign and name.strip().isidentifier():
            run_code("shell", _shell(value.strip(), ""), call.state.child(), origin="local", stdin=call.stdin, words=[], program="sh")
        if line.startswith("SHELL") and "=" in line:
            _own_shell(call, line.partition("=")[2].strip())
    _own_shell(call, call.state.scope.variables.get("SHELL") or "")


def _own_shell(call: Invocation, text: str) -> None:
    first = text.split(" ")[0]
    if first and first.rpartition("/")[2] not in _USUAL and "$" not in first:
        call.run([Argument(first)], state=call.state.child())


def _read(text: str, *, just: bool) -> _Recipes:
    found = _Recipes()
    current: list[str] = []
    for line in text.replace("\\\n", " ").split("\n"):
        if line.startswith(("\t", " ")) and current and line.strip():
            for name in current:
                found.lines.setdefault(name, []).append(line.strip())
        elif line.strip() and not line.lstrip().startswith("#"):
            current = _heading(found, line, just=just) or ([] if line.strip() else current)
    return found


def _heading(found: _Recipes, line: str, *, just: bool) -> list[str]:
    for sign in (":=", "::=", "?=", "+=", "="):
        name, given, value = line.partition(sign)
        if given and name.strip().removeprefix("export ").strip().isidentifier():
            found.variables[name.strip().removeprefix("export ").strip()] = value.strip().strip("'\"" if just else "")
            return []
    head, colon, rest = line.partition(":")
    if not colon:
        return []
    names = head.split()[:1] if just else head.split()
    needs, _, inline = rest.partition(";")
    for name in names:
        found.needs.setdefault(name, []).extend(word for word in needs.lstrip(":").split() if word != "|")
        if inline.strip():
            found.lines.setdefault(name, []).append(inline.strip())
    if names and not found.first and not names[0].startswith("."):
        found.first = names[0]
    return names


def _run(call: Invocation, recipes: _Recipes, targets: list[str], done: set[str]) -> None:
    for target in targets:
        if target in done or len(done) >= TARGETS:
            continue
        done.add(target)
        _run(call, recipes, recipes.needs.get(target, []), done)
        for line in recipes.lines.get(target, []):
            inner = call.state.child()
            run_code("shell", _shell(line, target), inner, origin="local", stdin=call.stdin, words=[], program="sh")


def _shell(line: str, target: str) -> str:
    """`$(X)` and `{{x}}` are variables, `$$` is a dollar, `$@` the target."""
    text = line.lstrip("@-+ ").replace("$$", "\4").replace("$@", target).replace("{{", "${").replace("}}", "}")
    at = text.find("$(")
    while at >= 0:
        end = text.find(")", at)
        if end < 0:
            break
        name = text[at + 2 : end]
        text = text[:at] + ("${" + name + "}" if name.isidentifier() else "${_unknown_}") + text[end + 1 :]
        at = text.find("$(", at + 1)
    return text.replace("\4", "$")


def task(call: Invocation) -> None:
    """`tox`, `nox`, `invoke`, `pytest`, our own program: said, with their words."""
    if call.name == "pytest":
        for word in call.options("basetemp= c= o= k= m= p= n= W= rootdir= confcutdir=").all("--basetemp"):
            erased(call, word)
    call.add(EXECUTE, options=call.options(""))
    touched(call)


PROGRAMS = {"make": make, "gmake": make, "just": make, "builds": task}
