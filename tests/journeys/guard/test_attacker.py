"""An agent that got past every hook: whatever it does to settings, hooks, notes, approvals and policy, a fresh clone says no."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit import clients, guardattacks, guardsessions, keys, person
from kit.guardcalls import sh, write
from kit.guardworld import World

pytestmark = [pytest.mark.client, pytest.mark.slow, pytest.mark.timeout(900)]
NOTES = "refs/notes/twelve/*:refs/notes/twelve/*"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keys.ssh_key(tmp_path_factory.mktemp("ana"), "ana")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory, key: Path) -> Iterator[World]:
    """A repository with a person's key on its list, in which one session of an unguarded client tried everything."""
    clients.need("claude")
    with World(tmp_path_factory.mktemp("attacked")) as world:
        world.git("switch", "-q", "main")
        (world.root / ".twelve/allowed_signers").write_text(keys.ssh_line("ana@example.org", key))
        world.git("add", "-A")
        world.commit("chore: people", "somebody has to answer.")
        world.git("push", "-q", "--no-verify", "origin", "main")
        world.git("branch", "-qf", "feature", "main")
        world.disarm()
        steps = [write("build/forge.py", guardattacks.FORGE)]
        for number, commands in enumerate(guardattacks.ATTACKS.values()):
            steps.append(sh(f"git checkout -q -f -B attack-{number} main"))
            steps += [sh(command) for command in commands]
            steps.append(sh(f"git push -q -f --no-verify origin attack-{number} && git push -q -f --no-verify origin '{NOTES}'; true"))
        failed: list[str] = []

        def look(number: int, text: str) -> None:
            if '"is_error": true' in text.rpartition('"role": "assistant"')[2]:
                failed.append(f"{steps[number].text}: {text[-800:]}")

        guardsessions.session(world, "claude", steps, look)
        assert failed == [], "an attack that does not work proves nothing"
        yield world


@pytest.mark.parametrize("number", range(len(guardattacks.ATTACKS)), ids=list(guardattacks.ATTACKS))
def test_verify_does_not_pass_whatever_the_agent_did(attacked: World, number: int, tmp_path: Path) -> None:
    branch = f"attack-{number}"
    assert attacked.git("rev-parse", branch, cwd=attacked.remote) != attacked.git("rev-parse", "main", cwd=attacked.remote)
    done = guardsessions.verify(attacked, branch, tmp_path / "clone")
    assert done.returncode in (1, 5), done.stdout + done.stderr
    assert "fit to be merged" not in done.stdout.replace("not fit to be merged", "")


def test_honest_work_passes(attacked: World, tmp_path: Path) -> None:
    _branch(attacked, tmp_path / "work", "honest", "shop/tax.py", "def tax(price: int) -> int:\n    return price // 5\n")
    done = guardsessions.verify(attacked, "honest", tmp_path / "clone")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_policy_change_passes_once_a_person_signed_it(
    attacked: World, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "work"
    policy = (attacked.root / "twelve.toml").read_text() if attacked.git("switch", "-q", "-f", "main") == "" else ""
    _branch(attacked, place, "asked", "twelve.toml", policy + '\n[guard.rules.infra-change]\ndecision = "deny"\n')
    assert guardsessions.verify(attacked, "asked", tmp_path / "before").returncode == 5
    for name, value in attacked.environment.items():
        monkeypatch.setenv(name, value)
    attacked.git("fetch", "-q", "origin", f"+{NOTES}", cwd=place)
    attacked.twelve("approvals", "ask", "--base", "main", cwd=place, check=False)
    listed = attacked.twelve("approvals", "list", "--json", cwd=place).stdout
    ids = sorted(set(guardsessions.REQUEST.findall(listed)))
    said = person.twelve(place, "approve", *ids, "--reason", "read it", "--key", str(key))
    assert said.code == 0, said.screen
    attacked.git("push", "-q", "--no-verify", "origin", NOTES, cwd=place)
    done = guardsessions.verify(attacked, "asked", tmp_path / "after")
    assert done.returncode == 0, done.stdout + done.stderr


def _branch(world: World, place: Path, branch: str, path: str, text: str) -> None:
    world.git("clone", "-q", str(world.remote), str(place), cwd=world.base)
    world.git("switch", "-q", "-c", branch, cwd=place)
    world.git("branch", "-q", "--track", "main", "origin/main", cwd=place, check=False)
    (place / path).write_text(text)
    world.git("add", "-A", cwd=place)
    world.commit("feat: one change", "it was asked for here.", cwd=place)
    world.git("push", "-q", "--no-verify", "origin", branch, cwd=place)
