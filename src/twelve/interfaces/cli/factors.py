"""`twelve factors`: the twelve, what each guarantees today, and how they cover the pillars."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import Struct

from twelve.interfaces.cli import terminal
from twelve.model.errors import TwelveError
from twelve.model.factor import Factor
from twelve.render import human
from twelve.workflow import registry

STATUS = "beta: an early-stage method under test, not a proven one"


class FactorState(Struct, frozen=True, kw_only=True):
    """One factor and whether this repository's policy leaves it on."""

    factor: Factor
    enabled: bool


class FactorsAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve factors --json` prints."""

    status: str
    factors: tuple[FactorState, ...]
    audit: registry.Audit


@click.command(
    cls=terminal.Verb,
    answer=FactorsAnswer,
    examples=("twelve factors", "twelve factors --json", "twelve factors 'Factor X' --domain devops"),
)
@click.argument("name", required=False)
@click.option("--domain", default="", help="Whose numbering a number is in: platform, devops, mvp.")
@terminal.json_option
@terminal.directory_option
def command(name: str | None, domain: str, as_json: bool, directory: Path) -> None:
    """List the twelve factors, or say which one a name or an old number means."""
    chosen = registry.resolve(name, domain=domain) if name is not None else registry.factors()
    enabled = registry.switched_on(_switches(directory))
    states = tuple(FactorState(factor=factor, enabled=factor in enabled) for factor in chosen)
    answer = FactorsAnswer(status=STATUS, factors=states, audit=registry.audit())
    terminal.show(answer, as_json=as_json, human=lambda: _one(states) if name is not None else _all(answer))


def _switches(directory: Path) -> dict[str, bool]:
    """The policy's switches; outside a repository every factor counts as on, a broken policy is still an error."""
    here = terminal.session(directory)
    try:
        _root = here.root
    except TwelveError:
        return {}
    return here.settings.factors


def _all(answer: FactorsAnswer) -> str:
    colour = terminal.colour()
    parts = [f"The twelve factors ({answer.status})"]
    for tier in registry.TIERS:
        rows = [
            (
                state.factor.numeral,
                state.factor.slug,
                state.factor.name,
                state.factor.guarantee.value,
                state.factor.evidence.value,
                _switch(state),
            )
            for state in answer.factors
            if state.factor.tier == tier
        ]
        parts.append(human.style(tier.capitalize(), "bold", colour=colour))
        parts.append(human.table(("", "name", "factor", "guarantee now", "evidence", ""), rows, colour=colour))
    parts.append(_audit(answer.audit, colour=colour))
    parts.append("One in detail: twelve factors NAME    What the words mean: docs/explanation/guarantees.md")
    return "\n\n".join(parts)


def _audit(audit: registry.Audit, *, colour: bool) -> str:
    rows = [(pillar, ", ".join(numerals)) for pillar, numerals in audit.coverage.items()]
    rows += [(f"law {law}", ", ".join(numerals)) for law, numerals in audit.laws.items()]
    lines = [human.table(("pillar or law", "carried by"), rows, colour=colour)]
    older = [f"  {gap}" for gap in audit.gaps]
    older += [
        f"  mvp:{item.older_numeral} (now {item.factor}) stood under {item.older_pillar}, now under {item.pillar}"
        for item in audit.differences
    ]
    if older:
        lines += ["", "Against the older numbering called mvp:", *older]
    return "\n".join(lines)


def _switch(state: FactorState) -> str:
    return "on" if state.enabled else "off"


def _one(states: tuple[FactorState, ...]) -> str:
    return "\n\n".join(_detail(state) for state in states)


def _detail(state: FactorState) -> str:
    factor = state.factor
    laws = registry.lawsets()["v1"]
    names = ", ".join(f"{alias.namespace}:{alias.numeral or '-'} {alias.name}" for alias in factor.aliases)
    lines = [
        f"Factor {factor.numeral}, {factor.name} ({factor.slug}, {_switch(state)})",
        f"  asks        {factor.question}",
        f"  without it  {factor.failure_mode}",
        f"  promises    {factor.promise}",
        f"  now         {factor.guarantee.value}: {factor.guarantee_note}",
        f"  evidence    {factor.evidence.value}",
        f"  pillar      {factor.pillar} ({factor.tier})",
        f"  also called {names}",
    ]
    return "\n".join([*lines, *(f"  law {law}       {laws[str(law)]}" for law in factor.laws)])
