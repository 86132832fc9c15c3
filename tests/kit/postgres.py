"""A real PostgreSQL server in a temporary folder, never as root, reachable on a loopback port only."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The newest PostgreSQL server installed here, or None."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = shutil.which("postgres")
    candidates = [*folders, *([Path(found).parent] if found else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


class Server:
    """A running server; `database()` makes a fresh, empty database and returns its URL."""

    def __init__(self, bin_dir: Path, data: Path, port: int, user: str | None) -> None:
        self.bin_dir = bin_dir
        self.data = data
        self.port = port
        self.user = user
        self._count = 0

    def run(self, program: str, *args: str) -> None:
        subprocess.run(
            [str(self.bin_dir / program), *args],
            check=True,
            capture_output=True,
            timeout=120,
            user=self.user,
            cwd=self.data.parent,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"},
        )

    def control(self, *args: str) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.data.parent} -c fsync=off"
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.data.parent / "server.log"), "-o", options, *args)

    def database(self) -> str:
        self._count += 1
        name = f"twelve_{os.getpid()}_{self._count}"
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "twelve", name)
        return f"postgresql://twelve@127.0.0.1:{self.port}/{name}"


@contextmanager
def server(bin_dir: Path) -> Iterator[Server]:
    """Start a server for the length of the block."""
    user = _unprivileged()
    home = Path(tempfile.mkdtemp(prefix="twelve-pg-", dir="/tmp"))
    try:
        if user is not None:
            os.chown(home, pwd.getpwnam(user).pw_uid, -1)
        started = Server(bin_dir, home / "data", _free_port(), user)
        started.run("initdb", "-D", str(home / "data"), "-U", "twelve", "--auth=trust", "--no-sync", "-E", "UTF8")
        started.control("start")
        try:
            yield started
        finally:
            started.control("-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root; borrow a user that every system has."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
