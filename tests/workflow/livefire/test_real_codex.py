"""The real Codex is asked whether it would run our hooks; trusting happens through its own server, as its screen does it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit import clients
from kit.firing import Range
from twelve.workflow.livefire import codex, codex_server
from twelve.workflow.livefire.words import Around, Cause, Problem

pytestmark = [pytest.mark.client, pytest.mark.timeout(90)]


@pytest.fixture
def here(firing: Range) -> Range:
    real = clients.need("codex")
    (firing.programs / "codex").unlink()
    (firing.programs / "codex").symlink_to(real)
    return firing


def asked(here: Range) -> Problem | str:
    return codex.asked(Around(repository=here.repository, environ=here.environ))


def test_what_we_compute_about_trust_is_what_the_client_says(here: Range) -> None:
    assert asked(here) == "the client itself says it trusts all of it"
    found = here.prove("codex")["codex"]
    assert (found.outcome.value, found.problems) == ("PASS", ())
    assert "trusts all of it" in found.note


def test_an_edited_entry_is_untrusted_for_both(here: Range) -> None:
    here.edit(".codex/hooks.json", '"timeout": 30', '"timeout": 31')
    told = asked(here)
    assert isinstance(told, Problem)
    assert told.cause is Cause.UNTRUSTED
    assert here.causes("codex") == {Cause.UNTRUSTED.value}


def test_a_project_that_is_not_trusted_runs_none(here: Range) -> None:
    config = here.home / ".codex/config.toml"
    config.write_text(config.read_text().replace('trust_level = "trusted"', 'trust_level = "untrusted"'))
    told = asked(here)
    assert isinstance(told, Problem)
    assert here.causes("codex") == {Cause.UNTRUSTED.value}


def test_the_persons_folder_is_left_alone(here: Range) -> None:
    folder = here.home / ".codex"
    before = sorted(path.name for path in folder.rglob("*"))
    asked(here)
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_the_client_and_we_read_the_same_entries(here: Range) -> None:
    environ = here.environ
    listed = codex_server.hooks(str(here.programs / "codex"), here.home / ".codex", here.root, environ)
    assert listed is not None
    text = json.loads((here.root / ".codex/hooks.json").read_text())
    assert len(listed) == sum(len(group["hooks"]) for groups in text["hooks"].values() for group in groups)
    assert all(Path(item.key.partition(":")[0]) == here.root / ".codex/hooks.json" for item in listed)
