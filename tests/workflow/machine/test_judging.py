"""What the machine says in situations a person would recognise."""

from __future__ import annotations

from msgspec import structs

from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.model.phase import Phase, Preset, Size
from twelve.model.verdict import Outcome
from twelve.workflow import machine as m
from workflow.machine.world import World, drive


def scripted(**ways: int) -> World:
    """Honest except for the named decisions (first word, spaces as _), each taken once."""
    left = dict(ways)

    def choose(what: str, ways_there: int) -> int:
        return min(left.pop(what.replace(" ", "_"), 0), ways_there - 1)

    return World(choose)


def until(world: World, kind: type, limit: int = 60) -> m.State:
    """Drive until the first move is of this kind."""
    for _ in range(limit):
        state = m.judge(world.facts)
        if state.moves and isinstance(state.moves[0], kind):
            return state
        world.make(state.moves[0])
    raise AssertionError("never came")


def test_an_empty_run_begins_with_prime() -> None:
    state = m.judge(m.Facts(run="r"))
    assert state.phase is Phase.PRIME
    assert state.moves == (m.Write(phase=Phase.PRIME, artefact="prime", unit="prime@0"),)
    assert state.missing[0].return_to is Phase.PRIME


def test_a_skipped_research_is_named_and_returned_to() -> None:
    world = scripted()
    until(world, m.Work)
    world.phase(Phase.RESEARCH, artefact=m.ArtefactFacts())
    state = m.judge(world.facts)
    assert state.phase is Phase.RESEARCH
    assert state.missing[0].return_to is Phase.RESEARCH


def test_a_red_gate_goes_back_with_its_finding_then_to_a_person() -> None:
    world = World(lambda what, _ways: 1 if what == "gate validation" else 0, gate_rounds=2)
    state = until(world, m.Ask)
    assert world.facts.rounds["step:red@0"] == 3
    move = state.moves[0]
    assert isinstance(move, m.Ask)
    assert (move.kind, move.about) == (RequestKind.ROUNDS, "step:red@0")
    assert "because" in state.missing[0].what


def test_a_grant_gives_as_many_rounds_again_and_only_for_its_unit() -> None:
    world = World(lambda what, _ways: 1 if what == "gate validation" else 0, gate_rounds=1)
    state = until(world, m.Ask)
    move = state.moves[0]
    assert isinstance(move, m.Ask)
    forged = m.RequestFacts(id="q", kind=RequestKind.ROUNDS, subject="forged", status=RequestStatus.GRANTED, about=move.about)
    world.set(requests=(forged,))
    assert isinstance(m.judge(world.facts).moves[0], m.Ask)
    world.set(requests=(structs.replace(forged, subject=move.subject),))
    assert isinstance(m.judge(world.facts).moves[0], m.Work)


def test_acceptance_that_passes_before_the_work_returns_to_the_plan() -> None:
    world = scripted(see_red=1)
    state = until(world, m.Regress)
    move = state.moves[0]
    assert isinstance(move, m.Regress)
    assert move.to is Phase.PLAN
    assert "proves nothing" in move.reason


def test_a_weakened_oracle_blocks_until_put_back_or_approved() -> None:
    world = scripted(work_green=2)
    until(world, m.Commit)
    while not world.facts.oracles or not world.facts.oracles[0].violation:
        world.make(m.judge(world.facts).moves[0])
    state = m.judge(world.facts)
    assert state.status is m.Status.BLOCKED
    assert isinstance(state.moves[0], m.Work)
    question = state.moves[1]
    assert isinstance(question, m.Ask)
    assert question.kind is RequestKind.ORACLE
    granted = m.RequestFacts(id="q", kind=question.kind, subject=question.subject, status=RequestStatus.GRANTED)
    world.set(requests=(granted,))
    assert "oracle" not in m.judge(world.facts).missing[0].what
    world.set(oracles=tuple(structs.replace(item, current="something else") for item in world.facts.oracles))
    assert "oracle" in m.judge(world.facts).missing[0].what


def test_outgrowing_tiny_returns_to_research_and_stays_grown() -> None:
    world = World(lambda _what, _ways: 0, size=Size.TINY)
    until(world, m.Gates)
    world.set(measured=Size.NORMAL, measured_why="90 changed lines")
    state = m.judge(world.facts)
    move = state.moves[0]
    assert isinstance(move, m.Regress)
    assert (move.to, move.size) == (Phase.RESEARCH, Size.NORMAL)
    assert "90 changed lines" in move.reason
    world.make(move)
    assert m.judge(world.facts).phase is Phase.RESEARCH
    assert m.started_size(world.facts) is Size.NORMAL


def test_risk_found_later_asks_for_the_plan_to_be_approved() -> None:
    world = scripted()
    until(world, m.Work)
    world.set(measured=Size.CRITICAL)
    state = m.judge(world.facts)
    assert state.phase is Phase.PLAN
    assert isinstance(state.moves[0], m.Ask)


def test_a_rejected_plan_is_written_again_with_the_reason() -> None:
    world = World(lambda what, _ways: 1 if what == "ask plan" and len(world.asked) == 1 else 0, size=Size.CRITICAL)
    until(world, m.Ask)
    world.make(m.judge(world.facts).moves[0])
    move = m.judge(world.facts).moves[0]
    assert isinstance(move, m.Write)
    assert move.why == ("rejected by a person: no",)
    assert drive(world).status is m.Status.DONE


def test_an_expired_question_is_asked_again() -> None:
    world = World(lambda what, _ways: 2 if what.startswith("ask") and len(world.asked) == 1 else 0)
    assert drive(world).status is m.Status.DONE
    assert world.asked == ["checkpoint", "checkpoint"]


def test_a_pending_question_parks_the_run_and_says_on_what() -> None:
    world = World(lambda what, _ways: 3 if what.startswith("ask") else 0)
    state = drive(world)
    assert (state.status, state.moves, state.waiting_on) == (m.Status.WAITING, (), "q0")


def test_an_optional_skip_is_done_and_said() -> None:
    world = World(lambda what, _ways: 3 if what == "gate style" else 0)
    state = drive(world)
    assert state.status is m.Status.DONE
    assert state.unverified == ("gate style",)


def test_a_required_skip_never_reaches_done() -> None:
    world = World(lambda what, _ways: 3 if what in ("gate tests", "ask rounds") else 0)
    assert drive(world).status is m.Status.WAITING


def test_a_missing_tool_is_for_a_person_at_once() -> None:
    world = scripted()
    state = until(world, m.Accept)
    told = world.facts.phases[Phase.IMPLEMENT]
    gates = (m.GateFact(gate="tests", outcome=Outcome.ERROR, subject=world.facts.subject, repairable=False, why="mypy is not installed"),)
    world.phase(Phase.IMPLEMENT, gates=gates)
    state = m.judge(world.facts)
    assert told.gates
    assert state.status is m.Status.ESCALATED
    assert "mypy is not installed" in state.missing[0].what


def test_caps_stop_the_next_turn_but_not_the_judging_of_finished_work() -> None:
    world = scripted()
    until(world, m.Gates)
    world.set(caps=("tokens: 2,100,000 of 2,000,000",))
    assert isinstance(m.judge(world.facts).moves[0], m.Gates)
    until_stop = drive(world)
    assert until_stop.status is m.Status.ESCALATED
    assert "tokens" in until_stop.missing[0].what


def test_nothing_to_check_is_no_pass() -> None:
    world = scripted()
    world.phase(Phase.IMPLEMENT, gates=())
    state = drive(world)
    assert state.status is m.Status.ESCALATED
    assert "no gate" in state.missing[0].what


def test_presets_leave_phases_out_and_nothing_else() -> None:
    for preset, first, last in ((Preset.RPI, Phase.RESEARCH, Phase.IMPLEMENT), (Preset.RPIL, Phase.RESEARCH, Phase.LEARN)):
        route = m.sequence(preset, Size.NORMAL)
        assert (route[0], route[-1]) == (first, last)
    assert m.sequence(Preset.FULL, Size.TINY) == (Phase.PRIME, Phase.IMPLEMENT, Phase.LEARN)
