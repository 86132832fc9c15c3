"""What may happen next. A driver carries out the first move, tells the machine the new facts, and asks again."""

from __future__ import annotations

from msgspec import Struct

from twelve.factors.approvals.request import RequestKind
from twelve.model.phase import Phase, Size


class Write(Struct, frozen=True, kw_only=True, tag="write", tag_field="move"):
    """An agent turn that writes a phase's artefact and nothing else. Counts one round on `unit`."""

    phase: Phase
    artefact: str
    """File stem under the run's folder: `prime` … `learn`, or `tiny`."""
    unit: str
    why: tuple[str, ...] = ()
    """What was wrong with the last attempt; empty the first time."""


class Work(Struct, frozen=True, kw_only=True, tag="work", tag_field="move"):
    """An agent turn that changes the tree. Counts one round on `unit`."""

    step: str
    """Plan step; empty: repair after the last step, with the whole plan in view."""
    unit: str
    why: tuple[str, ...] = ()


class Gates(Struct, frozen=True, kw_only=True, tag="gates", tag_field="move"):
    """Judge these gates on the current subject."""

    phase: Phase
    gates: tuple[str, ...]
    step: str = ""


class Prove(Struct, frozen=True, kw_only=True, tag="prove", tag_field="move"):
    """See these gates red on a seeded defect; `critical` work accepts no unproven gate."""

    gates: tuple[str, ...]


class Pin(Struct, frozen=True, kw_only=True, tag="pin", tag_field="move"):
    """Record the digest of these oracle files as they are now."""

    paths: tuple[str, ...]


class SeeRed(Struct, frozen=True, kw_only=True, tag="see-red", tag_field="move"):
    """Run these acceptance commands before the work they judge; they have to fail."""

    criteria: tuple[str, ...]


class Accept(Struct, frozen=True, kw_only=True, tag="accept", tag_field="move"):
    """Run these acceptance commands on the current subject."""

    criteria: tuple[str, ...]


class Observe(Struct, frozen=True, kw_only=True, tag="observe", tag_field="move"):
    """Run the plan's observability check on the current subject."""


class Ask(Struct, frozen=True, kw_only=True, tag="ask", tag_field="move"):
    """Put a question to a person. The answer counts for `subject` only."""

    kind: RequestKind
    subject: str
    question: str
    about: str = ""


class Commit(Struct, frozen=True, kw_only=True, tag="commit", tag_field="move"):
    """Record the phase, or close the step, in the branch's history.

    For implement without a step the driver first writes `implement.md` from what it knows.
    """

    phase: Phase
    step: str = ""


class Discard(Struct, frozen=True, kw_only=True, tag="discard", tag_field="move"):
    """Put these paths back: the phase may not change them."""

    paths: tuple[str, ...]
    reason: str


class Regress(Struct, frozen=True, kw_only=True, tag="regress", tag_field="move"):
    """Step back: record a `Regression`, set the artefacts from `to` on aside, and, when `to` lies before
    implement, put the code back to the base so that acceptance can be seen red again."""

    to: Phase
    reason: str
    size: Size


class Escalate(Struct, frozen=True, kw_only=True, tag="escalate", tag_field="move"):
    """Stop and tell a person; nothing here can go on by itself. The run can be resumed."""

    reason: str


class Finish(Struct, frozen=True, kw_only=True, tag="finish", tag_field="move"):
    """Everything holds on exactly this content."""

    unverified: tuple[str, ...] = ()
    """What was skipped although optional; belongs into the trailers."""


Move = Write | Work | Gates | Prove | Pin | SeeRed | Accept | Observe | Ask | Commit | Discard | Regress | Escalate | Finish
