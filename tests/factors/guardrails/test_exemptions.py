"""Guard rules set aside: who may, for what, how long, how often, and what the fast path finds."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from twelve.factors.approvals import revoking
from twelve.factors.approvals.decision import Revocation, SignedDecision
from twelve.factors.guardrails import exemptions
from twelve.factors.guardrails.exemptions import Exemption
from twelve.model.errors import TwelveError
from twelve.model.settings import ExemptionSettings

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def granted(state: Path, **changes: Any) -> Exemption:
    given: dict[str, Any] = {"rule": "protect-ci", "scope": ".github/**", "reason": "runner broke", "requester": "the agent", "by": "ana"}
    given.update(changes)
    rule = given.pop("rule")
    decision = exemptions.propose(rule, settings=ExemptionSettings(), now=NOON, **given)
    return exemptions.grant(state, SignedDecision(decision=decision))


def test_an_exemption_lasts_an_hour_unless_told_otherwise(tmp_path: Path) -> None:
    granted(tmp_path)
    assert exemptions.active(tmp_path, NOON + timedelta(minutes=59))
    assert not exemptions.active(tmp_path, NOON + timedelta(minutes=60))
    assert not exemptions.active(tmp_path, NOON - timedelta(seconds=1))


@pytest.mark.parametrize(
    "changes",
    [
        {"hours": 24.5},
        {"hours": 0},
        {"hours": -1},
        {"reason": " "},
        {"scope": ""},
        {"requester": ""},
        {"requester": "ANA"},
        {"by": "Ana <ana@example.org>", "requester": "ana@example.org"},
        {"rule": "no-such-rule"},
        {"rule": "forge-evidence"},
    ],
)
def test_what_may_not_be_set_aside_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(TwelveError) as refused:
        granted(tmp_path, **changes)
    assert refused.value.why
    assert refused.value.next
    assert exemptions.listing(tmp_path) == ()


def test_the_fast_path_finds_plain_fields_it_can_read_without_a_library(tmp_path: Path) -> None:
    found = granted(tmp_path, uses=2)
    plain = json.loads((tmp_path / "exemptions" / f"{found.id}.json").read_text())
    assert {key: plain[key] for key in ("schema", "rule", "scope", "uses")} == {
        "schema": "twelve.exemption.v1",
        "rule": "protect-ci",
        "scope": ".github/**",
        "uses": 2,
    }
    assert plain["expires"] - plain["from"] == 3600


@pytest.mark.parametrize(
    "change", [{"rule": "force-push"}, {"scope": "**"}, {"expires": 9_999_999_999}, {"uses": 0}, {"id": "exemption-00000000"}]
)
def test_a_file_that_says_other_than_its_decision_exempts_nothing(tmp_path: Path, change: dict[str, Any]) -> None:
    found = granted(tmp_path, uses=1)
    path = tmp_path / "exemptions" / f"{found.id}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert exemptions.active(tmp_path, NOON) == ()


def test_uses_are_counted_however_many_ask_at_once(tmp_path: Path) -> None:
    found = granted(tmp_path, uses=3)
    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(lambda _: exemptions.take(tmp_path, found), range(24))) == 3
    assert exemptions.active(tmp_path, NOON) == ()
    unlimited = granted(tmp_path, scope="other")
    assert all(exemptions.take(tmp_path, unlimited) for _ in range(5))


def test_a_revoked_exemption_is_out_of_sight_and_still_on_record(tmp_path: Path) -> None:
    found = granted(tmp_path)
    revoking.revoke(tmp_path, Revocation(decision=found.signed.digest, request=found.id, by="ana", reason="fixed", at=NOON))
    exemptions.withdraw(tmp_path, found)
    assert exemptions.active(tmp_path, NOON) == ()
    assert not exemptions.take(tmp_path, found)
    assert exemptions.listing(tmp_path) == (found,)


def test_a_rejection_or_another_kind_of_answer_exempts_nothing(tmp_path: Path) -> None:
    decision = granted(tmp_path / "a").decision
    for changed in ({"granted": False}, {"kind": "plan"}, {"rule": ""}, {"valid_until": None}):
        with pytest.raises(TwelveError):
            exemptions.grant(tmp_path, SignedDecision(decision=structs.replace(decision, **changed)))
