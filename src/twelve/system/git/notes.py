"""Lines attached to objects, as git notes: several processes may append at once and none loses a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twelve.model.errors import Trouble, TwelveError
from twelve.system import clock, files
from twelve.system.git.plumbing import FALLBACK_EMAIL, FALLBACK_NAME, Git, GitError, failure

LIMIT = 16_000_000
"""Bytes of one note that is read (ours): thousands of verdicts."""
TOTAL_LIMIT = 128_000_000
"""Bytes of all notes of a reference that are read at once (ours)."""
ATTEMPTS = 20
"""Tries against writers that do not take our lock, such as a person's `git notes`; each failure means another one got through."""


def append(git: Git, ref: str, obj: str, lines: Sequence[bytes]) -> None:
    """Add lines to the note of an object: the union of old and new lines, sorted, each once (cat_sort_uniq). Raises TwelveError."""
    if any(b"\n" in line for line in lines):
        raise ValueError("a line contains no line break")
    target = _object_id(git, obj)
    wanted = {line for line in lines if line}
    # The lock only spares our own processes the retries; what makes the update safe is the compare-and-swap below.
    with files.FileLock(git.common_dir / "twelve" / "state" / "notes.lock", timeout_s=30):
        for _ in range(ATTEMPTS):
            tip, path, existing = _note(git, ref, target)
            merged = sorted(wanted.union(existing))
            if merged == sorted(existing) or _write(git, ref, tip, target, path, merged):
                return
    raise TwelveError(f"cannot add to {ref}", why="other processes kept changing it", next="run the command again", kind=Trouble.TOOL)


def read(git: Git, ref: str, obj: str) -> tuple[bytes, ...]:
    """Lines of the note of an object, empty without one. The object itself need not exist any more."""
    return _note(git, ref, _object_id(git, obj))[2]


def listing(git: Git, ref: str) -> tuple[str, ...]:
    """Ids of the objects that have a note, sorted."""
    return tuple(sorted(target for target, _ in _entries(git, ref)))


def everything(git: Git, ref: str) -> dict[str, tuple[bytes, ...]]:
    """All notes: object id to lines, in three processes however many there are; notes larger than `LIMIT` are left out."""
    entries = _readable(git, list(_entries(git, ref)))
    answers = batch(git, [blob for _, blob in entries])
    return {target: _lines(content) for (target, _), (_, _, content) in zip(entries, answers, strict=True)}


def _object_id(git: Git, obj: str) -> str:
    if len(obj) == len(git.zero) and all(character in "0123456789abcdef" for character in obj):
        return obj
    answer = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", obj)
    if answer.code != 0:
        raise GitError(f"there is no object {obj!r} here", next="check its name; fetch it if it is elsewhere")
    return answer.out.decode().strip()


def _paths(target: str) -> tuple[str, ...]:
    """Where a note may lie: git spreads notes over more folder levels the more there are."""
    return tuple("/".join([*(target[2 * n : 2 * n + 2] for n in range(level)), target[2 * level :]]) for level in range(4))


def _note(git: Git, ref: str, target: str) -> tuple[str, str, tuple[bytes, ...]]:
    """(tip of the reference or "", path of the note in its tree, lines of the note)."""
    paths = _paths(target)
    answers = batch(git, [f"{ref}^{{commit}}", *(f"{ref}:{path}" for path in paths)])
    tip = answers[0][0]
    for path, (_, kind, content) in zip(paths, answers[1:], strict=True):
        if kind == "blob":
            return tip, path, _lines(content)
    return tip, paths[1], ()


def batch(git: Git, names: Sequence[str]) -> list[tuple[str, str, bytes]]:
    """(id, type, content) per object name; empty strings where there is no such object."""
    if not names:
        return []
    data = git.run("cat-file", "--batch", stdin="".join(f"{name}\n" for name in names).encode())
    answers: list[tuple[str, str, bytes]] = []
    position = 0
    for _ in names:
        end = data.index(b"\n", position)
        words = data[position:end].decode("utf-8", "replace").split(" ")
        position = end + 1
        if len(words) == 3 and words[2].isdigit():
            size = int(words[2])
            answers.append((words[0], words[1], data[position : position + size]))
            position += size + 1
        else:
            answers.append(("", "", b""))
    return answers


def _readable(git: Git, entries: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Entries whose blobs are small enough, as long as they are so together: anybody who may push can write huge ones."""
    asked = "".join(f"{blob}\n" for _, blob in entries).encode()
    sizes = git.run("cat-file", "--batch-check=%(objecttype) %(objectsize)", stdin=asked).decode("ascii", "replace").splitlines()
    kept, total = [], 0
    for entry, answer in zip(entries, sizes, strict=True):
        kind, _, size = answer.partition(" ")
        if kind == "blob" and int(size) <= LIMIT and total + int(size) <= TOTAL_LIMIT:
            total += int(size)
            kept.append(entry)
    return kept


def _lines(content: bytes) -> tuple[bytes, ...]:
    return tuple(line for line in content.split(b"\n") if line)


def _entries(git: Git, ref: str) -> Iterator[tuple[str, str]]:
    answer = git.ask("ls-tree", "-r", "-z", "--end-of-options", ref)
    if answer.code != 0:
        # No notes yet, or somebody made the reference point to what is no folder of notes: nothing to read either way.
        if "Not a valid object name" in answer.err or "not a tree object" in answer.err:
            return
        raise failure(["ls-tree"], answer)
    for entry in answer.out.split(b"\0")[:-1]:
        meta, _, path = entry.partition(b"\t")
        target = path.replace(b"/", b"").decode("ascii", "replace")
        if len(target) == len(git.zero):
            yield target, meta.split()[2].decode()


def _write(git: Git, ref: str, tip: str, target: str, path: str, lines: Sequence[bytes]) -> bool:
    """Commit the note on top of `tip` and move the reference, unless it is no longer at `tip`: then False."""
    content = b"".join(line + b"\n" for line in lines)
    message = f"note on {target}\n".encode()
    # fast-import writes blob, trees and commit in one process and refuses to move a reference that left `from`.
    stream = b"".join(
        (
            f"commit {ref}\ncommitter {FALLBACK_NAME} <{FALLBACK_EMAIL}> {int(clock.now().timestamp())} +0000\n".encode(),
            b"data %d\n%s" % (len(message), message),
            f"from {tip}\n".encode() if tip else b"",
            f"M 100644 inline {path}\n".encode(),
            b"data %d\n%s\n" % (len(content), content),
            b"done\n",
        )
    )
    answer = git.ask("fast-import", "--quiet", "--done", "--date-format=raw", stdin=stream)
    if answer.code == 0:
        return True
    if batch(git, [f"{ref}^{{commit}}"])[0][0] == tip:
        raise failure(["fast-import"], answer)
    return False
