"""What is generated from the machine says what the machine knows."""

from __future__ import annotations

from pages import workflow


def test_the_workflow_page_names_every_move_and_rule_family() -> None:
    text = workflow.pages()["WORKFLOW.md"]
    for word in ("`see-red`", "`discard`", "`step-without-validation`", "tiny.md"):
        assert word in text, word
