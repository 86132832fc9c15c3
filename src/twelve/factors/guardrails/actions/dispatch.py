"""From the first word of a command to what runs: a function, an alias, a known program, or a script file."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.action import EXECUTE, ORIGIN_LOCAL, READ, UNKNOWN, Action
from twelve.factors.guardrails.actions.handed import touched
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, plain
from twelve.factors.guardrails.actions.paths import UNKNOWN as UNSURE
from twelve.factors.guardrails.actions.paths import Place, matches
from twelve.factors.guardrails.actions.programs.table import FAMILIES, family_of
from twelve.factors.guardrails.actions.state import DEPTH, State
from twelve.factors.guardrails.actions.streams import Stream
from twelve.system.shell.syntax import Compound

_ROOM = "twelve.factors.guardrails.actions.programs."
_BIN_FOLDERS = ("/bin", "/sbin", "/libexec/git-core", "/lib/git-core", "/shims", "/.bin", "/Scripts")
_PREFERRED = ("databases", "packages", "builds", "interpreters", "cluster", "cloud", "containers")
"""Families whose programs lie in projects as wrappers; the wrapper's own text says less than its name."""
_LANGUAGES = {
    ".sh": "shell", ".bash": "shell", ".zsh": "shell", ".py": "python", ".pl": "perl", ".rb": "ruby", ".js": "node",
    ".mjs": "node", ".cjs": "node", ".ts": "node", ".php": "php", ".awk": "awk",
}  # fmt: skip
_INTERPRETERS = {
    "sh": "shell", "bash": "shell", "dash": "shell", "zsh": "shell", "ksh": "shell", "ash": "shell", "python": "python",
    "perl": "perl", "ruby": "ruby", "node": "node", "php": "php", "awk": "awk", "gawk": "awk", "mawk": "awk", "deno": "node",
    "bun": "node", "tsx": "node", "lua": "lua", "Rscript": "r", "tclsh": "tcl", "sed": "sed",
}  # fmt: skip


def run(words: list[Argument], state: State, stdin: Stream, source: str = "") -> Stream:
    """Runs one simple command; answers what it would print."""
    work = state.work
    if not words or not work.spend():
        return Stream(None, data=stdin.data, origin=stdin.origin)
    if state.depth > DEPTH:
        work.actions.append(Action(UNKNOWN, detail="programs are nested too deeply to be followed", via=state.via, certain=False))
        return Stream(None)
    first = words[0]
    if first.origin != ORIGIN_LOCAL or not first.exact or (first.pattern and first.text not in FAMILIES):
        return _unclear(words, state, stdin, source)
    name = first.text
    if name in state.functions:
        return _function(name, words[1:], state, stdin)
    if name in state.aliases:
        state = state.child("alias")
        text = state.aliases.pop(name)
        return code.shell_text(" ".join([text, *(_quoted(word.text) for word in words[1:])]), state, stdin)
    if "/" in name:
        return _by_path(words, state, stdin, source)
    return _program(name, words[1:], state, stdin, source)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _function(name: str, words: list[Argument], state: State, stdin: Stream) -> Stream:
    """The body with these arguments; not again when it is inside itself and nothing has changed since."""
    body = state.functions[name]
    given = tuple(word.text for word in words)
    known = {name: value for name, value in state.scope.variables.items() if value not in (None, UNSURE)}
    frame = (name, given, known, tuple(place.path for place in state.cwds))
    if frame in state.frames:
        return Stream(None)
    before, depth, via, frames = state.scope.positional, state.depth, state.via, state.frames
    state.scope.positional = given
    state.depth, state.via, state.frames = depth + 1, (*via, name), (*frames, frame)
    output = Stream(None)
    if isinstance(body, Compound):
        for script in body.bodies:
            output = state.work.walk(script, state, stdin)
    state.scope.positional, state.depth, state.via, state.frames = before, depth, via, frames
    return output


def _unclear(words: list[Argument], state: State, stdin: Stream, source: str) -> Stream:
    """The program itself is a pattern, or only known while the line runs."""
    first = words[0]
    call = Invocation(first.text, words[1:], state, stdin, source)
    if first.pattern and first.exact and "/" in first.text and state.look:
        found = [name for place in state.places(first.text, pattern=True) for name in matches(place.path)]
        if found:
            return run(plain(*found) + words[1:], state, stdin, source)
    if first.origin != ORIGIN_LOCAL:
        call.execute(origin=first.origin, detail="a command that arrives while the call runs")
        if first.exact:
            return run([Argument(first.text), *words[1:]], state, stdin, source)
    call.unknown("the program that runs cannot be known from here")
    for word in words[1:9]:
        if code.looks_like_path(word.text):
            call.unknown("an argument of a program that cannot be known from here", word)
    return Stream(None, data=call.provenance(), origin=stdin.origin)


def _by_path(words: list[Argument], state: State, stdin: Stream, source: str) -> Stream:
    first = words[0]
    place = state.places(first.text)[0]
    base = first.text[first.text.rfind("/") + 1 :]
    stream = state.stream_of(place)
    if stream.path and stream.path != place.real:
        place = Place(stream.path)
    if not _made_here(place, state):
        for path in (place.path, place.real):
            name = path[path.rfind("/") + 1 :]
            if family_of(name) and path[: path.rfind("/")].endswith(_BIN_FOLDERS):
                return _program(name, words[1:], state, stdin, source)
        unseen = not state.look or state.text_of(stream) is None
        if family_of(base) and (unseen or family_of(base) in _PREFERRED):
            return _program(base, words[1:], state, stdin, source)
    return run_file(place, stream, words[1:], state.child(first.text), stdin, source)


def _made_here(place: Place, state: State) -> bool:
    return place.path in state.files or place.real in state.files


def _program(name: str, words: list[Argument], state: State, stdin: Stream, source: str) -> Stream:
    family = family_of(name)
    short = name if name in FAMILIES else _short(name)
    call = Invocation(short, words, state, stdin, source)
    if not family:
        return _stranger(call)
    if _searched_first(state):
        _found_first(name, words, state, stdin, source)
    start = len(state.work.actions)
    try:
        programs = code.load(_ROOM + family, "PROGRAMS")
        programs.get(short, programs[family])(call)
    except Exception as trouble:  # noqa: BLE001 - what comes after this command must still be read
        call.unknown(f"reading {short} failed ({type(trouble).__name__})")
    return call.output or _carried(call, start)


def _searched_first(state: State) -> bool:
    """Whether this call changed where programs are looked for."""
    path = state.scope.variables.get("PATH")
    return path is not None and path != state.work.surroundings.variables.get("PATH", path if "PATH" not in state.exported else None)


def _found_first(name: str, words: list[Argument], state: State, stdin: Stream, source: str) -> None:
    """A file of that name in a folder that comes before the usual ones is what really runs."""
    for folder in (state.scope.variables.get("PATH") or "").split(":")[:8]:
        if folder.startswith(("/usr/", "/bin", "/sbin", "/opt/homebrew")) or "\0" in folder or "/" in name:
            return
        place = state.places((folder or ".") + "/" + name)[0]
        stream = state.stream_of(place)
        if not place.partial and (_made_here(place, state) or state.text_of(stream) is not None):
            run_file(place, stream, words, state.child(name), stdin, source)
            return


def _short(name: str) -> str:
    """`python3.11` is python, `git-push` stays, GNU tools with a leading g lose it."""
    stem = name.rstrip("0123456789.-") or name
    if stem in FAMILIES:
        return stem
    return stem[1:] if stem[:1] == "g" and stem[1:] in FAMILIES else name


def _carried(call: Invocation, start: int) -> Stream:
    """By default a program prints what it read: nothing known about the text, everything about where it is from."""
    read = tuple(action.path for action in call.state.work.actions[start:] if action.kind == READ and action.path)
    return Stream(None, origin=call.stdin.origin, data=call.stdin.data).through(data=call.provenance() + read)


def _stranger(call: Invocation) -> Stream:
    """A program nobody here knows: it runs, and these are the paths it was told about."""
    named = [place.path for word in call.words[:32] if code.looks_like_path(word.text) for place in call.state.places(word.text)[:1]]
    call.execute(data=tuple(dict.fromkeys(path for path in named if path)))
    touched(call)
    return Stream(None, origin=call.stdin.origin, data=call.provenance())


def run_file(place: Place, stream: Stream, words: list[Argument], state: State, stdin: Stream, source: str, language: str = "") -> Stream:
    """A script file runs: one written in this call, or one that is there and may be looked at."""
    text = state.text_of(stream)
    data = (place.path,) if place.path else ()
    action = Action(
        EXECUTE, path=place.path, real=place.real, glob=place.glob, partial=place.partial, program=place.path or "?", verb="script",
        words=tuple(word.text for word in words), origin=stream.origin, data=data, source=source, via=state.via, certain=text is not None,
    )  # fmt: skip
    state.work.actions.append(action)
    if text is None and stream.origin == ORIGIN_LOCAL and not _made_here(place, state):
        return Stream(None, data=stdin.data, origin=stdin.origin)
    language = language or _language(place.path, text or "")
    if not language:
        return Stream(None, data=stdin.data, origin=stdin.origin)
    before = state.script, state.scope.arrays.get("BASH_SOURCE")
    state.script = place.path
    if language == "shell":
        _named(place, state)
    output = code.run(language, text, state, origin=stream.origin, stdin=stdin, words=words, program=language, data=stream.data)
    state.script, state.scope.arrays["BASH_SOURCE"] = before
    return output


def _named(place: Place, state: State) -> None:
    """A script knows its own name, a sourced one only as the one that is being read."""
    variables = state.scope.variables
    name = UNSURE if place.partial or place.glob or not place.path else place.path
    state.scope.arrays["BASH_SOURCE"] = (name,)
    variables["BASH_SOURCE"] = name
    if state.via[-1:] != ("source",):
        variables["0"] = name


def _language(path: str, text: str) -> str:
    """By the first line, then by the extension, then the shell's own habit; "" for a binary."""
    if "\0" in text[:1024] or text.startswith("\x7fELF"):
        return ""
    if text.startswith("#!/bin/sh\n'''exec'"):
        return "python"
    if text.startswith("#!"):
        pieces = text[2:].split("\n", 1)[0].replace("env -S", "env").split()
        pieces = [piece for piece in pieces if not piece.endswith("/env") and not piece.startswith("-") and "=" not in piece]
        name = pieces[0].rpartition("/")[2] if pieces else "sh"
        return _INTERPRETERS.get(name) or _INTERPRETERS.get(_short(name), "")
    dot = path.rfind(".")
    return _LANGUAGES.get(path[dot:] if dot > path.rfind("/") else "", "shell")
