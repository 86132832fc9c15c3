"""Reading a command line: CPU of the small parser, of the grammar and of a bare interpreter, in pairs.

Run: python benchmarks/shell_parse.py [--rounds 40]   Writes benchmarks/results/shell_parse.json.
Whole processes (`python -I -S`), because loading is most of the cost. CPU time of the child, the cases in turn within a
round, medians of the rounds; the time of the parsing alone is measured inside one process, median of its repetitions.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
RESULT = ROOT / "benchmarks" / "results" / "shell_parse.json"
sys.path.insert(0, str(SOURCE))

from twelve.system.shell import grammar  # noqa: E402 - the tree's own source, not an installed one
from twelve.system.shell.expansion import Scope, expand  # noqa: E402
from twelve.system.shell.parsing import parse_small  # noqa: E402
from twelve.system.shell.syntax import Script, Simple, Unparsable  # noqa: E402

LINES: Mapping[str, str] = {
    "word": "ls",
    "simple": "git -C sub commit -m 'fix: one thing' --author \"$NAME\" 2>&1 | tail -n 5 && git push origin main",
    "here-document": "git commit -m \"$(cat <<'E'\n" + "a line of a message\n" * 20 + 'E\n)" && git status',
    "script": "set -e\n" + 'for f in *.py; do if [ -f "$f" ]; then sed -i \'s/a/b/\' "$f"; else echo no; fi; done\n' * 5,
    "long": "printf '%s\\n' " + " ".join(f"file-{number}.txt" for number in range(2000)),
}
HEAD = f"import sys; sys.path[:0] = [{str(SOURCE)!r}]; line = {LINES['simple']!r}; "
PROCESSES: Mapping[str, str] = {
    "python -c pass": "pass",
    "small parser": HEAD + "from twelve.system.shell.parsing import parse; parse(line)",
    "small parser and expansion": HEAD
    + "from twelve.system.shell.parsing import parse; from twelve.system.shell.expansion import Scope, expand; "
    + "[expand(word, Scope()) for word in parse(line).pipelines[0].stages[0].words]",
    "grammar": HEAD + "from twelve.system.shell import grammar; grammar.FOLDER = FOLDER; grammar.parse(line)",
}
"""FOLDER stands for the folder the compiled grammar is copied to, as the generated hook has it."""


def cpu(code: str) -> float:
    """CPU seconds of one bare interpreter that runs `code`."""
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", code], stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


def modules(code: str) -> int:
    counted = f"import sys; before = set(sys.modules); {code}; print(len(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", counted], capture_output=True, text=True, check=True)
    return int(done.stdout)


def inside(read: Callable[[str], object], line: str) -> float | None:
    """Milliseconds CPU of one reading, median of 31; None when it is refused."""
    spent: list[float] = []
    for _ in range(31):
        begin = time.process_time_ns()
        try:
            if read(line) is None:
                return None
        except Unparsable:
            return None
        spent.append((time.process_time_ns() - begin) / 1e6)
    return round(statistics.median(spent), 4)


def expanded(line: str) -> Script | None:
    script = parse_small(line)
    for pipeline in script.pipelines if script else ():
        for stage in pipeline.stages:
            if isinstance(stage, Simple):
                _ = [expand(word, Scope()) for word in stage.words]
    return script


def measure(rounds: int, folder: str) -> dict[str, object]:
    codes = {name: code.replace("FOLDER = FOLDER", f"FOLDER = {folder!r}") for name, code in PROCESSES.items()}
    for code in codes.values():
        cpu(code)
    taken: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(rounds):
        for name, code in codes.items():
            taken[name].append(cpu(code))
    base = taken["python -c pass"]
    processes = {
        name: {
            "cpu_ms": round(statistics.median(times) * 1000, 2),
            "ratio": round(statistics.median(mine / other for mine, other in zip(times, base, strict=True)), 3),
            "modules": modules(codes[name]),
        }
        for name, times in taken.items()
    }
    parsing = {
        name: {
            "characters": len(line),
            "small_ms": inside(parse_small, line),
            "expanded_ms": inside(expanded, line),
            "grammar_ms": inside(grammar.parse, line),
        }
        for name, line in LINES.items()
    }
    return {"python": platform.python_version(), "rounds": rounds, "processes": processes, "parsing": parsing}


def main(arguments: Sequence[str]) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=40)
    rounds = options.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory() as folder:
        for file in grammar.files():
            shutil.copy(file, folder)
        result = measure(rounds, folder)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
