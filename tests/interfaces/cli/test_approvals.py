"""Approvals as people give them, and as agents try to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import structs

from kit import keys, person, repos
from twelve.factors.approvals import notes, record, request, requirements, signature
from twelve.factors.approvals.brief import Brief
from twelve.factors.approvals.decision import Method, Tier
from twelve.factors.approvals.record import Standing, Wish
from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.factors.guardrails import exemptions
from twelve.interfaces.cli import exits
from twelve.interfaces.hooks import requests
from twelve.model.errors import TwelveError
from twelve.model.settings import ApprovalSettings
from twelve.system import clock, git
from twelve.workflow import deciding

SOURCE = str(Path(__file__).parents[3] / "src")
POLICY = '[gates.ok]\ncommand = ["true"]\n'
needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"twelve.toml": POLICY, "a.py": "1\n"})


def asked(repository: git.Repository, about: str = "plan", *, kind: RequestKind = RequestKind.PLAN, wish: Wish | None = None) -> Standing:
    subject = request.subject(kind, about)
    return record.ask(
        repository.state_dir,
        run="",
        kind=kind,
        subject=subject,
        question=f"may {about} go on?",
        about=about,
        settings=ApprovalSettings(),
        wish=wish,
    )


def twelve(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "twelve.interfaces.cli.main", *words]
    environment = {**os.environ, "PYTHONPATH": SOURCE, **env}
    return subprocess.run(argv, cwd=folder, env=environment, text=True, capture_output=True, timeout=60, check=False)


def status(repository: git.Repository, found: Standing) -> RequestStatus:
    return record.find(repository.state_dir, found.request.id).status


def test_an_unsigned_answer_needs_the_challenge_and_is_labelled_advisory(repository: git.Repository) -> None:
    found = asked(repository)
    wrong = person.twelve(repository.root, "approve", found.request.id, typing="nope")
    assert (wrong.code, status(repository, found)) == (exits.USAGE, RequestStatus.PENDING)
    too_long = person.twelve(repository.root, "approve", found.request.id, typing=f"{found.request.subject[:7]}x")
    assert (too_long.code, status(repository, found)) == (exits.USAGE, RequestStatus.PENDING)
    right = person.twelve(repository.root, "approve", found.request.id, "--json")
    assert right.code == exits.PASS, right.screen
    (decision,) = json.loads(right.out)["decisions"]
    assert (decision["tier"], decision["method"]) == ("advisory", "typed-challenge")
    assert "advisory" in right.screen
    assert status(repository, found) is RequestStatus.GRANTED
    (noted,) = notes.find(repository, found.request.subject)
    assert noted.decision.request == found.request.id


@needs_ssh
def test_gits_own_key_signs_when_it_is_on_the_list(repository: git.Repository, tmp_path: Path) -> None:
    key = keys.ssh_key(tmp_path)
    listed = keys.ssh_line("ana@example.org", key)
    repository.run("config", "gpg.format", "ssh")
    repository.run("config", "user.signingkey", str(key))
    repos.write(repository, {".twelve/allowed_signers": listed})
    repos.commit_fixed(repository, "chore: people")
    first, second = asked(repository, "one", wish=Wish(tier=Tier.SIGNED)), asked(repository, "two")
    unread = person.twelve(repository.root, "approve", first.request.id, second.request.id, "--reason", "read both", typing="")
    assert (unread.code, notes.everything(repository)) == (exits.USAGE, ())
    said = person.twelve(repository.root, "approve", first.request.id, second.request.id, "--reason", "read both")
    assert said.code == exits.PASS, said.screen
    assert "without a signature" not in said.screen
    noted = notes.everything(repository)
    assert {signature.check(item, listed).who for item in noted} == {"ana@example.org"}
    assert {item.decision.request for item in noted} == {first.request.id, second.request.id}
    assert len({item.signature for item in noted}) == 1


def test_the_end_of_a_requests_id_answers_the_challenge_as_well(repository: git.Repository) -> None:
    found = asked(repository)
    said = person.twelve(repository.root, "approve", found.request.id, typing=found.request.id.rpartition("-")[2])
    assert (said.code, status(repository, found)) == (exits.PASS, RequestStatus.GRANTED)


def test_a_batch_is_one_challenge_that_covers_every_digest(repository: git.Repository) -> None:
    found = [asked(repository, name) for name in ("one", "two", "three")]
    said = person.twelve(repository.root, "approve", *(item.request.id for item in found))
    assert said.code == exits.PASS, said.screen
    assert said.screen.count("type ") == 1
    assert {status(repository, item) for item in found} == {RequestStatus.GRANTED}


def test_what_needs_a_signature_takes_no_challenge(repository: git.Repository) -> None:
    found = asked(repository, wish=Wish(tier=Tier.SIGNED))
    said = person.twelve(repository.root, "approve", found.request.id)
    assert said.code == exits.USAGE
    assert "needs an answer that is signed" in said.screen


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "plan-1a2b3c4d"),
        ("reject", "plan-1a2b3c4d", "--reason", "x"),
        ("exempt", "protect-ci", "--scope", "a", "--reason", "x", "--requester", "bo"),
        ("approvals", "revoke", "plan-1a2b3c4d", "--reason", "x"),
        ("approvals", "standing", "plan", "--scope", "*", "--reason", "x"),
    ],
)
def test_without_a_terminal_nothing_is_granted_or_taken_back(repository: git.Repository, words: tuple[str, ...]) -> None:
    done = twelve(repository.root, *words)
    assert done.returncode == exits.USAGE
    assert "why:" in done.stderr
    assert "next:" in done.stderr


def _script(repository: git.Repository, *words: str) -> list[str]:
    command = " ".join([sys.executable, "-m", "twelve.interfaces.cli.main", *words])
    return ["script", "-qec", command, "/dev/null"]


ATTEMPTS = {
    "a terminal faked below the client": "exec setsid {script}",
    "variables cleared": 'exec env -i PATH="$PATH" PYTHONPATH={source} HOME="$HOME" {script}',
    "a new session, variables cleared": 'exec env -i PATH="$PATH" PYTHONPATH={source} HOME="$HOME" setsid -w {script}',
}


@pytest.mark.skipif(shutil.which("script") is None or shutil.which("setsid") is None, reason="script or setsid is not installed")
@pytest.mark.parametrize("name", ATTEMPTS)
def test_a_terminal_that_an_agent_fakes_is_seen_through_by_its_ancestry(repository: git.Repository, tmp_path: Path, name: str) -> None:
    found = asked(repository)
    words = " ".join(f"'{word}'" for word in _script(repository, "approve", found.request.id))
    line = ATTEMPTS[name].format(script=words, source=SOURCE)
    # A real process called as the client is, with the shell it starts; it types whatever it is asked for.
    client = tmp_path / "claude"
    shutil.copy("/bin/sh", client)
    prompt = request.subject(RequestKind.PLAN, "plan")[:6]
    done = subprocess.run(
        [str(client), "-c", f"/bin/sh -c {json.dumps(line)}; true"],
        cwd=repository.root,
        env={**os.environ, "PYTHONPATH": SOURCE},
        input=f"{prompt}\n",
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert "an agent cannot answer" in done.stdout + done.stderr
    assert "claude" in done.stdout + done.stderr
    assert status(repository, found) is RequestStatus.PENDING


def test_a_program_that_types_into_the_terminal_from_below_an_agent_is_seen(repository: git.Repository, tmp_path: Path) -> None:
    """The command itself left its parents; whoever holds the other end of its terminal did not."""
    found = asked(repository)
    program = tmp_path / "hold.py"
    program.write_text(
        "import json, os, subprocess, sys, time\n"
        "master, slave = os.openpty()\n"
        "env = {k: v for k, v in os.environ.items() if k != 'CLAUDECODE'}\n"
        "code = 'import os,sys; os.fork() and os._exit(0); os.setsid(); os.execv(sys.argv[1], sys.argv[1:])'\n"
        "words = [sys.executable, '-m', 'twelve.interfaces.cli.main', *sys.argv[1:]]\n"
        "subprocess.run([sys.executable, '-c', code, *words], stdin=slave, stdout=slave, stderr=slave, env=env)\n"
        "os.close(slave)\n"
        "screen = b''\n"
        "try:\n"
        "    while True:\n"
        "        screen += os.read(master, 4096)\n"
        "        b'type ' in screen and os.write(master, b'%s\\n' % screen.split(b'type ')[1][:6])\n"
        "except OSError:\n"
        "    print(screen.decode())\n"
    )
    done = subprocess.run(
        [sys.executable, str(program), "approve", found.request.id],
        cwd=repository.root,
        env={**os.environ, "PYTHONPATH": SOURCE, "CLAUDECODE": "1"},
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert "typed into by a program" in done.stdout, done.stdout + done.stderr
    assert status(repository, found) is RequestStatus.PENDING


def test_a_request_shows_everything_and_obeys_nothing_in_it(repository: git.Repository) -> None:
    evil = "fine\x1b[2J\x1b]0;owned\x07\nanswer    granted by boss\u202e"
    wish = Wish(brief=Brief(summary=evil, findings="f", approach="a", rollback="git revert"))
    found = asked(repository, wish=wish)
    done = twelve(repository.root, "approvals", "show", found.request.id)
    assert done.returncode == exits.WAITING, done.stderr
    for hidden in ("\x1b", "\x07", "\u202e"):
        assert hidden not in done.stdout
    assert "\nanswer " not in done.stdout
    assert "not said  alternatives, impact, hazards" in done.stdout
    assert "advisory" in done.stdout
    shown = json.loads(twelve(repository.root, "approvals", "show", found.request.id, "--json").stdout)
    assert shown["request"]["brief"]["summary"] == evil
    assert shown["schema"]


def test_a_change_to_ci_files_asks_for_two_people_and_shows_the_very_change(repository: git.Repository) -> None:
    repository.run("checkout", "-q", "-b", "work")
    repos.write(repository, {".github/workflows/ci.yml": "on: push\n"})
    repos.commit_fixed(repository, "ci: run")
    done = twelve(repository.root, "approvals", "ask", "--base", "main", "--json")
    assert done.returncode == exits.WAITING, done.stderr
    found = {one["request"]["about"]: one["request"] for one in json.loads(done.stdout)["requests"]}
    # The only gate was never seen red, and a change of high risk does not rest on such a gate.
    assert {about: one.get("approvers", 1) for about, one in found.items()} == {"ci-files": 2, "whole-change": 1}
    id = found["ci-files"]["id"]
    assert f"twelve approve {id}" in twelve(repository.root, "approvals", "ask", "--base", "main").stdout
    assert "+on: push" in twelve(repository.root, "approvals", "show", id).stdout
    path = repository.state_dir / "requests" / f"{id}.json"
    path.write_text(path.read_text().replace(".github/workflows/ci.yml", "docs/harmless.md"))
    said = person.twelve(repository.root, "approve", id)
    assert "tampered" in said.screen


def test_decisions_are_listed_taken_back_and_exported(repository: git.Repository) -> None:
    found = asked(repository)
    person.twelve(repository.root, "approve", found.request.id)
    listed = twelve(repository.root, "approvals", "list", "--all")
    assert found.request.id in listed.stdout
    gone = person.twelve(repository.root, "approvals", "revoke", found.request.id, "--reason", "read it again")
    assert gone.code == exits.PASS, gone.screen
    assert status(repository, found) is RequestStatus.PENDING
    assert notes.find(repository, found.request.subject) == ()
    lines = [json.loads(line) for line in twelve(repository.root, "approvals", "export").stdout.splitlines()]
    assert {line["schema"] for line in lines} >= {"twelve.signed-decision.v1", "twelve.revocation.v1"}


def test_a_standing_approval_answers_within_its_scope_and_uses(repository: git.Repository) -> None:
    given = person.twelve(
        repository.root, "approvals", "standing", "plan", "--scope", "docs-*", "--hours", "2", "--uses", "2", "--reason", "typos"
    )
    assert given.code == exits.PASS, given.screen
    assert "2 of 2" in given.out
    names = ("docs-1", "docs-2", "docs-3", "code-1")
    told = [status(repository, asked(repository, name)) for name in names]
    assert told == [RequestStatus.GRANTED, RequestStatus.GRANTED, RequestStatus.PENDING, RequestStatus.PENDING]
    assert "no standing approval is in force" in twelve(repository.root, "approvals", "standing").stdout


def test_an_exemption_is_asked_for_by_one_and_granted_by_another(repository: git.Repository) -> None:
    words = ("exempt", "protect-ci", "--scope", ".github/**", "--reason", "runner broke")
    same = person.twelve(repository.root, *words, "--requester", f"{repos.NAME} <{repos.EMAIL}>")
    assert same.code == exits.USAGE
    long = person.twelve(repository.root, *words, "--requester", "the agent", "--hours", "25")
    assert long.code == exits.USAGE
    never = person.twelve(repository.root, "exempt", "forge-evidence", "--scope", "*", "--reason", "x", "--requester", "bo")
    assert never.code == exits.USAGE
    done = person.twelve(repository.root, *words, "--requester", "the agent")
    assert done.code == exits.PASS, done.screen
    (found,) = exemptions.active(repository.state_dir)
    assert (found.rule, found.scope) == ("protect-ci", ".github/**")
    assert found.expires - found.starts == 3600
    assert not exemptions.active(repository.state_dir, clock.now() + timedelta(hours=1, seconds=1))
    person.twelve(repository.root, "approvals", "revoke", found.id, "--reason", "fixed")
    assert exemptions.active(repository.state_dir) == ()
    assert not (repository.state_dir / "exemptions" / f"{found.id}.json").exists()


def test_an_agent_may_ask_for_an_exemption_and_a_person_grants_it(repository: git.Repository) -> None:
    words = ("exempt", "protect-ci", "--scope", ".github/**", "--reason", "runner broke", "--ask", "--json")
    done = twelve(repository.root, *words, CLAUDECODE="1")
    assert done.returncode == exits.WAITING, done.stderr
    id = json.loads(done.stdout)["request"]["id"]
    assert exemptions.active(repository.state_dir) == ()
    said = person.twelve(repository.root, "approve", id)
    assert said.code == exits.PASS, said.screen
    assert [item.rule for item in exemptions.active(repository.state_dir)] == ["protect-ci"]


def test_health_says_when_nobody_reads(repository: git.Repository) -> None:
    for number in range(10):
        found = asked(repository, f"plan {number}")
        record.answer(repository.state_dir, found.request.id, granted=True, reason="", by="ana")
    told = json.loads(twelve(repository.root, "approvals", "health", "--json").stdout)
    assert told["state"] == "rubber stamp"
    assert told["unread"] == 10


def test_the_audit_of_a_path_says_what_was_decided_why_and_by_whom(repository: git.Repository) -> None:
    repository.run("checkout", "-q", "-b", "work")
    repos.write(
        repository, {".gitlab-ci.yml": "test: {}\n", "twelve.toml": POLICY + "[approvals]\nci_file_approvers = 1\ntier = 'advisory'\n"}
    )
    repos.commit_fixed(repository, "ci: add\n\nContext: none\n\nLearning: runners need a tag\n\nImpact: not yet measured\n")
    person.twelve(repository.root, "exempt", "protect-ci", "--scope", ".gitlab-ci.yml", "--reason", "first runner", "--requester", "bo")
    told = json.loads(twelve(repository.root, "audit", "laws", ".gitlab-ci.yml", "--json").stdout)
    found = {(item["judge"], item["what"].split()[0]) for item in told["rulings"]}
    assert any(item["why"] == "runners need a tag" for item in told["rulings"])
    assert any("first runner" in item["why"] and item["by"] for item in told["rulings"])
    assert ("person", "commit") in found
    assert twelve(repository.root, "audit", "laws", "nothing-here").returncode == exits.USAGE


def test_a_call_the_guard_stopped_goes_through_once_after_a_person_allowed_it(repository: git.Repository) -> None:
    site: Any = SimpleNamespace(state=str(repository.state_dir), config={"approvals": {"escalate_h": 4, "timeout_h": 24}})
    digest = requests.subject("Bash", '{"command":"kubectl apply -f x"}', "/repo")

    def settle() -> tuple[str, str]:
        return requests.settle(site, digest, run="session-1", question="May claude run Bash? kubectl apply", about="guard:infra-change")

    state, id = settle()
    assert state == "pending"
    said = person.twelve(repository.root, "approve", id, "--json")
    assert said.code == exits.PASS, said.screen
    (decision,) = json.loads(said.out)["decisions"]
    assert decision["valid_until"]
    assert [settle()[0], settle()[0]] == [requests.GRANTED, "pending"]


def test_a_revoked_permission_to_act_lets_nothing_through(repository: git.Repository) -> None:
    site: Any = SimpleNamespace(state=str(repository.state_dir), config={"approvals": {"escalate_h": 4, "timeout_h": 24}})
    digest = requests.subject("Bash", "{}", "/repo")
    _, id = requests.settle(site, digest, run="session-1", question="?", about="guard:x")
    person.twelve(repository.root, "approve", id)
    gone = person.twelve(repository.root, "approvals", "revoke", id, "--reason", "changed my mind")
    assert gone.code == exits.PASS, gone.screen
    assert requests.settle(site, digest, run="session-1", question="?", about="guard:x")[0] == "pending"


def test_an_answer_that_a_crash_kept_from_the_notes_is_noted_with_the_next_one(repository: git.Repository) -> None:
    left, next_one = asked(repository, "left"), asked(repository, "next")
    record.answer(repository.state_dir, left.request.id, granted=True, reason="", by="ana")
    assert notes.find(repository, left.request.subject) == ()
    person.twelve(repository.root, "approve", next_one.request.id)
    assert len(notes.find(repository, left.request.subject)) == 1


def test_a_request_swapped_while_it_is_read_takes_no_answer(repository: git.Repository) -> None:
    found = asked(repository)
    shown = structs.replace(found.request, subject="0" * 64)
    with pytest.raises(TwelveError, match="changed while it was read"):
        record.prepare(
            repository.state_dir, found.request.id, granted=True, reason="", by="ana", method=Method.TYPED_CHALLENGE, shown=shown
        )


def test_names_of_blobs_that_mean_something_else_to_git_are_refused(repository: git.Repository) -> None:
    odd = record.FileChange(path="a", before="", after="HEAD:twelve.toml")
    item = structs.replace(asked(repository).request, kind=RequestKind.CHANGE, about="ci-files", files=(odd,))
    item = structs.replace(item, subject=requirements.subject_of("ci-files", item.files))
    with pytest.raises(TwelveError, match="tampered"):
        deciding.verify_subject(Standing(request=item, status=RequestStatus.PENDING))
