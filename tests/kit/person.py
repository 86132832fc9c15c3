"""A person at a terminal of their own: runs `twelve` below no agent, with a real terminal, and types what it asks for.

The tests themselves may run below an agent, which approvals refuse. So the command is started by a process that left
its parents behind and starts with a clean environment, as a person's terminal does. (An agent can do the same: that is
the known limit of unsigned approvals.) Run as a script it is that process; imported it starts one.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

SOURCE = str(Path(__file__).parents[2] / "src")
KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "XDG_STATE_HOME",
    "XDG_CONFIG_HOME",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GNUPGHOME",
)
_CHALLENGE = re.compile(r"type ([0-9a-f]{6}) to ")


class Said:
    """What the command answered."""

    def __init__(self, code: int, out: str, screen: str) -> None:
        self.code = code
        self.out = out
        """Standard output."""
        self.screen = screen
        """Everything on the terminal: questions, trouble."""


def twelve(folder: Path, *words: str, typing: str | None = None, timeout_s: float = 60, **env: str) -> Said:
    """Run a verb as a person. `typing` answers the challenge; None types what it asks for."""
    clean = {name: os.environ[name] for name in KEPT if name in os.environ}
    result = Path(os.environ.get("TMPDIR", "/tmp")) / f"tw-person-{os.getpid()}-{time.monotonic_ns()}.json"
    order = {
        "argv": [sys.executable, "-m", "twelve.interfaces.cli.main", *words],
        "cwd": str(folder),
        "typing": typing,
        "result": str(result),
    }
    environment = {**clean, "PYTHONPATH": SOURCE, **env}
    subprocess.run([sys.executable, __file__, json.dumps(order)], env=environment, check=True, timeout=timeout_s)
    deadline = time.monotonic() + timeout_s
    while not result.exists():
        assert time.monotonic() < deadline, f"{words} did not end"
        time.sleep(0.02)
    told = json.loads(result.read_text())
    result.unlink()
    return Said(told["code"], told["out"], told["screen"])


def _away() -> bool:
    """Leave the parents: True in the process that stays."""
    if os.fork():
        return False
    os.setsid()
    return not os.fork()


def _serve(order: dict[str, object]) -> None:
    out, result = Path(f"{order['result']}.out"), Path(str(order["result"]))
    child, master = pty.fork()
    if child == 0:
        os.chdir(str(order["cwd"]))
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT, 0o600), 1)
        argv = [str(word) for word in order["argv"]]  # type: ignore[attr-defined]
        os.execv(argv[0], argv)  # noqa: S606 - the very command under test
    screen = _watch(master, order["typing"])
    _, status = os.waitpid(child, 0)
    told = {"code": os.waitstatus_to_exitcode(status), "out": out.read_text(), "screen": screen}
    out.unlink()
    temporary = result.with_suffix(".tmp")
    temporary.write_text(json.dumps(told))
    temporary.rename(result)


def _watch(master: int, typing: object) -> str:
    screen, answered = "", False
    while True:
        select.select([master], [], [], 60)
        try:
            data = os.read(master, 65536)
        except OSError:
            return screen
        if not data:
            return screen
        screen += data.decode("utf-8", "replace")
        asked = _CHALLENGE.search(screen)
        if asked and not answered:
            os.write(master, f"{asked.group(1) if typing is None else typing}\n".encode())
            answered = True


if __name__ == "__main__":
    if _away():
        _serve(json.loads(sys.argv[1]))
