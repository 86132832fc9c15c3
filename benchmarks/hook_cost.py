"""What the registered hook costs: whole-process CPU of its command line against the bare interpreter, and time in a real turn.

    python benchmarks/hook_cost.py [--runs 200] [--client] [--calls 20] [--rounds 5]

Every round starts the bare interpreter and the hook on one payload of each class, one after the other, so that what else
the machine does falls on both. CPU is user plus system time of that process alone, from wait4. `--client` adds the real
Claude Code with a scripted model: turns of `--calls` tool calls with and without hooks, interleaved.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from kit import clients
from kit.fakemodel import FakeModel
from kit.hooks import Guarded, guarded
from twelve.factors.agents import harness
from twelve.model.settings import Settings
from twelve.workflow.fastpath import arming, registration

RESULTS = Path(__file__).parent / "results"
GOALS = {"cleared": 1.5, "simple": 2.2}
"""Median of whole-process CPU against the bare interpreter."""
SOURCE = "def total(values):\n    return sum(values)\n"
COMPLEX = (
    'set -e; for f in src/*.py; do if grep -q TODO "$f"; then echo "$(basename "$f")"; fi; done | sort | uniq -c > out.txt && '
    "python3 - <<'EOF'\nimport json, sys\nprint(json.dumps({'a': 1}))\nEOF"
)


def payloads(place: Guarded) -> dict[str, list[bytes]]:
    """Calls of each class, as the client sends them."""

    def call(tool: str, **given: Any) -> bytes:
        extra = {"transcript_path": "/t.jsonl", "prompt_id": "p", "effort": {"level": "high"}, "tool_use_id": "toolu_1"}
        return json.dumps(place.payload("PreToolUse", tool_name=tool, tool_input=given, **extra), separators=(",", ":")).encode()

    path = str(place.root / "src/a.py")
    return {
        "cleared": [
            call("Bash", command="git status --short", description="See what changed"),
            call("Read", file_path=path),
            call("Bash", command="ls -la src", description="List files"),
        ],
        "simple": [
            call("Bash", command="python3 -m pytest -q tests/unit", description="Run tests"),
            call("Write", file_path=path, content=SOURCE),
            call("Bash", command="npm run build", description="Build"),
            call("Edit", file_path=path, old_string="x = 1", new_string="x = 2", replace_all=False),
        ],
        "complex": [call("Bash", command=COMPLEX, description="Look around")],
    }


def cpu(argv: list[str], data: bytes, environment: dict[str, str]) -> float:
    """User and system time of one process, milliseconds."""
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    quiet = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)]
    pid = os.posix_spawn(argv[0], argv, environment, file_actions=[(os.POSIX_SPAWN_DUP2, reading, 0), *quiet])
    os.close(reading)
    _, status, usage = os.wait4(pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 2)
    return (usage.ru_utime + usage.ru_stime) * 1000


def measure(place: Guarded, runs: int) -> dict[str, Any]:
    """Paired and interleaved: each sample of the hook has a sample of the bare interpreter right before it."""
    hook = shlex.split(registration.command(place.repository, "claude"))
    bare = [hook[0], "-I", "-S", "-c", "pass"]
    environment = {"HOME": str(place.home), "PATH": os.defpath}
    samples: dict[str, list[tuple[float, float]]] = {}
    for number in range(runs + 5):
        for name, calls in payloads(place).items():
            pair = (cpu(bare, b"", environment), cpu(hook, calls[number % len(calls)], environment))
            if number >= 5:
                samples.setdefault(name, []).append(pair)
    return {name: summary(pairs) for name, pairs in samples.items()}


def summary(pairs: list[tuple[float, float]]) -> dict[str, Any]:
    """Ratio of the medians, the spread of the paired ratios, and the raw milliseconds."""
    bare, hook = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    ratios = sorted(after / before for before, after in pairs)
    return {
        "runs": len(pairs),
        "ratio_of_medians": round(statistics.median(hook) / statistics.median(bare), 2),
        "paired_ratio_median": round(statistics.median(ratios), 2),
        "paired_ratio_quartiles": [round(value, 2) for value in statistics.quantiles(ratios, n=4)[::2]],
        "bare_ms": round(statistics.median(bare), 2),
        "hook_ms": round(statistics.median(hook), 2),
    }


def turns(place: Guarded, calls: int, rounds: int) -> dict[str, Any]:
    """Wall time per tool call of real turns with and without hooks, milliseconds."""
    taken: dict[bool, list[float]] = {False: [], True: []}
    for number in range(rounds * 2):
        armed = number % 2 == 1
        taken[armed].append(turn(place, calls, armed) / calls * 1000)
    without, with_hooks = statistics.median(taken[False]), statistics.median(taken[True])
    return {
        "calls": calls,
        "rounds": rounds,
        "without_ms_per_call": round(without, 1),
        "with_ms_per_call": round(with_hooks, 1),
        "added_ms_per_call": round(with_hooks - without, 1),
        "spread_ms": {"without": [round(value, 1) for value in taken[False]], "with": [round(value, 1) for value in taken[True]]},
    }


def turn(place: Guarded, calls: int, armed: bool) -> float:
    """One turn of the real client, seconds between its first and its last request."""
    given = list(tool_calls(place, calls))
    hooks = arming.hooks(place.repository, Settings(), "claude") if armed else None
    with FakeModel({"turns": [{"tools": [call]} for call in given] + [{"text": "Done."}]}) as model:
        settings = clients.settings("claude", place.home, model.url, max_turns=calls + 5)
        asked: list[float] = []
        begin = time.perf_counter()

        def hear(event: harness.TurnEvent) -> None:
            if event.kind in ("tool", "text"):
                asked.append(time.perf_counter() - begin)

        result = asyncio.run(
            harness.load("claude").take_turn(clients.turn(place.root, place.home / "logs", hooks=hooks), settings, on_event=hear)
        )
    assert result.done, result.detail
    assert result.hooks == ("armed" if armed else "no hooks")
    return asked[-1] - asked[0]


def tool_calls(place: Guarded, calls: int) -> Iterator[dict[str, Any]]:
    """What agents do most: reading, looking around, running something short, writing."""
    path = str(place.root / "src/a.py")
    kinds: list[dict[str, Any]] = [
        {"name": "Read", "input": {"file_path": path}},
        clients.shell_call("claude", "git status --short"),
        clients.shell_call("claude", "python3 -S -c 1"),
        {"name": "Write", "input": {"file_path": path, "content": SOURCE}},
    ]
    for number in range(calls):
        yield kinds[number % len(kinds)]


def main() -> int:
    """Print the figures, keep them, and say which goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--client", action="store_true")
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = guarded(Path(folder).resolve(), {"twelve.toml": "", "src/a.py": "x = 1\n"})
        answer: dict[str, Any] = {"python": platform.python_version(), "cpus": os.cpu_count(), "load": os.getloadavg()}
        answer["cpu"] = measure(place, chosen.runs)
        if chosen.client:
            answer["turn"] = turns(place, chosen.calls, chosen.rounds)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "hook_cost.json").write_text(json.dumps(answer, indent=2) + "\n")
    print(json.dumps(answer, indent=2))
    missed = [name for name, goal in GOALS.items() if answer["cpu"][name]["ratio_of_medians"] > goal]
    print("goals: " + (f"missed: {', '.join(missed)}" if missed else "met"))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
