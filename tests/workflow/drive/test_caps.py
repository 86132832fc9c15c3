"""What counts against the cap on tokens."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import loop
from kit.stage import Stage
from twelve.workflow.drive.projection import RunState

POLICY = loop.POLICY + "tokens = 1000\n"


@pytest.mark.parametrize(
    ("spent", "ends"),
    [
        ({"input": 2, "output": 2, "cache_write": 996}, RunState.ESCALATED),
        ({"input": 996, "output": 4}, RunState.ESCALATED),
        ({"input": 2, "output": 2, "cache_read": 1_000_000}, RunState.DONE),
    ],
)
def test_tokens_written_to_a_cache_count_and_tokens_read_from_it_do_not(tmp_path: Path, spent: dict[str, int], ends: RunState) -> None:
    prime, *others = loop.honest()
    stage = Stage(tmp_path, [{**prime, "actions": [*prime["actions"], {"usage": spent}]}, *others], policy=POLICY)
    assert stage.drive().state is ends
    if ends is RunState.ESCALATED:
        assert "[run] tokens" in stage.status.detail
