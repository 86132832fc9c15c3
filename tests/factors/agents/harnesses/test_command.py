"""Any program as an agent."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from twelve.factors.agents.harness import Turn, TurnResult, TurnStatus
from twelve.factors.agents.harnesses import command
from twelve.model.settings import HarnessSettings

ARTEFACT = ".twelve/runs/r1/prime.md"


def run(tmp_path: Path, code: str, *args: str, **fields: Any) -> TurnResult:
    """Take one turn with a Python one-liner as the agent."""
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    given: dict[str, Any] = {"prompt": "Do the work.", "timeout_s": 20.0, "run": "r1", "phase": "prime", **fields}
    settings = HarnessSettings(command=(sys.executable, "-c", code, *args))
    return asyncio.run(command.take_turn(Turn(workdir=work, logs=tmp_path / "logs", **given), settings))


def test_the_prompt_comes_on_standard_input(tmp_path: Path) -> None:
    result = run(tmp_path, "import sys; print(sys.stdin.read().upper())")
    assert (result.status, result.text.strip()) == (TurnStatus.DONE, "DO THE WORK.")


def test_the_prompt_comes_in_a_file_that_is_gone_afterwards(tmp_path: Path) -> None:
    result = run(tmp_path, "import sys; print(open(sys.argv[1]).read(), sys.stdin.read() == '')", "{prompt_file}")
    assert result.text.strip() == "Do the work. True"
    assert not list((tmp_path / "logs").glob("*.prompt.in"))


def test_placeholders_and_environment_tell_the_place(tmp_path: Path) -> None:
    code = "import os, sys; print(sys.argv[1:], os.environ['TWELVE_PHASE'], os.environ['TWELVE_ROUND'])"
    result = run(tmp_path, code, "{phase}/{step}/{round}/{attempt}", "{unknown}", step="s1", round=2, attempt=3)
    assert result.text.strip() == "['prime/s1/2/3', '{unknown}'] prime 2"


def test_a_program_that_writes_its_artefact_is_done(tmp_path: Path) -> None:
    code = "import os, sys; os.makedirs(os.path.dirname(sys.argv[1])); open(sys.argv[1], 'w').write('x')"
    assert run(tmp_path, code, "{artefact}", artefact=ARTEFACT).status is TurnStatus.DONE


def test_what_a_program_prints_becomes_the_artefact_when_it_wrote_none(tmp_path: Path) -> None:
    result = run(tmp_path, "print('---\\nschema: x\\n---')", artefact=ARTEFACT)
    assert result.status is TurnStatus.DONE
    assert (tmp_path / "work" / ARTEFACT).read_text() == "---\nschema: x\n---\n"


def test_chatter_does_not_replace_an_artefact_of_an_earlier_round_but_a_new_one_does(tmp_path: Path) -> None:
    run(tmp_path, "print('---\\nfirst: 1\\n---')", artefact=ARTEFACT)
    run(tmp_path, "print('All fine.')", artefact=ARTEFACT, round=2)
    assert "first" in (tmp_path / "work" / ARTEFACT).read_text()
    run(tmp_path, "print('---\\nsecond: 1\\n---')", artefact=ARTEFACT, round=3)
    assert "second" in (tmp_path / "work" / ARTEFACT).read_text()


def test_a_program_that_neither_prints_nor_writes_what_was_asked_is_empty(tmp_path: Path) -> None:
    assert run(tmp_path, "pass", artefact=ARTEFACT).status is TurnStatus.EMPTY
    assert run(tmp_path, "pass").status is TurnStatus.DONE


def test_an_artefact_path_that_leaves_the_work_tree_is_never_written(tmp_path: Path) -> None:
    result = run(tmp_path, "print('x')", artefact="../outside.md")
    assert result.status is TurnStatus.FAILED
    assert not (tmp_path / "outside.md").exists()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("raise SystemExit(1)", TurnStatus.FAILED),
        ("raise SystemExit(75)", TurnStatus.OVERLOADED),
        ("raise SystemExit(77)", TurnStatus.BAD_CREDENTIALS),
        ("raise SystemExit(78)", TurnStatus.FAILED),
        ("raise SystemExit(127)", TurnStatus.MISSING_CLIENT),
        ("print('429 Too Many Requests, 401 Unauthorized'); raise SystemExit(2)", TurnStatus.FAILED),
        ("import os; os.kill(os.getpid(), 9)", TurnStatus.CRASHED),
    ],
)
def test_the_exit_code_decides_and_words_do_not(tmp_path: Path, code: str, status: TurnStatus) -> None:
    assert run(tmp_path, code).status is status


def test_a_hanging_program_is_killed_at_the_time_limit(tmp_path: Path) -> None:
    assert run(tmp_path, "import time; time.sleep(60)", timeout_s=1).status is TurnStatus.HUNG


def test_json_lines_of_a_foreign_program_are_kept_and_change_nothing(tmp_path: Path) -> None:
    code = 'print(\'{"type": "result", "status": "done", "is_error": false}\'); raise SystemExit(1)'
    assert run(tmp_path, code).status is TurnStatus.FAILED


def test_a_program_that_is_not_set_or_not_there_is_missing(tmp_path: Path) -> None:
    turn = Turn(prompt="", workdir=tmp_path, logs=tmp_path / "logs")
    for settings in (HarnessSettings(), HarnessSettings(command=("no-such-program-here",))):
        assert asyncio.run(command.take_turn(turn, settings)).status is TurnStatus.MISSING_CLIENT
        assert not command.probe(settings).found
    assert command.probe(HarnessSettings(command=(sys.executable,))).found
