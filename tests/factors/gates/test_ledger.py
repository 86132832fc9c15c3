from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from kit import gating, repos
from twelve.factors.gates import ledger
from twelve.factors.gates.definition import Gate
from twelve.model.verdict import Outcome, Verdict
from twelve.system import git, journal


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"a.txt": "good\n"})


GREP = gating.command("grep", "-q", "good", "a.txt")


def _judged(repository: git.Repository) -> tuple[Gate, Verdict]:
    (gate,) = gating.gates(grep=GREP)
    return gate, gating.judge(repository, gate)["grep"]


def test_evidence_of_committed_content_is_on_the_commit_for_plain_git(repository: git.Repository) -> None:
    gate, verdict = _judged(repository)
    assert ledger.record(repository, [verdict]) == repository.head()
    note = json.loads(repository.run("notes", "--ref=twelve/gates", "show", "HEAD"))
    assert (note["gate"], note["outcome"], note["definition"], note["subject"]) == ("grep", "PASS", gate.digest, verdict.subject)
    assert note["argv"] == ["grep", "-q", "good", "a.txt"]
    assert note["schema"] == "twelve.gate.v1"


def test_recording_twice_leaves_one_line(repository: git.Repository) -> None:
    for _ in range(3):
        _, verdict = _judged(repository)
        ledger.record(repository, [verdict])
    assert len(ledger.on(repository, "HEAD")) == 1


def test_evidence_of_uncommitted_content_waits_for_its_commit(repository: git.Repository) -> None:
    repos.write(repository, {"a.txt": "good and new\n"})
    gate, verdict = _judged(repository)
    assert ledger.record(repository, [verdict]) == ""
    assert ledger.find(repository, verdict.subject, gate.digest)[0].outcome is Outcome.PASS
    assert ledger.on(repository, "HEAD") == ()
    repository.commit("feat: new")
    assert ledger.attach(repository) == 1
    assert ledger.on(repository, "HEAD")[0].subject == verdict.subject
    assert ledger.attach(repository) == 0
    assert len(ledger.find(repository, verdict.subject, gate.digest)) == 1


def test_waiting_evidence_is_never_attached_to_other_content(repository: git.Repository) -> None:
    repos.write(repository, {"a.txt": "good and new\n"})
    _, verdict = _judged(repository)
    ledger.record(repository, [verdict])
    repos.write(repository, {"a.txt": "something else\n"})
    repository.commit("feat: other")
    assert ledger.attach(repository) == 0
    assert ledger.on(repository, "HEAD") == ()


def test_evidence_survives_a_rewrite_that_keeps_the_content(repository: git.Repository) -> None:
    gate, verdict = _judged(repository)
    ledger.record(repository, [verdict])
    repository.run("commit", "--amend", "--quiet", "-m", "other words")
    assert ledger.find(repository, repository.subject_of("HEAD"), gate.digest)[0].outcome is Outcome.PASS


def test_nothing_is_known_about_other_content_or_another_definition(repository: git.Repository) -> None:
    gate, verdict = _judged(repository)
    ledger.record(repository, [verdict])
    assert ledger.find(repository, verdict.subject, "0" * 64) == ()
    repos.write(repository, {"a.txt": "good but other\n"})
    assert ledger.find(repository, repository.subject(), gate.digest) == ()


def test_a_verdict_that_was_not_reached_leaves_no_evidence(repository: git.Repository) -> None:
    gates = gating.gates(red=gating.command("false", cost="syntax"), later=gating.command("true", cost="human"))
    verdicts = gating.judge(repository, *gates)
    ledger.record(repository, list(verdicts.values()))
    assert [entry.gate for entry in ledger.on(repository, "HEAD")] == ["red"]


def test_damaged_and_foreign_lines_are_passed_over(repository: git.Repository) -> None:
    gate, verdict = _judged(repository)
    head = repository.head()
    assert head is not None
    repository.notes_append(
        ledger.REF, head, [b"not json", b'{"schema": "twelve.gate.v9"}', b'{"schema": "twelve.gate.v1"}', b"[]", b"\xff"]
    )
    ledger.record(repository, [verdict])
    assert [entry.gate for entry in ledger.find(repository, verdict.subject, gate.digest)] == ["grep"]


def test_records_do_not_change_what_was_judged(repository: git.Repository) -> None:
    _, verdict = _judged(repository)
    repos.write(repository, {".twelve/runs/r/prime.md": "x"})
    repository.commit("chore: record")
    assert ledger.record(repository, [verdict]) == repository.head()


def test_the_journal_tells_each_verdict(repository: git.Repository, tmp_path: Path) -> None:
    _, verdict = _judged(repository)
    ledger.record(repository, [verdict], run="r1", journal=journal.Journal(tmp_path / "journal"))
    events = list(journal.read(tmp_path / "journal"))
    assert [(event["name"], event["gate"], event["outcome"], event["run"]) for event in events] == [("gate.finished", "grep", "PASS", "r1")]


def test_odd_names_in_a_verdict_can_be_recorded(repository: git.Repository) -> None:
    gate, verdict = _judged(repository)
    odd = msgspec.structs.replace(verdict, report=msgspec.structs.replace(verdict.report, argv=("x", "caf\udce9\n", "ü")))
    ledger.record(repository, [odd])
    assert ledger.find(repository, odd.subject, gate.digest)[0].argv == ("x", "caf\udce9\n", "ü")
