"""No path to done skips a gate: random worlds, every small world, and facts nobody would gather."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.model.finding import Finding, Severity
from twelve.model.phase import Phase, Preset, Size
from twelve.model.verdict import Outcome
from twelve.workflow import machine as m
from workflow.machine.promises import broken
from workflow.machine.world import World, drive


def honest(_what: str, _ways: int) -> int:
    return 0


@pytest.mark.parametrize("preset", list(Preset))
@pytest.mark.parametrize("size", list(Size))
def test_an_honest_run_reaches_done_in_every_preset_and_size(preset: Preset, size: Size) -> None:
    world = World(honest, preset=preset, size=size)
    state = drive(world)
    assert state.status is m.Status.DONE
    assert broken(world.facts) == []


@given(st.data(), st.sampled_from(list(Preset)), st.sampled_from(list(Size)), st.integers(0, 2))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_agent_and_people_do_done_keeps_its_promises_and_every_run_ends(
    data: st.DataObject, preset: Preset, size: Size, rounds: int
) -> None:
    def choose(what: str, ways: int) -> int:
        return data.draw(st.one_of(st.just(0), st.integers(0, ways - 1)), label=what)

    world = World(choose, preset=preset, size=size, gate_rounds=rounds)
    state = drive(world)
    if state.status is m.Status.DONE:
        assert broken(world.facts) == []
    else:
        assert state.missing
        assert all(item.what and item.next and item.return_to in Phase for item in state.missing)


@pytest.mark.slow
@given(st.data(), st.sampled_from(list(Preset)), st.sampled_from(list(Size)), st.integers(0, 2))
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_agent_and_people_do_keeps_its_promises_in_many_more_worlds(
    data: st.DataObject, preset: Preset, size: Size, rounds: int
) -> None:
    test_whatever_agent_and_people_do_done_keeps_its_promises_and_every_run_ends.hypothesis.inner_test(data, preset, size, rounds)  # type: ignore[attr-defined]


def every_world(budget: int) -> Iterator[tuple[World, m.State, int]]:
    """All worlds in which at most `budget` decisions are not honest, each decision taken in every way it can be."""
    agenda: list[tuple[int, ...]] = [()]
    while agenda:
        script = agenda.pop()
        trail: list[int] = []

        def choose(_what: str, ways: int, script: tuple[int, ...] = script, trail: list[int] = trail) -> int:
            way = script[len(trail)] if len(trail) < len(script) else 0
            if len(trail) >= len(script) and sum(1 for item in script if item) < budget:
                agenda.extend((*trail, other) for other in range(1, ways))
            trail.append(way)
            return way

        world = World(choose, size=Size.CRITICAL, gate_rounds=1)
        yield world, drive(world), sum(1 for item in script if item)


def test_every_small_world_keeps_the_promise() -> None:
    seen = done = 0
    for world, state, _lies in every_world(budget=2):
        seen += 1
        if state.status is m.Status.DONE:
            done += 1
            assert broken(world.facts) == []
    assert seen > 1000
    assert 0 < done < seen


OUTCOMES = st.sampled_from([None, *Outcome])
SUBJECTS = st.sampled_from(["t0", "t1", ""])
GATES = st.lists(
    st.builds(
        m.GateFact,
        gate=st.sampled_from(["a", "b"]),
        required=st.booleans(),
        outcome=OUTCOMES,
        subject=SUBJECTS,
        proof=st.sampled_from(list(m.Proof)),
    ),
    max_size=2,
).map(tuple)
FINDINGS = st.lists(st.builds(Finding, rule=st.just("x"), message=st.just("y"), severity=st.sampled_from(list(Severity))), max_size=1).map(
    tuple
)
ARTEFACTS = st.builds(m.ArtefactFacts, present=st.booleans(), findings=FINDINGS, digest=st.sampled_from(["d", "e"]))
PHASES = st.builds(m.PhaseFacts, artefact=ARTEFACTS, gates=GATES, subject=SUBJECTS, committed=st.booleans())
STEPS = st.lists(
    st.builds(
        m.StepFacts,
        id=st.sampled_from(["s", "t"]),
        needs=st.lists(st.sampled_from(["s", "t"]), max_size=1).map(tuple),
        worked=st.booleans(),
        closed=st.booleans(),
        plan=st.sampled_from(["p", "q"]),
        subject=SUBJECTS,
        gates=GATES,
    ),
    max_size=2,
).map(tuple)
FACTS = st.builds(
    m.Facts,
    run=st.just("r"),
    preset=st.sampled_from(list(Preset)),
    size=st.sampled_from(list(Size)),
    measured=st.sampled_from(list(Size)),
    base=st.just("t0"),
    subject=SUBJECTS,
    phases=st.dictionaries(st.sampled_from(list(Phase)), PHASES),
    plan=st.just("p"),
    steps=STEPS,
    oracles=st.lists(
        st.builds(
            m.OracleFacts,
            path=st.just("o"),
            creator=st.sampled_from(["", "s"]),
            exists=st.booleans(),
            pinned=st.sampled_from(["", "d"]),
            violation=st.sampled_from(["", "changed"]),
        ),
        max_size=1,
    ).map(tuple),
    criteria=st.lists(
        st.builds(
            m.CriterionFacts,
            id=st.just("c"),
            oracles=st.sampled_from([(), ("o",)]),
            must_fail_first=st.booleans(),
            red=OUTCOMES,
            outcome=OUTCOMES,
            subject=SUBJECTS,
        ),
        max_size=1,
    ).map(tuple),
    requests=st.lists(
        st.builds(
            m.RequestFacts,
            id=st.just("q"),
            kind=st.sampled_from(list(RequestKind)),
            subject=st.just("z"),
            status=st.sampled_from(list(RequestStatus)),
        ),
        max_size=2,
    ).map(tuple),
    regressions=st.lists(
        st.builds(
            m.Regression,
            source=st.just(Phase.PLAN),
            to=st.just(Phase.PLAN),
            reason=st.just("r"),
            size=st.sampled_from(list(Size)),
            digests=st.sampled_from([{}, {"plan": "d"}]),
        ),
        max_size=1,
    ).map(tuple),
    plan_approval=st.sampled_from(["never", "critical", "always"]),
    stray=st.sampled_from([(), ("x",)]),
    caps=st.sampled_from([(), ("tokens",)]),
    halt=st.sampled_from(["", "no client"]),
    telemetry=st.integers(0, 1),
)


@given(FACTS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_facts_nobody_would_gather_are_judged_without_raising_and_never_done_wrongly(facts: m.Facts) -> None:
    state = m.judge(facts)
    assert state == m.judge(facts)
    if state.status is m.Status.DONE:
        assert broken(facts) == []
    else:
        assert state.missing
        assert not any(isinstance(move, m.Finish) for move in state.moves)
    assert msgspec.convert(msgspec.to_builtins(state), m.State) == state


@pytest.mark.slow
@given(FACTS)
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_more_facts_nobody_would_gather_are_judged_alike(facts: m.Facts) -> None:
    test_facts_nobody_would_gather_are_judged_without_raising_and_never_done_wrongly.hypothesis.inner_test(facts)  # type: ignore[attr-defined]


def finished(size: Size = Size.CRITICAL) -> m.Facts:
    world = World(honest, size=size)
    assert drive(world).status is m.Status.DONE
    return world.facts


def spoilt(facts: m.Facts) -> Iterator[tuple[str, m.Facts]]:
    """The finished facts with exactly one thing taken away, for each thing."""
    for phase in Phase:
        told = facts.phases[phase]
        changes: list[dict[str, Any]] = [
            {"artefact": m.ArtefactFacts()},
            {"committed": False},
            {"artefact": structs.replace(told.artefact, findings=(Finding(rule="x", message="y"),))},
        ]
        for gate, outcome in itertools.product(told.gates, (None, Outcome.FAIL, Outcome.ERROR, Outcome.SKIP)):
            if gate.required or outcome is not Outcome.SKIP:
                changes.append({"gates": tuple(structs.replace(item, outcome=outcome) if item is gate else item for item in told.gates)})
        for change in changes:
            yield f"{phase} {change}", structs.replace(facts, phases={**facts.phases, phase: structs.replace(told, **change)})
    for change in (
        {"subject": "elsewhere"},
        {"plan": "another"},
        {"steps": facts.steps[:0]},
        {"criteria": ()},
        {"requests": ()},
        {"telemetry": 0},
        {"halt": "no client"},
        {"cancelled": "enough"},
        {"stray": ("x",)},
        {"oracles": ()},
        {"steps": (structs.replace(facts.steps[0], closed=False), *facts.steps[1:])},
        {"steps": (structs.replace(facts.steps[0], gates=()), *facts.steps[1:])},
        {"criteria": tuple(structs.replace(item, red=None) for item in facts.criteria)},
        {"criteria": tuple(structs.replace(item, outcome=Outcome.SKIP) for item in facts.criteria)},
        {"oracles": tuple(structs.replace(item, violation="missing", current="missing") for item in facts.oracles)},
        {"observability": structs.replace(facts.observability, outcome=Outcome.FAIL)},
        {"requests": tuple(structs.replace(item, subject="0" * 64) for item in facts.requests)},
    ):
        yield str(change), structs.replace(facts, **change)


def test_taking_any_single_thing_away_from_a_finished_run_reopens_it() -> None:
    cases = list(spoilt(finished()))
    assert len(cases) > 30
    still_done = [name for name, facts in cases if m.judge(facts).status is m.Status.DONE]
    assert still_done == []


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("gates", "hold_up"),
        ("implementing", "_violations"),
        ("implementing", "_observability"),
        ("implementing", "_record"),
        ("reading", "_needs_approval"),
        ("reading", "_trouble"),
        ("judging", "_loose_ends"),
    ],
)
def test_a_machine_with_one_rule_taken_out_is_caught(module: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the check above goes red on a machine that forgets a rule."""
    facts = finished()
    monkeypatch.setattr(f"twelve.workflow.machine.{module}.{name}", lambda *_args, **_kwargs: ())
    assert [case for case, changed in spoilt(facts) if m.judge(changed).status is m.Status.DONE]
