"""What flows between commands: text when it can be known here, and in any case where it came from."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import ORIGIN_DECODED, ORIGIN_LOCAL, ORIGIN_NETWORK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_STRENGTH = {ORIGIN_LOCAL: 0, ORIGIN_DECODED: 1, ORIGIN_NETWORK: 2}
CREDENTIAL = "credential:"
"""In the data of a stream: a credential a program printed; behind it the hosts it is for, with commas between them."""
VARIABLE = "environment:"
"""In the data of a stream: the value of a variable of the environment that is a credential by its name."""
REFERENCES = "references:"
"""In the data of a stream: names of branches, tags and commits, or changes, that git printed from its own history."""
PROCESS = "process:"
"""In the data of a stream: these are numbers of processes that fit what follows."""


class Stream:
    """The content of a pipe, a file or a variable.

    `pattern`: each line is a pattern that stands for the names it fits.

    `text` is None when nobody can know it from here. `path` is a file the text can be read from on demand, `later` makes the
    text out of others on demand. `data` names the
    files whose content is part of it, `origin` the least trusted place any of it came from. `piped` says that somebody
    connected it on purpose: a shell without arguments then runs it. `members` are the names in an archive made in this call.
    """

    __slots__ = ("data", "later", "members", "origin", "path", "pattern", "piped", "text")

    def __init__(
        self, text: str | None = None, *, origin: str = ORIGIN_LOCAL, data: tuple[str, ...] = (), path: str = "", piped: bool = True
    ) -> None:
        self.text = text
        self.origin = origin
        self.data = data
        self.path = path
        self.piped = piped
        self.pattern = False
        self.members: tuple[str, ...] = ()
        self.later: Callable[[], str | None] | None = None

    def through(self, text: str | None = None, *, origin: str = ORIGIN_LOCAL, data: tuple[str, ...] = ()) -> Stream:
        """What a program makes of this stream: new text, the old provenance and whatever the program adds to it."""
        return Stream(text, origin=worse(self.origin, origin), data=union(self.data, data))


def silence() -> Stream:
    """The standard input of a call nobody pipes into, and the output of a command that prints nothing."""
    return Stream("", piped=False)


_SECRET_WORDS = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "API_KEY", "APIKEY", "PRIVATE_KEY", "ACCESS_KEY", "CREDENTIAL")


def secret_variable(name: str) -> tuple[str, ...]:
    """What the value of this variable adds to the data of whatever holds it: nothing, unless its name says credential."""
    upper = name.upper()
    return (VARIABLE + name,) if any(word in upper for word in _SECRET_WORDS) else ()


def worse(first: str, second: str) -> str:
    """The less trusted of two origins."""
    return first if _STRENGTH.get(first, 0) >= _STRENGTH.get(second, 0) else second


def union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Both, in order, each name once."""
    if not second or first == second:
        return first
    return first + tuple(name for name in second if name not in first)


def merged(streams: list[Stream]) -> Stream:
    """The streams one after the other; of those that are silent nothing is left."""
    told = [stream for stream in streams if stream.text != "" or stream.data or stream.origin != ORIGIN_LOCAL]
    if len(told) == 1:
        return told[0]
    text: str | None = ""
    origin = ORIGIN_LOCAL
    data: tuple[str, ...] = ()
    for stream in streams:
        text = None if text is None or stream.text is None else text + stream.text
        origin = worse(origin, stream.origin)
        data = union(data, stream.data)
    made = Stream(text, origin=origin, data=data)
    if text is None and len(streams) == 1:
        made.path, made.later, made.pattern, made.members = streams[0].path, streams[0].later, streams[0].pattern, streams[0].members
    return made
