"""`run`, `resume`, `runs`, `logs`, `cancel`, `worker`, `approve`, `reject` as a person types them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kit import loop, person
from kit.forked import until
from twelve.interfaces.cli import exits
from twelve.system import git
from twelve.workflow import compose

SOURCE = str(Path(__file__).parents[3] / "src")
LIGHT = ("runs", "logs", "approve", "reject", "cancel")


class Shell:
    """A terminal in one repository."""

    def __init__(self, folder: Path, turns: list[dict[str, Any]] | None = None) -> None:
        self.repository: git.Repository = loop.project(folder)
        self.script = loop.script(folder, turns)

    def start(self, *words: str, **env: str) -> subprocess.Popen[str]:
        argv = [sys.executable, "-m", "twelve.interfaces.cli.main", *words]
        environment = {**os.environ, "PYTHONPATH": SOURCE, **env}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(argv, cwd=self.repository.root, env=environment, text=True, **pipes)  # type: ignore[call-overload,no-any-return]

    def __call__(self, *words: str, code: int = 0, **env: str) -> str:
        child = self.start(*words, **env)
        out, err = child.communicate(timeout=120)
        assert child.returncode == code, f"{words}: {child.returncode}\n{out}\n{err}"
        assert "Traceback" not in err
        self.err = err
        return out

    def python(self, program: str, *words: str) -> None:
        """Run a small program with the verb's words; it has to exit with 0."""
        environment = {**os.environ, "PYTHONPATH": SOURCE}
        argv = [sys.executable, "-c", program, *words]
        subprocess.run(argv, cwd=self.repository.root, env=environment, check=True, capture_output=True, timeout=60)

    def run(self, *words: str, code: int = 0) -> dict[str, Any]:
        text = self("run", "make add return the sum", "--agent", "replay", "--script", str(self.script), "--json", *words, code=code)
        return dict(json.loads(text))


def test_a_run_waits_with_exit_5_and_goes_on_after_an_answer(tmp_path: Path) -> None:
    shell = Shell(tmp_path, loop.honest(asking=True))
    answer = shell.run(code=exits.WAITING)
    assert answer["state"] == "waiting"
    (asked,) = answer["waiting_on"]
    listed = shell("runs")
    assert asked["request"] in listed
    shown = shell("resume", answer["run"], code=exits.WAITING)
    assert shown.count(asked["question"]) == 1
    assert f"twelve approve {asked['request']}, or twelve reject" in shown
    said = person.twelve(shell.repository.root, "approve", answer["run"][-4:], "--reason", "that is the one")
    assert said.code == exits.PASS, said.screen
    assert "it is answered, resume it" in shell("runs")
    done = json.loads(shell("resume", answer["run"], "--json"))
    assert done["state"] == "done"
    assert len(done["commits"]) == 6
    shown = subprocess.run(done["evidence"].split(), cwd=shell.repository.root, capture_output=True, text=True, check=True).stdout
    assert '"gate":"compiles"' in shown
    assert '"type": "result"' in shell("logs", answer["run"], "--show", "1-1")


@pytest.mark.slow
def test_live_lines_go_to_stderr_and_only_the_answer_to_stdout(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    answer = shell.run("--progress")
    assert answer["state"] == "done"
    assert "== implement ==" in shell.err
    assert "PASS  compiles" in shell.err


@pytest.mark.slow
def test_a_queued_run_is_driven_by_a_worker(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    answer = shell.run("--detach")
    assert answer["state"] == "queued"
    shell("worker", "--once")
    assert json.loads(shell("runs", answer["run"], "--json"))["state"] == "done"


@pytest.mark.slow
def test_ctrl_c_exits_130_and_names_the_next_command(tmp_path: Path) -> None:
    hang = {"phase": "prime", "actions": [{"hang": 100}]}
    shell = Shell(tmp_path, [hang])
    child = shell.start("run", "make add return the sum", "--agent", "replay", "--script", str(shell.script), "--progress")
    runs = compose.runs(shell.repository)
    until(lambda: [run for run in runs.all() if runs.status(run).phase == "prime"], 60)
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert child.returncode == exits.INTERRUPT
    (run,) = runs.all()
    assert f"twelve resume {run}" in err
    assert "stopped" in shell("runs")
    loop.script(tmp_path)
    assert json.loads(shell("resume", run, "--json"))["state"] == "done"


def test_a_run_is_cancelled_with_nobody_driving_it(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    run = shell.run("--detach")["run"]
    assert "cancelled" in shell("cancel", run, "--reason", "not now")
    assert "cancelled" in shell("resume", run, code=exits.RED)
    shell("cancel", run, code=exits.USAGE)


def test_a_question_of_a_cancelled_run_takes_no_answer(tmp_path: Path) -> None:
    shell = Shell(tmp_path, loop.honest(asking=True))
    answer = shell.run(code=exits.WAITING)
    (asked,) = answer["waiting_on"]
    shell("cancel", answer["run"])
    for name in (asked["request"], answer["run"]):
        said = person.twelve(shell.repository.root, "approve", name)
        assert said.code == exits.USAGE
        assert "is cancelled" in said.screen
    assert "no run is open" in shell("runs")


def test_a_critical_plan_is_asked_about_with_the_command_that_shows_it(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    answer = shell.run("--size", "critical", code=exits.WAITING)
    read = next(step for step in answer["next"] if step.startswith("read the plan: "))
    shown = subprocess.run(read.split(": ", 1)[1].split(), cwd=shell.repository.root, capture_output=True, text=True, check=True).stdout
    assert "schema: twelve.plan.v1" in shown


def test_an_agent_that_fails_every_time_is_told_with_its_own_words(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    agent = [sys.executable, "-c", "import sys; sys.exit('no licence file')"]
    with (shell.repository.root / "twelve.toml").open("a") as policy:
        policy.write(f"\n[harness.command]\ncommand = {json.dumps(agent)}\n")
    shown = shell("run", "make add return the sum", "--agent", "command", code=exits.WAITING)
    (told,) = (line for line in shown.splitlines() if line.startswith("last turn "))
    assert "no licence file" in told
    assert "no licence file" in shell(*told[told.index("twelve logs") : -1].split()[1:])


@pytest.mark.parametrize(
    ("words", "state"), [pytest.param((), "done", marks=pytest.mark.slow), pytest.param(("--detach",), "queued")], ids=["driven", "queued"]
)
def test_the_policy_may_name_the_replay_script(tmp_path: Path, words: tuple[str, ...], state: str) -> None:
    shell = Shell(tmp_path)
    with (shell.repository.root / "twelve.toml").open("a") as policy:
        policy.write(f'\n[harness.replay]\nargs = ["{shell.script}"]\n')
    assert json.loads(shell("run", "make add return the sum", "--agent", "replay", "--json", *words))["state"] == state


@pytest.mark.parametrize("verb", ["approve", "reject"])
@pytest.mark.parametrize("marker", ["CLAUDECODE", "TWELVE_RUN", "TWELVE_DRIVER"])
def test_an_agent_cannot_answer_for_a_person(tmp_path: Path, verb: str, marker: str) -> None:
    shell = Shell(tmp_path)
    shell(verb, "plan-1a2b3c4d", "--reason", "fine", code=exits.USAGE, **{marker: "1"})
    assert marker in shell.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", ""), exits.USAGE),
        (("run", "x", "--agent", "replay"), exits.USAGE),
        (("run", "x", "--agent", "nobody"), exits.USAGE),
        (("run", "x", "--agent", "replay", "--script", "missing.yaml"), exits.USAGE),
        (("run", "x", "--agent", "replay", "--script", "calc.py"), exits.CONFIG),
        (("run", "x", "--agent", "codex", "--script", "missing.yaml"), exits.USAGE),
        (("resume", "nothing"), exits.USAGE),
        (("logs", "nothing"), exits.USAGE),
        (("logs", "../../etc"), exits.USAGE),
        (("cancel", "nothing"), exits.USAGE),
        (("approve", "nothing"), exits.USAGE),
        (("reject", "plan-1a2b3c4d"), exits.USAGE),
        (("reject", "plan-1a2b3c4d", "--reason", "no"), exits.USAGE),
    ],
)
def test_mistakes_are_told_and_start_nothing(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    shell = Shell(tmp_path)
    shell(*words, code=code)
    assert "next:" in shell.err
    assert not list(compose.runs(shell.repository).all())


def test_a_wrong_database_address_is_a_configuration_error(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    run = shell.run("--detach")["run"]
    shell("resume", run, code=exits.CONFIG, TWELVE__RUN__DATABASE_URL="mysql://me:secret9word@host/db")
    assert "secret9word" not in shell.err
    assert f"twelve resume {run}" in shell.err


@pytest.mark.parametrize("verb", LIGHT)
def test_verbs_that_only_read_or_answer_never_load_the_engine(tmp_path: Path, verb: str) -> None:
    shell = Shell(tmp_path)
    run = shell.run("--detach")["run"]
    words = {"runs": ["runs"], "logs": ["logs", run], "cancel": ["cancel", run]}.get(verb, [verb, run, "--reason", "x"])
    program = (
        "import sys; from twelve.interfaces.cli.main import main; main(sys.argv[1:]); "
        "sys.exit(any(name in sys.modules for name in ('dbos', 'sqlalchemy', 'psycopg', 'sqlite3')))"
    )
    shell.python(program, *words)


def test_queueing_a_run_does_not_load_the_engine(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    program = "import sys; from twelve.interfaces.cli.main import main; main(sys.argv[1:]); sys.exit('dbos' in sys.modules)"
    words = ["run", "x", "--agent", "replay", "--script", str(shell.script), "--detach"]
    shell.python(program, *words)
