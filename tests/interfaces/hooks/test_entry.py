"""Every kind of event has one way, and every way leads somewhere."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from twelve.interfaces.hooks import entry, launch, occasion

NOTHING = dict[str, Any]().__getitem__


@pytest.mark.parametrize("name", [*entry.ROUTES.values(), entry.GIT])
def test_every_route_resolves_to_a_module_that_answers(name: str) -> None:
    assert callable(import_module(name).answer)


def test_every_guarded_kind_has_a_route() -> None:
    assert set(occasion.GUARDED) <= set(entry.ROUTES)


def test_the_program_and_the_entry_agree_on_what_may_be_silent() -> None:
    quiet = {name.decode() for name in launch.QUIET}
    calls = {name.decode().strip('"') for name in launch.CALLS}
    guarded = {name for name, kind in occasion.KINDS.items() if kind in occasion.GUARDED}
    assert guarded <= calls
    assert not quiet & calls
    assert quiet == {name for name, kind in occasion.KINDS.items() if kind not in (*occasion.GUARDED, occasion.PERMISSION)}


def test_a_registration_without_a_clients_name_is_refused() -> None:
    assert entry.answer(b"{}", [], "/s", NOTHING)[0] == 2
    assert entry.answer(b"{}", ["emacs"], "/s", NOTHING)[0] == 2
