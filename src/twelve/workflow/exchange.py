"""Evidence and approvals between this clone and another: both sides end with the lines of both, nothing is ever forced.

Git leaves `refs/notes` at home; who wants them elsewhere says so. What comes from elsewhere is a claim like any note.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from twelve.factors.approvals import notes as approvals
from twelve.factors.gates import ledger
from twelve.model.errors import Trouble, TwelveError
from twelve.system import files, git

SPACE = "refs/notes/twelve/"
"""References that are exchanged; nothing else is looked at or sent."""
ROUNDS = 12
"""Attempts to push while others push too (ours); each that fails means another one got through."""
MOST = 32
"""References below `SPACE` one remote may hold (ours)."""
PATIENCE_S = 600
"""Longest fetch or push, seconds."""
_INCOMING = "refs/twelve/incoming/"
_KNOWN = frozenset((ledger.REF, approvals.REF))
_NAME = re.compile(r"refs/notes/twelve/[a-z0-9][a-z0-9._-]{0,60}")
_SECRET = re.compile(r"(?<=://)[^/\s@]+@")
_LATER = re.compile(
    r"non-fast-forward|fetch first|stale info|cannot lock ref|failed to update ref|incorrect old value|reference already exists"
)


class Kept(Struct, frozen=True, kw_only=True):
    """One kind of notes, here and there, after what was done."""

    ref: str
    only_here: int
    """Lines the other side lacks."""
    only_there: int
    """Lines this side lacks."""
    received: int = 0
    sent: int = 0
    """Lines the exchange brought here, and took there."""


class Exchange(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.evidence.v1"):
    """What an exchange did, or what one would have to do."""

    remote: str
    """As it was named, without credentials."""
    did: str
    """push, fetch or status."""
    notes: tuple[Kept, ...]
    attempts: int = 1

    @property
    def same(self) -> bool:
        return not any(item.only_here or item.only_there for item in self.notes)


def status(repository: git.Repository, remote: str = "") -> Exchange:
    """What each side has that the other lacks. Changes no notes. Raises TwelveError as `fetch` does."""
    name = _remote(repository, remote)
    with _incoming(repository, name) as there:
        found = tuple(_difference(repository, ref, there) for ref in _all(repository, there))
    return Exchange(remote=_shown(name), did="status", notes=found)


def fetch(repository: git.Repository, remote: str = "") -> Exchange:
    """Bring the remote's lines here; lines of this clone stay. Raises TwelveError without a remote, GitError when it does not answer."""
    name = _remote(repository, remote)
    with _incoming(repository, name) as there:
        gained = {ref: repository.notes_merge(ref, tip) for ref, tip in there.items()}
        found = tuple(_difference(repository, ref, there, received=gained.get(ref, 0)) for ref in _all(repository, there))
    return Exchange(remote=_shown(name), did="fetch", notes=found)


def push(repository: git.Repository, remote: str = "") -> Exchange:
    """Join both sides here and bring the result there, again and again while others push too. Raises TwelveError as `fetch` does."""
    name = _remote(repository, remote)
    received: dict[str, int] = {}
    for attempt in range(1, ROUNDS + 1):
        with _incoming(repository, name) as there:
            for ref, tip in there.items():
                received[ref] = received.get(ref, 0) + repository.notes_merge(ref, tip)
            tips = {ref: tip for ref in _all(repository, there) if (tip := _tip(repository, ref))}
            sent = {ref: repository.notes_compare(tip, there.get(ref, "")).here for ref, tip in tips.items()}
            late = _send(repository, name, {ref: tip for ref, tip in tips.items() if tip != there.get(ref)})
        if not late:
            done = tuple(Kept(ref=ref, only_here=0, only_there=0, received=received.get(ref, 0), sent=sent[ref]) for ref in sorted(tips))
            return Exchange(remote=_shown(name), did="push", notes=done, attempts=attempt)
        # Whoever was first is done; the rest must not meet again in step.
        time.sleep((0.05 + secrets.randbelow(200) / 1000) * attempt)
    raise TwelveError(
        f"{_shown(name)} did not take the notes", why=f"{ROUNDS} times others were faster: {late}", next="push again", kind=Trouble.TOOL
    )


def _remote(repository: git.Repository, wanted: str) -> str:
    """The remote to speak with: the one named, else the branch's, else the only one, else origin."""
    if wanted.startswith("-") or "\0" in wanted or "\n" in wanted:
        raise TwelveError(f"{wanted[:80]!r} is no remote", next="give a remote's name or address", kind=Trouble.USAGE)
    if wanted:
        return wanted
    known = [line for line in repository.run("remote").decode("utf-8", "surrogateescape").split("\n") if line]
    branch = repository.branch()
    own = repository.config_get(f"branch.{branch}.remote") if branch else None
    for name in (own, known[0] if len(known) == 1 else None, "origin"):
        if name in known:
            return str(name)
    raise TwelveError(
        "there is no remote to exchange evidence with" if not known else "which remote is not clear",
        why=f"this clone knows {', '.join(known)}" if known else "this clone knows none",
        next="name one: twelve evidence push REMOTE",
        kind=Trouble.USAGE,
    )


@contextmanager
def _incoming(repository: git.Repository, remote: str) -> Iterator[dict[str, str]]:
    """Reference -> commit of everything the remote keeps, fetched beside our own notes and gone again afterwards."""
    with files.FileLock(repository.common_dir / "twelve" / "state" / "exchange.lock", timeout_s=PATIENCE_S):
        # Whoever holds the lock is alone: what lies here was left by somebody who was killed.
        _clear(repository)
        place = f"{_INCOMING}{secrets.token_hex(4)}/"
        _ask(repository, remote, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", f"+{SPACE}*:{place}*")
        try:
            yield dict(_named(repository, place, remote))
        finally:
            _clear(repository)


def _ask(repository: git.Repository, remote: str, verb: str, *words: str) -> None:
    options, refspecs = [word for word in words if word.startswith("--")], [word for word in words if not word.startswith("--")]
    try:
        repository.run("-c", "fetch.fsckObjects=true", verb, *options, "--", remote, *refspecs, timeout_s=PATIENCE_S)
    except git.GitError as trouble:
        raise TwelveError(
            f"{_shown(remote)} does not answer", why=trouble.why, next="check the remote and your access to it", kind=Trouble.TOOL
        ) from None


def _named(repository: git.Repository, place: str, remote: str) -> Iterator[tuple[str, str]]:
    rows = _rows(repository, place)
    if len(rows) > MOST:
        raise TwelveError(
            f"{_shown(remote)} holds {len(rows)} kinds of notes",
            why=f"{MOST} are read",
            next="find out who made them",
            kind=Trouble.DAMAGED,
        )
    for name, kind, oid in rows:
        ref = SPACE + name.removeprefix(place)
        if kind == "commit" and _NAME.fullmatch(ref):
            yield ref, oid
        elif ref in _KNOWN:
            raise TwelveError(f"{ref} of {_shown(remote)} is no history of notes", why=f"it is a {kind}", next="find out who moved it")


def _rows(repository: git.Repository, place: str) -> list[tuple[str, str, str]]:
    out = repository.run("for-each-ref", "--format=%(refname) %(objecttype) %(objectname)", place).decode("utf-8", "replace")
    return [(words[0], words[1], words[2]) for words in (line.split(" ") for line in out.splitlines()) if len(words) == 3]


def _clear(repository: git.Repository) -> None:
    stale = "".join(f"delete {name}\n" for name, _, _ in _rows(repository, _INCOMING))
    if stale:
        repository.run("update-ref", "--stdin", stdin=stale.encode())


def _all(repository: git.Repository, there: dict[str, str]) -> list[str]:
    here = (name for name, kind, _ in _rows(repository, SPACE) if kind == "commit" and _NAME.fullmatch(name))
    return sorted({*here, *there})


def _tip(repository: git.Repository, ref: str) -> str:
    return repository.resolve(f"{ref}^{{commit}}") or ""


def _difference(repository: git.Repository, ref: str, there: dict[str, str], *, received: int = 0) -> Kept:
    found = repository.notes_compare(_tip(repository, ref), there.get(ref, ""))
    return Kept(ref=ref, only_here=found.here, only_there=found.there, received=received)


def _send(repository: git.Repository, remote: str, tips: dict[str, str]) -> str:
    """Push without force; why it has to be tried again, "" when it arrived. Raises TwelveError for any other refusal."""
    if not tips:
        return ""
    words = [f"{tip}:{ref}" for ref, tip in sorted(tips.items())]
    answer = repository.ask("push", "--porcelain", "--no-verify", "--", remote, *words, timeout_s=PATIENCE_S)
    if answer.code == 0:
        return ""
    refused = [line for line in answer.out.decode("utf-8", "replace").splitlines() if line.startswith("!")]
    if refused and all(_LATER.search(line) for line in refused):
        return refused[0].rpartition("\t")[2]
    why = " ".join(line.rpartition("\t")[2] for line in refused) or _SECRET.sub("***@", answer.err.strip())[-500:]
    raise TwelveError(f"{_shown(remote)} refuses the notes", why=why, next="check your access to it", kind=Trouble.TOOL)


def _shown(remote: str) -> str:
    return _SECRET.sub("***@", remote)
