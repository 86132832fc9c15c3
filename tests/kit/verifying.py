"""A project with a policy and a list of people on its main branch, somebody's branch, and a fresh clone that verifies it."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import structs

from kit import keys
from kit.repos import new_repository, write
from twelve.factors.approvals import notes, signature
from twelve.factors.approvals.decision import Decision, Method, SignedDecision, Tier
from twelve.system import clock, config, git
from twelve.workflow import needs
from twelve.workflow.verify import verification
from twelve.workflow.verify.verification import Verification

PYTHON = sys.executable
POLICY = f"""\
[gates.sums]
command = ["{PYTHON}", "check.py"]
cost = "unit"
[gates.sums.prove]
file = "app.py"
write = "def add(a, b):\\n    return a - b\\n"
because = "the sum is wrong"
"""
PROJECT = {
    "twelve.toml": POLICY,
    "check.py": "import sys\nfrom app import add\nsys.exit(add(1, 2) != 3)\n",
    "app.py": "def add(a, b):\n    return a + b\n",
    "tests/test_app.py": """\
from app import add


def test_add():
    assert add(1, 2) == 3


def test_zero():
    assert add(0, 0) == 0
""",
    ".github/workflows/ci.yml": "on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - run: pytest\n",
}
HONEST = {"app.py": "def add(a, b):\n    return a + b\n\n\ndef twice(a):\n    return add(a, a)\n"}
MESSAGE = (
    "feat: twice\n\nContext: it was asked for.\nSolution: add to itself.\nLearning: addition was there already.\nImpact: 1 function.\n"
)


PEOPLE = ("ana", "bo", "mallory")


def _template(folder: Path, files: Mapping[str, str], *, listed: bool) -> Path:
    """A project and keys to copy, made once per folder of tests: making them costs as much as verifying."""
    name = hashlib.sha256(repr((sorted(files.items()), listed)).encode()).hexdigest()[:16]
    made = folder / f"verifying-{name}"
    if not made.exists():
        made.mkdir()
        known = {who: keys.ssh_key(made, who) for who in PEOPLE}
        lines = "".join(keys.ssh_line(f"{who}@example.org", known[who]) for who in ("ana", "bo"))
        people = {".twelve/allowed_signers": lines} if listed else {}
        new_repository(made, {**files, **people}).run("checkout", "--quiet", "-b", "work")
    return made


class Project:
    """The main branch, one branch of work, and keys of two people on the list and one stranger."""

    def __init__(self, tmp_path: Path, files: Mapping[str, str] | None = None, *, listed: bool = True) -> None:
        self.tmp = tmp_path
        self.policy = PROJECT["twelve.toml"]
        """What `needed` goes by: the target's, for tests that bring their own."""
        shutil.copytree(_template(tmp_path.parent, PROJECT if files is None else files, listed=listed), tmp_path, dirs_exist_ok=True)
        self.keys = {who: tmp_path / who for who in PEOPLE}
        self.repository = git.discover(tmp_path / "repo")

    def work(self, files: Mapping[str, str | None], message: str = MESSAGE) -> str:
        """A commit on the branch; None deletes."""
        write(self.repository, {path: text for path, text in files.items() if text is not None})
        for path in (path for path, text in files.items() if text is None):
            (self.repository.root / path).unlink()
        return self.repository.commit(message, allow_empty=True)

    def needed(self) -> needs.Needs:
        settings = config.load_text(self.policy).settings
        return needs.between(self.repository, str(self.repository.merge_base("main", "work")), "work", settings)

    def approve(self, *people: str, unproven: Sequence[str] = ()) -> tuple[SignedDecision, ...]:
        """Signed answers of these people to everything the branch needs, noted on its head."""
        asked = needs.unproven(self.needed(), unproven).requirements
        made = tuple(self.signed(who, item.subject) for item in asked for who in people)
        notes.write(self.repository, made)
        return made

    def signed(self, who: str, about: str, *, granted: bool = True, **changes: object) -> SignedDecision:
        """One answer about a digest; `changes` spoil the decision after it was signed."""
        found = self._sign(who, self._decision(who, about, granted=granted))
        return structs.replace(found, decision=structs.replace(found.decision, **changes)) if changes else found

    def dated(self, who: str, about: str, *, valid_until: datetime) -> SignedDecision:
        """One good answer that counts for a while only."""
        return self._sign(who, structs.replace(self._decision(who, about), valid_until=valid_until))

    def _sign(self, who: str, decision: Decision) -> SignedDecision:
        (found,) = signature.sign((decision,), format="ssh", key=str(self.keys[who]))
        return found

    def _decision(self, who: str, about: str, *, granted: bool = True) -> Decision:
        return Decision(
            request=f"change-{about[:8]}",
            subject=about,
            granted=granted,
            reason="read it",
            by=f"{who}@example.org",
            method=Method.SSH,
            tier=Tier.SIGNED,
            at=clock.now() - timedelta(minutes=1),
            kind="change",
        )

    def clone(self, name: str = "ci") -> git.Repository:
        """What a CI job has: a fresh clone with the branch checked out and the notes fetched."""
        target = self.tmp / name
        self.repository.run("clone", "--quiet", str(self.repository.root), str(target))
        made = git.discover(target)
        made.run("checkout", "--quiet", "--detach", "origin/work")
        made.run("fetch", "--quiet", "origin", "+refs/notes/twelve/*:refs/notes/twelve/*", check=False)
        return made

    def verify(self, *, bootstrap: bool = False) -> Verification:
        return verification.verify(self.clone(), env={"GITHUB_BASE_REF": "main"}, bootstrap=bootstrap)


def red(found: Verification) -> set[str]:
    """Ids of the checks that are not green."""
    return {check.id for check in found.checks if check.red}


def said(found: Verification) -> str:
    """Everything the red checks say."""
    told = [item for check in found.checks if check.red for item in (check.report.summary, check.report.reason)]
    return "\n".join([*told, *(finding.message for check in found.checks for finding in check.report.findings)])
