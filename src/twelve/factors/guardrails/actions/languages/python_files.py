"""What calls in Python code do to files."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import PRIVILEGE
from twelve.factors.guardrails.actions.code import load
from twelve.factors.guardrails.actions.languages.python_values import Value, divided, loose
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.paths import UNKNOWN
from twelve.factors.guardrails.actions.streams import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from twelve.factors.guardrails.actions.languages.python_expressions import Expressions

    Effect = Callable[[Expressions, list[Value], dict[str, Value]], Value | None]

_SURE = (
    "write_text",
    "write_bytes",
    "unlink",
    "rmdir",
    "touch",
    "symlink_to",
    "hardlink_to",
    "link_to",
    "rmtree",
    "read_text",
    "read_bytes",
)
"""Methods only path objects have: they count even when the object is not known."""
_MAYBE = (
    "rename",
    "replace",
    "open",
    "mkdir",
    "chmod",
    "write",
    "writelines",
    "extractall",
    "extract",
    "expanduser",
    "exists",
    "is_file",
    "is_dir",
    "move",
    "copy",
    "copy_into",
    "move_into",
)


def _argument(arguments: list[Value], named: dict[str, Value], at: int, *names: str) -> Value:
    for name in names:
        if name in named:
            return named[name]
    return arguments[at] if at < len(arguments) else Value()


def opened(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value:
    """`open(path, mode)`: read, written, or both when the mode is not known."""
    path = _argument(arguments, named, 0, "file", "path", "filename", "name")
    mode_value = _argument(arguments, named, 1, "mode")
    mode = "r" if len(arguments) < 2 and "mode" not in named else mode_value.text
    return _opened(reader, path, mode)


def _opened(reader: Expressions, path: Value, mode: str | None) -> Value:
    if path.text is not None and path.text.isdigit():
        return Value()
    word = path.argument()
    made = Value(data=path.data)
    if mode is None or "r" in mode or "+" in mode or mode == "":
        stream = reader.call.read(word)
        made = Value(reader.call.state.text_of(stream), origin=stream.origin, data=stream.data)
    if mode is None or any(sign in mode for sign in "wax+"):
        reader.call.write(word, verb="append" if mode and "a" in mode else "write", content=Stream("") if mode and "w" in mode else None)
    made.file = loose(path)
    made.name, made.owner = "", Value()
    return made


def low_level_open(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    """`os.open(path, flags)`."""
    flags = _argument(arguments, named, 1, "flags").name
    reads = flags in ("os.O_RDONLY", "") and len(arguments) > 1 and bool(flags)
    return _opened(reader, _argument(arguments, named, 0, "path"), "r" if reads else "w")


def _delete(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    reader.call.delete(_argument(arguments, named, 0, "path", "name").argument())
    return None


def _delete_tree(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    reader.call.delete(_argument(arguments, named, 0, "path").argument(), recursive=True)
    return None


def _move(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    source, target = _argument(arguments, named, 0, "src"), _argument(arguments, named, 1, "dst")
    state = reader.call.state
    content = state.stream_of(state.places(loose(source))[0])
    reader.call.write(target.argument(), verb="move", recursive=True, content=content)
    reader.call.delete(source.argument(), verb="move", recursive=True)
    return target


def _copy(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    source, target = _argument(arguments, named, 0, "src"), _argument(arguments, named, 1, "dst")
    if source.file or source.owner is not None:
        _write(reader, target, [source])
        return None
    stream = reader.call.read(source.argument(), verb="copy")
    targets = [target]
    if any(reader.call.state.folder_is_there(place.real) for place in reader.call.state.places(loose(target))):
        targets = [divided(target, Value(loose(source).rpartition("/")[2]))]
    for value in targets:
        reader.call.write(value.argument(), verb="copy", content=stream, recursive=True)
    return None


def _write_path(verb: str) -> Effect:
    def write(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
        reader.call.write(_argument(arguments, named, 0, "path", "name").argument(), verb=verb)
        return None

    return write


def _mode(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    word = _argument(arguments, named, 0, "path").argument()
    mode = _argument(arguments, named, 1, "mode").text
    reader.call.write(word, verb="mode", target=mode or "")
    number = int(mode) if mode is not None and mode.isdigit() else 0
    if number & 0o6002:
        for place in reader.call.places(word):
            reader.call.add(PRIVILEGE, place=place, verb="chmod", words=(oct(number),))
    return None


def _owner(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    word = _argument(arguments, named, 0, "path").argument()
    for place in reader.call.places(word):
        reader.call.add(PRIVILEGE, place=place, verb="chown", words=())
    return None


def _link(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    source, target = _argument(arguments, named, 0, "src"), _argument(arguments, named, 1, "dst")
    _linked(reader, target, source)
    return None


def _linked(reader: Expressions, link: Value, target: Value) -> None:
    state = reader.call.state
    real = state.places(loose(target))[0]
    place = state.places(loose(link))[0]
    reader.call.write(link.argument(), verb="link", target=real.path)
    if real.real and not real.partial:
        state.files.pop(place.path, None)
        state.links[place.path] = real.real


def _unpack(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    stream = reader.call.read(_argument(arguments, named, 0, "filename").argument())
    target = _argument(arguments, named, 1, "extract_dir")
    folder = target.argument() if target.text else Argument(".")
    reader.call.write(folder, verb="extract", recursive=True)
    load("twelve.factors.guardrails.actions.programs.archives", "unpack")(reader.call, folder, stream)
    return None


def _archive(reader: Expressions, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    made = opened(reader, arguments, named)
    made.name = "archive"
    return made


def of_path(reader: Expressions, name: str, owner: Value, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    """A method of a path object or an open file; None when it is neither."""
    if owner.file and name in ("write", "writelines"):
        _write(reader, Value(owner.file), arguments)
        return Value()
    if owner.file and name in ("extractall", "extract"):
        folder = (arguments[0] if arguments else named.get("path", Value("."))).argument()
        reader.call.write(folder, verb="extract", recursive=True)
        stream = Stream(None, path=next(iter(owner.data), ""))
        load("twelve.factors.guardrails.actions.programs.archives", "unpack")(reader.call, folder, stream)
        return Value()
    if name not in _SURE and not (owner.path and name in _MAYBE):
        return None
    return _path_method(reader, name, owner, arguments, named)


def _path_method(reader: Expressions, name: str, owner: Value, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    word = owner.argument()
    if name in ("write_text", "write_bytes"):
        _write(reader, owner, arguments)
    elif name in ("read_text", "read_bytes"):
        return _opened(reader, owner, "r")
    elif name == "open":
        return _opened(reader, owner, (_argument(arguments, named, 0, "mode").text if arguments or "mode" in named else "r"))
    elif name in ("unlink", "rmdir", "rmtree"):
        reader.call.delete(word, recursive=name == "rmtree", verb="rmdir" if name == "rmdir" else "delete")
    elif name in ("rename", "replace", "move", "move_into"):
        return _move(reader, [owner, *arguments], named)
    elif name in ("copy", "copy_into"):
        return _copy(reader, [owner, *arguments], named)
    elif name in ("symlink_to", "hardlink_to", "link_to") and arguments:
        _linked(reader, owner, arguments[0])
    elif name == "chmod":
        return _mode(reader, [owner, *arguments], named)
    elif name in ("touch", "mkdir"):
        reader.call.write(word, verb=name)
    elif name == "expanduser":
        text = loose(owner)
        return owner.with_text((reader.call.state.home or UNKNOWN) + text[1:] if text == "~" or text.startswith("~/") else text)
    return Value()


def _write(reader: Expressions, target: Value, arguments: list[Value]) -> None:
    """New content; what is written to an open file one after the other adds up."""
    state = reader.call.state
    content = arguments[0] if arguments else Value("")
    before = state.files.get(state.places(loose(target))[0].path) if target.file == "" and not target.path else None
    text = content.text
    if before is not None and before.text is not None and text is not None:
        text = before.text + text
    reader.call.write(target.argument(), content=Stream(text, origin=content.origin, data=content.data))


FILES: dict[str, Effect] = {
    "open": opened, "io.open": opened, "codecs.open": opened, "gzip.open": opened, "bz2.open": opened, "lzma.open": opened,
    "os.fdopen": opened,
    "os.open": low_level_open, "tarfile.open": _archive, "zipfile.ZipFile": _archive, "tarfile.TarFile": _archive, "aiofiles.open": opened,
    "os.remove": _delete, "os.unlink": _delete, "os.rmdir": _delete, "os.removedirs": _delete, "shutil.rmtree": _delete_tree,
    "distutils.dir_util.remove_tree": _delete_tree, "send2trash.send2trash": _delete_tree, "os.rename": _move, "os.replace": _move,
    "os.renames": _move,
    "shutil.move": _move, "shutil.copy": _copy, "shutil.copy2": _copy, "shutil.copyfile": _copy, "shutil.copytree": _copy,
    "shutil.copyfileobj": _copy,
    "distutils.file_util.copy_file": _copy, "os.chmod": _mode, "os.lchmod": _mode, "os.chown": _owner, "os.lchown": _owner,
    "shutil.chown": _owner,
    "os.symlink": _link, "os.link": _link, "os.mkdir": _write_path("mkdir"), "os.makedirs": _write_path("mkdir"),
    "os.mkfifo": _write_path("mkfifo"),
    "os.mknod": _write_path("mkfifo"), "os.truncate": _write_path("truncate"), "os.utime": _write_path("touch"),
    "shutil.unpack_archive": _unpack,
    "os.setxattr": _write_path("mode"), "os.write": lambda reader, arguments, named: of_path(reader, "write", arguments[0], arguments[1:],
    named) if arguments else None,
    "shutil.make_archive": _write_path("write"), "shelve.open": _write_path("write"), "dbm.open": _write_path("write"),
}  # fmt: skip
