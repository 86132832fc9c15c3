"""What the target branch says: its policy and its list of people. The branch to be merged has no say in it."""

from __future__ import annotations

from msgspec import Struct

from twelve.factors.approvals import signers
from twelve.model.errors import ConfigError
from twelve.model.finding import Finding
from twelve.model.settings import Settings
from twelve.model.verdict import Outcome, Report
from twelve.system import config, git
from twelve.workflow import switches

POLICY = "twelve.toml"
_FILES = ("100644", "100755")


class Trust(Struct, frozen=True, kw_only=True):
    """Where rules and people come from."""

    source: str
    """Commit they were read from."""
    settings: Settings
    signers: str
    """Text of the list of allowed signers; "" when there is none."""
    adopted: bool = True
    """False: the target has no policy yet, and the branch's own was taken because a person said so."""


def of(repository: git.Repository, target: str) -> Trust | None:
    """The target's rules; None when it has no policy. ConfigError when it has one nobody can read."""
    text = _file(repository, target, POLICY)
    if text is None:
        return None
    settings = switches.effective(config.load_text(text, name=f"{POLICY} of {target[:12]}").settings)
    return Trust(source=target, settings=settings, signers=_file(repository, target, signers.PATH) or "")


def bootstrap(repository: git.Repository, head: str) -> Trust | None:
    """The branch's own rules, for the one change that brings the first policy. Nobody is on a list yet."""
    found = of(repository, head)
    return Trust(source=head, settings=found.settings, signers="", adopted=False) if found else None


def _file(repository: git.Repository, commit: str, path: str) -> str | None:
    """Text of an ordinary file of a commit; None when it is not there."""
    entry = repository.lines("ls-tree", "-z", commit, "--", path)
    if not entry:
        return None
    if entry[0].split(" ", 1)[0] not in _FILES:
        raise ConfigError(f"{path} of {commit[:12]} is no ordinary file", why="a link or a folder stands there", next="have it put right")
    return (repository.show(commit, path) or b"").decode("utf-8", "replace").removeprefix("\ufeff")


def successor(repository: git.Repository, head: str) -> Report:
    """Whether the policy the branch would leave behind can be read at all; what it says is for people to judge."""
    try:
        found = of(repository, head)
    except ConfigError as trouble:
        finding = Finding(rule="policy-unreadable", message=str(trouble).splitlines()[0], path=POLICY, fix=trouble.next)
        return Report(outcome=Outcome.FAIL, summary="nobody could read it once it is merged", findings=(finding,))
    return Report(outcome=Outcome.PASS, summary="can be read" if found else "there is none")
