"""What switching a factor off changes, folded into the settings once, so that nobody else asks for switches.

A switch leaves work undone; it never turns a check into a pass. A factor that has nothing to leave undone in this
version has no rule here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import structs

from twelve.model.phase import Size
from twelve.model.settings import Settings
from twelve.workflow import registry


def effective(settings: Settings) -> Settings:
    """The settings with every switched-off factor's part taken out. ConfigError for an unknown switch."""
    if not settings.factors:
        return settings
    on = {factor.slug for factor in registry.switched_on(settings.factors)}
    for slug, rule in RULES.items():
        if slug not in on:
            settings = rule(settings)
    return settings


def _no_gates(settings: Settings) -> Settings:
    """No gate is defined: `twelve run` refuses, because nothing would judge the work."""
    return structs.replace(settings, gates={}, suites=type(settings.suites)())


def _whole_files(settings: Settings) -> Settings:
    """Files named in a plan enter the prompt uncut up to the whole budget."""
    budget = int(settings.context.window_tokens * settings.context.budget_ratio)
    return structs.replace(settings, context=structs.replace(settings.context, file_tokens=budget))


def _no_right_sizing(settings: Settings) -> Settings:
    """Every task gets at least the normal ceremony; size and risk may still raise it."""
    least = max(settings.run.minimum_size, Size.NORMAL, key=lambda size: size.rank)
    return structs.replace(settings, run=structs.replace(settings.run, minimum_size=least))


def _no_plan_approval(settings: Settings) -> Settings:
    """No plan waits for a person; escalations and changed oracles still do."""
    return structs.replace(settings, approvals=structs.replace(settings.approvals, plan="never"))


def _no_patterns(settings: Settings) -> Settings:
    """Learn may name no pattern; one that is named still needs its evidence."""
    return structs.replace(settings, run=structs.replace(settings.run, patterns=(0, settings.run.patterns[1])))


def _no_backlog(settings: Settings) -> Settings:
    """Learn may name no improvement; one that is named is still scored."""
    return structs.replace(settings, run=structs.replace(settings.run, backlog_items=0))


RULES: Mapping[str, Callable[[Settings], Settings]] = {
    "context": _whole_files,
    "gates": _no_gates,
    "routing": _no_right_sizing,
    "approvals": _no_plan_approval,
    "patterns": _no_patterns,
    "backlog": _no_backlog,
}
"""Factor -> what its absence does to the settings."""
