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

from kit import repos
from twelve.interfaces.cli import exits, gate_quick, main
from twelve.system import git

POLICY = """
[gates.grep]
title = "the value is right"
command = ["grep", "-q", "return 1", "a.py"]
[gates.grep.prove]
file = "a.py"
replace = ["return 1", "return 2"]
because = "a wrong value"

[gates.json]
kind = "json"

[gates.later]
command = ["true"]
cost = "human"
phase = ["learn"]
"""
FILES = {"a.py": "def f():\n    return 1\n", "b.json": "{}\n", "twelve.toml": POLICY}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> git.Repository:
    made = repos.new_repository(tmp_path, FILES)
    monkeypatch.chdir(made.root)
    return made


def _said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main.main(["gate", *words])
    return code, capsys.readouterr().out


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code, out = _said(capsys, *words, "--json")
    return code, json.loads(out)


@pytest.mark.usefixtures("repository")
def test_a_green_run_says_so_and_says_what_is_unproven(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = _said(capsys, "run")
    assert code == exits.PASS
    assert "3 passed" in out
    assert "3 of 3 gates were never seen red here" in out


def test_a_red_run_names_the_finding_and_what_is_new_still_there_or_fixed(
    repository: git.Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repos.write(repository, {"b.json": '{"a": 1, "a": 2}\n'})
    code, out = _said(capsys, "run")
    assert code == exits.RED
    assert "b.json:1  json-duplicate-key" in out
    assert "later  not run" in out
    assert "1 new, 0 fixed, 0 still there" in out
    assert "0 new, 0 fixed, 1 still there" in _said(capsys, "run")[1]
    repos.write(repository, {"b.json": "{}\n"})
    code, out = _said(capsys, "run")
    assert code == exits.PASS
    assert "0 new, 1 fixed, 0 still there" in out
    assert "fixed: b.json:1" in out


def test_json_holds_evidence_outcome_and_proof(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = _json(capsys, "run")
    assert code == exits.PASS
    assert (answer["schema"], answer["blocked"], answer["commit"]) == ("twelve.gate-run.v1", False, repository.head())
    assert answer["unproven"] == ["grep", "json", "later"]
    assert {verdict["gate"]: verdict["outcome"] for verdict in answer["verdicts"]} == {"grep": "PASS", "json": "PASS", "later": "PASS"}


def test_suites_phases_and_names_choose_gates(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    def chosen(*words: str) -> list[str]:
        return [verdict["gate"] for verdict in _json(capsys, "run", *words)[1]["verdicts"]]

    assert repository.root.exists()
    assert chosen("--suite", "quick") == ["json"]
    assert chosen("--phase", "learn") == ["later"]
    assert chosen("grep", "later") == ["grep", "later"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "ghost"], exits.USAGE),
        (["run", "--suite", "fast"], exits.USAGE),
        (["run", "grep", "--suite", "quick"], exits.USAGE),
        (["run", "--base", "no-such-rev"], exits.USAGE),
        (["run", "--jobs", "0"], exits.USAGE),
        (["run", "--phase", "prime"], exits.CONFIG),
        (["run", "--sarif", "/no/such/folder/x.sarif"], exits.USAGE),
        (["show", "ghost"], exits.USAGE),
        (["explain", "grp"], exits.USAGE),
        (["prove", "ghost"], exits.USAGE),
    ],
)
@pytest.mark.usefixtures("repository")
def test_a_wrong_question_gets_what_why_next_and_its_code(capsys: pytest.CaptureFixture[str], words: list[str], code: int) -> None:
    assert main.main(["gate", *words]) == code
    told = capsys.readouterr().err
    assert "next:" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    "policy",
    ["[gates.a]\n", "[gates.a]\nkind = 'x'\n", "[gates.a]\ncommand = 'ls'\n", "[gates.A]\ncommand = ['x']\n", "[gates", "\x00", "x = 1\n"],
)
def test_a_broken_policy_is_a_config_error(repository: git.Repository, capsys: pytest.CaptureFixture[str], policy: str) -> None:
    repos.write(repository, {"twelve.toml": policy})
    assert main.main(["gate", "run"]) == exits.CONFIG
    assert "Traceback" not in capsys.readouterr().err


def test_without_gates_there_is_nothing_to_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repos.new_repository(tmp_path, {"a": "1"}).root)
    assert main.main(["gate", "run"]) == exits.CONFIG
    assert "nothing to check" in capsys.readouterr().err
    assert main.main(["gate", "prove"]) == exits.CONFIG
    assert main.main(["gate", "list"]) == exits.PASS


def test_only_missing_tools_in_the_way_is_its_own_code(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repos.write(repository, {"twelve.toml": '[gates.a]\ncommand = ["no-such-tool"]\ncost = "syntax"\n[gates.b]\ncommand = ["true"]\n'})
    assert _said(capsys, "run")[0] == exits.TOOL
    repos.write(repository, {"twelve.toml": '[gates.a]\ncommand = ["no-such-tool"]\n[gates.b]\ncommand = ["false"]\n'})
    assert _said(capsys, "run")[0] == exits.RED


def test_sarif_is_written_beside_the_answer_or_alone(
    repository: git.Repository, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    repos.write(repository, {"b.json": "{\n"})
    code, out = _said(capsys, "run", "--sarif", str(tmp_path / "x.sarif"))
    assert code == exits.RED
    assert "json-syntax" in out
    log = json.loads((tmp_path / "x.sarif").read_text())
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["grep/skipped", "json/json-syntax", "later/skipped"]
    assert [gate["proven"] for gate in log["runs"][0]["properties"]["gates"]] == [False, False, False]
    _, alone = _said(capsys, "run", "--sarif", "-")
    assert json.loads(alone)["version"] == "2.1.0"


@pytest.mark.usefixtures("repository")
def test_proving_shows_in_list_show_run_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = _json(capsys, "prove")
    assert code == exits.PASS
    assert {trial["gate"]: trial["result"] for trial in answer["trials"]} == {"grep": "proven", "json": "proven", "later": "unprovable"}
    listed = _json(capsys, "list")[1]
    assert {line["gate"]: line["standing"] for line in listed["gates"]} == {"grep": "proven", "json": "proven", "later": "unprovable"}
    assert (listed["unproven"], listed["unprovable"]) == (0, 1)
    assert "a wrong value" in _said(capsys, "show", "grep")[1]
    assert "unprovable: add [gates.later.prove]" in _said(capsys, "explain", "later")[1]
    assert _json(capsys, "run")[1]["unproven"] == ["later"]
    assert "1 of 3 gates were never seen red here" in _said(capsys, "run")[1]


def test_decoration_is_red_and_prove_is_also_a_verb(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repos.write(repository, {"twelve.toml": '[gates.deco]\ncommand = ["true"]\nprove = {file = "a.py", append = "x"}\n'})
    assert main.main(["prove", "--json"]) == exits.RED
    assert json.loads(capsys.readouterr().out)["gates"]["decoration"] == 1


@pytest.mark.usefixtures("repository")
def test_show_and_explain_tell_definition_evidence_and_behaviour(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no evidence for this content yet" in _said(capsys, "show", "grep")[1]
    _said(capsys, "run")
    shown = _json(capsys, "show", "grep")[1]
    assert (shown["files"], shown["evidence"][0]["outcome"], shown["settings"]["tool"]) == (3, "PASS", "grep")
    told = _said(capsys, "explain", "grep")[1]
    assert "grep -q return 1 a.py" in told
    assert "whenever it does not PASS" in told
    assert "threshold" in told


def test_a_secret_in_a_definition_is_not_shown(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    token = "ghp_" + "a1B2c3D4" * 5
    repos.write(repository, {"twelve.toml": f'[gates.a]\ncommand = ["echo", "{token}"]\nenv = {{TOKEN = "{token}"}}\n'})
    for words in (["run"], ["run", "--json"], ["show", "a"], ["show", "a", "--json"], ["explain", "a"], ["list", "--json"]):
        main.main(["gate", *words])
    told = capsys.readouterr()
    assert token not in told.out + told.err


def test_odd_file_names_are_shown_without_obeying_them(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repos.write(repository, {"x\x1b[31m\n.json": "{", "caf\udce9.json": "{"})
    code, out = _said(capsys, "run", "json")
    assert code == exits.RED
    assert "\x1b" not in out
    assert len(_json(capsys, "run", "json")[1]["verdicts"][0]["findings"]) == 2


def test_an_unchanged_run_is_answered_before_click_and_tells_the_same(
    repository: git.Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    first = _said(capsys, "run")
    second = _said(capsys, "run")
    assert gate_quick.quick(["run"]) == exits.PASS
    quick = capsys.readouterr().out
    assert quick == second[1]
    assert first[0] == second[0] == exits.PASS
    repos.write(repository, {"b.json": "{"})
    assert gate_quick.quick(["run"]) is None


@pytest.mark.parametrize(
    "words", [[], ["list"], ["run", "--json"], ["run", "x"], ["run", "--suite"], ["run", "--suite", "x"], ["run", "--no-cache"]]
)
@pytest.mark.usefixtures("repository")
def test_what_the_short_way_does_not_know_is_left_to_the_parser(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    for _ in range(2):
        _said(capsys, "run")
    assert gate_quick.quick(words) is None


def test_a_red_answer_stays_red_the_short_way(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repos.write(
        repository, {"a.py": "def f():\n    return 3\n", "twelve.toml": '[gates.grep]\ncommand = ["grep", "-q", "return 1", "a.py"]\n'}
    )
    for _ in range(3):
        assert _said(capsys, "run")[0] == exits.RED
    assert gate_quick.quick(["run"]) == exits.RED
    assert "FAIL" in capsys.readouterr().out


def test_the_short_way_loads_nothing_heavy(repository: git.Repository) -> None:
    script = (
        "import sys\nfrom twelve.interfaces.cli import main\ncode = main.main(['gate', 'run'])\n"
        "heavy = {'click', 'msgspec', 'subprocess', 'asyncio', 'typing', 'json', 'rich', 'ruamel', 'enum', 'functools'}\n"
        "heavy &= set(sys.modules)\n"
        "print('HEAVY', sorted(heavy), len(sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    answers = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=repository.root, env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(3)
    ]
    assert "HEAVY [" in answers[0]
    assert "HEAVY []" in answers[2]


def test_ctrl_c_ends_running_gates_and_leaves_nothing_behind(repository: git.Repository, tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    repos.write(repository, {"twelve.toml": f'[gates.slow]\ncommand = ["sh", "-c", "echo $$ > {mark}; sleep 60"]\n'})
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    argv = [sys.executable, "-m", "twelve.interfaces.cli.main", "gate", "run"]
    running = subprocess.Popen(argv, cwd=repository.root, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while not (mark.exists() and mark.read_text().strip()) and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=30)
    assert running.returncode == exits.INTERRUPT
    assert b"Traceback" not in told
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_progress_is_told_on_stderr_when_wanted(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert repository.root.exists()
    main.main(["gate", "run", "--progress"])
    told = capsys.readouterr()
    assert "... grep" in told.err
    assert "PASS  grep (" in told.err
    assert "..." not in told.out
