"""What is quoted in a refusal comes from somebody else: it carries no secret, no control sign and no way around."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.guardrails.policy.wording import LIMIT, place, shown

POLICY = {"roots": ("/r",), "homes": ("/home/pat",)}


@given(st.text(max_size=400))
def test_whatever_is_shown_is_one_short_line_of_visible_signs(text: str) -> None:
    said = shown(text)
    assert said[0] == said[-1] == "`"
    assert "`" not in said[1:-1]
    assert len(said) <= LIMIT * 8
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 or 0x202A <= ord(letter) <= 0x202E for letter in said)
    said.encode()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("https://user:hunter2@host/x", "hunter2"),
        ("https://host/x?token=abc", "abc"),
        ("PASSWORD=swordfish", "swordfish"),
        ("--token=swordfish", "swordfish"),
        ("files/ghp_16C7e42F292c6912E7710c838347Ae178B4a", "16C7e42F292c"),
        ("AKIAIOSFODNN7EXAMPL3", "IOSFODNN7"),
    ],
)
def test_secrets_are_not_repeated(text: str, secret: str) -> None:
    assert secret not in shown(text)


@pytest.mark.parametrize("text", ["src/app/main.py", "db.internal:5432", "release/2026-01", "~/notes.txt"])
def test_ordinary_names_stay_readable(text: str) -> None:
    assert shown(text) == f"`{text}`"


@pytest.mark.parametrize("text", ["a --no-verify b", "HUSKY=0", "x --force", "commit -n", "npx husky uninstall"])
def test_what_others_could_copy_is_left_out(text: str) -> None:
    assert shown(text) == "`…`"


def test_a_place_is_named_as_a_person_would() -> None:
    assert place("/r/a/b", POLICY) == "`a/b`"
    assert place("/home/pat/x", POLICY) == "`~/x`"
    assert place("/r", POLICY) == "the repository itself"
    assert place("/etc/x\x1b[31m\n", POLICY) == "`/etc/x\\x1b[31m\\x0a`"
