"""The gaps each client leaves, as docs/explanation/guarantees.md lists them: each is seen with the real client, none is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from kit import clients, guardsessions
from kit.guardcalls import GOOD, Forbidden, Step, act, sh, write
from kit.guardsessions import Came
from kit.guardworld import World

PAGE = Path(__file__).parents[3] / "docs/explanation/guarantees.md"
SECTIONS = {"claude": "### Claude Code", "codex": "### Codex", "gemini": "### Gemini CLI"}
SED = act("sed", "protect-policy", "sed -i 1d twelve.toml")
CI = act("ci", "protect-ci", "sed -i 's/pytest -q/true/' .github/workflows/ci.yml")
SETTINGS = {"claude": ".claude/settings.local.json", "codex": ".codex/hooks.json", "gemini": ".gemini/settings.json"}


MOVED = "moved remote.git refs/heads/release"
SED_DONE = "changed shop/twelve.toml"


def stated(client: str) -> set[str]:
    """Names of a client's gaps on the page."""
    section = PAGE.read_text().partition(SECTIONS[client] + "\n")[2].partition("\n### ")[0]
    return set(re.findall(r"^- `([a-z-]+)`", section, re.MULTILINE))


def one(world: World, client: str, action: Forbidden, *, flags: Sequence[str] = (), trusted: bool = True) -> Came:
    (came,), _ = guardsessions.attempt(world, client, [action], flags=flags, trusted=trusted)
    return came


def _asks_nobody(client: str) -> Callable[[World], None]:
    def check(world: World) -> None:
        came = one(world, client, CI)
        assert came.what == guardsessions.DENIED, came
        assert "the question is open as" in came.told
        assert "protect-ci" in world.twelve("approvals", "list", "--json", check=False).stdout

    return check


def _no_second_line(client: str) -> Callable[[World], None]:
    def check(world: World) -> None:
        assert "permissions" not in json.loads((world.root / SETTINGS[client]).read_text())
        assert "permissions" in json.loads((world.root / SETTINGS["claude"]).read_text())
        _drop_hooks(world, client)
        assert MOVED in one(world, client, act("force", "force-push", "git push --force origin feature~2:release")).effects

    return check


def _change_noticed_afterwards(client: str) -> Callable[[World], None]:
    def check(world: World) -> None:
        told = _changed_meanwhile(world, client)
        assert "[tampered]" in told[1]
        assert SETTINGS[client] in told[1]
        assert not [event for event in guardsessions.journal(world) if event["event"] == "ConfigChange"]
        assert SETTINGS[client] in world.twelve("status", "--json", check=False).stdout

    return check


def _refused_change_stays_in_the_file(world: World) -> None:
    told = _changed_meanwhile(world, "claude", then=("sleep 5", "sed -i 1d twelve.toml"))
    assert [event for event in guardsessions.journal(world) if event["event"] == "ConfigChange" and event["decision"] == "deny"]
    assert "[protect-policy]" in told[-1]
    assert "hook.py" not in (world.root / SETTINGS["claude"]).read_text()
    world.twelve("doctor", "--fix", "--yes", check=False)
    assert "hook.py" in (world.root / SETTINGS["claude"]).read_text()


def _deny_rules_compare_beginnings(world: World) -> None:
    _drop_hooks(world, "claude")
    plain = one(world, "claude", act("plain", "force-push", "git push --force origin feature~2:release"))
    assert plain.by == ("client",)
    assert MOVED not in plain.effects
    _drop_hooks(world, "claude")
    assert MOVED in one(world, "claude", act("refspec", "force-push", "git push -q origin +feature~2:release")).effects


def _started_another_way(world: World) -> None:
    assert SED_DONE in one(world, "claude", SED, flags=("--setting-sources", "user")).effects


def _untrusted(world: World) -> None:
    came = one(world, "codex", SED, trusted=False)
    assert SED_DONE in came.effects
    assert "codex-trust" in world.twelve("doctor", check=False).stdout
    assert not guardsessions.journal(world)


def _skipping_trust(world: World) -> None:
    assert SED_DONE in one(world, "gemini", SED, flags=("--skip-trust",), trusted=False).effects
    assert not guardsessions.journal(world)


def _sandbox_keeps_git_read_only(world: World) -> None:
    commit = act("commit", "hook-skip", f"git commit -q --allow-empty -m 'chore: x{GOOD}'")
    came = one(world, "codex", commit, flags=("--sandbox", "workspace-write"))
    assert came.effects == ()
    assert "Read-only file system" in came.told or "Operation not permitted" in came.told
    assert "moved shop refs/heads/feature" in one(world, "codex", commit).effects


def _commits_pass_no_hook(world: World) -> None:
    """In words a commit hook refuses to an agent; the other clients' git runs it."""
    bare = (write("shop/more.py", "MORE = 1\nLESS = 2\nSAME = 3\n"), sh("git add shop/more.py"), sh("git commit -q -m 'feat: more'; true"))
    kept = _files_in_head(world)
    for client, passes in (("gemini", True), ("claude", False)):
        guardsessions.session(world, client, bare, _unwatched)
        assert ("shop/more.py" in _files_in_head(world)) is passes, client
        assert "shop/more.py" not in kept
        world.restore()


def _typed_into_a_running_program(world: World) -> None:
    start = Step("raw", json.dumps({"name": "exec_command", "input": {"cmd": "python3 -i", "tty": True, "yield_time_ms": 1500}}))
    text = "open('twelve' + '.toml', 'a').write('# typed\\n')\nexit()\n"
    typed = Step("raw", json.dumps({"name": "write_stdin", "input": {"session_id": 0, "chars": text, "yield_time_ms": 1500}}))
    came = one(world, "codex", act("typed", "protect-policy", start, typed, spared=("created home/.python_history",)))
    assert "changed shop/twelve.toml" in came.effects, came
    assert came.what == guardsessions.CAUGHT, came


SEEN: dict[str, dict[str, Callable[[World], None]]] = {
    "claude": {
        "claude-deny-prefix": _deny_rules_compare_beginnings,
        "claude-other-start": _started_another_way,
        "claude-settings-file": _refused_change_stays_in_the_file,
        "claude-unattended-ask": _asks_nobody("claude"),
    },
    "codex": {
        "codex-trust": _untrusted,
        "codex-no-ask": _asks_nobody("codex"),
        "codex-no-deny-rules": _no_second_line("codex"),
        "codex-config-change": _change_noticed_afterwards("codex"),
        "codex-commit": _sandbox_keeps_git_read_only,
        "codex-running-program": _typed_into_a_running_program,
    },
    "gemini": {
        "gemini-trust": _skipping_trust,
        "gemini-git-hooks": _commits_pass_no_hook,
        "gemini-no-ask": _asks_nobody("gemini"),
        "gemini-no-deny-rules": _no_second_line("gemini"),
        "gemini-config-change": _change_noticed_afterwards("gemini"),
    },
}
NOT_LOOKED_FOR = {
    "codex": {"codex-code-mode": "no scripted answer makes this client call tools from a script of its own"},
    "gemini": {
        "gemini-hints": "what reaches nobody leaves nothing to see; tests/interfaces/hooks hold the answer back",
        "gemini-turn-settings": "a driven turn: tests/interfaces/hooks/test_real_clients.py",
    },
}
CASES = [(client, gap) for client, gaps in SEEN.items() for gap in gaps]


@pytest.mark.parametrize("client", clients.CLIENTS)
def test_the_page_lists_exactly_the_gaps_that_are_known_here(client: str) -> None:
    assert stated(client) == {*SEEN[client], *NOT_LOOKED_FOR.get(client, {})}


@pytest.mark.client
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("client", "gap"), CASES, ids=[gap for _, gap in CASES])
def test_a_stated_gap_is_there_and_no_larger(client: str, gap: str, world: World) -> None:
    clients.need(client)
    SEEN[client][gap](world)


def _drop_hooks(world: World, client: str) -> None:
    """The client's settings without our hooks, and git without hooks that refuse."""
    path = world.root / SETTINGS[client]
    settings = json.loads(path.read_text())
    path.write_text(json.dumps({**settings, "hooks": {}}))
    for hook in (world.root / ".git/hooks").glob("pre-*"):
        if hook.suffix != ".sample":
            hook.unlink()


def _changed_meanwhile(world: World, client: str, *, then: Sequence[str] = ("python3 -c 'print(1)'",)) -> list[str]:
    """A session in which somebody else takes our hooks out of the settings behind the client's back. What it was told, call by call."""
    told: list[str] = []

    def look(number: int, text: str) -> None:
        told.append(text)
        if number == 0:
            (world.root / SETTINGS[client]).write_text("{}\n")

    guardsessions.session(world, client, [sh("python3 -c 'print(0)'"), *map(sh, then)], look)
    return told


def _unwatched(_number: int, _told: str) -> None:
    """Only what is there at the end counts."""


def _files_in_head(world: World) -> str:
    return world.git("ls-tree", "-r", "--name-only", "HEAD")
