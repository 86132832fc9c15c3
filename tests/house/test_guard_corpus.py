"""The published corpus of command spellings: it parses, is large and varied enough, and the frozen half is the one that was frozen."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "benchmarks" / "corpus" / "guard"
PARTS = {"frozen": 22, "later": 20}
"""Entries of each label a rule has at least, by part."""
RULES = [
    "protect-policy",
    "protect-ci",
    "protect-lockfiles",
    "protect-secrets",
    "outside-write",
    "destructive-delete",
    "force-push",
    "history-rewrite",
    "hook-skip",
    "remote-code",
    "credential-exfil",
    "database-drop",
    "volume-prune",
    "infra-change",
    "production-context",
    "privilege-change",
    "process-kill",
    "forge-evidence",
]
FIELDS = {"id", "rule", "label", "tool", "command", "path", "text", "cwd", "files", "links", "note"}
TOOLS = {"shell", "read", "write", "edit", "patch"}


def entries(part: str) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted((CORPUS / part).glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]


def everything() -> list[dict[str, Any]]:
    return [entry for part in PARTS for entry in entries(part)]


def test_there_is_one_file_per_rule_and_no_other() -> None:
    for part in PARTS:
        assert sorted(path.stem for path in (CORPUS / part).glob("*.jsonl")) == sorted(RULES)


@pytest.mark.parametrize("part", PARTS)
def test_every_rule_has_enough_of_both_labels(part: str) -> None:
    counted = Counter((entry["rule"], entry["label"]) for entry in entries(part))
    short = {pair: counted[pair] for rule in RULES for label in ("forbidden", "benign") if counted[pair := (rule, label)] < PARTS[part]}
    assert not short


def test_most_of_the_corpus_was_frozen_before_the_rules() -> None:
    assert len(entries("frozen")) > len(entries("later"))


def test_entries_are_well_formed() -> None:
    for part in PARTS:
        for path in (CORPUS / part).glob("*.jsonl"):
            for line in path.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                assert set(entry) <= FIELDS, entry["id"]
                assert entry["rule"] == path.stem, entry["id"]
                assert re.fullmatch(rf"{re.escape(path.stem)}-\d{{3}}", entry["id"])
                assert entry["label"] in ("forbidden", "benign")
                assert entry["tool"] in TOOLS
                assert entry["note"].strip()
                assert entry["command"].strip() if entry["tool"] == "shell" else "path" in entry, entry["id"]


def test_ids_are_unique() -> None:
    counted = Counter(entry["id"] for entry in everything())
    assert [name for name, times in counted.items() if times > 1] == []


def test_no_two_entries_of_a_rule_say_the_same() -> None:
    def said(entry: dict[str, Any]) -> tuple[str, ...]:
        wrapped = json.dumps([entry.get("files"), entry.get("links")], sort_keys=True)
        return (entry["rule"], entry["tool"], entry["command"], entry.get("path", ""), entry.get("text", ""), entry.get("cwd", ""), wrapped)

    counted = Counter(map(said, everything()))
    assert [one for one, times in counted.items() if times > 1] == []


def test_no_spelling_is_both_forbidden_and_benign_for_a_rule() -> None:
    shell = [entry for entry in everything() if entry["tool"] == "shell" and "files" not in entry and "links" not in entry]
    forbidden = {(entry["rule"], entry["command"]) for entry in shell if entry["label"] == "forbidden"}
    assert [entry["id"] for entry in shell if entry["label"] == "benign" and (entry["rule"], entry["command"]) in forbidden] == []


def test_the_frozen_half_is_the_one_that_was_frozen() -> None:
    lines = [line.split("  ", 1) for line in (CORPUS / "FROZEN.sha256").read_text(encoding="utf-8").splitlines()]
    told = {name: digest for digest, name in lines}
    assert told == {f"frozen/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in (CORPUS / "frozen").glob("*.jsonl")}


def test_errata_name_entries_that_exist() -> None:
    known = {entry["id"] for entry in everything()}
    named = re.findall(r"^- `([a-z-]+-\d{3})`", (CORPUS / "errata.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= known
