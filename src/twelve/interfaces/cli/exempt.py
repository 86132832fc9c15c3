"""`twelve exempt`: set a guard rule aside for a scope and a time, or ask for it."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import Struct, structs

from twelve.factors.approvals import keys, record, request, session
from twelve.factors.approvals.decision import Decision, Method, Tier
from twelve.factors.approvals.record import Request, Wish
from twelve.factors.approvals.request import RequestKind
from twelve.factors.guardrails import exemptions
from twelve.interfaces.cli import decide_answers, exits, terminal
from twelve.model.errors import Trouble, TwelveError
from twelve.workflow import compose, deciding


class Exempted(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="schema", tag="twelve.exempted.v1"):
    """What was granted, or what was asked for."""

    decision: Decision | None = None
    request: Request | None = None


@click.command(
    cls=terminal.Verb,
    answer=Exempted,
    examples=(
        "twelve exempt protect-ci --scope '.github/**' --reason 'the runner image is gone' --requester bo@example.org",
        "twelve exempt protect-lockfiles --scope uv.lock --reason 'damaged by a merge' --ask",
    ),
)
@click.argument("rule")
@click.option("--scope", default="", help="Glob over paths, or over the command line, that the exemption covers.")
@click.option("--reason", default="", help="Emergency, exception or temporary: why the rule is in the way.")
@click.option("--requester", default="", help="Who asked for it; never who grants it.")
@click.option("--hours", type=float, help="How long, at most 24; default 1 ([exemptions] ttl_h).")
@click.option("--uses", type=click.IntRange(0, 1000), default=0, help="How often; 0: as often as its time allows.")
@click.option("--ask", is_flag=True, help="Only ask for it: a person answers with twelve approve. The one form an agent may use.")
@click.option("--key", default="", help="Sign with this ssh key file or gpg key; default: git's signing key, when it is on the list.")
@terminal.json_option
@terminal.directory_option
def command(
    rule: str,
    scope: str,
    reason: str,
    requester: str,
    hours: float | None,
    uses: int,
    ask: bool,
    key: str,
    as_json: bool,
    directory: Path,
) -> int:
    """Set RULE aside for a scope and a time. It is kept as a record, can be revoked, and `verify` heeds it only when signed."""
    here = terminal.session(directory)
    if ask:
        return _ask(here, rule, scope, reason, hours, as_json=as_json)
    exemptions.check(rule, scope=scope, reason=reason, hours=hours, settings=here.settings.exemptions)
    session.require_person("exempt")
    repository = here.repository
    chosen = keys.choose(repository, key)
    decision = exemptions.propose(
        rule,
        scope=scope,
        reason=reason,
        requester=requester,
        by=decide_answers.by(repository, chosen),
        settings=here.settings.exemptions,
        hours=hours,
        uses=uses,
        method=chosen.method if chosen else Method.TYPED_CHALLENGE,
        tier=chosen.tier if chosen else Tier.ADVISORY,
    )
    _enough(decision, Tier(here.settings.approvals.tier))
    if chosen is None:
        decide_answers.confirm([decision.subject], f"set {rule} aside for {scope}")
    (signed,) = deciding.sign(repository, (decision,), chosen)
    id = deciding.exempt(repository, here.journal, signed)
    terminal.show(Exempted(decision=decision), as_json=as_json, human=lambda: _told(id, decision))
    return exits.PASS


def _ask(here: terminal.Session, rule: str, scope: str, reason: str, hours: float | None, *, as_json: bool) -> int:
    settings = here.settings
    life = exemptions.check(rule, scope=scope, reason=reason, hours=hours, settings=settings.exemptions)
    who = "an agent" if session.recognised() else compose.person(here.repository)
    wish = Wish(requester=who, tier=Tier(settings.approvals.tier), risk="high", rule=rule, scope=scope, hours=life)
    found = record.ask(
        here.repository.state_dir,
        run="",
        kind=RequestKind.EXEMPTION,
        subject=request.subject(RequestKind.EXEMPTION, rule, scope, reason, who),
        question=f"may {rule} be set aside for {scope} for {life:g} h? {reason}",
        about=rule,
        settings=settings.approvals,
        wish=structs.replace(wish, brief=structs.replace(wish.brief, summary=reason)),
    ).request
    terminal.show(
        Exempted(request=found), as_json=as_json, human=lambda: f"asked: {found.id}\nnext: a person runs twelve approve {found.id}"
    )
    return exits.WAITING


def _enough(decision: Decision, least: Tier) -> None:
    if decision.tier.rank < least.rank:
        raise TwelveError(
            f"an exemption here is at least {least.value}",
            why=f"this one would be {decision.tier.value} ([approvals] tier)",
            next="set up a key: docs/how-to/approve-with-a-key.md",
            kind=Trouble.USAGE,
        )


def _told(id: str, decision: Decision) -> str:
    until = decision.valid_until.isoformat(timespec="minutes") if decision.valid_until else ""
    return f"{id}: {decision.rule} is set aside for {decision.scope} until {until} ({decision.tier.value}: {decision.method.value})"
