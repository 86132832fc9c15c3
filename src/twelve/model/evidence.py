"""A verdict as it is kept in git: one JSON line in `refs/notes/twelve/gates` on the judged commit or tree."""

from __future__ import annotations

from msgspec import Struct

from twelve.model.verdict import Outcome


class GateEvidence(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.gate.v1"):
    """Enough to recompute or distrust a verdict without the machine that made it."""

    gate: str
    kind: str
    definition: str
    subject: str
    """Tree id without `.twelve/`; stays meaningful when the annotated object is gone."""
    inputs: str
    outcome: Outcome
    required: bool
    proven: bool
    findings: int
    tool: str
    tool_version: str
    argv: tuple[str, ...]
    started: str
    duration_s: float
    twelve: str
    """Version of Twelve that judged."""
    run: str = ""
