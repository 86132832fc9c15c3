"""The part of an installation that is tracked in git: the policy, the make targets, the manifest beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError
from twelve.system import files, git
from twelve.version import __version__
from twelve.workflow.install import carrying, makefile, policy
from twelve.workflow.install.values import MANIFEST, Action, Change, Entry, Folder, Manifest, Place, Plan, encode, load

POLICY = "twelve.toml"
_IGNORE = ".twelve/.gitignore"
_IGNORED = "# Settings of one person on one machine; they may only tighten the policy.\nlocal.toml\n"


class Restored(Struct, frozen=True, kw_only=True):
    """What to leave of a file, and what to tell the person."""

    content: bytes | None
    note: str = ""


def plan_install(repository: git.Repository, *, with_make: bool) -> Plan:
    """What `twelve init` would write into tracked files. TwelveError on a name clash or an interrupted init."""
    root = repository.root
    manifest = load(root)
    if manifest is not None and manifest.finished:
        return Plan(changes=(), notes=tuple(_review(repository, manifest)))
    if manifest is not None:
        raise TwelveError(
            "an earlier twelve init was interrupted",
            why=f"{MANIFEST} says it did not finish",
            next="run twelve uninstall, then twelve init",
            kind=Trouble.DAMAGED,
        )
    wanted, notes = _wanted(repository, root, with_make=with_make)
    return Plan(changes=_with_manifest(root, wanted), notes=notes)


def plan_uninstall(repository: git.Repository) -> Plan | None:
    """What to take back of the tracked part; None when there is nothing of it."""
    root = repository.root
    manifest = load(root)
    if manifest is None:
        return _remains(repository)
    changes: list[Change] = []
    notes: list[str] = []
    for entry in manifest.entries:
        current = carrying.content(repository, Place.TREE, entry.path)
        restored = restore(entry, current)
        if restored.content != current:
            changes.append(Change(path=entry.path, before=current, after=restored.content))
        if restored.note:
            notes.append(restored.note)
    changes.append(Change(path=MANIFEST, before=carrying.content(repository, Place.TREE, MANIFEST), after=None))
    paths = [MANIFEST, *(entry.path for entry in manifest.entries)]
    return Plan(
        changes=tuple(changes),
        notes=tuple(notes),
        leftovers=carrying.leftovers(repository, *(Folder(place=Place.TREE, path=path) for path in paths)),
        folders=(Folder(place=Place.TREE, path=".twelve"),) if manifest.folder_created else (),
    )


def _remains(repository: git.Repository) -> Plan | None:
    """What an init or uninstall leaves when it is killed before the manifest is there, or just after it is gone."""
    left = carrying.leftovers(repository, Folder(place=Place.TREE, path=MANIFEST))
    folder = files.confined(repository.root, ".twelve")
    only_ours = folder.is_dir() and {path.name for path in folder.iterdir()} <= {Path(item.path).name for item in left}
    if not left and not only_ours:
        return None
    return Plan(changes=(), leftovers=left, folders=(Folder(place=Place.TREE, path=".twelve"),) if only_ours else ())


def _wanted(repository: git.Repository, root: Path, *, with_make: bool) -> tuple[list[Change], tuple[str, ...]]:
    changes: list[Change] = []
    notes: list[str] = []
    if (root / POLICY).exists() or (root / POLICY).is_symlink():
        notes.append(f"kept: {POLICY} is yours already")
    else:
        changes.append(Change(path=POLICY, before=None, after=policy.compose(root, _judged(repository)).encode()))
    if carrying.content(repository, Place.TREE, _IGNORE) is None:
        changes.append(Change(path=_IGNORE, before=None, after=_IGNORED.encode()))
    if with_make:
        changes.append(_make(repository))
    return changes, tuple(notes)


def uncommitted(repository: git.Repository) -> tuple[str, ...]:
    """Files of the tracked part that are not committed as they are; the policy among them when it was there before."""
    manifest = load(repository.root)
    if manifest is None:
        return ()
    wanted = dict.fromkeys((POLICY, MANIFEST, *(entry.path for entry in manifest.entries)))
    literal = (f":(literal,top){path}" for path in wanted)
    changed = repository.lines("status", "--porcelain", "--untracked-files=all", "--no-renames", "-z", "--", *literal)
    return tuple(path for path in wanted if path in {line[3:] for line in changed})


def fresh(repository: git.Repository, path: str) -> bytes | None:
    """What this version writes into a file it creates; None for a file it does not write."""
    if path == POLICY:
        others = [found for found in _judged(repository) if found != POLICY and not found.startswith(".twelve/")]
        return policy.compose(repository.root, others).encode()
    if path in makefile.NAMES:
        return makefile.body()
    return _IGNORED.encode() if path == _IGNORE else None


def _judged(repository: git.Repository) -> tuple[str, ...]:
    """Files gates are proposed for: what lies about untracked is in no commit. All of them where nothing is tracked yet."""
    present = repository.files()
    known = frozenset(repository.tracked())
    return tuple(path for path in present if path in known) if known else present


def _make(repository: git.Repository) -> Change:
    name = makefile.choose(repository.root)
    before = carrying.content(repository, Place.TREE, name)
    existing = before or b""
    makefile.refuse_clash(name, existing)
    return Change(path=name, before=before, after=existing + makefile.block(existing))


def _with_manifest(root: Path, wanted: list[Change]) -> tuple[Change, ...]:
    """The manifest goes first, unfinished, and is closed last: an interrupted init can always be taken back."""
    entries = tuple(entry_of(change) for change in wanted)
    folder_created = not (root / ".twelve").exists()
    opened = encode(Manifest(twelve=__version__, finished=False, entries=entries, folder_created=folder_created))
    closed = encode(Manifest(twelve=__version__, finished=True, entries=entries, folder_created=folder_created))
    return (
        Change(path=MANIFEST, before=None, after=opened),
        *wanted,
        Change(path=MANIFEST, before=opened, after=closed),
    )


def entry_of(change: Change) -> Entry:
    before, after = change.before, change.after or b""
    if before is None:
        return Entry(path=change.path, action=Action.CREATE, before="", after=files.digest_bytes(after))
    return Entry(
        path=change.path,
        action=Action.APPEND,
        before=files.digest_bytes(before),
        after=files.digest_bytes(after),
        length_before=len(before),
        block=after[len(before) :].decode(),
    )


def restore(entry: Entry, current: bytes | None) -> Restored:
    """What to leave of a file of the tracked part."""
    if current is None:
        return Restored(content=None)
    now = files.digest_bytes(current)
    if entry.action is Action.CREATE:
        return Restored(content=None) if now in (entry.after, entry.former) else _edited(entry, current)
    if now == entry.before:
        return Restored(content=current)
    block = entry.block.encode()
    if now == entry.after:
        return Restored(content=current[: entry.length_before])
    if current.count(block) == 1:
        note = f"kept: your own edits of {entry.path}; only the twelve block was removed"
        return Restored(content=makefile.without(current, block), note=note)
    marked = makefile.is_marked(current)
    return Restored(content=current, note=f"kept: the twelve block in {entry.path} was edited; remove it by hand" if marked else "")


def _edited(entry: Entry, current: bytes) -> Restored:
    """A file of ours a person wrote into: of a Makefile our block goes, anything else stays whole."""
    block = makefile.body()
    if entry.path not in makefile.NAMES or current.count(block) != 1:
        return Restored(content=current, note=f"kept: {entry.path} was edited since twelve init; delete it if you do not need it")
    left = makefile.without(current, block)
    note = f"kept: your own edits of {entry.path}; only the twelve block was removed"
    return Restored(content=left, note=note) if left.strip() else Restored(content=None)


HERE = "twelve is already installed here"


def _review(repository: git.Repository, manifest: Manifest) -> Iterator[str]:
    yield HERE
    for entry in manifest.entries:
        current = carrying.content(repository, Place.TREE, entry.path)
        if current is None:
            yield f"kept: {entry.path} stays removed"
        elif files.digest_bytes(current) != entry.after:
            yield f"kept: your edits of {entry.path}"
