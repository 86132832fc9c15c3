"""Front door: answers what needs no parser, then hands over to click, and turns every failure into words.

Nothing is imported here that `--version` does not need; what comes later is reached through `_LATER`.
"""

from __future__ import annotations

import errno
import os
import sys

from twelve.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:  # collections, contextlib, enum and typing would be a third of what an unchanged `gate run` costs
    from collections.abc import Sequence
    from typing import Any

_LATER = {
    "app": "twelve.interfaces.cli.app",
    "bugs": "twelve.interfaces.cli.bugs",
    "errors": "twelve.model.errors",
    "exits": "twelve.interfaces.cli.exits",
    "exceptions": "click.exceptions",
}

QUICK: dict[str, str] = {"gate": "twelve.interfaces.cli.gate_quick", "next": "twelve.interfaces.cli.asking"}
"""Verbs answered before click is imported: name -> module with `quick(arguments) -> int | None` (None = let click do it)."""

_ENVIRONMENT_ERRNOS = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO)
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code. Never raises, never prints a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _make_streams_safe()
    try:
        code = _dispatch(given)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _complain("interrupted", code=_later("exits").INTERRUPT)
    except BrokenPipeError:
        return _leave_pipe()
    except _later("errors").TwelveError as trouble:
        return _complain(str(trouble), code=_later("exits").of(trouble.kind))
    except OSError as trouble:
        return _blame_machine(trouble, given)
    except Exception as bug:  # noqa: BLE001 - the one catcher of this door
        return _confess(bug, given)


def _dispatch(given: list[str]) -> int:
    if given in (["--version"], ["-V"], ["version"]):
        print(f"twelve {__version__}")
        return 0
    if given and given[0] in QUICK:
        code: int | None = _module(QUICK[given[0]]).quick(given[1:])
        if code is not None:
            return code
    return _through_click(given)


def _through_click(given: list[str]) -> int:
    # Not click's own `main`: it would answer broken pipes and interrupts with exit 1.
    app = _later("app")
    exceptions = _later("exceptions")
    try:
        with app.command.make_context("twelve", given) as context:
            result = app.command.invoke(context)
    except exceptions.Exit as leaving:
        result = leaving.exit_code
    except exceptions.Abort:
        raise KeyboardInterrupt from None
    except exceptions.ClickException as trouble:
        return _complain(app.explain(trouble), code=_later("exits").USAGE)
    except SystemExit as leaving:
        result = leaving.code
    return result if isinstance(result, int) else 0


def _make_streams_safe() -> None:
    """No text may fail to print: a closed stream is opened on nothing, an odd encoding replaces what it lacks."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - lives as long as the process
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _complain(text: str, *, code: int) -> int:
    try:
        print(f"twelve: {_visible(text)}", file=sys.stderr, flush=True)
    except OSError:
        return code
    return code


def _visible(text: str) -> str:
    """Error texts quote untrusted input; a terminal must not obey it."""
    return "".join(letter if letter in "\n\t" or letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)


def _give_up_output() -> None:
    """Python flushes stdout again at exit and would end with its own code; pointing it at nothing keeps that silent."""
    try:  # noqa: SIM105 - contextlib is not worth its import here
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        pass


def _leave_pipe() -> int:
    _give_up_output()
    code: int = _later("exits").BROKEN_PIPE
    return code


def _blame_machine(trouble: OSError, given: list[str]) -> int:
    if trouble.errno not in _ENVIRONMENT_ERRNOS:
        return _confess(trouble, given)
    try:
        sys.stdout.flush()
    except OSError:
        _give_up_output()
    where = f" ({trouble.filename})" if trouble.filename else ""
    return _complain(
        f"the operating system refused: {trouble.strerror}{where}\nwhy: twelve needs this to keep its records\n"
        "next: make room or permission there, then run the command again",
        code=_later("exits").TOOL,
    )


def _confess(bug: Exception, given: list[str]) -> int:
    path = _later("bugs").write(bug, given)
    return _complain(
        f"this is a bug in twelve: {type(bug).__name__}\nwhy: an error nobody foresaw; your files are as the last finished step left them\n"
        f"next: report it with the details in {path or 'a run with TMPDIR set to a writable folder'}",
        code=_later("exits").BUG,
    )


def _later(name: str) -> Any:
    return _module(_LATER[name])


def _module(dotted: str) -> Any:
    """What `importlib.import_module` answers, without importing importlib and warnings."""
    __import__(dotted)
    return sys.modules[dotted]


if __name__ == "__main__":
    sys.exit(main())
