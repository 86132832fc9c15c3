"""A turn's prompt holds the step's rule, the phase before and the named files, cut, quoted and redacted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from msgspec import structs

from twelve.model.phase import Phase, Preset, Size
from twelve.model.settings import ContextSettings, Settings
from twelve.system import tokens
from twelve.workflow import artefacts, facts, machine, prompts
from workflow.phases.samples import LEARN, PLAN, PRIME, RESEARCH, RUN, TINY, put

SECRET = "ghp_" + "a1B2" * 9
POLICY = Settings()


def told(**fields: Any) -> facts.Told:
    gates = (facts.Applicable(gate="tests", required=True),)
    return facts.Told(run=RUN, task="mend the parser", size=Size.NORMAL, applicable={"full": gates, "quick": gates}, telemetry=1, **fields)


def prompt(root: Path, move: machine.Write | machine.Work, given: facts.Told, policy: Settings = POLICY) -> str:
    return prompts.compose(root, facts.gather(root, given, policy), move, given, policy)


def write(phase: Phase, *why: str) -> machine.Write:
    return machine.Write(phase=phase, artefact=phase.value, unit="u", why=why)


def work(step: str, *why: str) -> machine.Work:
    return machine.Work(step=step, unit="u", why=why)


@pytest.mark.parametrize("phase", [Phase.PRIME, Phase.RESEARCH, Phase.PLAN, Phase.LEARN])
@pytest.mark.parametrize("preset", list(Preset))
@pytest.mark.parametrize("size", list(Size))
def test_every_phase_of_every_route_has_a_prompt_that_names_its_file(tmp_path: Path, phase: Phase, preset: Preset, size: Size) -> None:
    given = structs.replace(told(), preset=preset, size=size)
    if phase not in machine.sequence(preset, size):
        return
    picture = facts.gather(tmp_path, given, POLICY)
    name = machine.artefact(picture.facts, phase)
    text = prompts.compose(tmp_path, picture, machine.Write(phase=phase, artefact=name, unit="u"), given, POLICY)
    assert artefacts.relative(RUN, name) in text
    assert "{{" not in text
    assert tokens.estimate(text) < 1_500


def test_research_is_fed_by_prime_and_the_plan_by_research_alone(tmp_path: Path) -> None:
    put(tmp_path, "prime", PRIME)
    put(tmp_path, "research", RESEARCH)
    assert PRIME["problem"] in prompt(tmp_path, write(Phase.RESEARCH), told())
    plan = prompt(tmp_path, write(Phase.PLAN), told())
    assert RESEARCH["rationale"] in plan
    assert PRIME["problem"] not in plan
    assert "c1: parse('a,') returns two fields" in plan


def test_a_step_is_fed_by_the_files_it_names_and_nothing_else(tmp_path: Path) -> None:
    for name, fields in (("prime", PRIME), ("research", RESEARCH), ("plan", PLAN)):
        put(tmp_path, name, fields)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "parser.py").write_text("PARSER = 1\n")
    (tmp_path / "src" / "other.py").write_text("OTHER = 1\n")
    text = prompt(tmp_path, work("mend", "tests: FAIL"), told(pins={"tests/test_commas.py": "d"}))
    assert "PARSER = 1" in text
    assert "OTHER = 1" not in text
    assert "- tests: FAIL" in text
    assert "`tests/test_commas.py`" in text
    assert "- gate tests" in text


def test_a_glob_stands_for_files_that_are_known(tmp_path: Path) -> None:
    put(tmp_path, "prime", PRIME)
    put(tmp_path, "plan", {**PLAN, "steps": [PLAN["steps"][0], {**PLAN["steps"][1], "files": ["src/*.py"]}]})
    (tmp_path / "src").mkdir()
    for name in ("parser", "ignored"):
        (tmp_path / "src" / f"{name}.py").write_text(f"{name.upper()} = 1\n")
    text = prompt(tmp_path, work("mend"), told(files=frozenset({"src/parser.py"})))
    assert "PARSER = 1" in text
    assert "IGNORED" not in text


def test_a_long_file_is_cut_and_the_cut_is_marked(tmp_path: Path) -> None:
    put(tmp_path, "prime", PRIME)
    put(tmp_path, "plan", PLAN)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "parser.py").write_text("word " * 20_000)
    policy = Settings(context=ContextSettings(file_tokens=100))
    text = prompt(tmp_path, work("mend"), told(), policy)
    assert "[cut" in text
    assert tokens.estimate(text) < 1_000


def test_a_secret_in_a_named_file_does_not_reach_the_prompt(tmp_path: Path) -> None:
    put(tmp_path, "prime", PRIME)
    put(tmp_path, "plan", PLAN)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "parser.py").write_text(f'TOKEN = "{SECRET}"\n')
    assert SECRET not in prompt(tmp_path, work("mend", f"log says {SECRET}"), structs.replace(told(), task=f"use {SECRET}"))


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(root, "prime", PRIME)
    put(root, "plan", PLAN)
    (tmp_path / "private.txt").write_text("PRIVATE\n")
    (root / "src").mkdir()
    (root / "src" / "parser.py").symlink_to(tmp_path / "private.txt")
    assert "PRIVATE" not in prompt(root, work("mend"), told())


def test_prime_begins_with_what_the_run_before_learned(tmp_path: Path) -> None:
    put(tmp_path, "learn", LEARN, run="20250101T000000Z-old-aaaa")
    assert "Look at the grammar earlier." in prompt(tmp_path, write(Phase.PRIME), told())


def test_a_tiny_run_is_closed_with_the_learn_fields_only(tmp_path: Path) -> None:
    put(tmp_path, "tiny", TINY)
    given = structs.replace(told(), size=Size.TINY)
    text = prompt(tmp_path, machine.Write(phase=Phase.LEARN, artefact="tiny", unit="u"), given)
    assert "domain_update" in text
    assert "checklist" not in text


def test_a_plan_template_has_one_acceptance_entry_per_criterion(tmp_path: Path) -> None:
    criteria = [{"id": "fast", "text": "takes less than 5 ms"}, {"id": "right", "text": "returns 2 fields"}]
    put(tmp_path, "prime", {**PRIME, "success_criteria": criteria})
    text = prompt(tmp_path, write(Phase.PLAN), told())
    assert text.count("- criterion: ") == 2
    assert "criterion: fast" in text


def test_a_prompt_beyond_the_context_budget_stops_the_run_before_the_turn(tmp_path: Path) -> None:
    def state(window: int, profile: Literal["default", "strict"] = "default") -> machine.State:
        policy = Settings(context=ContextSettings(window_tokens=window, profile=profile))
        return prompts.judge(tmp_path, facts.gather(tmp_path, told(), policy), policy)

    assert isinstance(state(200_000).moves[0], machine.Write)
    assert state(100).status is machine.Status.ESCALATED
    assert "context would be red" in state(100).missing[0].what
    yellow = next(window for window in range(500, 2_000, 10) if state(window).status is not machine.Status.ESCALATED)
    assert state(yellow, "strict").status is machine.Status.ESCALATED
