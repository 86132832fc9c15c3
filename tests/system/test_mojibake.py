"""Wrongly decoded text is repaired; text that was decoded properly is never touched."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from twelve.system.mojibake import repair

MAC = {
    "\u201a\u00fa\u00d6": "✅",
    "\u201a\u00ee\u00c7": "│",
    "\u201a\u00ee\u00fa\u201a\u00ee\u00c4\u201a\u00ee\u00c4": "├──",
    "\u201a\u00ee\u00ee\u201a\u00ee\u00c4\u201a\u00ee\u00c4": "└──",
    "\u201a\u00dc\u00ed": "→",
    "\u201a\u00dc\u00ea": "←",
    "Di\u221a\u00b0taxis": "Diátaxis",
    "\u201a\u2260\u00ea": "⭐",
    "\u201a\u00e2\u2020": "≠",
    "\u201a\u00e2\u2022": "≥",
    "\u201a\u00c4\u00ee": "—",
    "\u201a\u00e8\u2265": "⏳",
    "\u201a\u00f6\u00b0": "⚡",
    "\uf8ff\u00fc\u00f6\u00c4": "🚀",
}
WINDOWS = {
    "\u00e2\u2020\u2019": "→",
    "\u00e2\u20ac\u201d": "—",
    "\u00e2\u0153\u2026": "✅",
    "\u00f0\u0178\u201c\u0160": "📊",
    "\u00e2\u0152": "❌",
    "\u00e2\u0161\u00a0\u00ef\u00b8": "⚠️",
    "\u00e2\u0161 \u00ef\u00b8": "⚠️",
    "\u00e2\u20ac\u0153quoted\u00e2\u20ac": "“quoted”",
}
CLEAN = [
    "",
    "plain ASCII only",
    "✅ passed, ❌ failed, ⚠️ careful → next — end",
    "café, naïve, Ünïcödé, größer, señor, «où?» ça",
    "Ελληνικά και русский текст",
    "日本語 한국어 中文",
    "├── src\n└── tests",
    "price: 5 € ± 2 °C, ½ × ¾",
    "“quotes” ‘single’ … – —",
    "« CAFÉ » et « DÉJÀ VU »",
    "São João, AÇÃO, NÃO",
    "Ångström, Žižek, Łódź",
    "naïve\u00a0text with\u00a0no-break spaces",
    "à l’école",
    "l’école et l’éclat d’état",
    "the CAFÉ’s menu",
    "CAFÉ…",
    "gro\u00df\u00a0en",
    "—Él dijo",
    "“élan",
    "the letter â” closes, â— too",
    "🚀 emoji 👍🏽 and 👨‍👩‍👧",
]
LANGUAGES = st.text("abc \nàâäçéèêëïîôöùûüßñãõåøæœÀÉÈÇÖÜÄ«»„“”‘’–—…€£°αβγδабвгд日本語한국✅❌→←│├└─🚀📊", max_size=60)


@pytest.mark.parametrize(("damaged", "meant"), [*MAC.items(), *WINDOWS.items()])
def test_the_known_glyphs_are_repaired(damaged: str, meant: str) -> None:
    assert repair(damaged) == meant
    assert repair(f"- {damaged} done\n- {damaged}\n") == f"- {meant} done\n- {meant}\n"


def test_a_whole_document_of_each_family_is_repaired() -> None:
    for table in (MAC, WINDOWS):
        assert repair("\n".join(f"line {n}: {glyph}" for n, glyph in enumerate(table))) == "\n".join(
            f"line {n}: {meant}" for n, meant in enumerate(table.values())
        )


def test_glyphs_that_lost_a_byte_are_repaired_next_to_whole_ones() -> None:
    assert repair("\u00e2\u0152\u00e2\u0153\u2026 \u00e2\u0153\u2026\u00e2\u0152") == "❌✅ ✅❌"
    assert repair("\u00e2\u0153\u2026\u00ef\u00b8") == "✅\ufe0f"


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_stays_as_it_is(text: str) -> None:
    assert repair(text) is text or repair(text) == text


def test_one_properly_decoded_glyph_protects_the_whole_text() -> None:
    text = "The bytes of ✅ read as Windows-1252 look like \u00e2\u0153\u2026"
    assert repair(text) == text


WORDS = st.sampled_from(
    [
        "l’école",
        "CAFÉ’s",
        "CAFÉ…",
        "groß\xa0en",
        "—Él",
        "“élan",
        "élan”",
        "d’état",
        "ÉTÉ…",
        "naïve",
        "„Ä“",
        "«\xa0où\xa0»",
        "ça",
        "ESPAÑA’S",
        "Ö…",
        "5\xa0€",
        "§\xa03",
        "2\xa0°C",
        "½…",
    ]
)


@given(st.lists(WORDS | st.sampled_from(["plain", "words", "(and)"]), max_size=6).map(" ".join))
def test_ordinary_typography_is_never_taken_for_damage(text: str) -> None:
    assert repair(text) == text


def _damage(text: str, encoding: str, *, keep_undefined: bool = False) -> str | None:
    if keep_undefined:
        return "".join(chr(byte) if byte in b"\x81\x8d\x8f\x90\x9d" else bytes([byte]).decode(encoding) for byte in text.encode())
    try:
        return text.encode("utf-8").decode(encoding)
    except UnicodeDecodeError:
        return None


TELLING = st.sampled_from(["é", "ü", "ñ", "→", "✅", "─", "日", "🚀", "Ж—", "αβγ", "мир", "ż"])


@given(LANGUAGES, TELLING, st.sampled_from(["cp1252", "mac_roman"]))
@example("─── ✅ done → 🚀", "é", "mac_roman")
@example("größer — “naïve”…", "é", "mac_roman")
def test_damage_that_lost_nothing_is_undone_exactly(text: str, telling: str, encoding: str) -> None:
    text = f"{text} {telling}"
    damaged = _damage(text, encoding)
    assume(damaged is not None)
    assert damaged is not None
    assert repair(damaged) == text


@given(LANGUAGES, TELLING)
def test_undefined_bytes_kept_as_controls_are_repaired_too(text: str, telling: str) -> None:
    damaged = _damage(f"{text} {telling}", "cp1252", keep_undefined=True)
    assert damaged is not None
    assert repair(damaged) == f"{text} {telling}"


@given(st.text(max_size=200))
def test_any_text_gives_a_text(text: str) -> None:
    assert isinstance(repair(text), str)


@pytest.mark.parametrize("piece", ["\u00e2", "\u00e2\u0153\u2026", "\u201a\u00fa\u00d6", "\u00f0\u0178", "é", "\u00e2\u0161 ", "✅"])
def test_a_megabyte_is_repaired_in_linear_time(piece: str) -> None:
    started = time.process_time()
    repair(piece * (300_000 // len(piece)))
    assert time.process_time() - started < 5
