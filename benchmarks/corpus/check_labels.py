"""Runs the corpus in a scratch world and compares what happened with the label.

    PYTHONPATH=benchmarks python -m corpus.check_labels [--part frozen] [--rule force-push] [--id force-push-003] [--show]

An entry is `right` when a forbidden line had a forbidden effect or a benign line had none, `wrong` when not, and `open` when it
could not be tried: a program it needs is not on this machine, or its effect shows only outside the scratch world. Writes
benchmarks/results/corpus_labels.json when nothing was selected. Needs Linux with user namespaces; the answer is 0 when nothing is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import effects, observing, scratch

CORPUS = Path(__file__).resolve().parent / "guard"
MEMORY = "/dev/shm"  # noqa: S108 - hundreds of small worlds are made and removed; a disk would be the bottleneck
RESULT = Path(__file__).resolve().parent.parent / "results" / "corpus_labels.json"
OPEN: Mapping[str, str] = json.loads((Path(__file__).resolve().parent / "untried.json").read_text(encoding="utf-8"))
"""Entries whose effect a scratch world cannot show, each with the reason."""
MISSING = re.compile(
    r"(\S+): (?:command )?not found|Can't locate (\S+)"
    r"|No such file or directory: '(\w+)'|No module named '?(\w+)|applet not found"
)


@dataclass(frozen=True)
class Verdict:
    entry: Mapping[str, Any]
    state: str
    """`right`, `wrong` or `open`."""
    why: str
    outcome: scratch.Outcome | None = None


def entries(parts: list[str]) -> Iterator[dict[str, Any]]:
    for part in parts:
        for path in sorted((CORPUS / part).glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                yield {**json.loads(line), "part": part}


def prepare(world: Path, entry: Mapping[str, Any]) -> None:
    """Put the files and links of an entry where its line expects them."""
    for path, text in entry.get("files", {}).items():
        target = inside(world, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(scratch.filled(text), encoding="utf-8")
        target.chmod(0o755 if text.startswith("#!") else 0o644)
    for path, goal in entry.get("links", {}).items():
        target = inside(world, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(scratch.filled(goal))


def inside(world: Path, path: str, cwd: str = "") -> Path:
    """Where a path of an entry lies in the scratch world; links in the folders are followed within it."""
    full = Path("/" + str(Path(scratch.ROOT) / cwd / scratch.filled(path)).lstrip("/"))
    parts: list[str] = []
    for part in full.parts[1:]:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
            spot = world.joinpath(*parts)
            if spot.is_symlink():
                goal = Path("/", *parts[:-1], spot.readlink())
                parts = [piece for piece in goal.parts[1:] if piece != "."]
    return world.joinpath(*parts)


def by_tool(world: Path, entry: Mapping[str, Any]) -> scratch.Outcome:
    """What the file tools of a client would do."""
    tool, text = entry["tool"], scratch.filled(entry.get("text", ""))
    named = [
        line.partition(": ")[2]
        for line in text.splitlines()
        if line.startswith(("*** Update File: ", "*** Add File: ", "*** Delete File: "))
    ]
    for path in named if tool == "patch" else [entry["path"]]:
        target = inside(world, path, entry.get("cwd", ""))
        if tool == "read":
            target.read_bytes()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        old = target.read_text(encoding="utf-8") if target.exists() and tool != "write" else ""
        target.write_text(old + text + "\n", encoding="utf-8")
    return scratch.Outcome(world=world, rc=0, out="", err="", dead=(), late=False)


def tried(template: Path, entry: Mapping[str, Any], number: int) -> tuple[str, scratch.Outcome]:
    """The forbidden effect of one entry in a fresh copy of `template`, and what was seen."""
    world = scratch.copy(template, template.parent / f"{template.name}-{number}")
    try:
        prepare(world, entry)
        before = observing.remember(world, entry["rule"])
        scratch.unread(world)
        if entry["tool"] == "shell":
            outcome = scratch.run(world, scratch.filled(entry["command"]), entry.get("cwd", ""), processes=entry["rule"] == "process-kill")
        else:
            outcome = by_tool(world, entry)
        return effects.seen(entry["rule"], before, outcome), outcome
    finally:
        shutil.rmtree(world, ignore_errors=True)


def judge(templates: Mapping[str, Path], entry: Mapping[str, Any], number: int) -> Verdict:
    if entry["id"] in OPEN:
        return Verdict(entry, "open", OPEN[entry["id"]])
    effect, outcome = tried(templates["dirty"], entry, number)
    if not effect and entry["rule"] in ("history-rewrite", "hook-skip"):
        effect, outcome = tried(templates["clean"], entry, number)
    if entry["label"] == "forbidden":
        if effect:
            return Verdict(entry, "right", effect, outcome)
        absent = MISSING.search(outcome.err)
        if absent:
            return Verdict(entry, "open", f"not on this machine: {next((one for one in absent.groups() if one), 'an applet')}", outcome)
        return Verdict(entry, "wrong", f"no effect (exit {outcome.rc})", outcome)
    return Verdict(entry, "wrong" if effect else "right", effect or "no effect", outcome)


def tell(verdict: Verdict, show: bool) -> None:
    if verdict.state == "wrong" or show:
        print(f"{verdict.state} {verdict.entry['id']} {verdict.entry['label']}: {verdict.why}\n    {verdict.entry['command']!r}")
        if verdict.outcome:
            print("    " + (verdict.outcome.err.strip() or verdict.outcome.out.strip())[-400:].replace("\n", "\n    "))
            print("".join(f"    called {call.text[:160]}\n" for call in verdict.outcome.calls[:6]), end="")
    elif verdict.state == "open":
        print(f"open  {verdict.entry['id']} {verdict.why}")
    sys.stdout.flush()


def report(verdicts: list[Verdict]) -> None:
    totals = Counter((verdict.entry["rule"], verdict.state) for verdict in verdicts)
    for rule in effects.RULES:
        print(f"{rule:20} " + " ".join(f"{state} {totals[rule, state]:4}" for state in ("right", "wrong", "open")))
    print("all".ljust(20), dict(Counter(verdict.state for verdict in verdicts)))


def record(verdicts: list[Verdict]) -> None:
    rules = {
        rule: Counter(f"{v.entry['part']} {v.entry['label']} {v.state}" for v in verdicts if v.entry["rule"] == rule)
        for rule in effects.RULES
    }
    told = {
        "schema": "twelve-corpus-labels/1",
        "entries": len(verdicts),
        "states": Counter(verdict.state for verdict in verdicts),
        "rules": rules,
        "open": {verdict.entry["id"]: verdict.why for verdict in verdicts if verdict.state == "open"},
    }
    RESULT.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", action="append", choices=("frozen", "later"))
    parser.add_argument("--rule", action="append", choices=tuple(effects.RULES))
    parser.add_argument("--id", action="append")
    parser.add_argument("--show", action="store_true", help="print every entry, not only what is wrong or open")
    parser.add_argument("--jobs", type=int, default=2)
    told = parser.parse_args()
    reason = scratch.available()
    if reason:
        print(f"cannot run here: {reason}", file=sys.stderr)
        return 4
    chosen = [
        one
        for one in entries(told.part or ["frozen", "later"])
        if (not told.rule or one["rule"] in told.rule) and (not told.id or one["id"] in told.id)
    ]
    with tempfile.TemporaryDirectory(prefix="corpus-", dir=MEMORY if os.path.isdir(MEMORY) else None) as folder:
        templates = {name: scratch.template(Path(folder), dirty=name == "dirty") for name in ("dirty", "clean")}
        (templates["dirty"] / "opt/was-dirty").write_text("UNCOMMITTED", encoding="utf-8")
        with ThreadPoolExecutor(told.jobs) as pool:
            verdicts = []
            for verdict in pool.map(lambda pair: judge(templates, pair[1], pair[0]), enumerate(chosen)):
                verdicts.append(verdict)
                tell(verdict, told.show)
    report(verdicts)
    if not (told.part or told.rule or told.id):
        record(verdicts)
    return int(any(verdict.state == "wrong" for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
