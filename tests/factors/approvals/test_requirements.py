"""Which changes need which people, and whether those people agreed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec import structs

from kit import keys, repos
from twelve.factors.approvals import matrix, people, requirements, signature
from twelve.factors.approvals.decision import Decision, Method, SignedDecision, Tier
from twelve.factors.approvals.matrix import Assessment
from twelve.factors.approvals.record import FileChange
from twelve.factors.approvals.requirements import Changes
from twelve.model.risk import Risk
from twelve.model.settings import ApprovalSettings
from twelve.system import clock

SETTINGS = ApprovalSettings()
needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


def changed(*paths: str, **more: object) -> Changes:
    files = tuple(FileChange(path=path, before="1" * 40, after="2" * 40) for path in paths)
    return structs.replace(Changes(files=files), **more)


def kinds(changes: Changes, settings: ApprovalSettings = SETTINGS) -> dict[str, requirements.Requirement]:
    return {item.kind: item for item in requirements.requirements(changes, settings)}


def test_an_ordinary_change_needs_nobody() -> None:
    assert kinds(changed("src/a.py", "tests/test_a.py", "README.md", ".twelve/runs/x/plan.md")) == {}


def test_ci_files_need_two_people_by_default_and_as_many_as_the_policy_says() -> None:
    found = kinds(changed("src/a.py", ".github/workflows/ci.yml"))["ci-files"]
    assert (found.approvers, found.tier, [item.path for item in found.files]) == (2, Tier.SIGNED, [".github/workflows/ci.yml"])
    assert kinds(changed(".gitlab-ci.yml"), ApprovalSettings(ci_file_approvers=3))["ci-files"].approvers == 3


@pytest.mark.parametrize("path", ["twelve.toml", ".twelve/allowed_signers", ".claude/settings.json", ".husky/pre-commit", "CODEOWNERS"])
def test_what_decides_about_agents_needs_a_signature(path: str) -> None:
    assert kinds(changed(path))["own-policy"].tier is Tier.SIGNED


@pytest.mark.parametrize("kind", ["StatefulSet", "PersistentVolumeClaim", "StorageClass", "NetworkPolicy", "ResourceQuota", "ClusterRole"])
@pytest.mark.parametrize(
    "shape",
    [
        "kind: {}\nmetadata: {{}}\n",
        "a: 1\n---\nkind: '{}'\n",
        "kind: List\nitems:\n  - kind: {}\n",
        '{{"apiVersion": "v1", "kind": "{}"}}',
        "{{kind: {}, metadata: {{name: x}}}}\n",
    ],
)
def test_high_risk_resources_are_found_however_they_are_written(kind: str, shape: str) -> None:
    changes = changed("k8s/app.yaml", manifests={"k8s/app.yaml": shape.format(kind)})
    found = kinds(changes)["high-risk-resources"]
    assert kind in found.why


def test_a_deleted_high_risk_resource_counts_as_one() -> None:
    assert "high-risk-resources" in kinds(changed("k8s/app.yaml", manifests={"k8s/app.yaml (before)": "kind: StatefulSet\n"}))


def test_what_only_points_at_such_a_resource_is_none() -> None:
    text = "kind: HorizontalPodAutoscaler\nspec:\n  scaleTargetRef:\n    kind: StatefulSet\n"
    assert "high-risk-resources" not in kinds(changed("k8s/hpa.yaml", manifests={"k8s/hpa.yaml": text}))


def test_a_major_decision_needs_a_record_beside_it() -> None:
    alone = changed("db/migrations/001.sql")
    assert kinds(alone)["decision-record"].approvers == 0
    beside = changed("db/migrations/001.sql", "docs/decisions/0007-new-keys.md")
    assert "decision-record" not in kinds(beside)
    assert "decision-record" not in kinds(alone, ApprovalSettings(decision_record="never"))


@pytest.mark.parametrize(
    ("assessment", "level"),
    [
        (Assessment(), "optional"),
        (Assessment(cost=Risk.MEDIUM), "recommended"),
        (Assessment(cost=Risk.MEDIUM, novelty=Risk.HIGH), "required"),
        (Assessment(impact=Risk.MEDIUM, confidence=0.97), "optional"),
        (Assessment(impact=Risk.MEDIUM, confidence=0.95), "recommended"),
        (Assessment(risk=Risk.MEDIUM, confidence=0.99), "recommended"),
        (Assessment(impact=Risk.HIGH, confidence=0.99), "required"),
    ],
)
def test_the_matrix_takes_the_strongest_answer_and_confidence_helps_only_low_risk(assessment: Assessment, level: str) -> None:
    assert matrix.advise(assessment, SETTINGS).level == level
    assert ("matrix" in kinds(changed("src/a.py", assessment=assessment))) == (level == "required")


def test_a_change_is_read_from_git_with_its_modes_and_survives_a_rebase(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": "1\n", ".ci/run": "one\n", "k.yaml": "kind: PersistentVolumeClaim\n"})
    base = repository.head() or ""
    repos.write(repository, {".ci/run": "two\n"})
    (repository.root / "k.yaml").unlink()
    (repository.root / "a.py").chmod(0o755)
    repos.commit_fixed(repository, "feat: x")
    found = requirements.between(repository, base, "HEAD")
    assert found.paths == (".ci/run", "a.py", "k.yaml")
    assert found.files[1].after.endswith(":100755")
    assert set(kinds(found)) >= {"ci-files", "high-risk-resources"}
    repository.run("checkout", "-q", "-b", "other", base)
    repos.write(repository, {"unrelated": "x\n"})
    repos.commit_fixed(repository, "chore: y")
    moved = repository.head() or ""
    repository.run("cherry-pick", "main", env={**repos.FIXED_DATES})
    again = requirements.between(repository, moved, "HEAD")
    assert kinds(again)["ci-files"].subject == kinds(found)["ci-files"].subject


class Team:
    """Three people with keys on the list."""

    def __init__(self, folder: Path) -> None:
        self.keys = {name: keys.ssh_key(folder, name) for name in ("ana", "bo", "cy")}
        self.signers = "".join(keys.ssh_line(f"{name}@example.org", key) for name, key in self.keys.items())

    def approve(self, requirement: requirements.Requirement, name: str, *, granted: bool = True) -> SignedDecision:
        decision = Decision(
            request="change-1a2b3c4d",
            subject=requirement.subject,
            granted=granted,
            reason="read",
            by=f"{name}@example.org",
            method=Method.SSH,
            tier=Tier.SIGNED,
            at=clock.now(),
            kind="change",
        )
        return signature.sign((decision,), format="ssh", key=str(self.keys[name]))[0]


@needs_ssh
def test_several_approvers_are_several_people_and_none_is_an_author(tmp_path: Path) -> None:
    team = Team(tmp_path)
    required = kinds(changed(".github/workflows/ci.yml"))["ci-files"]
    ana, bo, cy = (team.approve(required, name) for name in ("ana", "bo", "cy"))

    def met(*given: SignedDecision, authors: tuple[str, ...] = ("dee@example.org",)) -> bool:
        return requirements.judge(required, given, team.signers, authors).met

    assert met(ana, bo)
    assert not met(ana)
    assert not met(ana, team.approve(required, "ana"))
    assert not met(ana, bo, authors=("Bo <BO@example.org>",))
    assert met(ana, bo, cy, authors=("bo@example.org",))
    assert not met(ana, bo, team.approve(required, "cy", granted=False))
    forged = structs.replace(bo, decision=structs.replace(bo.decision, by="cy@example.org"))
    assert not met(ana, forged)
    assert not met(ana, SignedDecision(decision=bo.decision))


@needs_ssh
def test_an_approval_of_other_content_does_not_count(tmp_path: Path) -> None:
    team = Team(tmp_path)
    settings = ApprovalSettings(ci_file_approvers=1)
    required = kinds(changed(".gitlab-ci.yml"), settings)["ci-files"]
    other = Changes(files=(FileChange(path=".gitlab-ci.yml", before="1" * 40, after="3" * 40),))
    approval = team.approve(kinds(other, settings)["ci-files"], "ana")
    assert not requirements.judge(required, (approval,), team.signers, ()).met
    assert requirements.judge(required, (team.approve(required, "ana"),), team.signers, ()).who == ("ana@example.org",)


@needs_ssh
def test_the_key_that_signed_a_commit_is_an_author_whatever_name_it_carries(tmp_path: Path) -> None:
    team = Team(tmp_path)
    repository = repos.new_repository(tmp_path, {"a": "1\n"})
    base = repository.head() or ""
    repos.write(repository, {"a": "2\n"})
    repository.run("config", "gpg.format", "ssh")
    repository.run("config", "user.signingkey", str(team.keys["ana"]))
    repository.run("commit", "-qam", "x", "-S")
    required = kinds(changed(".gitlab-ci.yml"))["ci-files"]
    given = (team.approve(required, "ana"), team.approve(required, "bo"))
    authors = people.authors(repository, f"{base}..HEAD")
    assert not requirements.judge(required, given, team.signers, authors).met
