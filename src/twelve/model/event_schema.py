"""The published JSON Schema of the journal, made from the event types so that the two cannot differ."""

from __future__ import annotations

from typing import Any

import msgspec

from twelve.model import events

_ENVELOPE: dict[str, dict[str, Any]] = {
    "schema": {"const": events.SCHEMA},
    "ts": {
        "type": "string",
        "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$",
        "description": "UTC; always microseconds, so that text order is time order.",
    },
    "pid": {"type": "integer", "minimum": 0, "description": "Process that wrote the event."},
    "seq": {"type": "integer", "minimum": 1, "description": "Number within the fragment, from 1."},
}


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one journal line, as strict as the emitters; a reader should ignore fields it does not know."""
    found, components = msgspec.json.schema_components(events.TYPES, ref_template="#/$defs/{name}")
    definitions: dict[str, Any] = dict(sorted(components.items()))
    for reference in found:
        definition = definitions[reference["$ref"].removeprefix("#/$defs/")]
        definition["title"] = definition["properties"]["name"]["enum"][0]
        definition["properties"] = {**_ENVELOPE, **definition["properties"]}
        definition["required"] = [*events.ENVELOPE, *(name for name in definition["required"] if name not in events.ENVELOPE)]
        if definition.get("description") == events.Event.__doc__:
            del definition["description"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": events.SCHEMA,
        "title": "One line of the journal",
        "description": "gen_ai.* and error.type as in OpenTelemetry's semantic conventions; no name changes its meaning within v1.",
        "oneOf": list(found),
        "$defs": definitions,
    }
