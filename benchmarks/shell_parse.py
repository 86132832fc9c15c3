"""Reading a command line: CPU of the reader and of a bare interpreter, in pairs; how many real scripts the reader takes.

Run: python benchmarks/shell_parse.py [--rounds 40] [--scripts 600]   Writes benchmarks/results/shell_parse.json.
Whole processes (`python -I -S`), because loading is most of the cost. CPU time of the child, the cases in turn within a
round, medians of the rounds; the time of the parsing alone is measured inside one process, median of its repetitions.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
RESULT = ROOT / "benchmarks" / "results" / "shell_parse.json"
sys.path.insert(0, str(SOURCE))

from twelve.system.shell.expansion import Scope, expand  # noqa: E402 - the tree's own source, not an installed one
from twelve.system.shell.parsing import parse  # noqa: E402
from twelve.system.shell.syntax import Script, Simple, Unparsable  # noqa: E402

LINES: Mapping[str, str] = {
    "word": "ls",
    "simple": "git -C sub commit -m 'fix: one thing' --author \"$NAME\" 2>&1 | tail -n 5 && git push origin main",
    "here-document": "git commit -m \"$(cat <<'E'\n" + "a line of a message\n" * 20 + 'E\n)" && git status',
    "script": "set -e\n" + 'for f in *.py; do if [ -f "$f" ]; then sed -i \'s/a/b/\' "$f"; else echo no; fi; done\n' * 5,
    "long": "printf '%s\\n' " + " ".join(f"file-{number}.txt" for number in range(2000)),
}
SCRIPTS = ("/etc", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/share")
SHELLS = {b"sh", b"bash", b"dash"}
HEAD = f"import sys; sys.path[:0] = [{str(SOURCE)!r}]; line = {LINES['simple']!r}; "
PROCESSES: Mapping[str, str] = {
    "python -c pass": "pass",
    "reader": HEAD + "from twelve.system.shell.parsing import parse; parse(line)",
    "reader and expansion": HEAD
    + "from twelve.system.shell.parsing import parse; from twelve.system.shell.expansion import Scope, expand; "
    + "[expand(word, Scope()) for word in parse(line).pipelines[0].stages[0].words]",
}


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


def inside(read: Callable[[str], object], line: str) -> float:
    """Milliseconds CPU of one reading, median of 31."""
    spent: list[float] = []
    for _ in range(31):
        begin = time.process_time_ns()
        read(line)
        spent.append((time.process_time_ns() - begin) / 1e6)
    return round(statistics.median(spent), 4)


def expanded(line: str) -> Script:
    script = parse(line)
    for pipeline in script.pipelines:
        for stage in pipeline.stages:
            if isinstance(stage, Simple):
                _ = [expand(word, Scope()) for word in stage.words]
    return script


def measure(rounds: int) -> dict[str, object]:
    codes = PROCESSES
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
            "read_ms": inside(parse, line),
            "expanded_ms": inside(expanded, line),
        }
        for name, line in LINES.items()
    }
    return {"python": platform.python_version(), "rounds": rounds, "processes": processes, "parsing": parsing}


def scripts(most: int) -> dict[str, object]:
    """What the reader takes of the shell scripts on this machine that bash itself finds no error in."""
    tried, refused = 0, []
    for path in sorted(path for folder in SCRIPTS for path in Path(folder).rglob("*") if path.is_file() and not path.is_symlink()):
        text = script_of(path)
        if text is None or tried == most:
            continue
        checked = subprocess.run(["bash", "-n", str(path)], capture_output=True, check=False)
        if checked.returncode or checked.stderr:
            continue
        tried += 1
        try:
            parse(text)
        except Unparsable as reason:
            refused.append(f"{path}: {reason}")
    return {"tried": tried, "read": tried - len(refused), "refused": refused}


def script_of(path: Path) -> str | None:
    """The text of a file that says it is for a shell and is short enough to be looked at."""
    try:
        data = path.read_bytes() if path.stat().st_size < 200_000 else b""
    except OSError:
        return None
    first = data.partition(b"\n")[0]
    shell = first.startswith(b"#!") and SHELLS & set(first.replace(b"/", b" ").split())
    return data.decode("utf-8", "surrogateescape") if shell else None


def main(arguments: Sequence[str]) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--scripts", type=int, default=600, help="read at most this many of the machine's shell scripts")
    given = options.parse_args(arguments)
    result = {**measure(given.rounds), "scripts": scripts(given.scripts)}
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
