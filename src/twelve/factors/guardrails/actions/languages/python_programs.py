"""What calls in Python code start and whom they talk to."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import NETWORK, ORIGIN_NETWORK
from twelve.factors.guardrails.actions.languages.python_values import Value, loose
from twelve.factors.guardrails.actions.options import plain
from twelve.factors.guardrails.actions.streams import Stream, union
from twelve.factors.guardrails.actions.walking import assign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.factors.guardrails.actions.languages.python_expressions import Expressions
    from twelve.factors.guardrails.actions.state import State

_SENDING = (
    "post", "put", "patch", "send", "sendall", "sendto", "sendmail", "send_message", "storbinary", "storlines", "upload_file",
    "upload_fileobj", "put_object", "request",
)  # fmt: skip
EXCHANGING = (
    *_SENDING, "get", "head", "delete", "options", "connect", "urlopen", "retrieve", "login", "exec_command", "stream", "recv",
)  # fmt: skip
_CLIENTS = (
    "urllib", "urllib2", "urllib3", "requests", "httpx", "http.client", "httplib", "aiohttp", "socket", "ftplib", "smtplib", "telnetlib",
    "paramiko", "websocket", "websockets", "boto3", "xmlrpc", "asyncio.open_connection", "pycurl", "wget", "imaplib", "poplib", "treq",
)  # fmt: skip
_SILENT = (
    "socket", "Session", "Client", "create_default_context", "quote", "urlencode", "urlparse", "urljoin", "gethostname", "unquote",
    "HTTPError",
)  # fmt: skip
"""Members of network libraries that talk to nobody."""


def shell(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value:
    """A command line for a shell."""
    word = (arguments[0] if arguments else named.get("cmd", Value())).argument()
    output = reader.call.run([*plain("sh", "-c"), word], state=_place(reader, named), stdin=_input(reader, named))
    return _output(output)


def _output(stream: Stream) -> Value:
    return Value(stream.text, origin=stream.origin, data=stream.data)


def _place(reader: Expressions, named: dict[str, Value]) -> State:
    state = reader.call.state.child(reader.call.name)
    if "cwd" in named and named["cwd"].text != "None":
        state.go(tuple(state.places(loose(named["cwd"]))))
    pairs = named["env"].body if "env" in named else None
    for pair in pairs if isinstance(pairs, list) else []:
        key, value = pair.items
        if key.known:
            assign(loose(key), value.argument(), state)
    return state


def _input(_reader: Expressions, named: dict[str, Value]) -> Stream | None:
    value = named.get("input") or named.get("stdin")
    if value is None or (value.text is None and not value.file and not value.data):
        return None
    return Stream(value.text, origin=value.origin, data=value.data)


def process(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value:
    """`subprocess.run`: a list is a command, a text is one only for a shell."""
    given = named.get("args") or (arguments[0] if arguments else Value())
    state = _place(reader, named)
    shell = "shell" in named and named["shell"].text != "False"
    if given.items is not None:
        words = [item.argument() for item in given.items]
        if shell:
            words = [*plain("sh", "-c"), *words]
    elif arguments[1:] and arguments[0].text is not None and not named:
        words = [value.argument() for value in arguments]
    elif shell or (given.text is not None and " " in given.text):
        words = [*plain("sh", "-c"), given.argument()]
    else:
        words = [given.argument()]
    return _output(reader.call.run(words, state=state, stdin=_input(reader, named)))


def start(reader: Expressions, name: str, arguments: list[Value]) -> Value:
    """`os.execvp(file, argv)`, `os.spawnlp(mode, file, *argv)`, `pty.spawn(argv)`."""
    bare = name.rpartition(".")[2]
    if bare.startswith("spawn") and name.startswith("os."):
        arguments = arguments[1:]
    if name == "pty.spawn":
        words = arguments[0].items if arguments and arguments[0].items is not None else arguments
        return _output(reader.call.run([value.argument() for value in words]))
    if len(arguments) > 1 and arguments[1].items is not None:
        words = [arguments[0], *arguments[1].items[1:]]
    else:
        words = [arguments[0], *(value for value in arguments[2:] if value.name != "dict")] if arguments else []
    return _output(reader.call.run([value.argument() for value in words]))


def is_network(name: str) -> bool:
    """Whether a name belongs to a network library."""
    return any(name == client or name.startswith((client + ".", client + "(")) for client in _CLIENTS)


def exchange(reader: Expressions, name: str, arguments: list[Value], named: dict[str, Value]) -> Value:
    """Something of a network library: fetching, sending when data goes along."""
    values = [*arguments, *named.values()]
    data: tuple[str, ...] = ()
    for value in _flat(values):
        data = union(data, value.data)
    target = next((loose(value) for value in _flat(arguments) if value.text and ("://" in value.text or "." in value.text)), "")
    bare = name.rpartition(".")[2]
    sends = (
        bare in _SENDING
        or "data" in named
        or "files" in named
        or "json" in named
        or (bare in ("urlopen", "Request") and len(arguments) > 1)
    )
    if bare in _SILENT:
        return Value(name=name + "()", data=data)
    reader.call.add(NETWORK, verb="send" if sends or data else "fetch", target=target, data=data, words=(), certain=bool(target))
    if bare == "urlretrieve" and len(arguments) > 1:
        reader.call.write(arguments[1].argument(), content=Stream(None, origin=ORIGIN_NETWORK))
    result = Value(name=name + "()", origin=ORIGIN_NETWORK)
    result.owner = Value()
    return result


def _flat(values: list[Value]) -> list[Value]:
    found: list[Value] = []
    for value in values:
        found += _flat(value.items) if value.items is not None else [value]
    return found
