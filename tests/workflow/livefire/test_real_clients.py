"""What proving says about a registration is what the real client does with it: red where the forbidden call takes effect."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

from kit import clients
from kit.fakemodel import FakeModel
from kit.firing import Range
from twelve.workflow.livefire.words import Cause

pytestmark = [pytest.mark.client, pytest.mark.slow, pytest.mark.timeout(120)]

CLAUDE, CODEX, GEMINI = ".claude/settings.local.json", ".codex/hooks.json", ".gemini/settings.json"
FORBIDDEN = "python3 -c \"open('twelve.toml','a').write('# forbidden')\""
ARGUMENTS = {
    "claude": ("-p", "go", "--output-format", "json", "--allowedTools", "Bash"),
    "codex": ("exec", "--json", "--skip-git-repo-check", "--sandbox", "danger-full-access", "go"),
    "gemini": ("-p", "go", "--output-format", "json", "--approval-mode", "yolo", "--skip-trust"),
}


def takes_effect(here: Range, client: str) -> bool:
    """Whether a forbidden call of this client changes the policy file, with what is registered in the project."""
    real = clients.need(client)
    script = {"turns": [{"tools": [clients.shell_call(client, FORBIDDEN)]}], "default": {"text": "Done."}}
    policy = here.root / "twelve.toml"
    before = policy.read_bytes()
    trusted = here.home / ".codex/config.toml"
    trust = trusted.read_text() if trusted.exists() else ""
    with FakeModel(script) as model:
        given = clients.ENVIRONMENTS[client](here.home, model.url)
        if client == "codex":
            trusted.write_text(trusted.read_text() + trust)
        env = {**here.environ, **given}
        done = subprocess.run([real, *ARGUMENTS[client]], cwd=here.root, env=env, capture_output=True, timeout=90, stdin=subprocess.DEVNULL)
        assert model.requests("main"), done.stderr.decode()[-2000:]
        told = json.dumps(model.requests("main")[-1]["body"])
    happened = policy.read_bytes() != before
    policy.write_bytes(before)
    assert happened or "protect-policy" in told, told[-2000:]
    return happened


Sabotage = Callable[[Range], None]


def _typo(here: Range) -> None:
    here.edit(CLAUDE, '{\n        "hooks"', '{\n        "matcher": "Bahs",\n        "hooks"')


def _unknown_type(here: Range) -> None:
    here.edit(CLAUDE, '"type": "command"', '"type": "webhook"')


def _switched_off(here: Range) -> None:
    (here.root / ".claude/settings.json").write_text('{"disableAllHooks": true}')


def _switched_off_and_on_again(here: Range) -> None:
    (here.home / ".claude").mkdir(exist_ok=True)
    (here.home / ".claude/settings.json").write_text('{"disableAllHooks": true}')
    (here.root / ".claude/settings.json").write_text('{"disableAllHooks": false}')


def _noise(here: Range) -> None:
    command = json.loads((here.root / CLAUDE).read_text())["hooks"]["PreToolUse"][0]["hooks"][0]["command"]
    here.edit(CLAUDE, f'"{command}"', f'"echo loading; ({command}) 2>/dev/null; exit 0"', every=True)


def _never_asked(here: Range) -> None:
    (here.home / ".codex/config.toml").write_text("")


def _gemini_not_trusted(here: Range) -> None:
    (here.home / ".gemini/trustedFolders.json").unlink()


def _milliseconds(here: Range) -> None:
    here.edit(GEMINI, '"timeout": 30000', '"timeout": 0.9', every=True)
    here.edit(GEMINI, '"timeout": 3000', '"timeout": 0.9', every=True)


def _nothing(_here: Range) -> None:
    return


CASES: dict[str, tuple[str, Sabotage, Cause | None]] = {
    "claude as installed": ("claude", _nothing, None),
    "a typo in the matcher": ("claude", _typo, Cause.MATCHER),
    "an unknown type": ("claude", _unknown_type, Cause.SETTINGS_INVALID),
    "hooks switched off in the project": ("claude", _switched_off, Cause.HOOKS_DISABLED),
    "switched off by the person, on by the project": ("claude", _switched_off_and_on_again, None),
    "noise before the answer": ("claude", _noise, Cause.NOISE),
    "codex as trusted": ("codex", _nothing, None),
    "codex never asked": ("codex", _never_asked, Cause.UNTRUSTED),
    "gemini as installed": ("gemini", _nothing, None),
    "three milliseconds in gemini": ("gemini", _milliseconds, Cause.TIMEOUT_SHORT),
    "a folder gemini does not trust": ("gemini", _gemini_not_trusted, Cause.UNTRUSTED),
}


@pytest.mark.parametrize("name", CASES)
def test_proving_is_red_exactly_where_the_client_lets_the_call_through(firing: Range, name: str) -> None:
    client, do, cause = CASES[name]
    clients.need(client)
    do(firing)
    assert firing.causes(client) == ({cause.value} if cause else set())
    assert takes_effect(firing, client) is (cause is not None)
