"""The vocabulary of the journal is stable, published and generated from one place."""

from __future__ import annotations

import re

import pytest
from msgspec import Struct

from twelve.model import events

CONVENTIONAL = {
    "gen_ai.agent.name",
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "gen_ai.conversation.id",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "error.type",
}


def test_every_event_type_is_in_the_table_once() -> None:
    subtypes = set(events.Event.__subclasses__())
    assert subtypes == set(events.TYPES)
    assert len(events.EVENTS) == len(events.TYPES)


@pytest.mark.parametrize("name", events.EVENTS)
def test_names_belong_to_a_published_family(name: str) -> None:
    assert re.fullmatch(r"(run|phase|gate|agent\.turn|approval|tokens|exemption|hook|guard|range)(\.[a-z]+){1,2}", name)


@pytest.mark.parametrize("kind", events.TYPES, ids=lambda kind: kind.__name__)
def test_dotted_field_names_are_those_of_the_convention(kind: type[Struct]) -> None:
    assert {name for name in kind.__struct_encode_fields__ if "." in name} <= CONVENTIONAL
    assert not set(kind.__struct_encode_fields__) & set(events.ENVELOPE)


def test_none_means_that_a_field_is_absent() -> None:
    assert events.build("run.resumed", run=None, reason="r", other=None) == events.RunResumed(reason="r")
    with pytest.raises(TypeError):
        events.build("run.started", task=None)


def test_a_wire_name_and_a_python_name_mean_the_same_field() -> None:
    one = events.build("tokens.used", input_tokens=1, output_tokens=2)
    assert one == events.build("tokens.used", **{"gen_ai.usage.input_tokens": 1, "gen_ai.usage.output_tokens": 2})
    assert events.wire(one) == {"name": "tokens.used", "gen_ai.usage.input_tokens": 1, "gen_ai.usage.output_tokens": 2}
