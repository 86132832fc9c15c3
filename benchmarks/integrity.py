"""How much the gate kind `integrity` sees, and how often it cries: recall on seeded weakenings, flags on real histories.

Run: PYTHONPATH=src python benchmarks/integrity.py seeded [--per 10] [--seed 7] [--suites FOLDER]
     PYTHONPATH=src python benchmarks/integrity.py histories --mirrors FOLDER --commits 600 [--details FILE]
     PYTHONPATH=src python benchmarks/integrity.py own
     PYTHONPATH=src python benchmarks/integrity.py labels
Each writes its part of benchmarks/results/integrity.json. FOLDER holds clones named `owner+name` (or `owner+name/repo`); nothing of them is
kept but counts, commit ids and labels. `flagged` means at least one finding that blocks; `shown` also counts warnings.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import weakenings

from twelve.factors.gates import integrity
from twelve.factors.gates.integrity import content, judged, rules
from twelve.model.errors import TwelveError
from twelve.model.finding import Finding, Severity
from twelve.system import git

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "integrity.json"
LABELS = ROOT / "benchmarks" / "results" / "integrity_labels.json"
TUNING = ("pallets/flask", "encode/httpx", "spf13/cobra", "expressjs/express")
"""Looked at while the rules were made."""
HELD_OUT = ("psf/requests", "pallets/click", "python-attrs/attrs", "sindresorhus/got", "axios/axios", "vitejs/vite", "gin-gonic/gin")
"""Run once, after the rules were made."""


def seeded(per: int, seed: int, suites: Path | None) -> dict[str, Any]:
    """Recall per family over this repository's own tests, the self-made shop and, when given, tests of clones."""
    shop = weakenings.fixtures()
    python = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py"))}
    python["tests/test_prices.py"] = shop["tests/test_prices.py"]
    scripts = {path: text for path, text in shop.items() if ".test." in path and path.endswith(("js", "ts"))}
    found = {"own tests and shop": _recall(weakenings.all_weakenings(python, scripts, per, seed))}
    if suites is not None:
        foreign = weakenings.all_weakenings(_suite(suites, (".py",)), _suite(suites, (".js", ".ts")), per, seed, planted=False)
        found["tests of clones"] = _recall(foreign)
    return {"seed": seed, "per_operation": per, **found}


def _suite(folder: Path, suffixes: tuple[str, ...]) -> dict[str, str]:
    """Test files of the clones, read from their newest commits."""
    found = {}
    for name in HELD_OUT:
        place = _clone(folder, name)
        paths = _git(place, "ls-tree", "-r", "--name-only", "HEAD").decode().splitlines() if place else []
        for path in paths:
            if path.endswith(suffixes) and ("test_" in path or ".test." in path or "spec." in path or path.startswith("test/")):
                text = _git(place, "show", f"HEAD:{path}").decode("utf-8", "replace") if place else ""
                if len(text) < 200_000 and (not path.endswith(".py") or _parses(text)):
                    found[f"{name.partition('/')[2]}/{path}"] = text
    return found


def _parses(text: str) -> bool:
    try:
        compile(text, "suite", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _recall(planted: Iterable[weakenings.Weakening]) -> dict[str, Any]:
    total: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    blocked: Counter[str] = Counter()
    missed = []
    for one in planted:
        worst = {finding.severity for finding in integrity.compare(one.before, one.after)} - {Severity.INFO}
        total[one.family] += 1
        shown[one.family] += bool(worst)
        blocked[one.family] += Severity.ERROR in worst
        if not worst:
            missed.append(f"{one.family}: {one.name}")
    families = {
        family: {
            "seeded": count,
            "shown": shown[family],
            "blocked": blocked[family],
            "recall": round(shown[family] / count, 3),
            "recall_blocking": round(blocked[family] / count, 3),
        }
        for family, count in sorted(total.items())
    }
    everything = sum(total.values())
    return {
        "seeded": everything,
        "recall": round(sum(shown.values()) / everything, 4),
        "recall_blocking": round(sum(blocked.values()) / everything, 4),
        "families": families,
        "missed": dict(sorted(Counter(missed).items())),
    }


class Blobs:
    """One `git cat-file` for a whole history."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(["git", "-C", str(folder), "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, blob: str) -> bytes:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{blob}\n".encode())
        self.process.stdin.flush()
        size = int(self.process.stdout.readline().split()[2])
        data = self.process.stdout.read(size)
        self.process.stdout.read(1)
        return data

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def histories(
    folder: Path, commits: int, seed: int, names: Sequence[str]
) -> Iterator[tuple[str, dict[str, Any], dict[str, list[Finding]]]]:
    """Per clone: figures, and the findings of its flagged commits."""
    for name in names:
        place = _clone(folder, name)
        if place is not None:
            yield (name, *_history(place, commits, seed))


def _clone(folder: Path, name: str) -> Path | None:
    place = folder / name.replace("/", "+")
    return next((path for path in (place / "repo", place) if path.is_dir()), None)


def _history(folder: Path, commits: int, seed: int) -> tuple[dict[str, Any], dict[str, list[Finding]]]:
    known = _git(folder, "rev-list", "--no-merges", "--min-parents=1", "HEAD").decode().split()
    chosen = random.Random(seed).sample(known, min(commits, len(known)))
    flagged: dict[str, list[Finding]] = {}
    families: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    seconds, skipped = [], 0
    blobs = Blobs(folder)
    for commit, fields in _raw(folder, chosen):
        change = _change(fields, blobs)
        if change is None:
            skipped += 1
            continue
        start = time.process_time()
        findings = integrity.compare(*change)
        seconds.append(time.process_time() - start)
        blocking = [finding for finding in findings if finding.severity is Severity.ERROR]
        families.update({rules.RULES[finding.rule].family for finding in blocking})
        shown.update({rules.RULES[finding.rule].family for finding in findings if finding.severity is not Severity.INFO})
        if blocking:
            flagged[commit] = blocking
    blobs.close()
    figures = {
        "commits": len(seconds),
        "too_large": skipped,
        "flagged": len(flagged),
        "flag_rate": round(len(flagged) / max(len(seconds), 1), 4),
        "flagged_by_family": dict(sorted(families.items())),
        "shown_by_family": dict(sorted(shown.items())),
        "cpu_ms_median": round(1000 * statistics.median(seconds), 2),
        "cpu_ms_mean": round(1000 * statistics.mean(seconds), 2),
        "cpu_ms_p99": round(1000 * sorted(seconds)[int(len(seconds) * 0.99)], 1),
    }
    return figures, flagged


def _raw(folder: Path, commits: Sequence[str]) -> Iterator[tuple[str, list[bytes]]]:
    """Raw differences of every commit with its parent, from one git process."""
    asked = "".join(f"{commit}\n" for commit in commits).encode()
    options = ("-r", "--raw", "--no-abbrev", "--no-renames", "-z", "--stdin")
    done = subprocess.run(["git", "-C", str(folder), "diff-tree", *options], input=asked, capture_output=True, check=True)
    found: dict[str, list[bytes]] = {commit: [] for commit in commits}
    current: list[bytes] = []
    for field in done.stdout.split(b"\0"):
        if field.decode("utf-8", "replace") in found and len(current) % 2 == 0:
            current = found[field.decode()]
        elif field:
            current.append(field)
    yield from found.items()


def _change(fields: list[bytes], blobs: Blobs) -> tuple[dict[str, bytes], dict[str, bytes]] | None:
    """What `content.read` would give; None beyond its bounds."""
    if len(fields) // 2 > content.FILES:
        return None
    before, after = {}, {}
    for meta, name in zip(fields[::2], fields[1::2], strict=False):
        path = name.decode("utf-8", "surrogateescape")
        old_mode, new_mode, old, new = meta.decode().removeprefix(":").split(" ")[:4]
        if not judged.reads(path):
            continue
        if old_mode.startswith("100"):
            before[path] = blobs.read(old)
        if new_mode.startswith("100"):
            after[path] = blobs.read(new)
    largest = max(map(len, (*before.values(), *after.values())), default=0)
    return (before, after) if largest <= content.BYTES else None


def own() -> dict[str, Any]:
    """Every commit of this repository, through `examine`, git included."""
    repository = git.discover(ROOT)
    known = repository.run("rev-list", "--no-merges", "--min-parents=1", "HEAD").decode().split()
    flagged, seconds = {}, []
    for commit in known:
        start = time.perf_counter()
        try:
            findings = integrity.examine(repository, f"{commit}^", commit)
        except TwelveError as trouble:
            flagged[commit[:12]] = [trouble.what]
            continue
        seconds.append(time.perf_counter() - start)
        blocking = sorted({finding.rule for finding in findings if finding.severity is Severity.ERROR})
        if blocking:
            flagged[commit[:12]] = blocking
    return {
        "commits": len(known),
        "flagged": flagged,
        "flag_rate": round(len(flagged) / len(known), 4),
        "wall_ms_mean": round(1000 * statistics.mean(seconds), 1),
    }


def labels() -> dict[str, Any]:
    """Precision from the labels people gave: `look` for a commit a reviewer would want to look at, `honest` for a false alarm."""
    rows = json.loads(LABELS.read_text(encoding="utf-8"))["labels"]
    found = {}
    for half in sorted({row["half"] for row in rows}):
        some = [row for row in rows if row["half"] == half]
        looks = sum(row["label"] != "honest" for row in some)
        now = [row for row in some if row["flagged_now"]]
        families: dict[str, Counter[str]] = {}
        for row in some:
            families.setdefault(row["family"], Counter())[row["label"]] += 1
        found[half] = {
            "labelled": len(some),
            "precision": round(looks / max(len(some), 1), 3),
            "flagged_by_the_final_rules": len(now),
            "precision_of_the_final_rules": round(sum(row["label"] != "honest" for row in now) / max(len(now), 1), 3),
            "labels": dict(Counter(row["label"] for row in some)),
            "by_family": {family: dict(counts) for family, counts in sorted(families.items())},
        }
    return found


def _git(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True).stdout


def _summed(per_clone: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    some = [per_clone[name] for name in names if name in per_clone]
    commits, flagged = sum(one["commits"] for one in some), sum(one["flagged"] for one in some)
    families: Counter[str] = Counter()
    for one in some:
        families.update(one["flagged_by_family"])
    return {
        "commits": commits,
        "flagged": flagged,
        "flag_rate": round(flagged / max(commits, 1), 4),
        "flagged_by_family": dict(sorted(families.items())),
    }


def _keep(part: str, value: Any) -> None:
    kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    kept["machine"] = {"python": platform.python_version(), "system": platform.system()}
    kept[part] = value
    RESULT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps(value, indent=1)[:4000])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("seeded", "histories", "own", "labels"))
    parser.add_argument("--per", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--suites", type=Path)
    parser.add_argument("--mirrors", type=Path)
    parser.add_argument("--commits", type=int, default=600)
    parser.add_argument("--only", nargs="*", default=[*TUNING, *HELD_OUT])
    parser.add_argument("--details", type=Path, help="where to write the findings of flagged commits, for labelling")
    given = parser.parse_args()
    if given.what == "seeded":
        _keep("seeded", seeded(given.per, given.seed, given.suites))
    elif given.what == "own":
        _keep("own", own())
    elif given.what == "labels":
        _keep("precision", labels())
    else:
        _histories(given)


def _histories(given: argparse.Namespace) -> None:
    figures, details = {}, {}
    for name, figure, flagged in histories(given.mirrors, given.commits, given.seed, given.only):
        figures[name] = figure
        details[name] = {
            commit: [[finding.rule, finding.path, finding.line, finding.message] for finding in findings]
            for commit, findings in flagged.items()
        }
        print(name, figure["commits"], figure["flagged"], figure["flag_rate"], figure["cpu_ms_mean"], flush=True)
    if given.details:
        given.details.write_text(json.dumps(details, indent=1), encoding="utf-8")
    kept = json.loads(RESULT.read_text(encoding="utf-8")).get("histories", {}) if RESULT.exists() else {}
    clones = {**(kept.get("clones", {}) if kept.get("seed") == given.seed else {}), **figures}
    halves = {"tuning": _summed(clones, TUNING), "held-out": _summed(clones, HELD_OUT)}
    _keep("histories", {"seed": given.seed, "clones": clones, **halves})


if __name__ == "__main__":
    main()
