"""Sentences, placeholders and commands: what the simple rules say about real text."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.workflow.phases import ordering, wording
from twelve.workflow.phases.plan import Step


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The parser drops commas.", 1),
        ("No full stop here", 1),
        ("The parser in foo.py drops e.g. trailing commas, v1.2.3 does not. It should keep them!", 2),
        ("Fix it. Then test. And more.", 3),
        ("One\n\nTwo\n\nThree", 3),
        ("- first thing\n- second thing\n- third thing", 3),
        ("A long sentence that is\nwrapped over lines counts once.", 1),
        ("See https://example.org/a.b. It moved.", 2),
        ("Uses `a.b. c. d` here.", 1),
        ("It waits 3.5 s vs. 0.2 s before.", 1),
        ("Wait... what? No.", 3),
        ("解析器が壊れている。直す。", 2),
        ("", 0),
        ("...", 0),
    ],
)
def test_sentences_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert wording.sentences(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TODO",
        "tbd",
        "n/a",
        "ok",
        "yes.",
        "...",
        "see above",
        "<what is wrong here>",
        "fix later, TODO: write it",
        "{{name}} goes here now",
    ],
)
def test_filler_is_no_answer(text: str) -> None:
    assert wording.placeholder(text)
    assert not wording.too_short(text)


@pytest.mark.parametrize(("text", "short"), [("The tests", True), ("calc.py", True), ("Three words here", False)])
def test_an_answer_that_is_only_short_is_told_from_filler(text: str, short: bool) -> None:
    assert (wording.too_short(text), wording.placeholder(text)) == (short, short)


@pytest.mark.parametrize(
    "text", ["The list is sorted by a < b and c > d.", "Remove every TODO comment from it", "Measured with three runs"]
)
def test_an_answer_is_no_filler(text: str) -> None:
    assert not wording.placeholder(text)


@pytest.mark.parametrize(
    "text",
    ["`twelve next` exits with 0", "an empty file is rejected with a message", "start-up takes less than 50 ms", "returns a sorted list"],
)
def test_a_criterion_that_names_something_observable_is_testable(text: str) -> None:
    assert wording.testable(text)


@pytest.mark.parametrize("text", ["it works well", "users are much happier", "the code is cleaner now", "better performance overall"])
def test_a_wish_is_not_testable(text: str) -> None:
    assert not wording.testable(text)


@pytest.mark.parametrize("argv", [[], [""], ["a b"], ["a;b"], ["$(x)"], ["x\0"], ["a", "b\0"], ["~/x"], ["a>b"]])
def test_what_only_a_shell_understands_is_refused(argv: list[str]) -> None:
    assert wording.argv_trouble(argv)


@pytest.mark.parametrize("argv", [["pytest", "-k", "a and b"], ["./run.sh"], ["/usr/bin/env", "x"], ["bash", "-c", "exit 1"]])
def test_a_list_is_a_command(argv: list[str]) -> None:
    assert wording.argv_trouble(argv) == ""


@given(st.text(max_size=300))
def test_no_text_breaks_the_rules(text: str) -> None:
    wording.sentences(text)
    wording.placeholder(text)
    wording.testable(text)
    wording.path_trouble(text)
    wording.argv_trouble([text])


IDS = st.sampled_from("abcdef")


@given(st.lists(st.tuples(IDS, st.lists(IDS, max_size=3)), max_size=6, unique_by=lambda item: item[0]))
def test_steps_are_ordered_needs_first_or_a_real_circle_is_named(items: list[tuple[str, list[str]]]) -> None:
    steps = [Step(id=id, title="t", needs=tuple(needs)) for id, needs in items]
    ordered = [step.id for step in ordering.order(steps)]
    known = {step.id: step for step in steps}
    for place, id in enumerate(ordered):
        assert all(need in ordered[:place] for need in known[id].needs if need in known)
    circle = ordering.cycle(steps)
    assert bool(circle) == (len(ordered) < len(steps))
    if circle:
        assert circle[0] == circle[-1]
        assert all(after in known[before].needs for before, after in itertools.pairwise(circle))
