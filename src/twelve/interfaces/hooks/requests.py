"""Calls that wait for a person: the question is left as a file, and a grant lets exactly this call through, once.

The files are those of `factors.approvals.record`; what is written here is read there.
"""

from __future__ import annotations

import posix
import time

from twelve.interfaces.hooks import fingerprint, notation, provenance, sessions, tampers, trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.interfaces.hooks.entry import Site
    from twelve.interfaces.hooks.occasion import Occasion

KIND = "action"
ATTEMPTS = 100
LIMIT = 200_000
"""Largest request or decision read, bytes."""
GRANTED = "granted"
REJECTED = "rejected"


def subject(*parts: str) -> str:
    """Digest of exactly one call: tool, input, project."""
    return fingerprint.framed(KIND, *parts)


def let(site: Site, seen: Occasion) -> None:
    """Note that a person's word lets exactly this call through, for the look after it."""
    sessions.note(site, seen, sessions.LET, call=subject(seen.tool, notation.write(seen.tool_input), seen.root))


def settle(site: Site, digest: str, *, run: str, question: str, about: str) -> tuple[str, str]:
    """(GRANTED | REJECTED | "pending", id of the request). Asking twice leaves one file; a grant is used up by this very answer."""
    now = time.time_ns()
    for number in range(1, ATTEMPTS):
        id = f"{KIND}-{digest[:8]}" + (f"-{number}" if number > 1 else "")
        standing = _request(site, id)
        if standing is None:
            _ask(site, id, digest, run=run, question=question, about=about, now=now)
            return "pending", id
        if standing.get("subject") != digest or _spent(site, id):
            continue
        answer = _answer(site, id, digest, str(standing.get("expires", "")))
        if answer is not None and answer.get("granted") is True:
            if _in_force(answer, now) and _spend(site, id):
                return GRANTED, id
            continue
        if answer is not None:
            return REJECTED, id
        if str(standing.get("expires", "")) > trail.stamp(now):
            return "pending", id
    return "pending", f"{KIND}-{digest[:8]}"


def _request(site: Site, id: str) -> dict[str, Any] | None:
    return load(f"{site.state}/requests/{id}.json")


def _answer(site: Site, id: str, digest: str, expires: str) -> dict[str, Any] | None:
    """The decision about exactly this, given in time."""
    path = f"{site.state}/decisions/{id}.json"
    found = None if tampers.doubted(site.state, path) else load(path)
    inner = found.get("decision") if found else None
    decision = inner if isinstance(inner, dict) else found
    if not decision or decision.get("request") != id or decision.get("subject") != digest:
        return None
    return decision if str(decision.get("at", "")) <= expires else None


def _in_force(decision: dict[str, Any], now: int) -> bool:
    until = decision.get("valid_until")
    return until is None or (isinstance(until, str) and until[-1:] == "Z" and until > trail.stamp(now))


def _spent(site: Site, id: str) -> bool:
    try:
        posix.lstat(f"{site.state}/spent/{id}")
    except OSError:
        return False
    return True


def _spend(site: Site, id: str) -> bool:
    """Exactly one of several hooks at once succeeds."""
    return create(f"{site.state}/spent/{id}", b"")


def _ask(site: Site, id: str, digest: str, *, run: str, question: str, about: str, now: int) -> None:
    hours = 3_600_000_000_000
    approvals = site.config["approvals"]
    request = {
        "schema": "twelve.request.v1",
        "id": id,
        "run": run,
        "kind": KIND,
        "subject": digest,
        "question": question,
        "about": about,
        "created": trail.stamp(now),
        "overdue": trail.stamp(now + int(approvals["escalate_h"] * hours)),
        "expires": trail.stamp(now + int(approvals["timeout_h"] * hours)),
    }
    path = f"{site.state}/requests/{id}.json"
    if create(path, notation.write(request).encode()):
        provenance.wrote(site.state, path)


def create(path: str, data: bytes) -> bool:
    """A file with all its content, or nothing when the name is taken. Written beside and linked, so no reader sees half."""
    beside = f"{path}.{posix.getpid()}.new"
    try:
        descriptor = _exclusive(beside)
    except OSError:
        return False
    try:
        posix.write(descriptor, data)
        posix.link(beside, path)
    except OSError:
        return False
    finally:
        posix.close(descriptor)
        posix.unlink(beside)
    return True


def _exclusive(path: str) -> int:
    flags = posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL | posix.O_CLOEXEC
    try:
        return posix.open(path, flags, 0o600)
    except FileNotFoundError:
        trail.folder(path.rpartition("/")[0])
        return posix.open(path, flags, 0o600)


def load(path: str) -> dict[str, Any] | None:
    """One object from a file; None without the file, empty when it is damaged."""
    try:
        descriptor = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NOFOLLOW)
    except OSError:
        return None
    try:
        return notation.read(posix.read(descriptor, LIMIT))
    except (OSError, notation.Malformed):
        return {}
    finally:
        posix.close(descriptor)
