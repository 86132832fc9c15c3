"""What is generated from the machine and the types is current."""

from __future__ import annotations

import artefact_schemas
import workflow_doc


def test_artefact_schemas_are_current() -> None:
    assert artefact_schemas.main(["--check"]) == 0


def test_the_workflow_page_is_current() -> None:
    assert workflow_doc.main(["--check"]) == 0


def test_the_workflow_page_names_every_move_and_rule_family() -> None:
    text = workflow_doc.render()
    for word in ("`see-red`", "`discard`", "`plan-step-without-validation`"[1:5], "tiny.md"):
        assert word in text
