"""What the hooks found is there for a person, until a person has looked."""

from __future__ import annotations

import json
from pathlib import Path

from kit.hooks import guarded
from twelve.workflow.fastpath import tampering


def test_a_difference_waits_until_a_person_has_looked(tmp_path: Path) -> None:
    place = guarded(tmp_path)
    assert tampering.waiting(place.state) == ()
    place.event("SessionStart", source="startup")
    (place.root / "twelve.toml").write_text("[guard]\n")
    place.event("PostToolUse", tool_name="Bash", tool_input={"command": "python3 x.py"}, tool_response={"stdout": ""})
    found = tampering.waiting(place.state)
    assert [(tamper.path, tamper.change, tamper.tool) for tamper in found] == [(str(place.root / "twelve.toml"), "changed", "Bash")]
    assert tampering.settle(place.state, by="Pat", reason="it was me") == 1
    assert tampering.waiting(place.state) == ()
    kept = json.loads(next((place.state / "tamper" / "settled").glob("*.json")).read_text())
    assert (kept["by"], kept["reason"]) == ("Pat", "it was me")


def test_a_damaged_record_does_not_count_as_none(tmp_path: Path) -> None:
    (tmp_path / "tamper").mkdir()
    (tmp_path / "tamper" / "1.json").write_text("{")
    assert len(tampering.waiting(tmp_path)) == 1


def test_a_change_on_a_persons_word_is_no_tampering(tmp_path: Path) -> None:
    place = guarded(tmp_path)
    place.event("SessionStart", source="startup")
    (place.root / "twelve.toml").write_text("[guard]\n")
    tampering.forget_seals(place.state, place.root)
    place.event("PostToolUse", tool_name="Bash", tool_input={"command": "python3 x.py"}, tool_response={"stdout": ""})
    assert tampering.waiting(place.state) == ()
