"""Artefacts as agents really leave them: broken, hostile, huge, linked. Findings, never exceptions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twelve.model.errors import TwelveError
from twelve.system import documents
from twelve.workflow import artefacts
from twelve.workflow.phases import published
from workflow.phases.samples import CONTEXT, LEARN, RUN, SAMPLES, meta, rules_of

HOSTILE = {
    "no front matter": "just text",
    "never closed": "---\nproblem: x\n",
    "not yaml": "---\n{: [\n---\n",
    "a list": "---\n- a\n---\n",
    "empty": "",
    "duplicate keys": "---\nrun: a\nrun: b\n---\n",
    "number key": "---\n1: a\n---\n",
    "bomb": "---\na: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9))
    + "---\n",
    "deep": "---\na: " + "[" * 5000 + "]" * 5000 + "\n---\n",
    "tag": "---\na: !!python/object/apply:os.system [id]\n---\n",
    "binary": "---\n\x00\x01\n---\n",
    "wrong types": "---\nschema: 1\nrun: []\nphase: {}\nchecklist: 3\nsteps: x\n---\n",
}


@pytest.mark.parametrize("name", sorted(artefacts.TYPES))
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_document_is_a_finding(text: str, name: str) -> None:
    reading = artefacts.parse(text, run=RUN, name=name)
    assert reading.present
    assert reading.artefact is None
    assert artefacts.check(reading, CONTEXT)
    assert all(item.path == reading.path for item in reading.findings)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8) | st.just("none: it is small and reversible"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "command", "gate", "needs", "text"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_value_in_any_field_gives_findings_or_passes_but_never_raises(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SAMPLES)))
    sample = meta(name)
    for field in data.draw(st.lists(st.sampled_from(sorted(sample)), max_size=3)):
        sample[field] = data.draw(VALUES)
    rules_of(documents.render_document(sample, ""), name)


def test_a_missing_artefact_is_absent_and_a_linked_or_huge_one_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / artefacts.folder(RUN)
    folder.mkdir(parents=True)
    assert not artefacts.read(tmp_path, RUN, "prime").present
    outside = tmp_path.parent / "outside.md"
    outside.write_text(documents.render_document(meta("prime"), ""))
    (folder / "prime.md").symlink_to(outside)
    assert artefacts.read(tmp_path, RUN, "prime").artefact is None
    (folder / "plan.md").write_text("x" * (artefacts.LIMIT + 1))
    assert artefacts.read(tmp_path, RUN, "plan").findings
    (folder / "learn.md").mkdir()
    assert artefacts.read(tmp_path, RUN, "learn").findings


@pytest.mark.parametrize("run", ["", "../x", "a/b", "a b", ".hidden", "x" * 200, "a\n"])
def test_an_odd_run_id_is_refused_before_it_becomes_a_path(run: str) -> None:
    with pytest.raises(TwelveError):
        artefacts.folder(run)


def test_learning_leaves_the_digest_of_a_tiny_opening_alone() -> None:
    def read(**more: Any) -> artefacts.Reading:
        return artefacts.parse(documents.render_document({**meta("tiny"), **more}, ""), run=RUN, name="tiny")

    assert artefacts.opening_digest(read()) == artefacts.opening_digest(read(**LEARN))
    assert artefacts.opening_digest(read()) != artefacts.opening_digest(read(problem="Something else is wrong."))


@pytest.mark.parametrize("name", sorted(artefacts.TYPES))
def test_the_published_schema_accepts_the_sample_and_refuses_an_unknown_field(name: str) -> None:
    schema = published.json_schema(artefacts.TYPES[name])
    plain = json.loads(json.dumps(meta(name)))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(plain, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**plain, "extra": 1}, schema)


def test_an_artefact_that_holds_a_secret_is_refused_without_repeating_it() -> None:
    secret = "ghp_" + "a1B2" * 9
    found = artefacts.parse(documents.render_document(meta("prime"), f"The key is {secret}.\n"), run=RUN, name="prime")
    assert [finding.rule for finding in found.findings] == ["prime-secret"]
    assert secret not in found.findings[0].message
    assert "line" in found.findings[0].message
