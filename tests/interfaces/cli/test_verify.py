"""`twelve verify` as people and pipelines call it; the ready files are run as a pipeline would run them."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from kit import person
from kit.repos import new_repository, write
from kit.verifying import HONEST, MESSAGE, PROJECT, Project
from twelve.interfaces.cli import app, exits, verify
from twelve.system import documents, git, journal
from twelve.workflow.verify import verification

TOP = Path(__file__).parents[3]
BROKEN = {"app.py": "def add(a, b):\n    return a - b\n"}
WEAKER = {"tests/test_app.py": "from app import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"}


def _twelve(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "twelve.interfaces.cli.main", *words]
    environment = {**os.environ, "PYTHONPATH": str(TOP / "src"), **env}
    return subprocess.run(argv, cwd=folder, env=environment, text=True, capture_output=True, timeout=60, check=False)


def test_the_exit_code_tells_red_waiting_and_fit_apart(tmp_path: Path) -> None:
    project = Project(tmp_path)
    for number, (files, code, last) in enumerate(
        (
            (HONEST, exits.PASS, "fit to be merged"),
            (WEAKER, exits.WAITING, "waiting for people"),
            (BROKEN, exits.RED, "not fit to be merged"),
        )
    ):
        project.work(files)
        done = _twelve(project.clone(f"ci{number}").root, "verify", GITHUB_BASE_REF="main")
        assert (done.returncode, done.stdout.splitlines()[-1]) == (code, last), done.stdout + done.stderr
        assert "to be merged into refs/remotes/origin/main" in done.stdout
    none = _twelve(project.repository.root, "verify", "main..main")
    assert none.returncode == exits.USAGE


def test_programs_read_json_and_sarif_with_every_finding(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({**WEAKER, **BROKEN})
    clone = project.clone()
    done = _twelve(clone.root, "verify", "--json", "--sarif", "out.sarif", GITHUB_BASE_REF="main")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["schema"]) == (exits.RED, "twelve.verify.v1")
    assert {check["id"]: check["report"]["outcome"] for check in answer["checks"]}["integrity"] == "FAIL"
    results = json.loads((clone.root / "out.sarif").read_text())["runs"][0]["results"]
    rules = {result["ruleId"].partition("/")[0] for result in results}
    assert {"sums", "approvals", "integrity"} <= rules
    places = {place["physicalLocation"]["artifactLocation"]["uri"] for result in results for place in result.get("locations", ())}
    assert "tests/test_app.py" in places


def test_paths_that_are_no_text_are_shown_all_the_same(tmp_path: Path) -> None:
    project = Project(tmp_path)
    write(project.repository, {".claude/settings.json": "{}"})
    (project.repository.root / ".claude" / os.fsdecode(b"\xff.json")).write_text("{}")
    project.repository.commit(MESSAGE)
    clone = project.clone()
    assert json.loads(_twelve(clone.root, "verify", "--json", GITHUB_BASE_REF="main").stdout)["checks"]
    assert _twelve(clone.root, "verify", "--sarif", "x", GITHUB_BASE_REF="main").returncode == exits.WAITING


def test_what_takes_long_is_told_meanwhile(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"migrations/1.py": "x = 1\n"})
    done = _twelve(project.clone().root, "verify", "--progress", GITHUB_BASE_REF="main")
    for told in ("refs/remotes/origin/main: 1", "planted defects", "sums: proven", "PASS  sums"):
        assert told in done.stderr, done.stderr


def test_the_journal_of_this_machine_keeps_that_it_was_verified(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(BROKEN)
    clone = project.clone()
    _twelve(clone.root, "verify", GITHUB_BASE_REF="main")
    (event,) = [event for event in journal.read(clone.state_dir / "journal") if event["name"] == "range.verified"]
    assert (event["outcome"], event["red"], event["head"]) == ("FAIL", ["gates"], clone.head())


def test_a_ready_job_is_printed_and_nothing_else_happens(tmp_path: Path) -> None:
    for name, file in verify.PIPELINES.items():
        done = _twelve(tmp_path, "verify", "--print", name)
        assert done.returncode == exits.PASS, done.stderr
        assert done.stdout == (TOP / "src/twelve/content/pipelines" / file).read_text()


def _steps(name: str) -> list[str]:
    """The shell lines of a ready job, in order."""
    job = documents.load_yaml(verify.ready(name), name=name)
    if name == "gitlab":
        return [str(line) for line in job["twelve"]["script"]]
    return [line for step in job["jobs"]["verify"]["steps"] if "run" in step for line in [str(step["run"])]]


def _commands(lines: list[str]) -> Iterator[list[str]]:
    for line in "\n".join(lines).splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["twelve"]:
            yield words[1:]


def _known(words: list[str]) -> bool:
    """Whether the verb exists and click accepts its options; nothing is run."""
    found: click.Command = app.load(app.VERBS[words[0]])
    while isinstance(found, click.Group):
        words = words[1:]
        found = found.commands[words[0]]
    found.make_context(words[0], list(words[1:]), resilient_parsing=False)
    return True


@pytest.mark.parametrize("name", verify.PIPELINES)
def test_ready_jobs_call_only_verbs_and_options_that_exist(name: str) -> None:
    found = list(_commands(_steps(name)))
    assert found
    assert all(_known(words) for words in found)


def _checkout(project: Project, name: str) -> git.Repository:
    """What the code host's own checkout leaves: actions/checkout fetches all branches, a GitLab runner only the one."""
    bare = project.tmp / "remote.git"
    project.repository.run("clone", "--quiet", "--mirror", str(project.repository.root), str(bare))
    work = git.init(project.tmp / "job")
    work.run("remote", "add", "origin", f"file://{bare}")
    branches = "*" if name == "github" else "work"
    work.run("fetch", "--quiet", "origin", f"+refs/heads/{branches}:refs/remotes/origin/{branches}")
    work.run("checkout", "--quiet", "--detach", "refs/remotes/origin/work")
    return work


def _run_job(project: Project, name: str) -> subprocess.CompletedProcess[str]:
    work = _checkout(project, name)
    programs = project.tmp / "programs"
    programs.mkdir()
    for program, text in (("twelve", f'exec "{sys.executable}" -m twelve.interfaces.cli.main "$@"'), ("pip", "exit 0")):
        (programs / program).write_text(f"#!/bin/sh\n{text}\n")
        (programs / program).chmod(0o755)
    said = {"github": {"GITHUB_BASE_REF": "main", "TOKEN": "secret"}, "gitlab": {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}}
    env = {**os.environ, **said[name], "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(TOP / "src")}
    script = "\n".join(["set -e", *_steps(name)])
    return subprocess.run(["bash", "-c", script], cwd=work.root, env=env, text=True, capture_output=True, timeout=120, check=False)


@pytest.mark.parametrize("name", verify.PIPELINES)
def test_the_shell_lines_of_ready_jobs_run_and_see_approvals(tmp_path: Path, name: str) -> None:
    project = Project(tmp_path)
    project.work(WEAKER)
    project.approve("ana")
    done = _run_job(project, name)
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (exits.PASS, ["fit to be merged"]), done.stdout + done.stderr


@pytest.mark.parametrize("name", verify.PIPELINES)
def test_a_ready_job_stops_red_work_and_needs_no_notes(tmp_path: Path, name: str) -> None:
    project = Project(tmp_path)
    project.work(BROKEN)
    assert _run_job(project, name).returncode == exits.RED


def _hooks() -> dict[str, dict[str, Any]]:
    return {hook["id"]: hook for hook in documents.load_yaml((TOP / ".pre-commit-hooks.yaml").read_text())}


def test_entries_for_pre_commit_exist_and_run(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, PROJECT)
    message = tmp_path / "message"
    message.write_text(MESSAGE)
    for hook in _hooks().values():
        words = shlex.split(hook["entry"])
        assert words[0] == "twelve"
        assert hook["language"] == "python"
        more = [] if hook.get("pass_filenames") is False else [str(message)]
        done = _twelve(repository.root, *words[1:], *more)
        assert done.returncode == exits.PASS, done.stdout + done.stderr
    write(repository, BROKEN)
    assert _twelve(repository.root, *shlex.split(_hooks()["twelve-gates"]["entry"])[1:]).returncode == exits.RED


@pytest.mark.slow
def test_two_thousand_files_and_twenty_commits_take_seconds(tmp_path: Path) -> None:
    policy = '[gates.quick]\ncommand = ["true"]\n'
    tree = {f"pkg{number % 40}/mod{number}.py": f"x = {number}\n" * 20 for number in range(2_000)}
    project = Project(tmp_path, {**tree, "twelve.toml": policy})
    for number in range(20):
        changed = {path: f"y = {number}\n" + text for path, text in list(tree.items())[number * 95 : number * 95 + 95]}
        project.work(changed)
    clone = project.clone()
    started = time.monotonic()
    found = verification.verify(clone, env={"GITHUB_BASE_REF": "main"})
    took = time.monotonic() - started
    assert found.commits == 20
    assert took < 60, f"{took:.1f} s"
    print(f"2,000 files, 1,900 changed, 20 commits: {took:.2f} s")


def test_from_the_question_to_the_merge_with_nothing_but_verbs(tmp_path: Path) -> None:
    """An agent's branch weakens a test, a person answers with a key, both push, CI sees it."""
    project = Project(tmp_path)
    project.work(WEAKER)
    bare = project.tmp / "remote.git"
    project.repository.run("clone", "--quiet", "--mirror", str(project.repository.root), str(bare))
    project.repository.run("remote", "add", "origin", f"file://{bare}")
    asked = _twelve(project.repository.root, "approvals", "ask", "--base", "main", "--json")
    ids = [item["request"]["id"] for item in json.loads(asked.stdout)["requests"]]
    assert (asked.returncode, len(ids)) == (exits.WAITING, 1), asked.stderr
    answered = person.twelve(project.repository.root, "approve", *ids, "--reason", "read it", "--key", str(project.keys["ana"]))
    assert answered.code == exits.PASS, answered.screen
    assert _twelve(project.repository.root, "evidence", "push").returncode == exits.PASS
    project.repository.run("clone", "--quiet", f"file://{bare}", str(project.tmp / "ci"))
    ci = git.discover(project.tmp / "ci")
    ci.run("checkout", "--quiet", "--detach", "origin/work")
    assert _twelve(ci.root, "verify", GITHUB_BASE_REF="main").returncode == exits.WAITING
    assert _twelve(ci.root, "evidence", "fetch").returncode == exits.PASS
    done = _twelve(ci.root, "verify", GITHUB_BASE_REF="main")
    assert done.returncode == exits.PASS, done.stdout


def test_a_clone_without_evidence_is_told_how_answers_travel(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"migrations/1.py": "x = 1\n"})
    done = _twelve(project.clone().root, "verify", GITHUB_BASE_REF="main")
    assert done.returncode == exits.RED, done.stdout
    assert "next: twelve evidence fetch" in done.stdout


def test_before_the_first_commit_and_for_a_branch_only_origin_has_the_way_on_is_said(tmp_path: Path) -> None:
    empty = git.init(tmp_path / "empty")
    for words in (("verify",), ("approvals", "ask")):
        assert "commit first" in _twelve(empty.root, *words).stderr
    project = Project(tmp_path)
    project.work({"a.py": "x = 1\n"})
    clone = project.clone()
    clone.run("branch", "-D", "main", check=False)
    assert "--base origin/main" in _twelve(clone.root, "verify", "--base", "main").stderr
