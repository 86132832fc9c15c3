"""The registry: twelve factors, every old name understood, and rooms that agree with it."""

from __future__ import annotations

import contextlib
import re
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import twelve
from twelve.model.errors import ConfigError, TwelveError
from twelve.model.factor import Factor
from twelve.workflow import registry


def numerals(text: str, domain: str = "") -> list[str]:
    return [factor.numeral for factor in registry.resolve(text, domain=domain)]


def test_there_are_twelve_in_order_and_three_tiers_of_four() -> None:
    assert tuple(factor.numeral for factor in registry.factors()) == registry.NUMERALS
    assert [factor.tier for factor in registry.factors()] == [tier for tier in registry.TIERS for _ in range(4)]


def test_every_room_has_a_factor_and_every_factor_a_room() -> None:
    rooms = {path.parent.name for path in (Path(twelve.__file__).parent / "factors").glob("*/__init__.py")}
    assert rooms == set(registry.slugs())


@pytest.mark.parametrize("factor", registry.factors(), ids=lambda factor: factor.slug)
def test_a_room_asks_the_question_of_its_factor(factor: Factor) -> None:
    text = " ".join((import_module(f"twelve.factors.{factor.slug}").__doc__ or "").split())
    assert text.startswith(f"Factor {factor.numeral}, {factor.name}. The question: {factor.question} Admission test:")


@pytest.mark.parametrize("factor", registry.factors(), ids=lambda factor: factor.slug)
def test_laws_and_pillars_are_known_and_sentences_are_whole(factor: Factor) -> None:
    assert set(factor.laws) <= set(range(1, 6))
    assert factor.pillar in registry.PILLARS
    for sentence in (factor.failure_mode, factor.promise, factor.guarantee_note):
        assert re.fullmatch(r"[A-Z].{20,200}\.", sentence)
    assert factor.question.endswith("?")


@pytest.mark.parametrize("factor", registry.factors(), ids=lambda factor: factor.slug)
def test_a_factor_answers_to_numeral_number_name_slug_and_every_alias(factor: Factor) -> None:
    number = registry.NUMERALS.index(factor.numeral) + 1
    written = (factor.numeral, factor.numeral.lower(), str(number), f"{number:02}", f"Factor {factor.numeral}", f"factor-{number:02}")
    for text in (*written, factor.name, factor.name.upper(), factor.slug, f"Factor {factor.numeral}: {factor.name}"):
        assert numerals(text) == [factor.numeral]
    for alias in factor.aliases:
        assert factor.numeral in numerals(alias.name, alias.namespace)
        if alias.numeral and alias.namespace != "simplified":
            assert factor.numeral in numerals(f"{alias.namespace}:{alias.numeral}")


@pytest.mark.parametrize(
    ("text", "domain", "meant"),
    [
        ("Factor X", "", ["X"]),
        ("Factor X", "devops", ["V"]),
        ("Factor X", "platform", ["III", "VII"]),
        ("devops:X", "", ["V"]),
        ("platform:V", "", ["IX"]),
        ("platform:VIII", "", ["VII", "XI"]),
        ("platform:XI", "", ["VIII"]),
        ("platform:XII", "", ["XI"]),
        ("devops:V", "", ["VI", "IV"]),
        ("devops:VII", "", ["XI"]),
        ("devops:VIII", "", ["XI", "VIII"]),
        ("devops:XI", "", ["X"]),
        ("devops:XII", "", ["III", "VII"]),
        ("Factor IX", "devops", ["IX"]),
        ("mvp:08", "", ["IV"]),
        ("mvp:04", "", ["I"]),
        ("Factor X: Telemetry", "devops", ["V"]),
        ("Factor X: Telemetry", "", ["V"]),
        ("Human-in-the-Loop", "", ["VIII"]),
        ("01-automated-tracking", "", ["I"]),
        ("Harmonize Don’t Edit", "", ["XII", "IX"]),
    ],
)
def test_old_and_domain_numberings_are_understood(text: str, domain: str, meant: list[str]) -> None:
    assert numerals(text, domain) == meant


@pytest.mark.parametrize("text", ["", "XIII", "0", "13", "Factor", "nonsense", "devops:", "a" * 100_000, "::::", "\x00"])
def test_what_means_no_factor_is_refused_in_words(text: str) -> None:
    with pytest.raises(TwelveError, match="no factor"):
        registry.resolve(text)


@given(st.text(), st.text())
def test_any_text_is_answered_or_refused(text: str, domain: str) -> None:
    with contextlib.suppress(TwelveError):
        assert registry.resolve(text, domain=domain)


def test_the_audit_finds_every_pillar_and_law_covered_and_names_what_the_older_map_does_otherwise() -> None:
    audit = registry.audit()
    assert sorted(numeral for group in audit.coverage.values() for numeral in group) == sorted(registry.NUMERALS)
    assert all(audit.laws.values())
    assert audit.gaps == ("the older map gives mvp:IV no pillar",)
    assert [(difference.older_numeral, difference.factor) for difference in audit.differences] == [
        ("III", "III"),
        ("V", "III"),
        ("VII", "XII"),
        ("X", "III"),
        ("IX", "X"),
    ]


def test_no_factor_claims_more_evidence_than_its_source() -> None:
    later = registry.factors()[6:]
    assert {factor.evidence.value for factor in later} == {"low-medium"}


def test_an_absent_switch_means_on() -> None:
    assert len(registry.switched_on({})) == 12
    assert "gates" not in {factor.slug for factor in registry.switched_on({"gates": False})}


def test_an_unknown_switch_is_a_configuration_error_with_a_suggestion() -> None:
    with pytest.raises(ConfigError, match="guardrails"):
        registry.switched_on({"guardrail": False})


def test_law_sets_name_five_laws_each() -> None:
    laws = registry.lawsets()
    assert set(laws["v1"]) == set(laws["seed-001"]) == {"1", "2", "3", "4", "5"}
