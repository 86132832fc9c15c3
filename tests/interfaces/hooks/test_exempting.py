"""A rule a person set aside lets calls in its scope through, as often and as long as was said, and no other rule."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from kit.hooks import Answer, Guarded, guarded
from twelve.factors.guardrails import exemptions
from twelve.interfaces.hooks import exempting


@pytest.fixture
def place(tmp_path: Path) -> Guarded:
    return guarded(tmp_path, {"twelve.toml": "", ".github/workflows/ci.yml": "on: push\n", "package-lock.json": "{}"})


def exempt(place: Guarded, rule: str, scope: str, /, *, uses: object = 1, hours: float = 1, **changes: Any) -> None:
    now = int(time.time())
    folder = place.state / "exemptions"
    folder.mkdir(exist_ok=True)
    id = f"exemption-{len(list(folder.glob('*.json'))):08x}"
    whole = {"schema": "twelve.exemption.v1", "id": id, "rule": rule, "scope": scope, "from": now - 10, "expires": now + int(hours * 3600)}
    (folder / f"{id}.json").write_text(json.dumps({**whole, "uses": uses, "signed": {}, **changes}))


def write(place: Guarded, path: str) -> Answer:
    return place.call("Write", file_path=str(place.root / path), content="x")


def test_a_call_in_scope_passes_as_often_as_was_said(place: Guarded) -> None:
    exempt(place, "protect-ci", ".github/workflows/**", uses=2)
    assert [write(place, ".github/workflows/ci.yml").code for _ in range(3)] == [0, 0, 2]
    assert [event["decision"] for event in place.journal()] == ["exempt", "exempt", "deny"]


def test_outside_its_scope_its_rule_and_its_time_it_does_nothing(place: Guarded) -> None:
    exempt(place, "protect-ci", "docs/**")
    exempt(place, "protect-lockfiles", "**", hours=-1)
    exempt(place, "protect-ci", "**", **{"from": int(time.time()) + 100})
    assert write(place, ".github/workflows/ci.yml").blocked
    assert write(place, "package-lock.json").blocked
    assert write(place, "twelve.toml").blocked


def test_a_command_is_matched_as_a_whole(place: Guarded) -> None:
    exempt(place, "force-push", "git push --force origin topic*", uses=0)
    assert place.call("Bash", command="git push --force origin topic/1").code == 0
    assert place.call("Bash", command="git push --force origin main").blocked
    assert place.call("Bash", command="git push --force origin topic && rm -rf /").blocked
    assert place.call("Bash", command="git push --force origin topic; git push --force origin main").blocked


def test_nobody_sets_aside_what_proves_that_a_person_decided(place: Guarded) -> None:
    assert set(exempting.NEVER) == exemptions.NEVER
    exempt(place, "forge-evidence", "**", uses=0)
    assert place.call("Bash", command="twelve approve action-12345678").blocked


@pytest.mark.parametrize("changes", [{"uses": "many"}, {"from": None}, {"id": "../x"}, {"scope": ""}, {"expires": True}])
def test_a_damaged_exemption_is_none(place: Guarded, changes: dict[str, Any]) -> None:
    exempt(place, "protect-ci", "**", **changes)
    assert write(place, ".github/workflows/ci.yml").blocked


@pytest.mark.parametrize(
    ("text", "glob", "fits"),
    [
        ("a/b.yml", "a/*.yml", True),
        ("a/b/c.yml", "a/*.yml", False),
        ("a/b/c.yml", "a/**", True),
        ("a/b/c.yml", "**/c.yml", True),
        ("ab", "a?", True),
        ("a/", "a?", False),
        ("", "*", True),
        ("x", "", False),
    ],
)
def test_globs(text: str, glob: str, fits: bool) -> None:
    assert exempting.matches(text, glob) is fits
