"""Generated pages are committed as generated, and the check goes red on each kind of difference."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import reference

WANTED = {"docs/reference/a.md": "a\n", "docs/reference/schemas/x.json": "{}\n"}


def test_every_committed_page_is_what_would_be_generated() -> None:
    assert reference.differences(reference.ROOT, reference.render()) == []


def test_a_changed_a_missing_and_a_left_over_page_are_differences(tmp_path: Path) -> None:
    reference.write(tmp_path, WANTED)
    assert reference.differences(tmp_path, WANTED) == []
    (tmp_path / "docs/reference/a.md").write_text("edited\n")
    (tmp_path / "docs/reference/schemas/old.json").write_text("{}")
    assert len(reference.differences(tmp_path, WANTED)) == 2
    (tmp_path / "docs/reference/schemas/x.json").unlink()
    assert len(reference.differences(tmp_path, WANTED)) == 3


def test_writing_removes_what_is_not_generated_any_more(tmp_path: Path) -> None:
    reference.write(tmp_path, WANTED)
    reference.write(tmp_path, {"docs/reference/a.md": "a\n"})
    assert not (tmp_path / "docs/reference/schemas/x.json").exists()


def test_every_published_schema_is_a_schema() -> None:
    schemas = {path: text for path, text in reference.render().items() if path.endswith(".json")}
    assert len(schemas) > 10
    for text in schemas.values():
        jsonschema.Draft202012Validator.check_schema(json.loads(text))
