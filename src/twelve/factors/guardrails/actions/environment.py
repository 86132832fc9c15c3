"""Variables whose value runs: start-up files of shells and interpreters, prompts, options other programs are started with."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.options import Argument, split
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import silence

_SHELL_FILES = ("BASH_ENV", "ENV")
_FILES = {"PYTHONSTARTUP": "python", "LD_PRELOAD": "", "LD_AUDIT": "", "DYLD_INSERT_LIBRARIES": ""}
_PROMPTS = ("PS0", "PS1", "PS2", "PS4")
_LANGUAGES = {"NODE_OPTIONS": "node", "RUBYOPT": "ruby", "PERL5OPT": "perl"}
_LINES = ("PROMPT_COMMAND", "PAGER", "EDITOR", "VISUAL")
_REQUIRING = ("-r", "--require", "--import", "--loader", "--experimental-loader")


def follow(name: str, value: Argument, state: State) -> None:
    """What the value runs as soon as a program that heeds the variable starts."""
    if not value.text or not value.exact:
        return
    inner = state.child(name)
    if name in _SHELL_FILES:
        if "/" in value.text or value.text.endswith(("sh", "rc", "profile")) or name == "BASH_ENV":
            _file(value.text, inner, "shell")
    elif name in _FILES:
        for piece in value.text.replace(":", " ").split():
            _file(piece, inner, _FILES[name])
    elif name == "ZDOTDIR":
        for file in (".zshenv", ".zshrc"):
            _file(value.text + "/" + file, inner, "shell")
    elif name in _PROMPTS:
        if "$(" in value.text or "`" in value.text:
            code.shell_text('echo "' + value.text.replace('"', "'") + '"', inner, silence())
    elif name in _LINES:
        if " " in value.text or "/" in value.text:
            code.shell_text(value.text, inner, silence())
    elif name == "LESSOPEN":
        code.shell_text(value.text.lstrip("|-"), inner, silence())
    else:
        _options(name, value, inner)


def _options(name: str, value: Argument, state: State) -> None:
    words = split(value)
    if name == "PYTEST_ADDOPTS":
        state.work.run([Argument("pytest"), *words], state, silence())
    elif name in _LANGUAGES:
        for at, word in enumerate(words):
            flag, sign, rest = word.text.partition("=")
            if flag in _REQUIRING:
                named = rest if sign else words[at + 1].text if at + 1 < len(words) else ""
                _file(named, state, _LANGUAGES[name])


def _file(name: str, state: State, language: str) -> None:
    if "/" not in name and "." not in name:
        return
    place = state.places(name)[0]
    code.load("twelve.factors.guardrails.actions.dispatch", "run_file")(place, state.stream_of(place), [], state, silence(), name, language)
