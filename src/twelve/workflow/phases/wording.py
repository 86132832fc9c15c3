"""Small, explained rules about text: placeholders, sentences, testable criteria, command lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePosixPath

from twelve.system import expressions

MIN_WORDS = 3
"""Fewer words than this do not answer a question (ours)."""
MAX_PROBLEM_CHARACTERS = 600
"""A problem of two sentences that is longer than this hides several (ours)."""

_FILLER = expressions.deferred(
    r"^\W*$|^\s*(todo|tbd|tba|fixme|xxx+|n/?a|none|nothing|yes|no|ok(ay)?|done|same( as above)?|see above|unknown|later|wip)\W*$",
    re.IGNORECASE,
)
_TEMPLATE = expressions.deferred(
    r"<[a-z][^<>\n]*\s[^<>\n]*>|\A\W*(TODO|TBD|FIXME)\b|\b(TODO|TBD|FIXME)\s*(:|$)|"
    r"\blorem ipsum\b|\{\{.*?\}\}",
    re.IGNORECASE,
)
_CODE = expressions.deferred(r"```.*?```|`[^`\n]*`|https?://\S+?(?=[.!?,;:)]*(?:\s|$))", re.DOTALL)
_ABBREVIATION = expressions.deferred(
    r"\b(e\.g|i\.e|etc|vs|cf|approx|resp|incl|excl|dr|mr|mrs|ms|no|fig|sec|ca|al|a\.m|p\.m|st|jr|inc|ltd|ver|min|max)\.(?=\s|$)",
    re.IGNORECASE,
)
_END = expressions.deferred(r"[.!?]+[)\"'\u201d\u2019]*(?=\s|$)|[\u3002\uff01\uff1f]+")
_BREAK = expressions.deferred(r"\n\s*\n|\n\s*(?:[-*+]|\d+[.)])\s+")

_OBSERVABLE = expressions.deferred(
    r"\d|`[^`]+`|\"[^\"]+\"|'[^']+'|[<>=]|\b("
    r"returns?|prints?|exits?|fails?|pass(es|ed)?|raises?|throws?|shows?|displays?|contains?|includes?|rejects?|refuses?|accepts?|equals?|responds?|answers?|"
    r"writes?|creates?|deletes?|removes?|renders?|logs?|lists?|ends?|match(es)?|outputs?|reports?|emits?|builds?|compiles?|parses?|loads?|starts?|stops?|"
    r"runs?|blocks?|denies|allows?|reads?|stores?|keeps?|sends?|receives?|produces?|yields?|validates?|green|red|zero|one|two|no|every|each|all|only|never|"
    r"running|instantiated|applied|exists?|rejected|refused|accepted|shown|printed|returned|written|created|deleted|removed|kept|logged|listed|"
    r"blocked|denied|allowed|stored|sent|rendered|reported|raised|sorted|ignored|preserved|escaped|parsed|loaded"
    r")\b",
    re.IGNORECASE,
)
_SHELL = expressions.deferred(r"[\s|&;<>$`(){}*?!~#\"'\\]")
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh"})
_SEQUENCE = expressions.deferred(r"[;&|\n]")
_TEST_FILE = expressions.deferred(
    r"/(test_[^/]*|[^/]*_test|[^/]*[.-](test|spec)|conftest)\.[A-Za-z0-9]+$|\.(snap|golden|approved\.[a-z]+)$"
)
_RUNNERS = frozenset(
    {"pytest", "py.test", "unittest", "nose2", "tox", "jest", "vitest", "mocha", "ava", "rspec", "phpunit", "ctest", "bats"}
)
_RUNNER_PAIRS = frozenset(
    {("npm", "test"), ("yarn", "test"), ("pnpm", "test"), ("go", "test"), ("cargo", "test"), ("mvn", "test"), ("make", "test")}
)
_EMPTY_COMMANDS = frozenset({"true", ":", "echo", "printf", "sleep", "pwd", "exit"})


def placeholder(text: str) -> bool:
    """Whether a text only stands where an answer should be: filler words, template marks, fewer than three words."""
    return _stands_in(text) or len(text.split()) < MIN_WORDS


def too_short(text: str) -> bool:
    """Whether a text is an answer but for its length."""
    return not _stands_in(text) and 0 < len(text.split()) < MIN_WORDS


def _stands_in(text: str) -> bool:
    bare = text.strip()
    return bool(_FILLER.match(bare) or _TEMPLATE.search(_CODE.sub(" code ", bare)))


def sentences(text: str) -> int:
    """How many sentences: code, URLs, versions, file names and common abbreviations end none; a bullet or paragraph does."""
    plain = _CODE.sub(" code ", text.strip())
    plain = _ABBREVIATION.sub(lambda found: found.group().replace(".", ""), plain)
    count = 0
    for block in _BREAK.split(plain):
        parts = [part for part in _END.split(block) if re.search(r"\w", part)]
        count += len(parts)
    return count


def testable(text: str) -> bool:
    """Whether a criterion names something one can observe: a number, comparison, quoted or code text, or an observable verb."""
    return not placeholder(text) and bool(_OBSERVABLE.search(text))


def argv_trouble(argv: Sequence[str]) -> str:
    """Why this is no command list a machine may run, or "". No shell stands between the list and the program."""
    if not argv or not argv[0].strip():
        return "the list is empty"
    if any("\0" in part for part in argv):
        return "it contains a NUL byte"
    if _SHELL.search(argv[0]):
        return f"its first entry {argv[0]!r} is not a program name; write program and arguments as separate entries"
    return ""


def proves_nothing(argv: Sequence[str]) -> bool:
    """Whether the program cannot fail whatever the tree looks like: `true`, `echo`, also through a shell or `python -c pass`."""
    if not argv:
        return False
    name = PurePosixPath(argv[0]).name
    if name in _EMPTY_COMMANDS:
        return True
    given = [part.strip() for part in argv[1:]]
    inner = given[given.index("-c") + 1] if "-c" in given[:-1] else None
    if inner is None:
        return False
    if name in _SHELLS:
        return (
            not inner
            or inner == "exit 0"
            or (re.split(r"\s", inner, maxsplit=1)[0] in _EMPTY_COMMANDS - {"exit"} and not _SEQUENCE.search(inner))
        )
    return name.startswith("python") and inner in ("", "pass")


def judging_path(part: str) -> str:
    """The test or snapshot file an argument names, without a node id behind `::`; "" when it names none."""
    path = part.split("::", 1)[0]
    return path if _TEST_FILE.search(f"/{path}") else ""


def runs_tests(argv: Sequence[str]) -> bool:
    """Whether a command runs a test suite, whose files then are what judges."""
    names = [PurePosixPath(part).name for part in argv]
    pairs = set(pairwise(names))
    return bool(_RUNNERS.intersection(names)) or bool(_RUNNER_PAIRS & pairs)


def path_trouble(path: str) -> str:
    """Why this is no path or glob inside the repository, or ""."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if not path.strip() or "\0" in path or "\n" in path:
        return "it is empty or holds a control character"
    if path.startswith(("/", "~")) or re.match(r"[A-Za-z]:", path) or ".." in parts:
        return "it leaves the repository"
    if parts and parts[0] in (".git", ".twelve"):
        return f"{parts[0]}/ is not the plan's to touch"
    return ""
