from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.memory import dialects
from twelve.factors.memory.dialects import Dialect, Exemption, FactorUse

_FOUR = {
    "plain": "feat(parser): read dates\n\nContext: why\nmore why\n\nSolution: how\n\nLearning: that\n\nImpact: 3 files\n",
    "bold": "feat(parser): read dates\n\n**Context:** why\nmore why\n\n**Solution**: how\n\n**Learning:** that\n\n**Impact**: 3 files\n",
    "headings": "feat(parser): read dates\n\n## Context\nwhy\nmore why\n\n## Solution\nhow\n\n### Learning:\nthat\n\n# Impact #\n3 files\n",
    "tight": "feat(parser): read dates\n\nContext: why\nmore why\nSolution: how\nLearning: that\nImpact: 3 files\n",
    "bullets": "feat(parser): read dates\n\n- Context: why\nmore why\n- **Solution:** how\n- LEARNING: that\n- impact: 3 files\n",
}


@pytest.mark.parametrize("spelling", _FOUR)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_four_sections_are_read_in_every_spelling(spelling: str, ending: str) -> None:
    message = dialects.parse(_FOUR[spelling].replace("\n", ending))
    assert message.dialect is Dialect.TWELVE
    assert (message.context, message.solution, message.learning, message.impact) == ("why\nmore why", "how", "that", "3 files")
    assert message.missing() == ()
    assert (message.header.type, message.header.scope, message.header.summary) == ("feat", "parser", "read dates")


def test_the_workflow_dialect_maps_why_what_and_how() -> None:
    message = dialects.parse(
        "feat: add cache\n\n## What\nA cache.\n\n## Why\nSlow reads.\n\n## How\nOne table.\n\n## Validation\n- tests pass\n\n"
        "## Factors Applied\n- Factor I: recorded here\n- **Factor IV**: gates ran\n  twice\n"
    )
    assert message.dialect is Dialect.WORKFLOW
    assert message.context == "Slow reads."
    assert message.solution == "A cache.\n\n\nOne table."
    assert message.validation == "- tests pass"
    assert message.factors == (FactorUse(numeral="I", text="recorded here"), FactorUse(numeral="IV", text="gates ran twice"))
    assert message.missing() == ("learning", "impact")


def test_a_postmortem_keeps_incident_cause_fix_and_factor_lines() -> None:
    message = dialects.parse(
        "postmortem(deploy): canary served errors\n\nIncident: 4 % errors for 9 minutes\nRoot cause: no analysis interval\n"
        "Fix: interval added\n\nFactor IV: analysis gate\nFactor 9: runbook extracted\n\nCo-Authored-By: Pat <p@example.invalid>\n"
    )
    assert message.dialect is Dialect.POSTMORTEM
    assert (message.context, message.learning, message.solution) == ("4 % errors for 9 minutes", "no analysis interval", "interval added")
    assert [use.numeral for use in message.factors] == ["IV", "IX"]
    assert message.trailer("co-authored-by") == ("Pat <p@example.invalid>",)


def test_bullets_with_factor_lines_are_a_dialect_of_their_own() -> None:
    message = dialects.parse("security: rotate keys\n\n- rotate the deploy key\n- close port 22\n\nFactor IV: scans gate the build\n")
    assert message.dialect is Dialect.BULLETS
    assert message.bullets == ("rotate the deploy key", "close port 22")
    assert message.factors == (FactorUse(numeral="IV", text="scans gate the build"),)


def test_one_line_and_plain_bodies_are_told_apart() -> None:
    assert dialects.parse("docs: name the ports").dialect is Dialect.ONE_LINE
    assert dialects.parse("docs: name the ports\n\nSomebody asked.\n").dialect is Dialect.PLAIN


def test_trailers_below_sections_are_not_section_text() -> None:
    message = dialects.parse(
        "feat: x y\n\nContext: a\nSolution: b\nLearning: c\nImpact: 2 ms faster\nGates: 3f2a\nRun: 20260101T0\n  more\nFactors: I, iv 12\n"
    )
    assert message.impact == "2 ms faster"
    assert message.trailers[:2] == (("Gates", "3f2a"), ("Run", "20260101T0 more"))
    assert [use.numeral for use in message.factors] == ["I", "IV", "XII"]


def test_a_last_paragraph_of_prose_is_no_trailer_block() -> None:
    message = dialects.parse(
        "feat: x y\n\nContext: a\n\nSolution: b\n\nLearning: words: and more\nNote: stays text\n\nImpact: c\nReviewed-by us all\n"
    )
    assert message.learning == "words: and more\nNote: stays text"
    assert message.impact == "c\nReviewed-by us all"


def test_keys_inside_a_code_fence_open_no_section() -> None:
    message = dialects.parse("fix: x y\n\nContext: a\n```\nSolution: quoted\n```\nLearning: b\nImpact: c\n")
    assert "Solution: quoted" in message.context
    assert message.missing() == ("solution",)


def test_a_url_or_a_double_colon_after_a_key_is_no_section() -> None:
    message = dialects.parse("fix: x y\n\nContext: a\nFix://host and What::ever\nImpact: b\n")
    assert message.keys == ("context", "impact")


def test_an_unknown_heading_ends_a_section() -> None:
    message = dialects.parse("fix: x y\n\n## Context\nfirst\n\n## Screenshots\nnone\n\n## Impact\nlast\n")
    assert message.context == "first"


@pytest.mark.parametrize(
    "text",
    ["", "TODO", "tbd.", "...", "N/A", "<why this is needed>", "[describe]", "{{context}}", "-", "What changed?", "lorem ipsum dolor"],
)
def test_placeholders_count_as_missing(text: str) -> None:
    assert dialects.is_placeholder(text)
    assert dialects.parse(f"feat: x y\n\nContext: {text}\nSolution: b\nLearning: c\nImpact: d\n").missing() == ("context",)


@pytest.mark.parametrize(
    "text", ["not yet measured", "none: only comments changed", "3 files", "Nothing broke, 2 tests added", "日本語の説明"]
)
def test_short_true_answers_are_no_placeholders(text: str) -> None:
    assert not dialects.is_placeholder(text)


@pytest.mark.parametrize("subject", ["update", "fix stuff", "AI changes", "Fix bug.", "wip", "misc fixes", "more changes", "", "typo", "…"])
def test_subjects_that_fit_any_commit_are_generic(subject: str) -> None:
    assert dialects.is_generic_subject(subject)


@pytest.mark.parametrize("subject", ["read dates without zone", "fix bug in date parser", "update click to 8.1", "修复日期解析"])
def test_subjects_that_name_a_thing_are_not(subject: str) -> None:
    assert not dialects.is_generic_subject(subject)


def test_the_scissors_line_and_comments_are_cleaned_away_but_headings_stay() -> None:
    edited = "feat: x y\n\n## Why\nbecause\n# Please enter a message\n#\n# ---------- >8 ----------\ndiff --git a b\n"
    assert dialects.clean(edited) == "feat: x y\n\n## Why\nbecause\n"


def test_machines_messages_are_exempt_only_with_evidence() -> None:
    assert dialects.exemption("Merge branch 'x'", parents=2) is Exemption.MERGE
    assert dialects.exemption("Merge branch 'x'", parents=1) is Exemption.NONE
    assert dialects.exemption("Merge branch 'x'") is Exemption.MERGE
    assert dialects.exemption('Revert "feat: x"\n\nThis reverts commit 0123456789ab.\n') is Exemption.REVERT
    assert dialects.exemption('Revert "feat: x"\n\nbecause\n') is Exemption.NONE
    assert dialects.exemption("fixup! feat: x") is Exemption.FIXUP
    assert dialects.exemption("deps: bump", author="dependabot[bot] <x@y>") is Exemption.BOT
    assert dialects.exemption("deps: bump", author="Pat Robot <x@y>") is Exemption.NONE
    assert dialects.exemption("deps: bump", author="House Robot <x@y>", bots=("house robot",)) is Exemption.BOT


@given(st.text(max_size=400))
def test_any_text_is_read_without_raising(text: str) -> None:
    message = dialects.parse(text)
    assert set(message.missing()) <= {"context", "solution", "learning", "impact"}


_WORDS = st.text(alphabet=st.characters(categories=["Ll"]), min_size=4, max_size=30).filter(lambda word: not dialects.is_placeholder(word))


@given(st.tuples(_WORDS, _WORDS, _WORDS, _WORDS), st.sampled_from(["{}: ", "**{}:** ", "**{}**: ", "## {}\n"]))
def test_what_was_written_in_a_section_is_what_is_read(texts: tuple[str, str, str, str], spelling: str) -> None:
    names = ("Context", "Solution", "Learning", "Impact")
    body = "\n\n".join(spelling.format(name) + text for name, text in zip(names, texts, strict=True))
    message = dialects.parse(f"feat: one thing\n\n{body}\n")
    assert (message.context, message.solution, message.learning, message.impact) == texts


@pytest.mark.parametrize("piece", ["Context: x\n", "Key: value\n", "- Factor IV: x\n", "```\n", "**Context", "# " * 50, "a: " * 60])
def test_a_huge_message_is_read_in_linear_time(piece: str) -> None:
    started = time.process_time()
    dialects.parse("feat: x y\n\n" + piece * (200_000 // len(piece)))
    assert time.process_time() - started < 5
