from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from kit import gating
from twelve.factors.gates.crew import Crew
from twelve.factors.gates.definition import Gate
from twelve.model.verdict import Outcome, Report, Verdict

GATES = gating.gates(**{f"g{number}": gating.command("x") for number in range(8)})


def _answer(gate: Gate) -> Verdict:
    report = Report(outcome=Outcome.PASS, summary="")
    return Verdict(
        gate=gate.id, kind="command", required=True, report=report, definition="", subject="", inputs="", started="", duration_s=0
    )


@pytest.mark.parametrize("size", [0, 1, 2, 20])
def test_every_gate_given_is_answered_once(size: int) -> None:
    crew = Crew(_answer, size)
    for gate in GATES:
        crew.give(gate)
    answers = []
    while crew.busy:
        answers.append(crew.take().gate)
    crew.end()
    assert sorted(answers) == sorted(gate.id for gate in GATES)


def test_never_more_at_a_time_than_asked_for() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def judge(gate: Gate) -> Verdict:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1
        return _answer(gate)

    crew = Crew(judge, 3)
    for gate in GATES:
        crew.give(gate)
    for _gate in GATES:
        crew.take()
    crew.end()
    assert most == 3


def test_what_a_judge_raises_reaches_who_waits_and_the_thread_goes_on() -> None:
    def judge(gate: Gate) -> Verdict:
        if gate.id == "g0":
            raise LookupError("seen")
        return _answer(gate)

    crew = Crew(judge, 1)
    crew.give(GATES[0])
    crew.give(GATES[1])
    with pytest.raises(LookupError, match="seen"):
        crew.take()
    assert crew.take().gate == "g1"
    crew.end()


def test_after_the_end_nothing_new_begins_and_no_thread_is_left() -> None:
    begun: list[str] = []
    first = threading.Event()

    def judge(gate: Gate) -> Verdict:
        begun.append(gate.id)
        first.set()
        time.sleep(0.1)
        return _answer(gate)

    before = threading.active_count()
    crew = Crew(judge, 1)
    for gate in GATES:
        crew.give(gate)
    assert first.wait(10)
    crew.end()
    assert begun == ["g0"]
    assert threading.active_count() == before


def test_knowing_gates_does_not_load_logging() -> None:
    program = "import sys; import twelve.factors.gates.engine; print([name for name in ('logging', 'asyncio') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "[]"
