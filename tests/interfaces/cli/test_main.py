"""The front door: quick without a parser, silent about stacks, right about exit codes."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import twelve
from kit import repos
from twelve.interfaces.cli import app, exits, main
from twelve.model.errors import ConfigError, ToolMissing, Trouble, TwelveError
from twelve.version import __version__

SOURCE = str(Path(twelve.__file__).parents[1])
TWELVE = [sys.executable, "-m", "twelve.interfaces.cli.main"]


def run(*arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": SOURCE, **(env or {})}
    return subprocess.run([*TWELVE, *arguments], capture_output=True, env=environment, cwd=cwd, check=False)


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    @click.command()
    @click.argument("rest", nargs=-1)
    def broken(rest: tuple[str, ...]) -> None:
        raise error

    monkeypatch.setattr(app, "command", broken)


def test_the_version_loads_at_most_forty_modules_and_no_parser() -> None:
    script = (
        "import sys; before = set(sys.modules); from twelve.interfaces.cli.main import main; code = main(['--version']);"
        "added = set(sys.modules) - before; assert 'click' not in added; print(code, len(added))"
    )
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    version, answer = done.stdout.splitlines()
    assert version == f"twelve {__version__}"
    code, added = map(int, answer.split())
    assert code == 0
    assert added <= 40


@pytest.mark.parametrize("arguments", [["next"], ["next", "--json"]])
def test_next_is_answered_without_the_parser(arguments: list[str], tmp_path: Path) -> None:
    root = repos.new_repository(tmp_path, {"a.txt": "a"}).root
    assert run("prime", "make the parser accept empty input", cwd=root).returncode in (exits.PASS, exits.RED)
    call = f"code = main({arguments}); assert 'click' not in sys.modules; sys.exit(code)"
    script = f"import sys; from twelve.interfaces.cli.main import main; {call}"
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, cwd=root, check=False)
    assert done.returncode == exits.PASS, done.stderr
    assert b"prime" in done.stdout


def test_no_arguments_print_the_verbs_in_groups(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([]) == exits.PASS
    text = capsys.readouterr().out
    for heading in app.GROUPS.values():
        assert heading in text
    for name, entry in app.VERBS.items():
        assert bool(re.search(rf"^  {re.escape(name)} ", text, re.MULTILINE)) is (entry.group != app.UNLISTED)


def test_an_unknown_verb_is_a_usage_error_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["factor"]) == exits.USAGE
    assert "did you mean factors" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["factors", "--nonsense"], ["--nonsense"], ["config"], ["config", "explain"], ["factors", "a", "b"]])
def test_a_wrong_command_line_says_where_the_help_is(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(arguments) in (exits.USAGE, exits.PASS)
    captured = capsys.readouterr()
    assert "--help" in captured.err + captured.out


def test_a_verb_that_needs_another_word_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["config"]) == exits.USAGE
    assert "why: it is one of explain, schema, show" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TwelveError("w", kind=Trouble.USAGE), 2),
        (ConfigError("w"), 3),
        (ToolMissing("kubectl"), 4),
        (TwelveError("w", kind=Trouble.WAITING), 5),
        (TwelveError("w", kind=Trouble.ESCALATED), 6),
        (TwelveError("w", kind=Trouble.RED), 1),
        (TwelveError("w", kind=Trouble.DAMAGED), 3),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (SystemExit(6), 6),
        (OSError(errno.ENOSPC, "No space left on device", "f"), 4),
        (PermissionError(errno.EACCES, "Permission denied", "f"), 4),
        (ValueError("surprise"), 70),
        (RecursionError("deep"), 70),
    ],
)
def test_every_kind_of_trouble_has_its_exit_code_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, error: BaseException, code: int
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    raising(monkeypatch, error)
    assert main.main([]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_every_kind_of_trouble_is_mapped() -> None:
    assert {exits.of(kind) for kind in Trouble} <= {1, 2, 3, 4, 5, 6}


def test_an_error_says_what_why_and_next(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    raising(monkeypatch, TwelveError("it broke", why="a reason", next="do this"))
    main.main([])
    assert capsys.readouterr().err == "twelve: it broke\nwhy: a reason\nnext: do this\n"


def test_an_error_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    raising(monkeypatch, TwelveError("\x1b]0;owned\x07"))
    main.main([])
    assert "\x1b" not in capsys.readouterr().err


def test_a_bug_leaves_a_private_log_without_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    secret = "ghp_" + "a1B2" * 9
    raising(monkeypatch, ValueError(f"token {secret}"))
    assert main.main([]) == exits.BUG
    (log,) = tmp_path.glob("twelve-bug-*.log")
    assert str(log) in capsys.readouterr().err
    assert log.stat().st_mode & 0o077 == 0
    text = log.read_text()
    assert "Traceback" in text
    assert secret not in text


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_ends_the_program_quietly(unbuffered: str) -> None:
    environment = {**os.environ, "PYTHONPATH": SOURCE, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen([*TWELVE, "factors"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in (exits.BROKEN_PIPE, exits.PASS)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_an_odd_encoding_prints_something_instead_of_failing(encoding: str) -> None:
    done = run("factors", "Harmonize Don’t Edit", env={"PYTHONIOENCODING": f"{encoding}:strict", "LC_ALL": "C"})
    assert done.returncode == 0, done.stderr


def test_closed_streams_do_not_matter() -> None:
    command = " ".join([*TWELVE, "--version", ">&-", "2>&-", "<&-"])
    done = subprocess.run(["sh", "-c", command], env={**os.environ, "PYTHONPATH": SOURCE}, check=False)
    assert done.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_behind_stdout_is_said_in_words(unbuffered: str) -> None:
    environment = {**os.environ, "PYTHONPATH": SOURCE, "PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*TWELVE, "factors"], stdout=full, stderr=subprocess.PIPE, env=environment, check=False)
    assert done.returncode == exits.TOOL
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("home", ["/nonexistent", "", None])
def test_no_home_is_needed(home: str | None, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "HOME" and not name.startswith("XDG_")}
    if home is not None:
        environment["HOME"] = home
    done = subprocess.run([*TWELVE, "factors"], capture_output=True, env={**environment, "PYTHONPATH": SOURCE}, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_real_interrupt_ends_with_130(tmp_path: Path) -> None:
    script = (
        "import sys, time, click; from pathlib import Path; from twelve.interfaces.cli import app, main\n"
        "@click.command()\ndef slow():\n Path('started').touch(); time.sleep(30)\n"
        "app.command = slow; sys.exit(main.main([]))"
    )
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    with subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stderr=subprocess.PIPE, env=environment) as process:
        wait_until((tmp_path / "started").exists)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert process.stderr.read() == b"twelve: interrupted\n"
    assert process.returncode == exits.INTERRUPT
