"""The program a client runs for every event; `hook.py` holds it as a text, `hook.bin` the same compiled.

It holds only what must work when nothing else does: reading standard input, an own
deadline, finding the bundle's code, and the answer when any of that fails. Clients let a tool run when its hook
crashes or is late; here a call that cannot be judged is refused instead.
"""

from __future__ import annotations

import _imp
import _signal  # type: ignore[import-not-found]  # the built-in part of `signal`, which would load enum
import gc
import marshal
import posix
import sys
from _frozen_importlib_external import MAGIC_NUMBER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any, NoReturn

    Supply = Callable[[str], Any]

LIMIT = 16_000_000
"""Largest payload read, bytes; a client hands whole files over (3 MB seen)."""
DEADLINE_S = 8
"""Well below the 30 s we register: past a client's own limit the tool would run."""
HEAD = 65_536
KEY = 0x7477656C7665
"""Key of the checksums that tell a damaged section before it is unmarshalled."""
QUIET = (
    b"SessionStart", b"SessionEnd", b"UserPromptSubmit", b"BeforeAgent", b"AfterAgent", b"Stop", b"SubagentStart", b"SubagentStop",
    b"PreCompact", b"PostCompact", b"PreCompress", b"Notification", b"PostToolUse", b"PostToolUseFailure", b"AfterTool",
)  # fmt: skip
"""Events where no tool call hangs on the answer: silence is right when nothing can be said."""
CALLS = (b'"PreToolUse"', b'"BeforeTool"', b'"PermissionRequest"', b'"ConfigChange"')
_seen = bytearray()


def leave(code: int, out: bytes = b"", err: bytes = b"") -> NoReturn:
    """Answer and end without the interpreter's own farewell, which costs as much as the answer."""
    try:
        for descriptor, text in ((1, out), (2, err)):
            while text:
                text = text[posix.write(descriptor, text) :]
    finally:
        posix._exit(code)


def refuse(reason: str) -> NoReturn:
    """The answer when the call could not be looked at: every client's block for a call, silence for the rest."""
    compact = bytes(_seen).translate(None, b" \t\r\n")
    named = any(b'"hook_event_name":"' + name + b'"' in compact for name in QUIET)
    if named and not any(call in compact for call in CALLS):
        leave(0)
    what = "This call was not looked at, so it does not run [guard-failure]. Why: " + reason
    what += ". Next: tell the person; `twelve doctor` names the cause."
    shown = what.encode("ascii", "replace")
    leave(2, b'{"decision":"block","reason":"' + shown + b'"}', shown)


def late(_number: int, _frame: FrameType | None) -> None:
    """The own deadline."""
    refuse("the guard did not answer in time")


def read() -> bytes:
    """Standard input to its end; MemoryError beyond LIMIT."""
    while piece := posix.read(0, 1 << 20):
        _seen.extend(piece)
        if len(_seen) > LIMIT:
            raise MemoryError
    return bytes(_seen)


def binary(folder: str) -> Supply:
    """Sections of `hook.bin`; ValueError when another interpreter made it or a section is damaged."""
    descriptor = posix.open(folder + "/hook.bin", posix.O_RDONLY | posix.O_CLOEXEC)
    head = posix.read(descriptor, HEAD)
    tag = sys.implementation.cache_tag.encode().ljust(16)
    if head[:32] != b"TWELVE-1" + MAGIC_NUMBER.ljust(8) + tag:
        raise ValueError
    listing = 56 + int.from_bytes(head[44:48], "little")
    start = listing + int.from_bytes(head[32:36], "little")

    def whole(place: int, size: int, check: bytes) -> Any:
        raw = head[place : place + size] if place + size <= HEAD else posix.pread(descriptor, size, place)
        if _imp.source_hash(KEY, raw) != check:
            raise ValueError
        return marshal.loads(raw)  # noqa: S302 - our own file, checksum checked

    index = whole(listing, start - listing, head[36:44])

    def section(name: str) -> Any:
        found = index.get(name)
        return found and (whole(start + found[0], found[1], found[2]), found[3])

    return section


def sources(folder: str) -> Supply:
    """Sections compiled from `hook.src`, for an interpreter that is not the one the bundle was made with."""
    with open(folder + "/hook.src", "rb") as stream:
        raw = stream.read()
    body = raw[64:]
    if __import__("hashlib").sha256(body).hexdigest().encode() != raw[:64]:
        raise ValueError
    texts = eval(compile(body, "hook.src", "eval"), {"__builtins__": {}})  # noqa: S307 - our own literal, digest checked

    def section(name: str) -> Any:
        found = texts.get(name)
        if found is None or name[0] == "=":
            return found
        return compile(found[0], found[2], "exec", dont_inherit=True, optimize=2), found[1]

    return section


def supply(folder: str) -> Supply:
    """The bundle's sections, by name. Raises when neither form can be used."""
    try:
        return binary(folder)
    except (OSError, ValueError, EOFError, TypeError):
        return sources(folder)


def main() -> NoReturn:
    """One event, one answer."""
    gc.disable()  # a process of a few milliseconds; looking for garbage takes one of them
    try:
        folder = __file__[: __file__.rindex("/")]
        git = sys.argv[1:2] == ["git"]
        if not git:
            _signal.signal(_signal.SIGALRM, late)
            _signal.setitimer(_signal.ITIMER_REAL, DEADLINE_S)
            read()
        section = supply(folder)
        finder: dict[str, Any] = {"__name__": "twelve.interfaces.hooks.finding"}
        exec(section("twelve.interfaces.hooks.finding")[0], finder)  # noqa: S102 - the bundle's own code
        entry = finder["install"](section, folder)
        leave(*entry.answer(bytes(_seen), sys.argv[1:], folder, section))
    except MemoryError:
        refuse("the payload is larger than the guard reads")
    except BaseException as trouble:  # noqa: BLE001 - a crash here would let the call run
        refuse("the guard failed (" + type(trouble).__name__ + ")")


if __name__ == "__main__":
    main()
