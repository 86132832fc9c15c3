"""A compiled policy for made-up places, and the shortest way to ask it about actions."""

from __future__ import annotations

from typing import Any

from twelve.factors.guardrails.actions.action import Action
from twelve.factors.guardrails.compiling import compile_policy
from twelve.factors.guardrails.policy.decision import Decision
from twelve.factors.guardrails.policy.judging import Circumstances, judge
from twelve.model.settings import Settings
from twelve.system import config

ROOT = "/srv/shop"
HOME = "/home/pat"


def policy(text: str = "", **changes: Any) -> dict[str, Any]:
    """The policy a `twelve.toml` with this text compiles to."""
    settings = config.load_text(text).settings if text else Settings()
    places = {"root": ROOT, "common_dir": f"{ROOT}/.git", "home": HOME, "temporary": "", "fold": False}
    return compile_policy(settings, **{**places, **changes})


def decide(*actions: Action, policy: dict[str, Any] | None = None, circumstances: Circumstances | None = None) -> Decision:
    """What the guard says to these actions."""
    return judge(actions, policy if policy is not None else DEFAULT, circumstances or Circumstances())


def rules(decision: Decision) -> set[str]:
    """Ids of the rules that found something."""
    return {found.rule for found in decision.findings}


DEFAULT = policy()
