"""Every rule is shown alive by a call it has to stop and honest by one it has to leave alone."""

from __future__ import annotations

import pytest

from kit.guarding import DEFAULT, HOME, ROOT, policy
from twelve.factors.guardrails import canaries
from twelve.factors.guardrails.canaries import Canary
from twelve.factors.guardrails.policy.catalogue import RULES

ALL = canaries.canaries()


@pytest.mark.parametrize("canary", ALL, ids=lambda canary: f"{canary.rule}: {canary.given}")
def test_the_default_policy_answers_every_canary_as_it_should(canary: Canary) -> None:
    trial = canaries.fly(canary, DEFAULT, root=ROOT, home=HOME)
    assert trial.passed
    assert trial.verdict == canary.expected


def test_every_rule_has_a_forbidden_and_a_benign_canary() -> None:
    for rule in RULES:
        assert {canary.expected == "allow" for canary in ALL if canary.rule == rule} == {True, False}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_is_switched_off_is_not_called_alive(rule: str) -> None:
    off = policy(f"[guard.rules.{rule}]\ndecision = 'allow'\n")
    for canary in ALL:
        if canary.rule == rule and canary.expected != "allow":
            assert canaries.fly(canary, off, root=ROOT, home=HOME).off


def test_a_canary_is_sent_in_the_clients_own_shape() -> None:
    first = next(canary for canary in ALL if canary.tool == "Write")
    given = first.tool_input(root="/r", home="/h")
    assert given["file_path"].startswith("/r/")
    assert "content" in given
