"""Start-up of the command line: CPU time and modules, as ratios to `python -c "import click"` in the same round.

Run: python benchmarks/startup.py [--rounds 15]   Writes benchmarks/results/startup.json.
CPU time of the child (user plus system), median of the rounds, because wall time on a busy machine says nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import installing

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "startup.json"
BASE = "import click"
DOOR = "from twelve.interfaces.cli.main import main; import sys; sys.exit(main(sys.argv[1:]))"
CASES: Mapping[str, tuple[str, ...]] = {
    "python": ("-c", "pass"),
    BASE: ("-c", "import click"),
    "import click, msgspec": ("-c", "import click, msgspec"),
    "twelve --version": ("-c", DOOR, "--version"),
    "twelve": ("-c", DOOR),
    "twelve next": ("-c", DOOR, "next"),
    "twelve factors": ("-c", DOOR, "factors"),
    "twelve config show": ("-c", DOOR, "config", "show"),
    "twelve gate list": ("-c", DOOR, "gate", "list"),
    "twelve runs": ("-c", DOOR, "runs"),
}
KNOW = "from pathlib import Path; from twelve.system import git; git.discover(Path())"
LOAD = "from pathlib import Path; from twelve.system import config, git; config.load(git.discover(Path()).root)"
COUNT = "import sys; before = set(sys.modules); "


def cpu(arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> float:
    """CPU seconds of one child."""
    silent = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, *arguments], cwd=folder, env=dict(env), stdout=silent, stderr=silent)
    _pid, _status, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime


def modules(arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> int:
    """Modules loaded on top of a bare interpreter."""
    code, *rest = arguments[1:]
    script = f"{COUNT}\ntry:\n exec({code!r})\nexcept SystemExit: pass\nprint('\\n', len(set(sys.modules) - before), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script, *rest], cwd=folder, env=dict(env), capture_output=True, text=True, check=False)
    return int(done.stderr.split()[-1])


def prepare(folder: Path, env: Mapping[str, str]) -> None:
    """A small repository with a policy and a run by hand."""
    commands: tuple[tuple[str, ...], ...] = (
        ("git", "init", "-q"),
        ("git", "-c", "user.name=b", "-c", "user.email=b@example.invalid", "commit", "-q", "--allow-empty", "-m", "start"),
        (sys.executable, "-c", DOOR, "init"),
        (sys.executable, "-c", DOOR, "prime", "measure the start-up"),
    )
    for command in commands:
        subprocess.run(command, cwd=folder, env=dict(env), check=True, stdout=subprocess.DEVNULL)


def measure(rounds: int) -> dict[str, object]:
    with installing.installed() as script, tempfile.TemporaryDirectory() as name:
        folder, env = Path(name), installing.environment(script)
        prepare(folder, env)
        raw: dict[str, list[float]] = {case: [] for case in CASES}
        for _round in range(rounds):
            for case, arguments in CASES.items():
                raw[case].append(round(cpu(arguments, folder, env), 4))
        settings = statistics.median(round(cpu(("-c", LOAD), folder, env) - cpu(("-c", KNOW), folder, env), 4) for _round in range(rounds))
        loaded = {case: modules(arguments, folder, env) for case, arguments in CASES.items()}
    middle = {case: statistics.median(times) for case, times in raw.items()}
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rounds": rounds,
        "modules_added": loaded,
        "cpu_s": {case: round(value, 4) for case, value in middle.items()},
        "config_load_cpu_s": round(settings, 4),
        "ratio_to_import_click": {case: round(value / middle[BASE], 2) for case, value in middle.items()},
        "cpu_s_raw": raw,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    result = measure(parser.parse_args().rounds)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({key: value for key, value in result.items() if key != "cpu_s_raw"}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
