"""Artefact formats as JSON Schema, for editors and other tools; generated, so that they cannot differ from the types."""

from __future__ import annotations

from typing import Any

import msgspec

from twelve.workflow.phases.schema import Artefact, schema_id

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(type: type[Artefact]) -> dict[str, Any]:
    """Schema of one artefact's front matter. What rules say beyond types is checked by the phase, not here."""
    generated = msgspec.json.schema(type)
    body = generated["$defs"][type.__name__]
    body["properties"]["schema"] = {"const": schema_id(type)}
    body["properties"]["phase"] = {"const": type.NAME}
    return {"$schema": DIALECT, "$id": schema_id(type), "title": f"{type.NAME}.md front matter", **generated}
