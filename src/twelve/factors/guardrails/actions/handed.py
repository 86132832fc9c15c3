"""Paths given to a program whose effects nobody here knows: near what matters, it cannot be told what becomes of them."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, Action
from twelve.factors.guardrails.actions.code import looks_like_path
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument

WORDS = 48
"""Arguments that are looked at."""
_MARKS = (
    "/.",
    "=.",
    "-o.",
    "-d.",
    "twelve",
    "lefthook",
    "husky",
    "simple-git-hooks",
    "Jenkinsfile",
    "CODEOWNERS",
    "jenkinsfile",
    "codeowners",
)
"""What the path of something protected has in it; everything else is not worth an action."""
_LOOKING_WORDS = (
    "check lint validate verify show diff test list ls info status view inspect scan audit explain print cat get read search "
    "blame analyze analyse parse count stat describe --check --dry-run --diff --list --list-different --validate --lint "
    "--help -h --version --check-only --verify --noEmit --no-write"
)
_LOOKING = frozenset(_LOOKING_WORDS.split())
_LOOKERS_WORDS = (
    "lint check valid diff scan view stat hash sum grep cat analy audit pygmentize glow mdcat scc cloc tokei bandit "
    "detect-secrets gitleaks trufflehog semgrep act ast-grep print pre-commit prek twelve open xdg-open start say notify-send "
    "vulture radon pylint mypy pyright flake8 eslint tsc hadolint tflint dot"
)
_LOOKERS = tuple(_LOOKERS_WORDS.split())
"""Programs that only look, by a part of their name."""
_READ_OPTIONS_WORDS = (
    "config conf input schema rcfile ignore exclude include from env-file file project cwd root rootdir settings source "
    "template context chdir directory C c f i I p e D r t k m extends plugin files filter path vars var-file values message "
    "grep title body author description name label tag format url header"
)
_READ_OPTIONS = tuple(_READ_OPTIONS_WORDS.split())
"""Options whose value is read, or is a text."""

_OUTPUTS = ("out", "junit", "log", "report", "dest", "save", "export", "temp", "tmp", "cache", "dump", "trace", "write", "record", "store")
"""Parts of the names of options whose value is written."""


def touched(call: Invocation, words: list[Argument] | None = None) -> None:
    """Says for each path that may matter that it cannot be told what becomes of it."""
    given = (call.words if words is None else words)[:WORDS]
    texts = [word.text for word in given]
    plain = not any(_matters(text) for text in texts) and not call.state.links
    if plain and all(place.path == call.state.work.surroundings.root for place in call.state.cwds):
        return
    looks = any(text in _LOOKING for text in texts) or any(name in call.name for name in _LOOKERS)
    former = ""
    for word in given:
        flag, path = _piece(word, former)
        former = word.text if word.text.startswith("-") and path is None else ""
        if path is None or not looks_like_path(path.text) or flag in _READ_OPTIONS:
            continue
        if path.pattern and not _matters(path.text):
            continue
        if looks and not (flag in ("o", "O") or any(part in flag.lower() for part in _OUTPUTS)):
            continue
        call.unknown("a path given to a program that may change it", path)


def _matters(text: str) -> bool:
    text = text.removeprefix("./")
    return text[:1] == "." or any(mark in text for mark in _MARKS)


def _piece(word: Argument, former: str) -> tuple[str, Argument | None]:
    """The name of an option and its value; "" for an operand."""
    text = word.text
    if text.startswith("-") and "=" in text:
        name, _, value = text.partition("=")
        return name.lstrip("-"), word.cut(len(text) - len(value))
    if text.startswith("--") or text == "-":
        return text.lstrip("-"), None
    if text.startswith("-"):
        if len(text) > 3 and ("/" in text or "." in text):
            return text[1], word.cut(2)
        return text[1:], None
    if "=" in text and "/" not in text.partition("=")[0]:
        for piece in text.split(","):
            name, sign, value = piece.partition("=")
            if sign and looks_like_path(value):
                return name, Argument(value, exact=word.exact)
    return former.lstrip("-"), word


def erased(call: Invocation, word: Argument) -> None:
    """A folder a program empties before it uses it."""
    for place in call.places(word):
        call.state.work.actions.append(
            Action(DELETE, path=place.path, real=place.real, partial=place.partial, recursive=True, program=call.name, via=call.state.via)
        )
