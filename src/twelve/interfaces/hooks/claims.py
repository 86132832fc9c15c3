"""What an agent's last words claim about its work: "tests pass", "lint is clean", "pushed". Words only, no model.

Read conservatively. A claim is a subject with a predicate in one clause; whatever is quoted, planned, asked, negated,
conditional, or about somewhere else is none.
"""

from __future__ import annotations

from twelve.interfaces.hooks.checks import BUILD, GATES, LINT, PUSH, TESTS

LIMIT = 20_000
"""Characters looked at, from the end: closing words stand there."""

SUBJECTS: dict[str, frozenset[str]] = {
    TESTS: frozenset(("test", "tests", "suite", "testsuite", "spec", "specs", "pytest", "jest", "vitest", "unittests", "checks")),
    LINT: frozenset(
        ("lint", "linter", "linters", "linting", "ruff", "eslint", "flake8", "pylint", "mypy", "typecheck", "clippy", "pyright")
    ),
    BUILD: frozenset(("build", "builds", "compilation", "project", "code")),
    GATES: frozenset(("gate", "gates")),
}
_PASSING = frozenset(
    (
        "pass", "passes", "passed", "passing", "green", "succeed", "succeeds", "succeeded", "successful", "successfully",
    )
)  # fmt: skip
_CLEAN = frozenset(("clean", "cleanly"))
PREDICATES: dict[str, frozenset[str]] = {
    TESTS: _PASSING,
    LINT: _PASSING | _CLEAN,
    BUILD: _PASSING | _CLEAN | frozenset(("compiles", "compiled")),
    GATES: _PASSING,
}
_OPEN = frozenset(
    (
        "if", "sure", "please", "when", "once", "until", "unless", "whether", "should", "shall", "will", "would", "could",
        "might", "may", "must", "want", "expect", "expected", "hope", "ensure", "need", "needs", "plan", "todo", "next", "try",
        "going", "let's", "lets", "before", "can", "i'll", "we'll", "you'll", "they'll", "it'll", "assuming", "supposed",
        "intend", "aim", "goal", "that'll", "wait", "remain", "pending", "verify", "confirm",
    )
)  # fmt: skip
"""Words in front of which nothing has happened yet."""
_NEGATIONS = frozenset(
    (
        "not", "no", "never", "cannot", "can't", "don't", "doesn't", "didn't", "isn't", "aren't", "wasn't", "weren't",
        "haven't", "hasn't", "won't", "without", "unable", "unverified", "untested", "none", "neither", "nor", "hardly",
        "couldn't",
    )
)  # fmt: skip
_TROUBLE = frozenset(("fail", "fails", "failed", "failing", "failure", "failures", "error", "errors", "broken", "red", "blocked"))
_ABSENT = frozenset(("no", "zero", "0", "without"))
_ELSEWHERE = frozenset(("ci", "upstream", "previously", "earlier", "yesterday", "originally", "used", "reportedly", "baseline"))
_BEFORE_NOUNS = frozenset(("for", "of", "by", "from", "with", "in", "about", "the", "a"))
"""In `a test for passing None` and `the pass` nothing passed."""
_PUSHED = frozenset(("i", "i've", "branch", "commit", "commits", "changes", "origin", "remote", "main", "fix", "and", "it"))
"""Words that say whose work was pushed where."""
_MARKS = "*_#>-•✅✔☑·|()[]{}"


def found(text: str) -> tuple[str, ...]:
    """The kinds of check the text claims to have gone well, each once."""
    kinds: list[str] = []
    for clause, asked in _clauses(_spoken(text[-LIMIT:])):
        if asked:
            continue
        kinds.extend(kind for kind in _claims(clause) if kind not in kinds)
    return tuple(kinds)


def _spoken(text: str) -> str:
    """The text without code, quotations and headings."""
    lines = []
    fenced = False
    for line in text.replace("\r", "").split("\n"):
        bare = line.strip()
        if bare[:3] in ("```", "~~~"):
            fenced = not fenced
            continue
        if not fenced and bare[:1] != ">" and line[:4] != "    ":
            lines.append(_unquoted(bare))
    return "\n".join(lines)


def _unquoted(line: str) -> str:
    for opening, closing in (("`", "`"), ('"', '"'), ("“", "”"), ("«", "»")):
        while opening in line:
            before, _, rest = line.partition(opening)
            _, closed, after = rest.partition(closing)
            if not closed:
                break
            line = f"{before} quoted {after}"
    return line


def _clauses(text: str) -> list[tuple[list[str], bool]]:
    """(words, is a question) of each clause."""
    found = []
    for ending in "!;\n":
        text = text.replace(ending, ". ")
    text = text.replace("?", " ?. ").replace(":", " ").replace("’", "'")
    for joint in (", but ", ", and ", " but ", ", then ", " — ", " – ", ", so "):
        text = text.replace(joint, ". ")
    for sentence in text.replace("...", ". ").split(". "):
        words = [word.strip(_MARKS + ".,").lower() for word in sentence.replace("/", " ").split()]
        words = [word for word in words if word]
        found.append((words, "?" in words))
    return found


def _claims(words: list[str]) -> list[str]:
    kinds = [kind for kind in SUBJECTS if _claimed(words, kind)]
    if not kinds and _all_green(words):
        kinds.append(TESTS)
    if _pushed(words):
        kinds.append(PUSH)
    return kinds


def _claimed(words: list[str], kind: str) -> bool:
    if kind == TESTS and SUBJECTS[GATES] & set(words):
        return False
    for place, word in enumerate(words):
        said = word in PREDICATES[kind] or (kind == LINT and word in ("errors", "issues", "warnings") and _no(words, place))
        if said and SUBJECTS[kind] & set(words[:place]) and words[place - 1] not in _BEFORE_NOUNS and not _held_back(words, place):
            return True
    return kind == TESTS and _counted(words)


def _counted(words: list[str]) -> bool:
    """`42 passed`, `12 12 passing`: the runner's own summary, told as a result."""
    return any(
        word in ("passed", "passing") and place > 0 and words[place - 1].isdigit() and not _held_back(words, place)
        for place, word in enumerate(words)
    )


def _all_green(words: list[str]) -> bool:
    for place, word in enumerate(words):
        before = words[max(0, place - 3) : place]
        if word in ("green", "passing", "passes") and ({"all", "everything", "everything's", "fully"} & set(before)):
            return not _held_back(words, place)
    return False


def _pushed(words: list[str]) -> bool:
    if "pushed" not in words:
        return False
    place = words.index("pushed")
    return bool(place == 0 or _PUSHED & set(words)) and not _held_back(words, place)


def _no(words: list[str], place: int) -> bool:
    return bool(_ABSENT & set(words[max(0, place - 2) : place]))


def _held_back(words: list[str], place: int) -> bool:
    """Negated, planned, conditional, mixed with trouble, or about somewhere else."""
    before = words[:place]
    if _OPEN & set(before) or _ELSEWHERE & set(words):
        return True
    for other, word in enumerate(words):
        if word in _TROUBLE and not _no(words, other):
            return True
        harmless = word in _ABSENT and _TROUBLE | {"issues", "warnings", "regressions", "problems"} & set(words[other + 1 : other + 3])
        if other <= place and word in _NEGATIONS and not harmless:
            return True
    return False
