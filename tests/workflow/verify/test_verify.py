"""`verify` in a fresh clone: honest work passes, and nothing a branch or a note claims makes dishonest work pass."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kit.repos import write
from kit.verifying import HONEST, MESSAGE, POLICY, PROJECT, PYTHON, Project, red, said
from twelve.factors.approvals import decision, notes
from twelve.factors.approvals.decision import Revocation
from twelve.factors.gates import definition, engine, ledger
from twelve.model.errors import ConfigError, Trouble, TwelveError
from twelve.model.verdict import Outcome
from twelve.system import clock, config, git, signing
from twelve.workflow.verify import verification

BROKEN = "def add(a, b):\n    return a - b\n"


def test_honest_work_is_fit_to_be_merged(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(HONEST)
    found = project.verify()
    assert found.passed, said(found)
    assert (found.commits, len(found.gates)) == (1, 1)


def test_red_content_is_red_whatever_notes_say(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"app.py": BROKEN})
    repository = project.repository
    gates = tuple(definition.resolve_all(config.load(repository.root).settings.gates).values())
    (verdict,) = engine.judge(repository, repository.root, gates)
    line = ledger.evidence(verdict)
    forged = msgspec.json.encode(msgspec.structs.replace(line, outcome=Outcome.PASS))
    repository.notes_append(ledger.REF, "HEAD", [forged])
    assert red(project.verify()) == {"gates"}


WEAKER: dict[str, dict[str, str | None]] = {
    "policy without its gate": {"twelve.toml": "", "app.py": BROKEN},
    "policy with a softer gate": {"twelve.toml": POLICY.replace(f'"{PYTHON}", "check.py"', '"true"'), "app.py": BROKEN},
    "gate script that says yes": {"check.py": "", "app.py": BROKEN},
    "list of people": {".twelve/allowed_signers": ""},
    "a deleted test": {"tests/test_app.py": "from app import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"},
    "a loosened test": {"tests/test_app.py": PROJECT["tests/test_app.py"].replace("add(1, 2) == 3", "add(1, 2)")},
    "a pipeline that ignores failure": {
        ".github/workflows/ci.yml": PROJECT[".github/workflows/ci.yml"].replace("pytest", "pytest || true")
    },
    "client settings": {".claude/settings.json": '{"disableAllHooks": true}\n'},
    "a hook manager": {".husky/pre-commit": "exit 0\n"},
    "a planted program": {".venv/bin/python3": "#!/bin/sh\nexit 0\n"},
    "a planted module": {"node_modules/.bin/pytest": "#!/bin/sh\nexit 0\n"},
}


@pytest.mark.parametrize("files", WEAKER.values(), ids=WEAKER)
def test_a_change_to_what_judges_needs_people(tmp_path: Path, files: dict[str, str | None]) -> None:
    project = Project(tmp_path)
    project.work(files)
    asked = {item.path for needed in project.needed().requirements if needed.approvers for item in needed.files}
    assert asked & set(files), asked


@pytest.mark.slow
@pytest.mark.parametrize("files", WEAKER.values(), ids=WEAKER)
def test_a_change_to_what_judges_is_not_merged_without_people(tmp_path: Path, files: dict[str, str | None]) -> None:
    project = Project(tmp_path)
    project.work(files)
    found = project.verify()
    assert not found.passed
    assert "approvals" in red(found), said(found)


@pytest.mark.parametrize("files", [WEAKER["policy with a softer gate"], WEAKER["gate script that says yes"]], ids=["policy", "script"])
def test_the_targets_rules_judge_and_not_the_branchs(tmp_path: Path, files: dict[str, str | None]) -> None:
    project = Project(tmp_path)
    project.work({"twelve.toml": files.get("twelve.toml", POLICY), "app.py": BROKEN})
    assert "gates" in red(project.verify())


def test_people_on_the_targets_list_let_exactly_this_change_pass(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"tests/test_app.py": WEAKER["a deleted test"]["tests/test_app.py"]})
    project.approve("ana")
    found = project.verify()
    assert found.passed, said(found)
    project.work({"tests/test_app.py": "from app import add\n"})
    assert not verification.verify(project.clone("later"), env={"GITHUB_BASE_REF": "main"}).passed


def test_pipelines_need_two_people_and_no_author(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(WEAKER["a pipeline that ignores failure"])
    project.approve("ana")
    assert "1 more of 2" in said(project.verify())
    project.approve("bo")
    assert verification.verify(project.clone("second"), env={"GITHUB_BASE_REF": "main"}).passed


def test_only_missing_answers_is_waiting_and_not_red(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"tests/test_app.py": WEAKER["a deleted test"]["tests/test_app.py"]})
    assert project.verify().waiting
    project.work({"app.py": BROKEN})
    assert not verification.verify(project.clone("red"), env={"GITHUB_BASE_REF": "main"}).waiting


def _stranger(project: Project) -> None:
    project.approve("mallory")


def _own_key_on_the_branch(project: Project) -> None:
    line = project.keys["mallory"].with_name("mallory.pub").read_text().split()
    old = (project.repository.root / ".twelve/allowed_signers").read_text()
    project.work({".twelve/allowed_signers": f"{old}mallory@example.org {line[0]} {line[1]}\n"})
    project.approve("mallory")


def _edited(project: Project) -> None:
    subject = project.needed().requirements[0].subject
    good = project.signed("ana", "0" * 64)
    notes.write(project.repository, [project.signed("ana", "0" * 64, subject=subject)])
    notes.write(project.repository, [good])


def _rejection_turned(project: Project) -> None:
    subject = project.needed().requirements[0].subject
    refused = project.signed("ana", subject, granted=False)
    notes.write(project.repository, [msgspec.structs.replace(refused, decision=msgspec.structs.replace(refused.decision, granted=True))])


def _unsigned(project: Project) -> None:
    for item in project.needed().requirements:
        found = project.signed("ana", item.subject)
        notes.write(project.repository, [msgspec.structs.replace(found, signature="", format="")])


def _other_namespace(project: Project) -> None:
    for item in project.needed().requirements:
        found = project.signed("ana", item.subject)
        data = decision.payload([found.decision])
        forged = signing.ssh_sign(data, str(project.keys["ana"]), namespace="git")
        notes.write(project.repository, [msgspec.structs.replace(found, signature=forged)])


def _revoked(project: Project) -> None:
    for found in project.approve("ana"):
        notes.revoke(
            project.repository,
            Revocation(decision=found.digest, request=found.decision.request, by="ana@example.org", reason="no", at=clock.now()),
        )


def _from_the_future(project: Project) -> None:
    for item in project.needed().requirements:
        found = project.signed("ana", item.subject, at=clock.now() + datetime.timedelta(days=1))
        notes.write(project.repository, [found])


def _garbage(project: Project) -> None:
    project.repository.notes_append(notes.REF, "HEAD", [b"{}", b"\xff\xfe", b"[" * 50_000, b'{"schema":"twelve.signed-decision.v1"}'])


FORGERIES: dict[str, Callable[[Project], None]] = {
    "a key nobody listed": _stranger,
    "a key listed by the branch itself": _own_key_on_the_branch,
    "a signature moved to another subject": _edited,
    "a rejection turned into consent": _rejection_turned,
    "no signature": _unsigned,
    "a signature made for something else": _other_namespace,
    "a consent taken back": _revoked,
    "a date in the future": _from_the_future,
    "garbage": _garbage,
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_forged_consent_does_not_count(tmp_path: Path, forge: Callable[[Project], None]) -> None:
    project = Project(tmp_path)
    project.work({"tests/test_app.py": WEAKER["a deleted test"]["tests/test_app.py"]})
    forge(project)
    found = project.verify()
    assert "approvals" in red(found), said(found)


def test_a_rejection_outweighs_consent(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"tests/test_app.py": WEAKER["a deleted test"]["tests/test_app.py"]})
    project.approve("ana")
    subject = project.needed().requirements[0].subject
    notes.write(project.repository, [project.signed("bo", subject, granted=False)])
    found = project.verify()
    assert "rejected by bo@example.org" in said(found)
    assert not found.waiting


def test_a_branch_that_left_before_a_rule_came_is_judged_by_it(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"app.py": BROKEN})
    project.repository.run("checkout", "--quiet", "main")
    stricter = POLICY + '\n[gates.also]\ncommand = ["false"]\ncost = "unit"\n[gates.also.prove]\nfile = "x"\nwrite = ""\nbecause = "x"\n'
    write(project.repository, {"twelve.toml": stricter})
    project.repository.commit("chore: stricter")
    project.repository.run("checkout", "--quiet", "work")
    assert {verdict.gate for verdict in project.verify().gates} == {"sums", "also"}


def test_a_tag_named_like_the_target_changes_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"twelve.toml": "", "app.py": BROKEN})
    project.repository.run("tag", "origin/main", "work")
    project.repository.run("tag", "main", "work")
    assert {"gates", "approvals"} <= red(project.verify())


def test_replaced_objects_are_not_followed(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"app.py": BROKEN})
    clone = project.clone()
    good = clone.run("rev-parse", "origin/main:app.py").decode().strip()
    bad = clone.run("rev-parse", "HEAD:app.py").decode().strip()
    clone.run("replace", bad, good)
    assert not verification.verify(clone, env={"GITHUB_BASE_REF": "main"}).passed


def test_settings_of_this_machine_loosen_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"app.py": BROKEN})
    clone = project.clone()
    write(clone, {".twelve/local.toml": "[gates.sums]\nneed = 'optional'\n"})
    assert "gates" in red(verification.verify(clone, env={"GITHUB_BASE_REF": "main", "TWELVE__GATES__SUMS__NEED": "optional"}))


def test_kept_verdicts_are_no_evidence(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(HONEST)
    clone = project.clone()
    assert verification.verify(clone, env={"GITHUB_BASE_REF": "main"}).passed
    again = verification.verify(clone, env={"GITHUB_BASE_REF": "main"})
    assert not any(verdict.cached for verdict in again.gates)


def test_nothing_is_written_into_the_clone(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(HONEST)
    clone = project.clone()
    before = (clone.status(), clone.head(), clone.run("for-each-ref"))
    verification.verify(clone, env={"GITHUB_BASE_REF": "main"})
    assert (clone.status(), clone.head(), clone.run("for-each-ref")) == before
    assert len(clone.worktrees()) == 1


def test_a_shallow_clone_is_told_what_to_fetch(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(HONEST)
    target = tmp_path / "shallow"
    project.repository.run("clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{project.repository.root}", str(target))
    clone = git.discover(target)
    clone.run("checkout", "--quiet", "--detach", "origin/work")
    with pytest.raises(TwelveError, match="shallow") as caught:
        verification.verify(clone, env={"GITHUB_BASE_REF": "main"})
    assert caught.value.kind is Trouble.CONFIG


def test_a_target_without_a_policy_verifies_nothing_until_a_person_merges_the_first(tmp_path: Path) -> None:
    bare = {"app.py": "x = 1\n"}
    project = Project(tmp_path, bare, listed=False)
    project.work({"twelve.toml": POLICY, "check.py": "", "app.py": "x = 2\n"})
    with pytest.raises(TwelveError, match="no policy to verify by"):
        project.verify()
    found = verification.verify(project.clone("first"), env={"GITHUB_BASE_REF": "main"}, bootstrap=True)
    assert found.passed
    assert not found.adopted


def test_bootstrap_changes_nothing_once_there_is_a_policy(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"twelve.toml": "", "app.py": BROKEN})
    assert {"gates", "approvals"} <= red(project.verify(bootstrap=True))


def test_a_target_without_gates_is_no_pass(tmp_path: Path) -> None:
    project = Project(tmp_path, {"twelve.toml": "", "app.py": "x = 1\n"})
    project.work({"app.py": "x = 2\n"})
    assert "gates" in red(project.verify())


def test_a_policy_that_is_a_link_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, {"other.toml": POLICY, "app.py": "x = 1\n"})
    repository = project.repository
    repository.run("checkout", "--quiet", "main")
    os.symlink("other.toml", repository.root / "twelve.toml")
    repository.commit("chore: link")
    repository.run("checkout", "--quiet", "-B", "work")
    project.work({"app.py": "x = 2\n"})
    with pytest.raises(ConfigError, match="no ordinary file"):
        project.verify()


def test_a_missing_tool_is_told_apart_from_red_content(tmp_path: Path) -> None:
    policy = POLICY.replace(f'"{PYTHON}"', '"no-such-program-here"')
    project = Project(tmp_path, {"twelve.toml": policy, "check.py": "", "app.py": "x = 1\n"})
    project.work({"app.py": "x = 2\n"})
    found = project.verify()
    assert found.lacking


@pytest.mark.parametrize(("trailer", "is_red"), [("Co-Authored-By: Claude <noreply@anthropic.com>", True), ("", False)])
def test_laws_bind_commits_that_say_an_agent_made_them(tmp_path: Path, trailer: str, is_red: bool) -> None:
    project = Project(tmp_path)
    project.work(HONEST, f"feat: bare\n\n{trailer}\n")
    found = project.verify()
    assert ("laws" in red(found)) is is_red
    assert "L1" in str([finding.rule.upper() for check in found.checks for finding in check.report.findings])


def test_a_commit_that_names_a_run_brings_its_records(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(HONEST, MESSAGE + "\nRun: 20260101T000000Z-nowhere-0000\n")
    assert "its artefacts are not in the tree" in said(project.verify())


def test_a_policy_nobody_could_read_is_not_merged_even_with_consent(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"twelve.toml": POLICY + "\n[gates.sums.nonsense]\nx = 1\n"})
    project.approve("ana")
    found = project.verify()
    assert "policy" in red(found)
    assert not found.waiting
