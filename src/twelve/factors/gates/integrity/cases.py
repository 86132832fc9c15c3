"""What a test file says, in words that are the same for every language: cases, and the checks they make."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

_LITERAL = re.compile(r"""[rbfuRBFU]{0,2}"(?:[^"\\\n]|\\.)*"|[rbfuRBFU]{0,2}'(?:[^'\\\n]|\\.)*'|`[^`]*`|(?<![\w.])-?\d[\w.]*""")
_NAME = re.compile(r"(?<![\w.$])[A-Za-z_$][\w$]*(?!\s*\()(?![\w$])")
_WORD = re.compile(r"[A-Za-z_$][\w$]+")
_KEPT = frozenset(
    ("not", "and", "or", "in", "is", "lambda", "await", "new", "typeof", "None", "null", "nil", "True", "False", "true", "false")
)


Key = tuple[str, str, str, bool, float]


class Held(StrEnum):
    """What keeps a check from failing its test."""

    NO = ""
    UNREACHABLE = "unreachable"
    """Behind a return, `if False` or the like."""
    SWALLOWED = "swallowed"
    """Its failure is caught."""
    GUARDED = "guarded"
    """Only made when some condition holds."""


class Skip(StrEnum):
    """Whether a case runs, weakest reason first."""

    NO = ""
    PLATFORM = "platform"
    """Left out where a platform, a version or an optional package is missing."""
    CONDITION = "condition"
    """Left out on any other condition."""
    EXPECTED_FAILURE = "expected failure"
    SKIPPED = "skipped"

    @property
    def rank(self) -> int:
        return list(Skip).index(self)


class Check(Struct, frozen=True, kw_only=True):
    """One assertion: `subject` stands in `relation` to `expected`."""

    relation: str
    """A key of `relations.STRENGTH`."""
    subject: str
    expected: str = ""
    negated: bool = False
    tolerance: float = 0.0
    """How far a `close` value may be off; larger is weaker."""
    held: Held = Held.NO
    line: int = 0

    @property
    def key(self) -> Key:
        """Equal for the same check at another place."""
        if self.relation == "equal" and not is_literal(self.expected):
            first, second = sorted((self.subject, self.expected))
            return self.relation, first, second, self.negated, self.tolerance
        return self.relation, self.subject, self.expected, self.negated, self.tolerance

    @property
    def shape(self) -> tuple[str, str, bool]:
        """Equal for the same check on other values: what parametrizing and renaming variables keep."""
        return self.relation, abstract(self.subject), self.negated


class Case(Struct, frozen=True, kw_only=True):
    """One test, or (not `collected`) a function beside the tests that makes checks."""

    path: str
    name: str
    """With its classes or groups, ` > ` between."""
    line: int
    checks: tuple[Check, ...] = ()
    skip: Skip = Skip.NO
    rows: int = 1
    """How many sets of values it runs with, as far as they are written out."""
    table: tuple[str, ...] = ()
    """Those sets of values, as written."""
    samples: tuple[tuple[str, float], ...] = ()
    """Numbers that say how often something is tried, by their name."""
    mocks: tuple[str, ...] = ()
    """What is replaced while it runs, dotted."""
    words: frozenset[str] = frozenset()
    """Names used in it."""
    collected: bool = True
    focused: bool = False
    """Marked so that only this one runs."""

    @property
    def title(self) -> str:
        return self.name.rpartition(" > ")[2]

    @property
    def live(self) -> tuple[Check, ...]:
        """Checks that can fail the test."""
        return tuple(check for check in self.checks if check.held in (Held.NO, Held.GUARDED) and check.relation != "vacuous")


class Reading(Struct, frozen=True, kw_only=True):
    """One file, read."""

    path: str
    cases: tuple[Case, ...] = ()
    symbols: dict[str, frozenset[str]] = {}
    """Functions and classes it defines -> the names used in each."""
    fallback: str = ""
    """Why it was read by language-neutral rules although its language has better ones."""


def abstract(text: str) -> str:
    """A text without its literals and variables; what is called and what is accessed stays."""
    bare = _LITERAL.sub("_", text)
    return "".join(_NAME.sub(lambda found: found[0] if found[0] in _KEPT else "_", bare).split())


def words(text: str) -> frozenset[str]:
    """Names in a piece of source."""
    return frozenset(_WORD.findall(text))


def is_literal(text: str) -> bool:
    """Whether a text holds values only: no variable, no call."""
    rest = _LITERAL.sub("", text)
    return bool(text.strip()) and not [word for word in _WORD.findall(rest) if word not in _KEPT]


def overlap(first: Iterable[str], second: Iterable[str]) -> float:
    """0 to 1: how much two sets have in common."""
    left, right = frozenset(first), frozenset(second)
    return len(left & right) / len(left | right) if left or right else 1.0
