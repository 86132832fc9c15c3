"""Task runners: the recipe of a target is read and followed when the file may be looked at."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, ORIGIN_LOCAL
from twelve.factors.guardrails.actions.code import run as run_code
from twelve.factors.guardrails.actions.handed import touched
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument
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
        "I= l=? o= q|question t|touch W= v|version w d|justfile= set="
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
    for stream in streams:
        if stream.origin != ORIGIN_LOCAL:
            call.execute(options=options, origin=stream.origin, detail="recipes that arrive while the call runs")
    if text is None or options.has("--dry-run", "--question", "--touch"):
        return
    recipes = _read(text, just=call.name == "just")
    for name, value in recipes.variables.items():
        state.scope.variables.setdefault(name, value)
    _run(inner, recipes, targets or [recipes.first], set())


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
    """`tox`, `nox`, `task`, `invoke`, `cmake`, `pytest`, our own program: said, with their words."""
    call.add(EXECUTE, options=call.options(""))
    touched(call)


PROGRAMS = {"make": make, "gmake": make, "just": make, "builds": task}
