"""Terminal text: aligned, honest about SKIP, and deaf to what it quotes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twelve.model.finding import Finding
from twelve.model.verdict import Outcome, Report, Verdict
from twelve.render import human


def verdict(outcome: Outcome = Outcome.PASS, *, required: bool = True, **report: object) -> Verdict:
    return Verdict(
        gate="tests",
        kind="command",
        required=required,
        report=Report(outcome=outcome, summary="summary", **report),  # type: ignore[arg-type]
        definition="d",
        subject="s",
        inputs="i",
        started="2026-01-01T00:00:00Z",
        duration_s=1.0,
    )


@given(st.text())
def test_clean_text_holds_no_character_a_terminal_obeys(text: str) -> None:
    shown = human.clean(text)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\r" not in shown
    shown.encode("utf-8")


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert human.clean(human.clean(text)) == human.clean(text)


def test_escape_sequences_in_a_message_are_shown_not_obeyed() -> None:
    found = Finding(rule="r", message="\x1b]0;owned\x07 line\nbreak", path="a\nb.py", line=3)
    text = human.finding(found)
    assert "\x1b" not in text
    assert "\n" not in text
    assert "\\x1b" in text


def test_undecodable_file_names_stay_readable_bytes() -> None:
    assert human.one_line("caf\udce9.txt") == "caf\\xe9.txt"


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_every_table_row_is_one_line(rows: list[tuple[str, str]]) -> None:
    assert len(human.table(("a", "b"), rows).split("\n")) == len(rows) + 1


def test_columns_align_for_wide_characters() -> None:
    lines = human.table(("name", "x"), [("日本", "1"), ("abcd", "2")]).splitlines()
    assert human.width(lines[1].split("1")[0]) == human.width(lines[2].split("2")[0])


def test_a_skip_is_never_counted_as_a_pass() -> None:
    text = human.closing([verdict(), verdict(Outcome.SKIP)])
    assert text == "1 passed, 1 skipped (not a pass)"


def test_nothing_judged_is_said_in_words() -> None:
    assert human.verdicts([]) == "nothing was judged"


def test_a_red_gate_without_findings_shows_the_end_of_its_log() -> None:
    text = human.verdict(verdict(Outcome.FAIL, log="\n".join(f"line {number}" for number in range(40))))
    assert "line 39" in text
    assert "line 20" not in text


def test_an_unproven_gate_says_so() -> None:
    assert "unproven" in human.verdict(verdict())


def test_one_of_a_kind_has_no_plural() -> None:
    assert [human.count(number, "gate") for number in (0, 1, 2)] == ["0 gates", "1 gate", "2 gates"]
