"""The public script format: its published schema and its decoder agree, and a turn's choice is a pure function."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import twelve
from twelve.factors.agents.replay import script as scripts
from twelve.model.errors import ConfigError, TwelveError
from twelve.system import documents

SCHEMA = json.loads((Path(twelve.__file__).parent / "content" / "schemas" / "replay.json").read_text("utf-8"))
REFERENCE = Path(__file__).resolve().parents[4] / "docs" / "reference" / "replay-script.md"


def script(*actions: dict[str, Any], **turn: Any) -> dict[str, Any]:
    return {"schema": "twelve.replay.v1", "turns": [{**turn, "actions": list(actions)}]}


def decodes(value: Any) -> bool:
    try:
        scripts.parse(json.dumps(value), name="script.yaml")
    except TwelveError:
        return False
    return True


def test_the_published_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


GOOD = [
    script({"write": {"path": "a", "text": "b"}}, {"write": {"path": "a", "from": "b", "executable": True}}),
    script({"append": {"path": "a", "text": "b"}}, {"edit": {"path": "a", "old": "b", "new": "", "count": 2}}, {"delete": {"path": "a"}}),
    script({"run": {"argv": ["a"], "stdin": "x", "timeout_s": 1, "expect": 0, "save": "y"}}, {"say": ""}, {"wait": 0.5}),
    script({"usage": {"input": 1, "cost_usd": 0.5}}, {"crash": {"exit": 0}}, {"crash": {"signal": "KILL"}}, {"hang": 0}),
    script({"flood": {"bytes": 10}}, {"ignore_term": True}, {"background": {"seconds": 1}}, {"delete_worktree": True}),
    script({"end": {"status": "refused", "detail": "no"}}, phase="plan", step="s", round=1, attempt=2, prompt_has="x", name="n"),
    {**script(), "about": "x", "variables": {"a": "b"}},
]
BAD = [
    {},
    {"schema": "twelve.replay.v1"},
    script({}),
    script({"say": "a", "wait": 1}),
    script({"say": None}),
    script({"dance": True}),
    script({"write": {"path": "a"}}),
    script({"write": {"path": "a", "text": "b", "from": "c"}}),
    script({"run": {"argv": []}}),
    script({"run": {"argv": "rm -rf"}}),
    script({"run": {"argv": ["a"], "shell": True}}),
    script({"crash": {}}),
    script({"crash": {"exit": 1, "signal": "KILL"}}),
    script({"crash": {"signal": "HUP"}}),
    script({"wait": -1}),
    script({"hang": "long"}),
    script({"flood": {"bytes": 0}}),
    script({"end": {"status": "glorious"}}),
    script({"say": "a"}, round=0),
    script({"say": "a"}, colour="red"),
]


@pytest.mark.parametrize("value", GOOD)
def test_what_the_schema_allows_the_decoder_takes(value: dict[str, Any]) -> None:
    jsonschema.validate(value, SCHEMA)
    assert decodes(value)


@pytest.mark.parametrize("value", BAD)
def test_what_the_schema_refuses_the_decoder_refuses(value: dict[str, Any]) -> None:
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(value)
    assert not decodes(value)


def test_a_script_that_a_program_wrote_as_escaped_json_keeps_its_characters() -> None:
    value = script({"say": "done 🎉"})
    assert scripts.parse(json.dumps(value), name="s").turns[0].actions[0].say == "done 🎉"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["say", "write", "path", "text", "run", "argv"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(JSON, max_size=3))
def test_schema_and_decoder_never_disagree(actions: list[Any]) -> None:
    value = {"schema": "twelve.replay.v1", "turns": [{"actions": actions}]}
    assert decodes(value) == jsonschema.Draft202012Validator(SCHEMA).is_valid(value)


def test_every_example_of_the_reference_is_a_valid_script() -> None:
    text = REFERENCE.read_text("utf-8")
    examples = re.findall(r"```yaml\n(schema: twelve\.replay\.v1\n.*?)```", text, re.S)
    assert examples
    for example in examples:
        jsonschema.validate(documents.load_yaml(example), SCHEMA)
        scripts.parse(example, name="example")


def test_the_reference_names_every_verb_key_and_ending() -> None:
    text = REFERENCE.read_text("utf-8")
    words = [
        *SCHEMA["$defs"]["Action"]["properties"],
        *SCHEMA["$defs"]["ScriptTurn"]["properties"],
        *SCHEMA["$defs"]["End"]["properties"]["status"]["enum"],
    ]
    assert [word for word in words if f"`{word}`" not in text] == []


PLACE = st.fixed_dictionaries(
    {
        "phase": st.sampled_from(["prime", "plan"]),
        "step": st.sampled_from(["", "s1"]),
        "round": st.sampled_from(["1", "2"]),
        "attempt": st.sampled_from(["1", "2"]),
    }
)
TURN = st.fixed_dictionaries(
    {"actions": st.just([{"say": "x"}])},
    optional={
        "phase": st.sampled_from(["prime", "plan"]),
        "step": st.sampled_from(["", "s1"]),
        "round": st.integers(1, 2),
        "attempt": st.integers(1, 2),
    },
)


@given(st.lists(TURN, max_size=6), PLACE)
def test_the_first_turn_whose_keys_all_match_is_chosen_or_none(turns: list[dict[str, Any]], place: dict[str, str]) -> None:
    parsed = scripts.parse(json.dumps({"schema": "twelve.replay.v1", "turns": turns}), name="s")
    expected = [i for i, turn in enumerate(turns) if all(str(turn[key]) == place[key] for key in place if key in turn)]
    if not expected:
        with pytest.raises(ConfigError):
            scripts.choose(parsed, place, "")
    else:
        assert scripts.choose(parsed, place, "") is parsed.turns[expected[0]]


def test_variables_are_filled_in_once_and_unknown_ones_refused() -> None:
    assert scripts.fill("{{a}} {{ a }} {b} {{}}", {"a": "{{b}}"}) == "{{b}} {{b}} {b} {{}}"
    with pytest.raises(ConfigError, match="undefined"):
        scripts.fill("{{nobody}}", {})
