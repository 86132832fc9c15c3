"""Which key answers, and what this machine can see about who may use it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from kit import keys as kit
from kit import repos
from twelve.factors.approvals import keys
from twelve.factors.approvals.decision import Tier
from twelve.factors.approvals.ruling import Judge, rulings
from twelve.model.errors import TwelveError
from twelve.system import git

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


def listing(repository: git.Repository, text: str) -> None:
    repos.write(repository, {".twelve/allowed_signers": text})
    repos.commit_fixed(repository, "chore: people")


def test_gits_key_is_used_only_when_it_is_on_the_committed_list(tmp_path: Path) -> None:
    repository, key = repos.new_repository(tmp_path, {"a": "1\n"}), kit.ssh_key(tmp_path)
    assert keys.choose(repository) is None
    repository.run("config", "gpg.format", "ssh")
    repository.run("config", "user.signingkey", str(key))
    assert keys.choose(repository) is None
    repos.write(repository, {".twelve/allowed_signers": kit.ssh_line("ana@example.org", key)})
    assert keys.choose(repository) is None
    listing(repository, kit.ssh_line("ana@example.org", key))
    chosen = keys.choose(repository)
    assert chosen is not None
    assert chosen.signer is not None
    assert (chosen.signer.who, chosen.tier, chosen.format) == ("ana@example.org", Tier.SIGNED, "ssh")


def test_a_key_on_no_list_is_used_only_when_named_and_is_worth_nothing_more(tmp_path: Path) -> None:
    repository, key = repos.new_repository(tmp_path, {"a": "1\n"}), kit.ssh_key(tmp_path)
    chosen = keys.choose(repository, str(key))
    assert chosen is not None
    assert (chosen.signer, chosen.tier) == (None, Tier.ADVISORY)
    with pytest.raises(TwelveError, match="no ssh key"):
        keys.choose(repository, str(tmp_path / "missing"))


def test_a_program_named_in_the_repositorys_settings_is_never_run(tmp_path: Path) -> None:
    repository, key = repos.new_repository(tmp_path, {"a": "1\n"}), kit.ssh_key(tmp_path)
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for name in ("gpg.program", "gpg.ssh.program", "gpg.ssh.defaultKeyCommand"):
        repository.run("config", name, str(trap))
    repository.run("config", "user.signingkey", str(key))
    listing(repository, kit.ssh_line("ana@example.org", key))
    assert keys.choose(repository) is not None
    assert not (tmp_path / "sprung").exists()


def test_custody_is_reported_as_far_as_this_machine_can_see(tmp_path: Path) -> None:
    bare, closed, away = (
        kit.ssh_key(tmp_path, "bare"),
        kit.ssh_key(tmp_path, "closed", passphrase="a long one"),
        kit.ssh_key(tmp_path, "away"),
    )
    text = "".join(
        (
            kit.ssh_line("ana@example.org", bare, 'twelve-key="agent-confirmed"'),
            kit.ssh_line("bo@example.org", closed, 'twelve-key="agent-confirmed"'),
            kit.ssh_line("cy@example.org", away),
            kit.ssh_line("*", away),
        )
    )
    away.unlink()
    found = keys.custody(text, tmp_path)
    assert [item.tier for item in found] == [Tier.SIGNED, Tier.ENFORCED, Tier.SIGNED, Tier.ADVISORY]
    assert "opens without a passphrase" in found[0].why
    assert "lets nobody sign" in found[3].why


def test_the_journal_tells_law_automation_and_person_apart() -> None:
    events: list[dict[str, Any]] = [
        {"name": "gate.finished", "ts": "1", "gate": "tests", "outcome": "PASS"},
        {"name": "hook.answered", "ts": "2", "rules": ["force-push"], "decision": "deny", "client": "claude"},
        {"name": "hook.answered", "ts": "3", "decision": "cleared", "client": "claude"},
        {"name": "guard.tampered", "ts": "4", "path": "twelve.toml", "change": "changed", "client": "claude"},
        {"name": "approval.granted", "ts": "5", "request": "plan-1a2b3c4d", "by": "ana", "attributes": {"judge": "person"}},
        {"name": "run.started", "ts": "6"},
    ]
    found = [(item.judge, item.outcome) for item in rulings(events)]
    assert found == [(Judge.AUTOMATION, "PASS"), (Judge.LAW, "deny"), (Judge.LAW, "changed"), (Judge.PERSON, "granted")]
