"""Words that say nothing: placeholders in sections and subjects that fit every commit."""

from __future__ import annotations

import re

DEFAULT_TYPES = (
    *("feat", "fix", "docs", "refactor", "perf", "learn"),
    *("test", "deps", "analysis", "model", "wip"),
    *("postmortem", "security"),
    *("build", "chore", "ci", "style", "revert"),
)
"""Header types known without configuration: U:F01, U:dg, S4, then the common convention."""

_FILLER = frozenset(
    re.findall(
        r"\S+",
        """
    todo tbd fixme xxx placeholder none nothing na n/a nil null empty later pending unknown blank same above ditto
    text here goes lorem ipsum dolor sit amet describe description fill in me this section
        """,
    )
)
_PROMPT = re.compile(
    r"^(?:why (?:is|was) this (?:change )?needed|what (?:was|did you) (?:done|do|change)d?|what did we learn|what changed|"
    r"what is (?:the value|better now)|how (?:does|did) (?:it|this) work)\b[^.]{0,60}[?.…]*$",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"^(?:<[^<>\n]{0,400}>|\[[^\[\]\n]{0,400}\]|\{\{?[^{}\n]{0,400}\}\}?)$")

_GENERIC = frozenset(
    re.findall(
        r"\S+",
        """
    a again ai and all apply as bug bugfix bugs change changed changes changing clean cleanup code commit debug done edit edits
    error errors few file files final fix fixed fixes fixing for hotfix improve improved improvement improvements in issue issues
    it last latest lots minor misc miscellaneous more new of on oops please progress quick refactor refactored refactoring save
    several small some something stuff temp test tests that the these thing things this to try trying tweak tweaks up update updated
    updates updating various wip with work working
        """,
    )
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def is_placeholder(text: str) -> bool:
    """Whether a section says nothing: empty, punctuation, `TODO`, `N/A`, `<describe here>`, the template's own prompt.

    "not yet measured" and "none: <reason>" say something and are accepted.
    """
    bare = text.strip().strip("*_`~-–—.…!?:;/\\ \t\r\n")
    if not bare or _WRAPPED.match(text.strip()) or _PROMPT.match(text.strip()):
        return True
    words = [word.lower() for word in re.findall(r"[^\W_]+(?:/[^\W_]+)?", bare[:2_000])]
    return not words or (len(words) <= 12 and all(word in _FILLER for word in words))


def is_generic_subject(summary: str) -> bool:
    """Whether a summary would fit any commit: "update", "fix stuff", "ai changes", one bare word."""
    words = [word.lower() for word in _WORD.findall(summary[:500])]
    if all(word in _GENERIC for word in words):
        return True
    # Scripts that do not put spaces between words make one long "word"; only judge what we can split.
    return len(words) == 1 and summary.isascii()
