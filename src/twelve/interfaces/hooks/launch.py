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
LAST_S = 1
"""For writing the refusal of the deadline itself, when nobody reads what is written (ours)."""
HEAD = 65_536
REGULAR = 8
"""`S_IFREG >> 12`; the module of these names is not loaded."""
BUNDLE_LIMIT = 64_000_000
"""Largest file of the bundle that is read, bytes (ours; it has less than 2 MB)."""
KEY = 0x7477656C7665
"""Key of the checksums that tell a damaged section before it is unmarshalled."""
QUIET = (
    b"SessionStart", b"SessionEnd", b"UserPromptSubmit", b"BeforeAgent", b"AfterAgent", b"Stop", b"SubagentStart", b"SubagentStop",
    b"PreCompact", b"PostCompact", b"PreCompress", b"Notification", b"PostToolUse", b"PostToolUseFailure", b"AfterTool",
)  # fmt: skip
"""Events where no tool call hangs on the answer: silence is right when nothing can be said."""
CALLS = (b'"PreToolUse"', b'"BeforeTool"', b'"PermissionRequest"', b'"ConfigChange"')
LAST = b"This call was not looked at, so it does not run [guard-failure]."
"""For when there is no memory left to say why."""
_seen = bytearray()


def leave(code: int, out: bytes = b"", err: bytes = b"") -> NoReturn:
    """Answer and end without the interpreter's own farewell, which costs as much as the answer.

    Standard error goes first: two clients take exit code 2 for a block only with words there, and a full standard output
    nobody reads would keep them from being written.
    """
    try:
        _signal.signal(_signal.SIGALRM, cut)
        for descriptor, text in ((2, err), (1, out)):
            try:
                while text:
                    text = text[posix.write(descriptor, text) :]
            except OSError:  # one of the two has no reader; the other may
                continue
    finally:
        posix._exit(code)


def cut(_number: int, _frame: FrameType | None) -> NoReturn:
    """The deadline while an answer is written: it cannot be written whole."""
    try:
        code = 0 if quiet() else 2
    except MemoryError:
        code = 2
    posix._exit(code)


def quiet() -> bool:
    """Whether the text names an event no call hangs on, once, and no other. A spelling that hides letters is no name."""
    compact = bytes(_seen).translate(None, b" \t\r\n")
    if compact.count(b'"hook_event_name":') != 1 or any(call in compact for call in CALLS) or veiled(compact):
        return False
    return any(b'"hook_event_name":"' + name + b'"' in compact for name in QUIET)


def veiled(compact: bytes) -> bool:
    """Whether letters are written as numbers: `Pre\\u0054oolUse`. No client's writer of JSON does that."""
    return any(b"\\u00" + first in compact for first in (b"4", b"5", b"6", b"7"))


def refuse(reason: str) -> NoReturn:
    """The answer when the call could not be looked at: every client's block for a call, silence for the rest."""
    try:
        if quiet():
            leave(0)
        what = "This call was not looked at, so it does not run [guard-failure]. Why: " + reason
        what += ". Next: tell the person; `twelve doctor` names the cause."
        shown = what.encode("ascii", "replace")
        leave(2, b'{"decision":"block","reason":"' + shown + b'"}', shown)
    except MemoryError:
        leave(2, b"", LAST)


def late(_number: int, _frame: FrameType | None) -> None:
    """The own deadline."""
    _signal.setitimer(_signal.ITIMER_REAL, LAST_S)
    refuse("the guard did not answer in time")


def read() -> bytes:
    """Standard input to its end; MemoryError beyond LIMIT."""
    while piece := posix.read(0, 1 << 20):
        _seen.extend(piece)
        if len(_seen) > LIMIT:
            raise MemoryError
    return bytes(_seen)


def opened(path: str) -> int:
    """A descriptor of a regular file; ValueError for anything else, because a pipe or a device would be waited for."""
    descriptor = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NONBLOCK | posix.O_NOFOLLOW)
    found = posix.fstat(descriptor)
    if found.st_mode >> 12 != REGULAR or found.st_size > BUNDLE_LIMIT:
        raise ValueError
    return descriptor


def binary(folder: str) -> Supply:
    """Sections of `hook.bin`; ValueError when another interpreter made it or a section is damaged."""
    descriptor = opened(folder + "/hook.bin")
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
    descriptor = opened(folder + "/hook.src")
    raw = posix.read(descriptor, posix.fstat(descriptor).st_size)
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
        if sys.argv[1:2] == ["git"]:
            _signal.setitimer(_signal.ITIMER_REAL, 0)  # what git's hooks start may take longer, and inherits the clock
        else:
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
