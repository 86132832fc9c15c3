from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.agents.harness import Usage
from twelve.workflow.drive.memory import HALT, TRANSIENT, recall
from twelve.workflow.drive.projection import Entry, RunRequest, order

REQUEST = RunRequest(run="r", task="t", base="base")


def turn(key: str, *, kind: str = "", unit: str = "step:a@0", **fields: Any) -> Entry:
    return Entry(key=key, move="work", step="a", ok=not kind, kind=kind, data={"unit": unit}, **fields)


def test_nothing_done_means_the_base() -> None:
    memory = recall(REQUEST, (), 1)
    assert (memory.head, memory.content, memory.turns) == ("base", "base", 0)


def test_transient_failures_count_attempts_and_use_up_no_round() -> None:
    memory = recall(REQUEST, [turn("1-1", kind=TRANSIENT), turn("1-2", kind=TRANSIENT)], 1)
    assert memory.attempt("step:a@0") == 3
    assert memory.rounds == {}


def test_a_proper_turn_ends_the_row_of_transient_failures() -> None:
    memory = recall(REQUEST, [turn("1-1", kind=TRANSIENT), turn("1-2"), turn("1-3", kind=TRANSIENT)], 1)
    assert memory.attempt("step:a@0") == 2
    assert memory.rounds == {"step:a@0": 1}


def test_resuming_forgets_attempts_and_halts_but_not_rounds() -> None:
    entries = [turn("1-1"), turn("1-2", kind=TRANSIENT), turn("1-3", kind=HALT, detail="no client")]
    assert recall(REQUEST, entries, 1).halt == "no client"
    later = recall(REQUEST, entries, 2)
    assert (later.halt, later.attempt("step:a@0"), later.rounds) == ("", 1, {"step:a@0": 1})


def test_a_failed_turn_is_remembered_for_the_next_prompt_until_one_succeeds() -> None:
    failed = turn("1-1", kind="failed", detail="max_turns: 60 turns")
    assert recall(REQUEST, [failed], 1).failure == {"step:a@0": "max_turns: 60 turns"}
    assert recall(REQUEST, [failed, turn("1-2")], 1).failure == {}


def test_a_commit_moves_the_branch_and_a_turn_only_the_content() -> None:
    memory = recall(REQUEST, [turn("1-1", content="wip")], 1)
    assert (memory.head, memory.content, memory.turn) == ("base", "wip", "work")
    closing = {"commit": "c", "plan": "p", "subject": "s"}
    committed = Entry(key="1-2", move="commit", step="a", commit="c", data={"closing": closing})
    memory = recall(REQUEST, [turn("1-1", content="wip"), committed], 1)
    assert (memory.head, memory.content, memory.turn) == ("c", "c", "")
    assert memory.closings["a"].plan == "p"


def test_a_step_back_forgets_everything_the_refused_work_had_earned() -> None:
    answer = {"outcome": "PASS", "subject": "s"}
    back = {"regression": {"source": "implement", "to": "plan", "reason": "r"}, "kept": {"prime": "d"}}
    entries = [
        turn("1-1", content="wip"),
        Entry(key="1-2", move="pin", data={"pins": {"t.py": "d"}}),
        Entry(key="1-3", move="accept", data={"answers": {"c1": answer}}),
        Entry(key="1-4", move="observe", data={"answer": answer}),
        Entry(key="1-5", move="regress", commit="back", data=back),
    ]
    memory = recall(REQUEST, entries, 1)
    assert (memory.worked, memory.pins, memory.accepted, memory.observed, memory.committed) == ({}, {}, {}, None, {"prime": "d"})
    assert [step.reason for step in memory.regressions] == ["r"]


def test_a_commit_refused_by_hooks_halts_the_run() -> None:
    assert recall(REQUEST, [Entry(key="1-1", move="commit", ok=False, kind=HALT, detail="hook")], 1).halt == "hook"


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from(["", TRANSIENT, HALT, "failed"]))))
def test_every_token_ever_reported_is_counted(turns: list[tuple[int, int, str]]) -> None:
    entries = [turn(f"1-{number}", kind=kind, usage=Usage(input=a, output=b)) for number, (a, b, kind) in enumerate(turns, 1)]
    memory = recall(REQUEST, entries, 1)
    assert memory.usage.total == sum(a + b for a, b, _ in turns)


@pytest.mark.parametrize(("earlier", "later"), [("1-9", "1-10"), ("1-10", "2-0"), ("2-0", "2-1"), ("9-99", "10-1")])
def test_keys_sort_as_numbers(earlier: str, later: str) -> None:
    assert order(earlier) < order(later)
