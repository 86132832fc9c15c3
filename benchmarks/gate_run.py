"""What a run of gates costs beside the tools people would use instead.

    python benchmarks/gate_run.py [--rounds N] [--files N ...] [--sizes short medium long]

In one temporary repository, interleaved in every round so that a busy machine is busy for all:
- 20 command gates, nothing cached, against `make -j2` and against pre-commit on the same commands (wall and CPU time);
- a fully cached re-run against `git status` (CPU time of the process and its children).
Raw numbers of every round go to benchmarks/results/gate_run.json; ratios of medians and of best rounds stand beside them.
See benchmarks/README.md for what they mean.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import installing

HERE = Path(__file__).resolve().parent
GATES = 20
WORK = {"short": 40_000, "medium": 400_000, "long": 1_600_000}
"""Loop rounds of one command: roughly what a file check, a linter and a test file take."""
COMMAND = "import hashlib; h = b''\nfor _ in range({rounds}): h = hashlib.md5(h).digest()"


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--files", type=int, nargs="*", default=[2_000, 10_000, 40_000])
    parser.add_argument("--sizes", nargs="*", choices=sorted(WORK), default=list(WORK))
    asked = parser.parse_args()
    with installing.installed() as twelve:
        results = _results(twelve, asked)
    target = HERE / "results" / "gate_run.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(summary(results))


def _results(twelve: Path, asked: argparse.Namespace) -> dict[str, object]:
    return {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.platform(), "load": os.getloadavg()},
        "gates": GATES,
        "parallel": {size: parallel(twelve, WORK[size], asked.rounds) for size in asked.sizes},
        "cached": {str(files): cached(twelve, files, asked.rounds) for files in asked.files},
    }


def parallel(twelve: Path, work: int, rounds: int) -> dict[str, object]:
    """Wall seconds of 20 commands on two jobs: twelve, make, pre-commit."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _project(root, work)
        contenders: dict[str, Sequence[str]] = {
            "make": ("make", "-s", "-j2", "all"),
            "twelve": (str(twelve), "gate", "run", "--no-cache", "--jobs", "2"),
        }
        pre_commit = shutil.which("pre-commit") or _beside("pre-commit")
        if pre_commit:
            contenders["pre-commit"] = (pre_commit, "run", "--all-files")
        raw = _interleaved(contenders, root, rounds, installing.environment(twelve))
    wall = {name: [run[0] for run in runs] for name, runs in raw.items()}
    cpu = {name: [run[1] for run in runs] for name, runs in raw.items()}
    return {
        "wall_ratio": _ratios(wall, statistics.median),
        "wall_ratio_of_best": _ratios(wall, min),
        "cpu_ratio": _ratios(cpu, statistics.median),
        "wall_s": wall,
        "cpu_s": cpu,
    }


def _ratios(times: Mapping[str, Sequence[float]], middle: Callable[[Sequence[float]], float]) -> dict[str, float]:
    ours = middle(times["twelve"])
    return {f"twelve/{name}": round(ours / middle(theirs), 3) for name, theirs in times.items() if name != "twelve"}


def cached(twelve: Path, files: int, rounds: int) -> dict[str, object]:
    """CPU seconds of a re-run in which nothing changed, of the same through the engine, and of `git status`."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _project(root, WORK["short"], files=files)
        for _ in range(3):
            _measure((str(twelve), "gate", "run"), root, installing.environment(twelve))
        contenders = {
            "git status": ("git", "status"),
            "unchanged": (str(twelve), "gate", "run"),
            "engine": (str(twelve), "gate", "run", "--jobs", "2"),
            "python -c pass": (sys.executable, "-c", "pass"),
        }
        raw = _interleaved(contenders, root, rounds, installing.environment(twelve))
    cpu = {name: [run[1] for run in runs] for name, runs in raw.items()}
    status = statistics.median(cpu["git status"])
    ratios = {name: round(statistics.median(times) / status, 2) for name, times in cpu.items() if name != "git status"}
    return {"ratio_to_git_status": ratios, "cpu_s": cpu}


def summary(results: Mapping[str, object]) -> str:
    """The ratios, one per line."""
    lines: list[str] = []
    for part, key in (("parallel", "wall_ratio"), ("parallel", "cpu_ratio"), ("cached", "ratio_to_git_status")):
        cases = results[part]
        assert isinstance(cases, dict)
        lines.extend(f"{part} {case} {key}: {numbers[key]}" for case, numbers in cases.items())
    return "\n".join(lines)


def _project(root: Path, work: int, files: int = 50) -> None:
    script = COMMAND.format(rounds=work)
    (root / "work.py").write_text(script + "\n", encoding="utf-8")
    for number in range(files):
        path = root / "src" / f"p{number // 50}" / f"m{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"x = {number}\n" * 30, encoding="utf-8")
    python = sys.executable
    gates = "".join(f'[gates.g{number}]\ncommand = ["{python}", "work.py", "{number}"]\n' for number in range(GATES))
    (root / "twelve.toml").write_text(gates, encoding="utf-8")
    targets = " ".join(f"g{number}" for number in range(GATES))
    rules = "".join(f"g{number}:\n\t@{python} work.py {number}\n" for number in range(GATES))
    (root / "Makefile").write_text(f"all: {targets}\n{rules}", encoding="utf-8")
    hooks = "".join(
        f"  - {{id: g{number}, name: g{number}, language: system, always_run: true, pass_filenames: false,"
        f" entry: {python} work.py {number}}}\n"
        for number in range(GATES)
    )
    (root / ".pre-commit-config.yaml").write_text(f"repos:\n- repo: local\n  hooks:\n{hooks}", encoding="utf-8")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ("-c", "user.name=Bench", "-c", "user.email=bench@example.invalid")
    for words in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-q", "-m", "chore: start")):
        subprocess.run(("git", *words), cwd=root, check=True, env=environment)
    # An index as old as its files makes git read every one of them again; a real one is older than that.
    time.sleep(1.1)
    subprocess.run(("git", "update-index", "-q", "--really-refresh"), cwd=root, check=False, env=environment)


def _interleaved(
    contenders: Mapping[str, Sequence[str]], root: Path, rounds: int, environment: Mapping[str, str]
) -> dict[str, list[tuple[float, float]]]:
    raw: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, argv in contenders.items():
            raw[name].append(_measure(argv, root, environment))
    return raw


def _measure(argv: Sequence[str], root: Path, environment: Mapping[str, str]) -> tuple[float, float]:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(argv, cwd=root, check=True, env=environment, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(wall, 4), round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 4)


def _beside(program: str) -> str | None:
    path = Path(sys.executable).parent / program
    return str(path) if path.is_file() else None


if __name__ == "__main__":
    main()
