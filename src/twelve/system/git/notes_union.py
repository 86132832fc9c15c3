"""Two histories of notes become one that holds every line of both, with both as parents, so that it can be pushed onto either.

git's own `notes merge -s cat_sort_uniq` ends a note at its first NUL byte and moves the reference without looking whether
somebody else moved it meanwhile; both would lose lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError
from twelve.system import clock, files
from twelve.system.git import commits, notes
from twelve.system.git.plumbing import FALLBACK_EMAIL, FALLBACK_NAME, Git, GitError, failure

_HEX = frozenset("0123456789abcdef")
_BLOBS = (b"100644", b"100755")


class Difference(Struct, frozen=True, kw_only=True):
    """Lines that only one side has, by the object they are noted on. A side that has an object's only note is counted, not read."""

    here: int
    there: int
    """Lines, or whole notes of objects the other side knows nothing about."""


class _Side(Struct, frozen=True):
    """One tip: object -> path -> blob. Several paths only where somebody built the tree by hand."""

    tip: str
    notes: Mapping[str, Mapping[str, str]]


def compare(git: Git, ours: str, theirs: str) -> Difference:
    """What each tip holds that the other lacks. "" stands for no notes at all. Raises GitError for what is no history of notes."""
    left, right = _side(git, ours), _side(git, theirs)
    here = there = 0
    for _, mine, yours in _differing(git, left, right):
        here += len(mine - yours)
        there += len(yours - mine)
    return Difference(here=here, there=there)


def join(git: Git, ref: str, theirs: str) -> int:
    """Bring the notes of a commit into `ref`; how many lines are new. Lines somebody took out of either side come back.

    Safe among concurrent writers. Raises GitError for what is no history of notes, TwelveError for notes too large to compare.
    """
    tip = _commit(git, theirs)
    if not tip:
        raise GitError(f"{theirs} is no history of notes", why="it names no commit", next="look at what the reference points to")
    with files.FileLock(git.common_dir / "twelve" / "state" / "notes.lock", timeout_s=30):
        for _ in range(notes.ATTEMPTS):
            gained = _attempt(git, ref, tip)
            if gained is not None:
                return gained
    raise TwelveError(f"cannot add to {ref}", why="other processes kept changing it", next="run the command again", kind=Trouble.TOOL)


def _attempt(git: Git, ref: str, theirs: str) -> int | None:
    """One try; None when the reference moved under it."""
    left, right = _side(git, _commit(git, ref)), _side(git, theirs)
    found = list(_differing(git, left, right))
    wanted = {target: yours - mine for target, mine, yours in found if yours - mine}
    gained = sum(len(lines) for lines in wanted.values())
    known = bool(left.tip) and _contains(git, left.tip, right.tip)
    if known and not wanted:
        return gained
    if not left.tip or (_contains(git, right.tip, left.tip) and not any(mine - yours for _, mine, yours in found)):
        return gained if _moved(git, ref, right.tip, left.tip) else None
    parents = b"" if known else f"merge {right.tip}\n".encode()
    return gained if _write(git, ref, left, right, wanted, parents) else None


def _commit(git: Git, name: str) -> str:
    """Id of the commit a name stands for, "" when there is none."""
    return git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").out.decode().strip()


def _side(git: Git, tip: str) -> _Side:
    found: dict[str, dict[str, str]] = {}
    for target, path, blob in _entries(git, tip) if tip else ():
        found.setdefault(target, {})[path] = blob
    return _Side(tip, found)


def _entries(git: Git, tip: str) -> Iterator[tuple[str, str, str]]:
    """(object, path, blob) of everything in the tree that is a note; links, modules and other files are none."""
    answer = git.ask("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", f"{tip}^{{commit}}^{{tree}}", timeout_s=300)
    if answer.code != 0:
        raise GitError(f"{tip[:12]} is no history of notes", why=answer.err.strip()[:300], next="look at what the reference points to")
    for entry in answer.out.split(b"\0")[:-1]:
        meta, _, name = entry.partition(b"\t")
        mode, _, blob = meta.split(b" ", 2)
        path = name.decode("ascii", "replace")
        target = path.replace("/", "")
        if mode in _BLOBS and len(target) == len(git.zero) and _HEX.issuperset(target):
            yield target, path, blob.decode()


def _differing(git: Git, left: _Side, right: _Side) -> Iterator[tuple[str, frozenset[bytes], frozenset[bytes]]]:
    """(object, lines of ours, lines of theirs) where the two are not the same blobs."""
    targets = [
        target
        for target in sorted({*left.notes, *right.notes})
        if set(left.notes.get(target, {}).values()) != set(right.notes.get(target, {}).values())
    ]
    lines = _lines(git, {blob for target in targets for side in (left, right) for blob in side.notes.get(target, {}).values()})
    for target in targets:
        mine, yours = (frozenset().union(*(lines[blob] for blob in side.notes.get(target, {}).values())) for side in (left, right))
        yield target, mine, yours


def _lines(git: Git, blobs: set[str]) -> dict[str, frozenset[bytes]]:
    wanted = sorted(blobs)
    _refuse_large(git, wanted)
    return {
        blob: frozenset(line for line in content.split(b"\n") if line)
        for blob, (_, _, content) in zip(wanted, notes.batch(git, wanted), strict=True)
    }


def _refuse_large(git: Git, blobs: list[str]) -> None:
    asked = "".join(f"{blob}\n" for blob in blobs).encode()
    answer = git.run("cat-file", "--batch-check=%(objectsize) %(objectname)", stdin=asked).decode("ascii", "replace") if blobs else ""
    sizes = [(int(size), blob) for size, _, blob in (line.partition(" ") for line in answer.splitlines()) if size.isdigit()]
    largest = max(sizes, default=(0, ""))
    if largest[0] > notes.LIMIT or sum(size for size, _ in sizes) > notes.TOTAL_LIMIT:
        raise TwelveError(
            "the notes are too large to be joined",
            why=f"the largest that differs, {largest[1][:12]}, holds {largest[0]} bytes; {notes.LIMIT} are read",
            next="find out who wrote it; whoever keeps the remote can put the reference back to an earlier commit",
            kind=Trouble.DAMAGED,
        )


def _contains(git: Git, tip: str, ancestor: str) -> bool:
    answer = git.ask("merge-base", "--is-ancestor", ancestor, tip)
    if answer.code not in (0, 1):
        raise failure(["merge-base"], answer)
    return answer.code == 0


def _moved(git: Git, ref: str, new: str, old: str) -> bool:
    try:
        commits.update_ref(git, ref, new, old)
    except commits.RefMovedError:
        return False
    return True


def _write(git: Git, ref: str, left: _Side, right: _Side, wanted: Mapping[str, frozenset[bytes]], parents: bytes) -> bool:
    """Commit the union on top of both tips unless `ref` left ours: then False."""
    mine = _lines(git, {blob for target in wanted for blob in list(left.notes.get(target, {}).values())[:1]})
    message = f"notes of {right.tip}\n".encode()
    stream = [
        f"commit {ref}\ncommitter {FALLBACK_NAME} <{FALLBACK_EMAIL}> {int(clock.now().timestamp())} +0000\n".encode(),
        b"data %d\n%s" % (len(message), message),
        f"from {left.tip}\n".encode(),
        parents,
    ]
    for target, more in sorted(wanted.items()):
        path, blob = next(iter(left.notes.get(target, {}).items()), (f"{target[:2]}/{target[2:]}", ""))
        content = b"".join(line + b"\n" for line in sorted(more | mine.get(blob, frozenset())))
        stream.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))
    answer = git.ask("fast-import", "--quiet", "--done", "--date-format=raw", stdin=b"".join([*stream, b"done\n"]), timeout_s=300)
    if answer.code == 0:
        return True
    if _commit(git, ref) == left.tip:
        raise failure(["fast-import"], answer)
    return False
