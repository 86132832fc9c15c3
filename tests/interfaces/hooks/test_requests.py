"""What needs a person waits as one request, and a grant lets exactly this call through, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kit.hooks import Answer, Guarded, guarded
from twelve.factors.approvals import record
from twelve.interfaces.hooks import masking
from twelve.system import clock


@pytest.fixture
def place(tmp_path: Path) -> Guarded:
    return guarded(tmp_path, {"twelve.toml": "", ".env": "A=1\n"})


def read(place: Guarded, name: str = ".env", **fields: Any) -> Answer:
    return place.event("PreToolUse", tool_name="Read", tool_input={"file_path": str(place.root / name)}, **fields)


def test_a_call_that_needs_a_person_is_refused_and_leaves_one_request(place: Guarded) -> None:
    assert read(place).blocked
    assert read(place).blocked
    waiting = record.pending(place.state)
    assert len(waiting) == 1
    assert waiting[0].request.id in read(place).err
    assert "protect-secrets" in waiting[0].request.about
    assert waiting[0].request.expires - waiting[0].request.created == timedelta(hours=24)


def test_a_grant_lets_exactly_this_call_through_once(place: Guarded) -> None:
    read(place)
    id = record.pending(place.state)[0].request.id
    record.answer(place.state, id, granted=True, reason="", by="Pat")
    assert read(place, ".env.local").blocked
    assert read(place) == Answer(code=0, out="", err="")
    assert read(place).blocked
    assert len(record.pending(place.state)) == 2


def test_a_rejection_is_told_and_not_asked_again(place: Guarded) -> None:
    read(place)
    record.answer(place.state, record.pending(place.state)[0].request.id, granted=False, reason="no", by="Pat")
    assert "said no" in read(place).err
    assert record.pending(place.state) == ()


def test_a_grant_for_another_digest_or_from_after_the_expiry_is_none(place: Guarded) -> None:
    read(place)
    request = record.pending(place.state)[0].request
    folder = place.state / "decisions"
    record.answer(place.state, request.id, granted=True, reason="", by="Pat")
    path = folder / f"{request.id}.json"
    text = path.read_text()
    path.write_text(text.replace(request.subject, "0" * 64))
    assert read(place).blocked
    late = (clock.now() + timedelta(hours=48)).strftime("%Y-%m-%dT")
    path.write_text(text.replace(clock.now().strftime("%Y-%m-%dT"), late))
    assert read(place).blocked


def test_only_claude_with_a_person_in_front_is_asked_directly(place: Guarded) -> None:
    person: dict[str, Any] = {"CLAUDE_CODE_ENTRYPOINT": "cli"}
    call: dict[str, Any] = {"tool_name": "Read", "tool_input": {"file_path": str(place.root / ".env")}}
    asked = place.event("PreToolUse", env=person, **call)
    assert (asked.code, asked.err) == (0, "")
    assert asked.object["hookSpecificOutput"]["permissionDecision"] == "ask"
    assert record.pending(place.state) == ()
    assert place.event("PreToolUse", env={**person, "TWELVE_RUN": "r1"}, **call).blocked
    assert place.event("PreToolUse", env=person, **{**call, "permission_mode": "bypassPermissions"}).blocked
    assert place.event("PreToolUse", "codex", env=person, tool_name="Bash", tool_input={"command": "cat .env"}).blocked
    assert place.event(
        "BeforeTool", "gemini", env=person, tool_name="read_file", tool_input={"file_path": str(place.root / ".env")}
    ).blocked


def test_a_request_shows_the_call_without_its_secrets(place: Guarded) -> None:
    command = "git reset --hard HEAD~1; echo abcDEF123456ghiJKL789 --token=s3cr3tvalue00"
    place.event("PreToolUse", tool_name="Bash", tool_input={"command": command})
    shown = "".join(path.read_text() for path in (place.state / "requests").glob("*.json"))
    assert "git reset --hard HEAD~1" in shown
    assert "abcDEF123456ghiJKL789" not in shown
    assert "s3cr3tvalue00" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("git push origin main", "git push origin main"),
        ("PASSWORD=hunter2 ./deploy", "PASSWORD=[masked] ./deploy"),
        ("curl -u me:x --api-key 0000", "curl -u me:x --api-key [masked]"),
        ("x ghp_0123456789abcdefABCDEF", "x [masked]"),
        ("a\x1b[31mb\nc", "a [31mb c"),
    ],
)
def test_masking_errs_to_the_safe_side(text: str, shown: str) -> None:
    assert masking.masked(text) == shown
