"""Which files a patch touches: the clients' own patch language and unified diffs."""

from __future__ import annotations


class Change:
    """`kind` is write, delete or move (the old name of something moved)."""

    __slots__ = ("kind", "path")

    def __init__(self, kind: str, path: str) -> None:
        self.kind = kind
        self.path = path


_HEADINGS = (("*** add file:", "write"), ("*** update file:", "write"), ("*** delete file:", "delete"), ("*** move to:", "to"))


def changes(text: str) -> list[Change]:
    """Of `*** Begin Patch`; of a unified diff when there is no such heading."""
    found: list[Change] = []
    for line in text.split("\n"):
        stripped = line.strip()
        lowered = stripped[:20].lower() if stripped.startswith("***") else ""
        for heading, kind in _HEADINGS if lowered else ():
            if lowered.startswith(heading):
                path = stripped[len(heading) :].strip()
                if kind == "to":
                    if found:
                        found[-1].kind = "move"
                    kind = "write"
                found.append(Change(kind, path))
    return found or unified(text, 0)


def unified(text: str, strip: int) -> list[Change]:
    """Files of a unified diff. `strip` leading folders are cut off; 0 cuts the a/ and b/ of git when they are there."""
    found: dict[str, Change] = {}
    old = ""
    former = ""
    for line in text.split("\n"):
        line = line.rstrip("\r")
        former, before = line, former
        if before.startswith("*** ") and line.startswith("--- ") and not before.endswith(" ****"):
            _note(found, _name(before[4:], strip), _name(line[4:], strip))
        elif line.startswith("--- "):
            old = _name(line[4:], strip)
        elif line.startswith("+++ "):
            new = _name(line[4:], strip)
            _note(found, old, new)
        elif line.startswith(("rename from ", "copy from ")):
            if line.startswith("rename"):
                _put(found, "move", line.partition(" from ")[2])
        elif line.startswith(("rename to ", "copy to ")):
            _put(found, "write", line.partition(" to ")[2])
        elif line.startswith("diff --git ") and line.endswith('"') and ' "' in line:
            _put(found, "write", _name(line[line.rindex(' "', 0, -1) + 1 :], strip))
        elif line.startswith("diff --git ") and " b/" in line:
            _put(found, "write", _unquoted(line.rpartition(" b/")[2]))
        elif line.startswith("Index: "):
            _put(found, "write", line[7:].strip())
        elif line.startswith("deleted file mode") and found:
            list(found.values())[-1].kind = "delete"
    return list(found.values())


def _note(found: dict[str, Change], old: str, new: str) -> None:
    if new == "/dev/null":
        _put(found, "delete", old)
    else:
        _put(found, "write", new)


def _put(found: dict[str, Change], kind: str, path: str) -> None:
    path = _unquoted(path)
    if path and path != "/dev/null" and (path not in found or kind != "write"):
        found[path] = Change(kind, path)


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "v": "\v", "f": "\f"}


def _unquoted(path: str) -> str:
    """A name as git and GNU patch read it: in quotes with C's escapes when it has unusual signs."""
    path = path.strip()
    if len(path) < 2 or path[0] != '"':
        return path
    found, at = bytearray(), 1
    while at < len(path) and path[at] != '"':
        sign = path[at]
        if sign != "\\":
            found += sign.encode("utf-8", "surrogateescape")
        elif path[at + 1 : at + 4].isdigit() and len(path[at + 1 : at + 4]) == 3 and not path[at + 1 : at + 4].strip("01234567"):
            found.append(int(path[at + 1 : at + 4], 8) & 255)
            at += 3
        else:
            at += 1
            found += _ESCAPES.get(path[at : at + 1], path[at : at + 1]).encode("utf-8", "surrogateescape")
        at += 1
    return found.decode("utf-8", "surrogateescape")


def _name(text: str, strip: int) -> str:
    """The path of a `---` or `+++` line, without its time stamp and the leading folders."""
    path = _unquoted(text.split("\t", 1)[0])
    if path == "/dev/null":
        return path
    if strip:
        return "/".join(path.split("/")[strip:]) or path
    return path[2:] if path.startswith(("a/", "b/", "i/", "w/", "c/", "o/")) else path
