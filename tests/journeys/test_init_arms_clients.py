"""What init registers is what real clients run: a forbidden call has no effect, and doctor agrees that they are armed."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from kit import clients, repos
from kit.fakemodel import FakeModel
from twelve.factors.agents import harness
from twelve.interfaces.cli import exits, main
from twelve.system import git
from twelve.workflow.install import clients as registered
from twelve.workflow.install.doctor import trust

pytestmark = [pytest.mark.client, pytest.mark.slow]


def turn(repository: git.Repository, home: Path, client: str, command: str) -> str:
    """One turn of the real client with the project's own settings; all the model was told."""
    script = {"turns": [{"tools": [clients.shell_call(client, command)]}, {"text": "Done."}], "default": {"text": "Well then."}}
    with FakeModel(script) as model:
        settings = clients.settings(client, home, model.url)
        if client == "codex":
            trusting(repository, home)
        asyncio.run(harness.load(client).take_turn(clients.turn(repository.root, home / "logs"), settings))
        return json.dumps(model.requests("main")[-1]["body"])


def trusting(repository: git.Repository, home: Path) -> None:
    """What Codex keeps when a person trusts the project's hooks."""
    path = repository.root / registered.CLIENTS["codex"].path
    lines = [f'[projects."{repository.root}"]', 'trust_level = "trusted"']
    for key, digest in trust.entries(path, json.loads(path.read_text())["hooks"]):
        lines += [f'[hooks.state."{key}"]', f'trusted_hash = "{digest}"']
    config = home / ".codex/config.toml"
    config.write_text(config.read_text() + "\n".join(lines) + "\n")


@pytest.mark.parametrize("client", clients.CLIENTS)
def test_after_init_a_forbidden_call_of_a_real_client_has_no_effect(client: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Path(clients.need(client))
    home = tmp_path / "home"
    home.mkdir()
    repository = repos.new_repository(tmp_path, {"README.md": "# p\n"})
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(home))
    directory = ("-C", str(repository.root))
    assert main.main([*directory, "init", "--yes", "--client", client]) == exits.PASS
    before = (repository.root / "twelve.toml").read_bytes()
    told = turn(repository, home, client, "echo x > twelve.toml")
    assert (repository.root / "twelve.toml").read_bytes() == before
    assert "[protect-policy]" in told
    checks = [
        word
        for check in ("client-registration", "client-settings", "hooks-disabled", "codex-trust", "bundle")
        for word in ("--check", check)
    ]
    assert main.main([*directory, "doctor", *checks]) == exits.PASS
