"""The scripted agent as a real child process: what it does, how it misbehaves, and that nothing bad counts as success."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from twelve.factors.agents.harness import TRANSIENT, Turn, TurnEvent, TurnResult, TurnStatus
from twelve.factors.agents.harnesses import replay
from twelve.model.settings import HarnessSettings
from twelve.system import documents


def play(tmp_path: Path, *actions: dict[str, Any], script: dict[str, Any] | None = None, **fields: Any) -> TurnResult:
    """Take one turn of a script made of `actions`, or of a whole `script`."""
    value = script or {"schema": "twelve.replay.v1", "turns": [{"actions": list(actions)}]}
    path = tmp_path / "script.yaml"
    path.write_text(documents.dump_yaml(value))
    return play_file(tmp_path, path, **fields)


def play_file(tmp_path: Path, path: Path, *, on_event: Any = None, **fields: Any) -> TurnResult:
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    given: dict[str, Any] = {"prompt": "Do the work.", "phase": "prime", "timeout_s": 20.0, **fields}
    turn = Turn(workdir=work, logs=tmp_path / "logs", **given)
    settings = HarnessSettings(args=(str(path),))
    return asyncio.run(replay.take_turn(turn, settings, on_event=on_event or (lambda _: None)))


def test_files_are_written_edited_appended_and_deleted(tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_text("from beside the script {{not_a_variable}}\n")
    result = play(
        tmp_path,
        {"write": {"path": "src/a.py", "text": "x = 1\n"}},
        {"edit": {"path": "src/a.py", "old": "x = 1", "new": "x = 2"}},
        {"append": {"path": "src/a.py", "text": "y = 3\n"}},
        {"write": {"path": "b.txt", "from": "big.txt"}},
        {"write": {"path": "gone.txt", "text": "z"}},
        {"delete": {"path": "gone.txt"}},
        {"say": "Wrote a.py."},
    )
    assert (result.status, result.detail, result.text) == (TurnStatus.DONE, "", "Wrote a.py.")
    assert (tmp_path / "work/src/a.py").read_text() == "x = 2\ny = 3\n"
    assert (tmp_path / "work/b.txt").read_text() == "from beside the script {{not_a_variable}}\n"
    assert not (tmp_path / "work/gone.txt").exists()


def test_a_command_runs_in_the_work_tree_and_its_output_becomes_a_variable(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        {"run": {"argv": ["python3", "-c", "print('abc123')"], "save": "commit"}},
        {"write": {"path": "{{artefact}}", "text": "evidence: {{commit}} of {{run}} in {{phase}}\n"}},
        {"say": "Done {{commit}}"},
        artefact=".twelve/runs/r1/prime.md",
        run="r1",
    )
    assert result.text == "Done abc123"
    assert (tmp_path / "work/.twelve/runs/r1/prime.md").read_text() == "evidence: abc123 of r1 in prime\n"


def test_usage_is_added_up(tmp_path: Path) -> None:
    tokens = {"input": 100, "output": 20, "cost_usd": 0.5}
    result = play(tmp_path, {"usage": tokens}, {"usage": tokens}, {"say": "ok"})
    assert (result.usage.input, result.usage.output, result.usage.cost_usd) == (200, 40, 1.0)


SCRIPT: dict[str, Any] = {
    "schema": "twelve.replay.v1",
    "turns": [
        {"phase": "implement", "step": "s1", "round": 2, "actions": [{"say": "repaired"}]},
        {"phase": "implement", "step": "s1", "attempt": 1, "actions": [{"end": {"status": "overloaded", "detail": "busy"}}]},
        {"phase": "implement", "step": "s1", "actions": [{"say": "second try"}]},
        {"phase": "plan", "prompt_has": "FINDING", "actions": [{"say": "saw the finding"}]},
        {"phase": "plan", "actions": [{"say": "plan"}]},
    ],
}


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"phase": "implement", "step": "s1", "attempt": 1}, ""),
        ({"phase": "implement", "step": "s1", "attempt": 2}, "second try"),
        ({"phase": "implement", "step": "s1", "round": 2, "attempt": 1}, "repaired"),
        ({"phase": "plan", "prompt": "say FINDING here"}, "saw the finding"),
        ({"phase": "plan"}, "plan"),
    ],
)
def test_the_turn_is_chosen_by_its_place_and_never_by_what_ran_before(tmp_path: Path, place: dict[str, Any], words: str) -> None:
    first = play(tmp_path, script=SCRIPT, **place)
    again = play(tmp_path, script=SCRIPT, **place)
    assert first.text == again.text == words
    assert first.status is again.status


def test_a_transient_failure_on_the_first_attempt_only(tmp_path: Path) -> None:
    result = play(tmp_path, script=SCRIPT, phase="implement", step="s1", attempt=1)
    assert (result.status, result.detail, result.transient) == (TurnStatus.OVERLOADED, "busy", True)


def test_a_place_the_script_does_not_know_is_a_failure_that_names_it(tmp_path: Path) -> None:
    result = play(tmp_path, script=SCRIPT, phase="learn")
    assert result.status is TurnStatus.FAILED
    assert "learn" in result.detail


@pytest.mark.parametrize(
    "status",
    ["bad_credentials", "refused", "max_turns", "over_budget", "rate_limited", "overloaded", "unreachable", "broken_stream", "failed"],
)
def test_every_status_a_script_can_end_with_is_reported_as_such(tmp_path: Path, status: str) -> None:
    result = play(tmp_path, {"say": "All tests pass."}, {"end": {"status": status}})
    assert result.status == TurnStatus(status)
    assert result.transient == (TurnStatus(status) in TRANSIENT)


def test_an_agent_that_only_claims_success_is_done_with_an_unchanged_work_tree(tmp_path: Path) -> None:
    result = play(tmp_path, {"say": "I fixed it and all tests pass."})
    assert result.done
    assert list((tmp_path / "work").iterdir()) == []


def test_an_agent_without_a_word_is_empty(tmp_path: Path) -> None:
    assert play(tmp_path, {"write": {"path": "a", "text": "b"}}).status is TurnStatus.EMPTY


@pytest.mark.parametrize("crash", [{"exit": 3}, {"signal": "KILL"}, {"signal": "SEGV"}])
def test_a_crash_in_the_middle_is_a_real_crash_that_keeps_what_was_written(tmp_path: Path, crash: dict[str, Any]) -> None:
    result = play(tmp_path, {"write": {"path": "half.txt", "text": "half"}}, {"crash": crash}, {"say": "never"})
    assert result.status is TurnStatus.CRASHED
    assert result.transient
    assert (tmp_path / "work/half.txt").read_text() == "half"


def test_an_exit_with_zero_in_the_middle_is_a_broken_stream(tmp_path: Path) -> None:
    assert play(tmp_path, {"say": "almost"}, {"crash": {"exit": 0}}).status is TurnStatus.BROKEN_STREAM


def test_a_hanging_agent_that_ignores_the_signal_is_killed_at_the_time_limit(tmp_path: Path) -> None:
    began = time.monotonic()
    result = play(tmp_path, {"ignore_term": True}, {"hang": 0}, timeout_s=1.5)
    assert result.status is TurnStatus.HUNG
    assert time.monotonic() - began < 15


def test_a_child_left_in_the_background_does_not_outlive_the_turn(tmp_path: Path) -> None:
    result = play(tmp_path, {"background": {"seconds": 3, "path": "pid.txt"}}, {"wait": 0.5}, {"say": "left one behind"})
    assert result.done
    pid = int((tmp_path / "work/pid.txt").read_text())
    assert gone(pid)
    assert not (tmp_path / "work/pid.txt.alive").exists()


def test_a_cancelled_turn_leaves_nothing_running(tmp_path: Path) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(replay.take_turn(turn, HarnessSettings(args=(str(path),))))
        while not (pid.exists() and pid.read_text()):
            await asyncio.sleep(0.05)
        task.cancel()
        await task

    (tmp_path / "work").mkdir()
    path = tmp_path / "script.yaml"
    path.write_text('{"schema": "twelve.replay.v1", "turns": [{"actions": [{"background": {"seconds": 60, "path": "pid"}}, {"hang": 0}]}]}')
    turn = Turn(prompt="", workdir=tmp_path / "work", logs=tmp_path / "logs")
    pid = tmp_path / "work/pid"
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    assert gone(int(pid.read_text()))


def test_a_turn_that_is_stopped_from_outside_says_so(tmp_path: Path) -> None:
    async def stopped() -> TurnResult:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.5, stop.set)
        return await replay.take_turn(turn, HarnessSettings(args=(str(path),)), stop=stop)

    (tmp_path / "work").mkdir()
    path = tmp_path / "script.yaml"
    path.write_text('{"schema": "twelve.replay.v1", "turns": [{"actions": [{"hang": 0}]}]}')
    turn = Turn(prompt="", workdir=tmp_path / "work", logs=tmp_path / "logs")
    assert asyncio.run(stopped()).status is TurnStatus.STOPPED


@pytest.mark.parametrize("lines", [True, False])
def test_a_flood_of_output_is_survived_with_a_small_transcript(tmp_path: Path, lines: bool) -> None:
    result = play(tmp_path, {"flood": {"bytes": 30_000_000, "lines": lines}}, {"say": "phew"})
    assert result.done
    assert Path(result.transcript).stat().st_size < 1_000_000


def test_an_agent_that_deletes_its_work_tree_is_reported_and_harms_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "bystander.txt").write_text("safe")
    result = play(tmp_path, {"delete_worktree": True}, {"say": "oops"})
    assert result.done
    assert not (tmp_path / "work").exists()
    assert (tmp_path / "bystander.txt").read_text() == "safe"


@pytest.mark.parametrize("path", ["../escape.txt", "/tmp/escape.txt", "link/escape.txt", ".git/hooks/pre-commit", "a\0b"])
def test_no_path_of_a_script_leaves_the_work_tree_or_enters_git(tmp_path: Path, path: str) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "work/link").symlink_to(tmp_path / "outside")
    script = json.dumps({"schema": "twelve.replay.v1", "turns": [{"actions": [{"write": {"path": path, "text": "x"}}, {"say": "done"}]}]})
    (tmp_path / "script.yaml").write_text(script)
    result = play_file(tmp_path, tmp_path / "script.yaml")
    assert result.status is TurnStatus.FAILED
    assert list((tmp_path / "outside").iterdir()) == []
    assert not (tmp_path / "escape.txt").exists()


@pytest.mark.parametrize(
    ("actions", "says"),
    [
        ([{"edit": {"path": "a.txt", "old": "absent", "new": "b"}}], "occurs 0 times"),
        ([{"run": {"argv": ["python3", "-c", "raise SystemExit(4)"], "expect": 0}}], "ended with 4"),
        ([{"run": {"argv": ["no-such-program-here"]}}], "no-such-program-here"),
        ([{"say": "{{nobody}}"}], "undefined variable"),
        ([{"write": {"path": "a.txt", "from": "../../etc/passwd"}}], "a.txt"),
        ([{"delete": {"path": "absent.txt"}}], "absent.txt"),
    ],
)
def test_an_action_that_cannot_be_carried_out_fails_the_turn_with_the_reason(
    tmp_path: Path, actions: list[dict[str, Any]], says: str
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work/a.txt").write_text("a\n")
    result = play(tmp_path, *actions)
    assert result.status is TurnStatus.FAILED
    assert says in result.detail or "passwd" in result.detail
    assert "Traceback" not in result.detail


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("schema: twelve.replay.v2\nturns: []\n", "twelve.replay.v2"),
        ("schema: twelve.replay.v1\nturns:\n- actions:\n  - dance: true\n", "dance"),
        ("schema: twelve.replay.v1\nturns:\n- actions:\n  - {say: a, wait: 1}\n", "exactly one verb"),
        ("schema: twelve.replay.v1\nturns:\n- actions:\n  - {}\n", "exactly one verb"),
        ("schema: twelve.replay.v1\nturns:\n- actions:\n  - write: {path: a}\n", "text or from"),
        ("schema: twelve.replay.v1\nschema: twelve.replay.v1\nturns: []\n", "schema"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "replay script"),
        ("- just\n- a list\n", "replay script"),
        ("schema: x\n\tno: yaml", "script.yaml:2"),
        ("", "replay script"),
    ],
)
def test_a_malformed_script_is_a_clear_failure(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "script.yaml").write_text(text)
    result = play_file(tmp_path, tmp_path / "script.yaml")
    assert result.status is TurnStatus.FAILED
    assert says in result.detail
    assert "Traceback" not in result.detail


def test_a_missing_script_is_a_clear_failure(tmp_path: Path) -> None:
    assert "absent.yaml" in play_file(tmp_path, tmp_path / "absent.yaml").detail
    work = tmp_path / "work"
    turn = Turn(prompt="", workdir=work, logs=tmp_path / "logs")
    assert "TWELVE_REPLAY_SCRIPT" in asyncio.run(replay.take_turn(turn, HarnessSettings())).detail


def test_modules_in_the_work_tree_cannot_replace_the_agents_own(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    for name in ("json", "msgspec", "twelve", "signal"):
        (work / f"{name}.py").write_text("raise SystemExit('hijacked')\n")
    assert play(tmp_path, {"say": "unharmed"}).done


def test_events_arrive_while_the_agent_works(tmp_path: Path) -> None:
    seen: list[TurnEvent] = []
    path = tmp_path / "script.yaml"
    path.write_text('{"schema": "twelve.replay.v1", "turns": [{"actions": [{"run": {"argv": ["true"]}}, {"say": "hi"}]}]}')
    play_file(tmp_path, path, on_event=seen.append)
    assert [event.kind for event in seen] == ["started", "tool", "tool", "tool", "text"]


def test_secrets_the_agent_prints_reach_neither_the_transcript_nor_the_result(tmp_path: Path) -> None:
    secret = "hunter2-hunter2-hunter2"
    result = play(tmp_path, {"say": f"the key is {secret}"}, env={"MY_API_KEY": secret})
    assert result.done
    kept = "".join(path.read_text() for path in (tmp_path / "logs").iterdir()) + result.text
    assert secret not in kept


def gone(pid: int, *, within_s: float = 2.0) -> bool:
    """Whether the process ends within the time a killed one needs; dead but not yet reaped counts."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False
