"""The compiled policy is one plain literal, and says the same after a round trip through source text."""

from __future__ import annotations

import ast
from typing import Any

from kit.guarding import DEFAULT, ROOT, decide, policy, rules
from twelve.factors.guardrails.actions.action import WRITE, Action
from twelve.factors.guardrails.compiling import with_parents


def _plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _plain(inner) for key, inner in value.items())
    if isinstance(value, tuple):
        return all(_plain(inner) for inner in value)
    return isinstance(value, str | int | bool)


def test_a_compiled_policy_is_a_literal() -> None:
    assert _plain(DEFAULT)
    assert ast.literal_eval(repr(DEFAULT)) == DEFAULT


def test_equal_policies_compile_to_equal_literals() -> None:
    assert repr(policy()) == repr(policy())
    assert repr(policy("[guard]\nrequire_run = true\n")) != repr(policy())


def test_the_common_folder_of_a_linked_work_tree_is_protected_wherever_it_lies() -> None:
    linked = policy(common_dir="/srv/main/.git", temporary="/srv")
    assert "protect-policy" in rules(decide(Action(WRITE, path="/srv/main/.git/config"), policy=linked))


def test_surfaces_and_a_temporary_folder_of_the_session_are_taken_up() -> None:
    made = policy(surfaces=("/opt/py/site-packages/twelve",), temporary="/scratch/1")
    assert "protect-policy" in rules(decide(Action(WRITE, path="/opt/py/site-packages/twelve/a.py"), policy=made))
    assert decide(Action(WRITE, path="/scratch/1/a"), policy=made).verdict == "allow"


def test_parents_are_added_for_one_call_only() -> None:
    assert with_parents(DEFAULT, (10, 7))["parents"] == ("10", "7")
    assert DEFAULT["parents"] == ()


def test_globs_without_a_slash_mean_any_folder() -> None:
    made = policy("[guard]\nprotected_paths = ['*.lic']\n")
    for name in ("a.lic", "deep/er/b.lic"):
        assert rules(decide(Action(WRITE, path=f"{ROOT}/{name}"), policy=made)) == {"protect-policy"}
