"""Code in any language, from a command line, a pipe or a file: where it came from is said, then it is read."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, ORIGIN_LOCAL, UNKNOWN, WRITE, Action
from twelve.factors.guardrails.actions.loading import load as load
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.paths import UNKNOWN as GAP
from twelve.factors.guardrails.actions.state import DEPTH, State
from twelve.factors.guardrails.actions.streams import REFERENCES, Stream, silence
from twelve.system.shell.parsing import parse
from twelve.system.shell.syntax import Unparsable

UNSEEN = "_unknown_"
"""The variable that stands for a part of shell code nobody can know."""
CODE_LIMIT = 100_000
"""Characters of code in another language that are read."""
NEAR = 16
"""Path-like words of an unreadable text that are named."""

_ROOM = "twelve.factors.guardrails.actions.languages."
READERS = {
    "shell": "",
    "python": "python",
    "perl": "scanning",
    "ruby": "scanning",
    "node": "scanning",
    "php": "scanning",
    "lua": "scanning",
    "r": "scanning",
    "tcl": "scanning",
    "awk": "awk",
    "sed": "sed",
    "sql": "sql",
}


def run(
    language: str,
    text: str | None,
    state: State,
    *,
    origin: str,
    stdin: Stream,
    words: list[Argument],
    program: str = "",
    data: tuple[str, ...] = (),
) -> Stream:
    """Says that the code runs and where it is from, then reads it. `state` is that of the process which runs it.

    `text` None: it cannot be known from here. `words` are the arguments the code sees, `data` what the code was made of.
    """
    work = state.work
    detail = "" if origin == ORIGIN_LOCAL else f"{language} code that arrives while the call runs"
    work.actions.append(Action(EXECUTE, program=program or language, origin=origin, detail=detail, via=state.via, certain=text is not None))
    if state.depth > DEPTH:
        work.actions.append(Action(UNKNOWN, detail="programs are nested too deeply to be followed", via=state.via, certain=False))
        return Stream(None, origin=origin)
    if text is None:
        work.actions.append(Action(UNKNOWN, detail=f"{language} code that cannot be seen from here", via=state.via, certain=False))
        if data:
            _made_of(language, data, state)
        return Stream(None, origin=origin)
    if language == "shell":
        state.scope.positional = tuple(word.text for word in words)
        state.patterns.update(str(at) for at, word in enumerate(words, 1) if word.pattern)
        state.patterns.update(("@", "*") if any(word.pattern for word in words) else ())
        return shell_text(text, state, stdin)
    if len(text) > CODE_LIMIT:
        near_words(text, state, f"{language} code too long to be read")
        return Stream(None, origin=origin)
    reader = load(_ROOM + READERS[language], "follow")
    output = reader(text, state, stdin, words, language)
    return output if isinstance(output, Stream) else Stream(None, data=stdin.data, origin=stdin.origin)


def _made_of(language: str, data: tuple[str, ...], state: State) -> None:
    """Code some program made out of files: what the files say is judged, and that more may come of it is said."""
    files = [name for name in data if name.startswith("/")]
    if not files and REFERENCES not in data:
        return
    state.work.actions.append(Action(UNKNOWN, detail="code made of files that cannot be seen from here", via=state.via, certain=False))
    for name in files[:4]:
        text = state.text_of(state.stream_of(state.places(name)[0]))
        if text is not None and "\0" not in text:
            run(language, text, state.child("made"), origin=ORIGIN_LOCAL, stdin=silence(), words=[])


def shell_text(text: str, state: State, stdin: Stream) -> Stream:
    """Reads shell code. What cannot be known inside the text is an unset variable to the parser."""
    if GAP in text:
        state.work.actions.append(Action(UNKNOWN, detail="a part of the shell code cannot be known", via=state.via, certain=False))
        text = text.replace(GAP, "${" + UNSEEN + "}")
    if not text.strip():
        return silence()
    try:
        script = parse(text)
    except Unparsable as trouble:
        gap = UNSEEN in text
        near_words(
            text, state, "shell code of which a part decides how it is read" if gap else f"shell code that cannot be parsed: {trouble}"
        )
        return Stream(None)
    return state.work.walk(script, state, stdin)


def near_words(text: str, state: State, detail: str, *, kind: str = UNKNOWN) -> None:
    """One action for the text, and one for each path-like word in it: whatever happens, happens near these."""
    state.work.actions.append(Action(UNKNOWN, detail=detail, source=text[:400], via=state.via, certain=False))
    for word in path_words(text)[:NEAR]:
        for place in state.places(word):
            verb = "maybe" if kind == WRITE else ""
            action = Action(kind, path=place.path, real=place.real, verb=verb, detail=detail, via=state.via, certain=False)
            state.work.actions.append(action)


_BREAKS = "'\"`()[]{}<>|&;,=\\\n\t\r"


def path_words(text: str) -> list[str]:
    """Words that look like a path, each once."""
    for sign in _BREAKS:
        text = text.replace(sign, " ")
    found = dict.fromkeys(word for word in text.split(" ") if looks_like_path(word))
    return list(found)


def looks_like_path(word: str) -> bool:
    """A slash that is not part of a URL, a hidden name or an extension."""
    if not word or len(word) > 4096 or "://" in word or word.startswith("-"):
        return False
    if "/" in word:
        return len(word) > 1
    head, dot, tail = word.rpartition(".")
    return bool(dot) and tail.isalnum() and (tail[0].isalpha() or not head) and not head.endswith(".")
