"""Values of Python expressions as far as they can be known without running anything."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import ORIGIN_DECODED, ORIGIN_LOCAL
from twelve.factors.guardrails.actions.languages.decoding import decoded
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.paths import UNKNOWN
from twelve.factors.guardrails.actions.streams import union, worse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

TEXT_LIMIT = 100_000


class Value:
    """`text` is None when not known, and holds UNKNOWN where a piece is not; `items` are those of a list or tuple.

    `name` is the dotted name of a module, function or method; `owner` the value a method is taken from; `path` says that
    the text is a path object, `file` that this is an open file of that path; `body` is a function's own code.
    """

    __slots__ = ("body", "data", "file", "items", "name", "origin", "owner", "path", "pattern", "text")

    def __init__(
        self,
        text: str | None = None,
        *,
        items: list[Value] | None = None,
        name: str = "",
        origin: str = ORIGIN_LOCAL,
        data: tuple[str, ...] = (),
        path: bool = False,
    ) -> None:
        self.text = text
        self.items = items
        self.name = name
        self.origin = origin
        self.data = data
        self.path = path
        self.pattern = False
        self.file = ""
        self.owner: Value | None = None
        self.body: object = None

    @property
    def known(self) -> bool:
        """Whether every sign of the text is known."""
        return self.text is not None and UNKNOWN not in self.text

    def argument(self) -> Argument:
        """As a word of a command line."""
        text = UNKNOWN if self.text is None else self.text
        return Argument(text, exact=UNKNOWN not in text, pattern=self.pattern, origin=self.origin, data=self.data)

    def with_text(self, text: str | None, *others: Value) -> Value:
        """A new text made of this value and others; provenance is kept."""
        made = Value(None if text is None or len(text) > TEXT_LIMIT else text, origin=self.origin, data=self.data, path=self.path)
        made.pattern = self.pattern
        for other in others:
            made.origin = worse(made.origin, other.origin)
            made.data = union(made.data, other.data)
            made.pattern = made.pattern or other.pattern
        return made


def loose(value: Value) -> str:
    """The text, UNKNOWN when there is none."""
    return UNKNOWN if value.text is None else value.text


def added(left: Value, right: Value) -> Value:
    """`+` of texts or lists."""
    if left.items is not None and right.items is not None:
        return Value(items=left.items + right.items)
    if left.text is None and right.text is None:
        return left.with_text(None, right)
    return left.with_text(loose(left) + loose(right), right)


def divided(left: Value, right: Value) -> Value:
    """`/` of paths."""
    text = joined([loose(left), loose(right)])
    value = left.with_text(text, right)
    value.path = True
    return value


def joined(pieces: list[str]) -> str:
    """`os.path.join`."""
    result = ""
    for piece in pieces:
        result = piece if piece.startswith("/") or not result else result.rstrip("/") + "/" + piece
    return result


def times(value: Value, count: Value) -> Value:
    """`*` of a text or a list with a small number."""
    if count.text is None or not count.text.isdigit() or int(count.text) > 1000:
        return value.with_text(None)
    if value.items is not None:
        return Value(items=(value.items * int(count.text))[:1000])
    return value.with_text(None if value.text is None else value.text * int(count.text))


def formatted(template: Value, arguments: list[Value]) -> Value:
    """`%` with `%s` and `%d`."""
    if template.text is None:
        return template.with_text(None, *arguments)
    pieces = template.text.replace("%%", "\3").split("%")
    result, queue = pieces[0], list(arguments)
    for piece in pieces[1:]:
        value = loose(queue.pop(0)) if queue else UNKNOWN
        result += value + piece.lstrip("0123456789.-+ #")[1:]
    return template.with_text(result.replace("\3", "%"), *arguments)


def braces(template: Value, arguments: list[Value], named: dict[str, Value]) -> Value:
    """`str.format` with plain fields."""
    if template.text is None:
        return template.with_text(None, *arguments)
    pieces = template.text.replace("{{", "\3").replace("}}", "\4").split("{")
    result, number = pieces[0], 0
    for piece in pieces[1:]:
        field, _, rest = piece.partition("}")
        name = field.partition(":")[0].partition("!")[0]
        if name == "":
            name, number = str(number), number + 1
        value = named.get(name) or (arguments[int(name)] if name.isdigit() and int(name) < len(arguments) else Value())
        result += loose(value) + rest
    return template.with_text(result.replace("\3", "{").replace("\4", "}"), *arguments, *named.values())


def _first(arguments: list[Value]) -> Value:
    return arguments[0] if arguments else Value("")


def _decode(kind: str) -> Callable[[list[Value]], Value]:
    def decode(arguments: list[Value]) -> Value:
        value = _first(arguments)
        result = value.with_text(decoded(value.text, kind))
        result.origin = worse(result.origin, ORIGIN_DECODED)
        return result

    return decode


def _opaque(arguments: list[Value]) -> Value:
    """Decompressing, unmarshalling, unpickling: nothing that can be done here."""
    result = _first(arguments).with_text(None)
    result.origin = worse(result.origin, ORIGIN_DECODED)
    return result


def _codec(arguments: list[Value]) -> Value:
    kind = arguments[1].text if len(arguments) > 1 else ""
    if kind in ("hex", "hex_codec", "base64", "base64_codec"):
        return _first(arguments).with_text(decoded(_first(arguments).text, "hex" if "hex" in kind else "base64"))
    if kind in ("rot13", "rot_13"):
        return _first(arguments).with_text(_turned(_first(arguments).text))
    return _first(arguments).with_text(None)


def _turned(text: str | None) -> str | None:
    if text is None:
        return None
    lower, upper = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return text.translate(str.maketrans(lower + upper, lower[13:] + lower[:13] + upper[13:] + upper[:13]))


def _join_paths(arguments: list[Value]) -> Value:
    result = _first(arguments)
    for value in arguments[1:]:
        result = divided(result, value)
    return result.with_text(result.text)


def _as_path(arguments: list[Value]) -> Value:
    result = _join_paths(arguments) if arguments else Value(".")
    made = result.with_text(result.text)
    made.path = True
    return made


def _same(arguments: list[Value]) -> Value:
    return _first(arguments)


def _character(arguments: list[Value]) -> Value:
    text = _first(arguments).text
    return Value(chr(int(text)) if text is not None and text.isdigit() and int(text) < 0x110000 else None)


def _folder(arguments: list[Value]) -> Value:
    value = _first(arguments)
    if value.text is None:
        return value
    return value.with_text(value.text.rpartition("/")[0] or ("/" if value.text.startswith("/") else "."))


def _base(arguments: list[Value]) -> Value:
    value = _first(arguments)
    return value.with_text(None if value.text is None else value.text.rpartition("/")[2])


def _below(arguments: list[Value]) -> Value:
    """Names in a folder: unknown ones below it."""
    value = _first(arguments) if arguments else Value(".")
    return Value(items=[value.with_text(UNKNOWN)])


def _entries(arguments: list[Value]) -> Value:
    value = _first(arguments) if arguments else Value(".")
    found = value.with_text(joined([loose(value), UNKNOWN]))
    found.path = True
    return Value(items=[found])


def _walked(arguments: list[Value]) -> Value:
    value = _first(arguments) if arguments else Value(".")
    inside = value.with_text(joined([loose(value), UNKNOWN]))
    return Value(items=[Value(items=[inside, Value(items=[Value(UNKNOWN)]), Value(items=[Value(UNKNOWN)])])])


def _globbed(arguments: list[Value]) -> Value:
    found = _first(arguments).with_text(_first(arguments).text)
    found.pattern = True
    return Value(items=[found])


def _listed(arguments: list[Value]) -> Value:
    value = _first(arguments)
    return value if value.items is not None or not arguments else Value(items=[value.with_text(UNKNOWN)])


PURE = {
    "base64.b64decode": _decode("base64"), "base64.urlsafe_b64decode": _decode("base64"), "base64.standard_b64decode": _decode("base64"),
    "base64.decodebytes": _decode("base64"), "binascii.a2b_base64": _decode("base64"), "base64.b32decode": _decode("base32"),
    "base64.b16decode": _decode("hex"), "binascii.unhexlify": _decode("hex"), "binascii.a2b_hex": _decode("hex"),
    "bytes.fromhex": _decode("hex"), "bytearray.fromhex": _decode("hex"), "zlib.decompress": _opaque, "gzip.decompress": _opaque,
    "bz2.decompress": _opaque, "lzma.decompress": _opaque, "marshal.loads": _opaque, "pickle.loads": _opaque, "base64.b85decode": _opaque,
    "codecs.decode": _codec, "codecs.encode": _codec, "os.path.join": _join_paths, "posixpath.join": _join_paths, "str": _same,
    "bytes": _same, "os.fspath": _same, "os.fsencode": _same, "os.fsdecode": _same, "os.path.abspath": _same, "os.path.realpath": _same,
    "os.path.normpath": _same,
    "pathlib.Path": _as_path, "pathlib.PurePath": _as_path, "pathlib.PosixPath": _as_path, "pathlib.PurePosixPath": _as_path,
    "chr": _character,
    "os.path.dirname": _folder, "os.path.basename": _base, "os.listdir": _below, "os.scandir": _entries, "os.walk": _walked,
    "glob.glob": _globbed, "glob.iglob": _globbed, "list": _listed, "tuple": _listed, "sorted": _listed, "set": _listed,
    "reversed": _listed,
    "compile": _same, "textwrap.dedent": _same, "shlex.quote": _same, "io.StringIO": _same, "io.BytesIO": _same,
}  # fmt: skip
"""Functions without effects, by dotted name."""


def method(name: str, owner: Value, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    """Methods of texts and paths; None when the method is not one of them or nothing is known."""
    text = owner.text
    if name in (
        "decode",
        "encode",
        "read",
        "readall",
        "getvalue",
        "resolve",
        "absolute",
        "as_posix",
        "readline",
        "copy",
        "strip",
        "text",
        "content",
    ):
        return owner.with_text(text.strip() if name == "strip" and text and not arguments else text)
    if name in ("readlines", "splitlines"):
        lines = [] if text is None else text.splitlines()
        return Value(items=[owner.with_text(line) for line in lines[:64]] if text is not None else [owner.with_text(UNKNOWN)])
    if name == "joinpath":
        return _as_path([owner, *arguments])
    if name in ("glob", "rglob") and owner.path:
        pattern = loose(_first(arguments))
        return _globbed([divided(owner, Value(("**/" if name == "rglob" else "") + pattern))])
    if name == "iterdir":
        return _entries([owner])
    if text is None:
        return owner.with_text(None, *arguments) if name in _TEXTUAL else None
    return _of_text(name, owner, text, arguments, named)


_TEXTUAL = (
    "replace",
    "lower",
    "upper",
    "format",
    "join",
    "split",
    "lstrip",
    "rstrip",
    "title",
    "expandtabs",
    "json",
    "removeprefix",
    "removesuffix",
)


def _of_text(name: str, owner: Value, text: str, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    given = [value.text for value in arguments]
    if name == "format":
        return braces(owner, arguments, named)
    if name == "join" and arguments and arguments[0].items is not None:
        return owner.with_text(text.join(loose(item) for item in arguments[0].items), *arguments[0].items)
    if name == "join" and arguments:
        return owner.with_text(None, *arguments)
    if name == "replace" and not owner.path and len(given) == 2 and None not in given:
        return owner.with_text(text.replace(str(given[0]), str(given[1])), *arguments)
    if name == "split":
        return Value(items=[owner.with_text(piece) for piece in text.split(given[0] if given else None)[:256]])
    if name in ("lower", "upper", "title", "swapcase", "capitalize"):
        return owner.with_text(str(getattr(text, name)()))
    if name in ("lstrip", "rstrip", "strip", "removeprefix", "removesuffix") and None not in given and len(given) <= 1:
        return owner.with_text(str(getattr(text, name)(*given)))
    if name in ("with_name", "with_suffix", "with_stem"):
        base = loose(owner).rstrip("/").rpartition("/")[2]
        stem, dot, ending = base.rpartition(".") if "." in base[1:] else (base, "", "")
        piece = given[0] if given else None
        made = piece if name == "with_name" else stem + (piece or "") if name == "with_suffix" else (piece or "") + dot + ending
        return _as_path([_folder([owner]), Value(UNKNOWN if piece is None or UNKNOWN in base else made)])
    return owner.with_text(None, *arguments) if name in _TEXTUAL else None
