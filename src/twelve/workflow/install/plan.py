"""Plans of installing and uninstalling as pure values, and the one function that carries a plan out."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

from twelve.model.errors import Trouble, TwelveError
from twelve.system import files, git
from twelve.version import __version__
from twelve.workflow.install import makefile, policy
from twelve.workflow.install.values import MANIFEST, Action, Change, Entry, Manifest, Plan, encode, load

_IGNORE = ".twelve/.gitignore"
_IGNORED = "# Settings of one person on one machine; they may only tighten the policy.\nlocal.toml\n"


def plan_install(repository: git.Repository, *, with_make: bool = True) -> Plan:
    """What `twelve init` would write here. Nothing when it is installed. Raises TwelveError on a name clash or an odd tree."""
    root = _work_tree(repository)
    manifest = load(root)
    if manifest is not None and manifest.finished:
        return Plan(changes=(), notes=tuple(_review(root, manifest)))
    if manifest is not None:
        raise TwelveError(
            "an earlier twelve init was interrupted",
            why=f"{MANIFEST} says it did not finish",
            next="run twelve uninstall, then twelve init",
            kind=Trouble.DAMAGED,
        )
    wanted, notes = _wanted(repository, root, with_make=with_make)
    return Plan(changes=_with_manifest(root, wanted), notes=notes)


def plan_uninstall(repository: git.Repository) -> Plan:
    """What `twelve uninstall` would take back; files edited since are kept and named. Raises TwelveError when nothing is installed."""
    root = _work_tree(repository)
    manifest = load(root)
    if manifest is None:
        return _remains(root)
    changes: list[Change] = []
    notes: list[str] = []
    for entry in manifest.entries:
        current = _content(root, entry.path)
        restored, note = _restore(entry, current)
        if restored != current:
            changes.append(Change(path=entry.path, before=current, after=restored))
        if note:
            notes.append(note)
    changes.append(Change(path=MANIFEST, before=_content(root, MANIFEST), after=None))
    return Plan(
        changes=tuple(changes),
        notes=tuple(notes),
        leftovers=_leftovers(root, [MANIFEST, *(entry.path for entry in manifest.entries)]),
        folders=(".twelve",) if manifest.folder_created else (),
    )


def apply(repository: git.Repository, plan: Plan) -> None:
    """Carry a plan out, in order. Every file is looked at again first: TwelveError when it changed since the plan was made."""
    root = _work_tree(repository)
    for leftover in plan.leftovers:
        files.confined(root, leftover).unlink(missing_ok=True)
    for change in plan.changes:
        path = files.confined(root, change.path)
        if _content(root, change.path) != change.before:
            raise TwelveError(f"{change.path} changed while twelve was working", why="someone else wrote it", next="run the command again")
        _write(path, change)
    for folder in plan.folders:
        _remove_empty(root / folder)


def diff(plan: Plan) -> str:
    """A unified diff of the whole plan: each file once, as it will be in the end, the manifest last."""
    last = {change.path: change for change in plan.changes}
    first = {change.path: change for change in reversed(plan.changes)}
    whole = [Change(path=path, before=first[path].before, after=last[path].after) for path in last]
    return "".join(line for change in sorted(whole, key=lambda change: change.path == MANIFEST) for line in _diff(change))


def _work_tree(repository: git.Repository) -> Path:
    if repository.bare:
        raise TwelveError("this repository has no work tree", why="it is bare", next="run the command in a checkout")
    return repository.root


def _remains(root: Path) -> Plan:
    """What an init or uninstall leaves when it is killed before the manifest is there, or just after it is gone."""
    leftovers = _leftovers(root, [MANIFEST])
    folder = files.confined(root, ".twelve")
    only_ours = folder.is_dir() and {path.name for path in folder.iterdir()} <= {Path(path).name for path in leftovers}
    if not leftovers and not only_ours:
        raise TwelveError("twelve is not installed here", why=f"there is no {MANIFEST}", next="nothing needs to be removed")
    return Plan(changes=(), leftovers=leftovers, folders=(".twelve",) if only_ours else ())


def _leftovers(root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(found.relative_to(root)) for path in paths for found in files.leftovers(files.confined(root, path)))


def _wanted(repository: git.Repository, root: Path, *, with_make: bool) -> tuple[list[Change], tuple[str, ...]]:
    changes: list[Change] = []
    notes: list[str] = []
    if (root / "twelve.toml").exists() or (root / "twelve.toml").is_symlink():
        notes.append("kept: twelve.toml is yours already")
    else:
        changes.append(Change(path="twelve.toml", before=None, after=policy.compose(root, repository.files()).encode()))
    if _content(root, _IGNORE) is None:
        changes.append(Change(path=_IGNORE, before=None, after=_IGNORED.encode()))
    if with_make:
        changes.append(_make(root))
    return changes, tuple(notes)


def _make(root: Path) -> Change:
    name = makefile.choose(root)
    before = _content(root, name)
    existing = before or b""
    makefile.refuse_clash(name, existing)
    return Change(path=name, before=before, after=existing + makefile.block(existing))


def _with_manifest(root: Path, wanted: list[Change]) -> tuple[Change, ...]:
    """The manifest goes first, unfinished, and is closed last: an interrupted init can always be taken back."""
    entries = tuple(_entry(change) for change in wanted)
    folder_created = not (root / ".twelve").exists()
    opened = encode(Manifest(twelve=__version__, finished=False, entries=entries, folder_created=folder_created))
    closed = encode(Manifest(twelve=__version__, finished=True, entries=entries, folder_created=folder_created))
    return (
        Change(path=MANIFEST, before=None, after=opened),
        *wanted,
        Change(path=MANIFEST, before=opened, after=closed),
    )


def _entry(change: Change) -> Entry:
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


def _restore(entry: Entry, current: bytes | None) -> tuple[bytes | None, str]:
    """(content to leave, what to tell the person)."""
    if current is None:
        return None, ""
    now = files.digest_bytes(current)
    if entry.action is Action.CREATE:
        edited = f"kept: {entry.path} was edited since twelve init; delete it if you do not need it"
        return (None, "") if now == entry.after else (current, edited)
    if now == entry.before:
        return current, ""
    block = entry.block.encode()
    if now == entry.after:
        return current[: entry.length_before], ""
    if current.count(block) == 1:
        return makefile.without(current, block), f"kept: your own edits of {entry.path}; only the twelve block was removed"
    marked = makefile.is_marked(current)
    return current, f"kept: the twelve block in {entry.path} was edited; remove it by hand" if marked else ""


def _review(root: Path, manifest: Manifest) -> Iterator[str]:
    yield "twelve is already installed here"
    for entry in manifest.entries:
        current = _content(root, entry.path)
        if current is None:
            yield f"kept: {entry.path} stays removed"
        elif files.digest_bytes(current) != entry.after:
            yield f"kept: your edits of {entry.path}"


def _content(root: Path, relative: str) -> bytes | None:
    path = files.confined(root, relative)
    if path.is_symlink():
        raise TwelveError(
            f"{relative} is a symbolic link", why="twelve writes only plain files", next="replace the link by a file, then try again"
        )
    return files.read_bounded(path) if path.exists() else None


def _write(path: Path, change: Change) -> None:
    if change.after is None:
        path.unlink(missing_ok=True)
    elif change.before is not None:
        files.write_atomic(path, change.after)
    elif not files.create_exclusive(path, change.after):
        raise TwelveError(f"{change.path} appeared while twelve was working", why="someone else created it", next="run the command again")


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()


def _diff(change: Change) -> Iterator[str]:
    before, after = _lines(change.before), _lines(change.after)
    old = f"a/{change.path}" if change.before is not None else "/dev/null"
    new = f"b/{change.path}" if change.after is not None else "/dev/null"
    for line in difflib.unified_diff(before, after, old, new):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(data: bytes | None) -> list[str]:
    *whole, rest = (data or b"").decode("utf-8", "surrogateescape").split("\n")
    return [*(f"{line}\n" for line in whole), *([rest] if rest else [])]
