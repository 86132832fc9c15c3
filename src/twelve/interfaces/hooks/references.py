"""Branches, remote branches and evidence as they were: what was pushed, rewritten or taken away behind the guard's back.

Told by the stat of git's own files; git is asked only when one of them differs.
"""

from __future__ import annotations

import posix

from twelve.interfaces.hooks import fingerprint, gitasking, notation, provenance, seals, trail, watching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from twelve.interfaces.hooks.entry import Site
    from twelve.interfaces.hooks.explaining import Story
    from twelve.interfaces.hooks.seals import Difference

    References = dict[str, str]

MOST = 400
"""References looked at (ours)."""
HEAD = "HEAD"
REWRITTEN = "rewritten"
UNHOOKED = "committed without hooks"
KINDS = ("refs/heads", "refs/remotes", "refs/notes", "refs/stash", "refs/replace")
REMOTES = "refs/remotes/"
EVIDENCE = "refs/notes/twelve/"
REPLACED = "refs/replace/"
HEADS = "refs/heads/"
HOOKLESS = ("gemini",)
"""Clients that run git with its hooks off: what they commit themselves passes none."""
TALKING = frozenset(("fetch", "pull", "remote", "push", "clone", "evidence"))
"""Git verbs that take remote branches away as they should."""
HOOK_MARK = b"# twelve: begin git hook"
FETCHED_S = 600
JOURNALS = 12
TAIL = 400_000


def take(site: Site, root: str) -> None:
    """Write down how things are."""
    _keep(site, root, _signature(site, root), listed(root))


def known(site: Site, root: str) -> References:
    """References at the last look."""
    found = _read(site, root)[1]
    return found or {}


def moved(site: Site, root: str) -> tuple[References, References] | None:
    """(before, now) when something moved since the last look; None otherwise, and at the first one."""
    signature, before = _read(site, root)
    current = _signature(site, root)
    if signature == current:
        return None
    now = listed(root)
    _keep(site, root, current, now)
    return None if before is None or before == now else (before, now)


def strange(before: References, now: References, site: Site, root: str, story: Story | None = None) -> list[Difference]:
    """Moves that neither the call nor anybody else's ordinary work explains."""
    found = list(_strange(before, now, site, root, story))
    noted = provenance.last(site.state, [entry[0] for entry in found])
    for entry in found:
        provenance.wrote(site.state, entry[0], entry[3])
    return [entry for entry in found if noted.get(entry[0]) != entry[3]]


def _strange(before: References, now: References, site: Site, root: str, story: Story | None) -> Iterator[Difference]:
    common = site.config["common"]
    for name in sorted(before.keys() | now.keys()):
        was, is_ = before.get(name, ""), now.get(name, "")
        if was == is_:
            continue
        change = ""
        if name.startswith(REMOTES) and not name.endswith("/HEAD") and was:
            change = _remote(name, was, is_, common, root, story)
        elif name.startswith(EVIDENCE) and was:
            change = _evidence(was, is_, root)
        elif name.startswith(REPLACED) and not (story and "replace" in story.verbs):
            change = seals.CHANGED
        elif name.startswith(HEADS) and is_ and not (story and story.seen.client in HOOKLESS):
            change = _branch(name, is_, common, site.state)
        if change:
            yield f"{common}/{name}", change, was, is_


def _remote(name: str, was: str, is_: str, common: str, root: str, story: Story | None) -> str:
    """What git wrote beside the move says who made it; a push that was let through with its force explains its own."""
    if not is_:
        talked = story is not None and bool(story.verbs & TALKING)
        return "" if talked or not trail.older(f"{common}/FETCH_HEAD", FETCHED_S) else seals.DELETED
    if _grown(was, is_, root):
        return ""
    word = _last_word(f"{common}/logs/{name}")
    if word and not word.endswith(b"update by push"):
        return ""
    return "" if story is not None and story.pushes else REWRITTEN


def _evidence(was: str, is_: str, root: str) -> str:
    if not is_:
        return seals.DELETED
    if not _grown(was, is_, root):
        return REWRITTEN
    out = gitasking.ask(root, "diff", "--no-color", "--no-ext-diff", "--no-textconv", "-M100%", "-U0", was, is_)[1].split(b"\n")
    gone = {line[1:] for line in out if line[:1] == b"-" and line[:4] != b"--- "}
    return REWRITTEN if gone - {line[1:] for line in out if line[:1] == b"+"} else ""


def _branch(name: str, is_: str, common: str, state: str) -> str:
    """A commit that our own hook after commits has not seen, where that hook is in place."""
    word = _last_word(f"{common}/logs/{name}")
    try:
        hooked = HOOK_MARK in seals.read(f"{common}/hooks/post-commit")
    except OSError:
        return ""
    return UNHOOKED if hooked and word.startswith(b"commit") and not _seen(is_.encode(), f"{state}/journal") else ""


def _seen(oid: bytes, folder: str) -> bool:
    try:
        names = [f"{folder}/{name}" for name in posix.listdir(folder) if "-hooks-" not in name]
        names.sort(key=lambda name: -posix.stat(name).st_mtime_ns)
        return any(oid in _end(name) for name in names[:JOURNALS])
    except OSError:
        return True


def _end(path: str) -> bytes:
    descriptor = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NONBLOCK)
    try:
        return posix.pread(descriptor, TAIL, max(0, posix.fstat(descriptor).st_size - TAIL))
    finally:
        posix.close(descriptor)


def _grown(was: str, is_: str, root: str) -> bool:
    return gitasking.ask(root, "merge-base", "--is-ancestor", was, is_)[0] == 0


def _last_word(path: str) -> bytes:
    """What git wrote about the last move of a reference."""
    try:
        return _end(path).rstrip(b"\n").rpartition(b"\n")[2].partition(b"\t")[2]
    except OSError:
        return b""


def listed(root: str) -> References:
    """Every reference of the kinds that count, and HEAD."""
    out = gitasking.ask(root, "for-each-ref", f"--count={4 * MOST}", "--format=%(refname) %(objectname)", *KINDS)[1]
    found = dict(line.split(" ", 1) for line in out.decode("utf-8", "surrogateescape").split("\n") if " " in line)
    code, head = gitasking.ask(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return {**found, HEAD: head.decode().strip()} if code == 0 else found


def _signature(site: Site, root: str) -> str:
    """The stat of every file git keeps references in."""
    common = site.config["common"]
    folder = watching.gitdir(root)
    lines = [_stat(name) for name in (f"{common}/packed-refs", f"{common}/reftable/tables.list", f"{folder}/HEAD")]
    for kind in KINDS:
        _walk(f"{common}/{kind}", lines)
    return fingerprint.of("".join(lines).encode())


def _walk(folder: str, lines: list[str]) -> None:
    lines.append(_stat(folder))
    try:
        with posix.scandir(folder) as found:
            names = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in found)
    except OSError:
        return
    for name, is_folder in names:
        if len(lines) > MOST:
            return
        if is_folder:
            _walk(f"{folder}/{name}", lines)
        else:
            lines.append(name + _stat(f"{folder}/{name}"))


def _stat(path: str) -> str:
    try:
        info = posix.lstat(path)
    except OSError:
        return "-"
    return f"{info.st_mtime_ns}:{info.st_ctime_ns}:{info.st_size}:{info.st_ino};"


def _path(site: Site, root: str) -> str:
    return f"{site.state}/seals/{trail.short(root)}.refs"


def _read(site: Site, root: str) -> tuple[str, References | None]:
    try:
        found = notation.read(seals.read(_path(site, root)))
        refs = found["refs"]
        return str(found["signature"]), refs if isinstance(refs, dict) else None
    except (OSError, notation.Malformed, KeyError):
        return "", None


def _keep(site: Site, root: str, signature: str, found: References) -> None:
    seals.keep(_path(site, root), {"signature": signature, "refs": found})
