"""A person's answer carried out: kept once, noted in git, told to the journal, and turned into what it allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from twelve.factors.approvals import notes, people, record, requirements, revoking, signature, standing
from twelve.factors.approvals.brief import Brief, Impact
from twelve.factors.approvals.decision import Decision, Revocation, SignedDecision
from twelve.factors.approvals.keys import Key, listed
from twelve.factors.approvals.record import Standing, Wish
from twelve.factors.approvals.request import RequestKind
from twelve.factors.approvals.ruling import Judge
from twelve.factors.gates import proofs, suites
from twelve.factors.guardrails import exemptions
from twelve.model.errors import Trouble, TwelveError
from twelve.model.settings import Settings
from twelve.system import clock, files, git
from twelve.system.journal import Journal
from twelve.workflow import needs

_BLOB = re.compile(r"([0-9a-f]{40}([0-9a-f]{24})?(:\d{6})?)?")
"""A blob with its mode where that is not the ordinary one, or nothing: what could mean something else to git is refused."""


def sign(repository: git.Repository, items: Sequence[Decision], key: Key | None) -> tuple[SignedDecision, ...]:
    """The decisions as they will be kept. Raises TwelveError when the key does not sign, or is worth less than it was taken for."""
    if key is None:
        return tuple(SignedDecision(decision=item) for item in items)
    signed = signature.sign(tuple(items), format=key.format, key=key.name)
    if key.signer is not None:
        found = signature.check(signed[0], listed(repository))
        if not found.valid or found.tier.rank < key.tier.rank:
            raise TwelveError(
                "the signature is not worth what the key promised",
                why=found.why,
                next="answer again, and touch the key when it asks",
                kind=Trouble.TOOL,
            )
    return signed


def settle(repository: git.Repository, journal: Journal, signed: Sequence[SignedDecision]) -> tuple[str, ...]:
    """Keep answers to requests. Returns ids of exemptions that came of it. Raises TwelveError when one is answered already."""
    state = repository.state_dir
    made: list[str] = []
    _note_what_a_crash_left_out(repository)
    for item in signed:
        record.keep(state, item)
        notes.write(repository, [item])
        _announce(journal, item)
        if item.decision.granted and item.decision.kind == RequestKind.EXEMPTION.value:
            made.append(_exempt(repository, journal, item))
    return tuple(made)


def exempt(repository: git.Repository, journal: Journal, signed: SignedDecision) -> str:
    """Grant an exemption nobody asked for by a request; its id."""
    notes.write(repository, [signed])
    return _exempt(repository, journal, signed)


def stand(repository: git.Repository, journal: Journal, signed: SignedDecision) -> None:
    """Give a standing approval."""
    standing.keep(repository.state_dir, signed)
    notes.write(repository, [signed])
    _announce(journal, signed)


def revoke(repository: git.Repository, journal: Journal, id: str, *, reason: str, by: str, now: datetime | None = None) -> Revocation:
    """Take back the decision, standing approval or exemption called `id`. Raises TwelveError when there is none to take back."""
    if not reason.strip():
        raise TwelveError("a revocation needs a reason", why="whoever relied on it wants to know", next="give it with --reason")
    state, moment = repository.state_dir, now or clock.now()
    targets = [item for item in _named(repository, id) if not revoking.revoked(state, item)]
    if not targets:
        raise TwelveError(
            f"there is nothing to revoke by the name {id!r}", why="no decision in force has it", next="see twelve approvals list"
        )
    for item in targets:
        found = Revocation(decision=item.digest, request=item.decision.request, by=by, reason=reason.strip(), at=moment)
        revoking.revoke(state, found)
        notes.revoke(repository, found)
        if item.decision.kind == RequestKind.ACTION.value:
            # The fast path reads no revocations; to it this permission is simply used up.
            files.create_exclusive(state / "spent" / item.decision.request, b"")
        journal.emit("approval.revoked", request=found.request, decision=found.decision, by=by, reason=found.reason)
    for exemption in exemptions.listing(state):
        if exemption.id == id:
            exemptions.withdraw(state, exemption)
    return found


def kept(repository: git.Repository) -> tuple[SignedDecision, ...]:
    """Every decision known here, from the state and from git notes, revoked ones included; oldest first."""
    state = repository.state_dir
    sources = (notes.history(repository), record.history(state), standing.listing(state))
    found = {item.digest: item for source in sources for item in source}
    return tuple(sorted(found.values(), key=lambda item: (item.decision.at, item.decision.request)))


def ask_for_change(repository: git.Repository, settings: Settings, base: str, *, task: str = "") -> tuple[Standing, ...]:
    """A request for each requirement of the committed change from `base` to HEAD that a person can answer."""
    found = needs.between(repository, base, "HEAD", settings, task=task)
    required = (gate for gate in suites.select(settings, suites.FULL) if gate.required)
    found = needs.unproven(found, [gate.id for gate in required if not proofs.find(repository.state_dir, gate)])
    authors = people.authors(repository, f"{base}..HEAD")
    return tuple(
        record.ask(
            repository.state_dir,
            run="",
            kind=RequestKind.CHANGE,
            subject=needed.subject,
            question=f"may this change be merged? {needed.why}",
            about=needed.kind,
            settings=settings.approvals,
            wish=_wish(needed, authors, task),
        )
        for needed in found.requirements
        if needed.approvers
    )


def verify_subject(found: Standing) -> None:
    """Refuse a change request whose files are not what its digest names. Raises TwelveError."""
    request = found.request
    if request.kind is not RequestKind.CHANGE:
        return
    odd = not all(_BLOB.fullmatch(blob) for item in request.files for blob in (item.before, item.after))
    if odd or requirements.subject_of(request.about, request.files) != request.subject:
        raise TwelveError(
            f"request {request.id} was tampered with",
            why="the files it lists are not what its digest names",
            next="ask for it again",
            kind=Trouble.DAMAGED,
        )


def diff(repository: git.Repository, found: Standing) -> str:
    """The change a request is about, from the blobs its digest names; "" for requests about something else."""
    parts = []
    for item in found.request.files:
        before, after = (blob.partition(":")[0] for blob in (item.before, item.after))
        parts.append(f"--- {item.path}{_modes(item)}\n{_between(repository, before, after)}")
    return "\n".join(parts)


def _between(repository: git.Repository, before: str, after: str) -> str:
    if before and after:
        words = ("--no-ext-diff", "--no-textconv", "--no-color", "--end-of-options", before, after)
        text = repository.run("diff", *words).decode("utf-8", "replace")
        return "\n".join(line for line in text.splitlines() if not line.startswith(("diff --git", "index ", "--- ", "+++ ")))
    sign, blob = ("+", after) if after else ("-", before)
    content = repository.run("cat-file", "blob", blob).decode("utf-8", "replace")
    return "\n".join(f"{sign}{line}" for line in content.splitlines())


def _modes(item: record.FileChange) -> str:
    modes = [blob.partition(":")[2] for blob in (item.before, item.after)]
    return f" (mode {modes[0] or '100644'} to {modes[1] or '100644'})" if modes[0] != modes[1] else ""


def _wish(needed: requirements.Requirement, authors: tuple[str, ...], task: str) -> Wish:
    brief = Brief(summary=task or needed.why, impact=Impact(files=tuple(item.path for item in needed.files), risk="high"))
    return Wish(brief=brief, approvers=needed.approvers, authors=authors, tier=needed.tier, risk="high", files=needed.files)


def _note_what_a_crash_left_out(repository: git.Repository) -> None:
    """Answers are kept before they are noted; whoever died between the two left one that only this machine knows."""
    noted = {item.digest for item in notes.history(repository)}
    missing = [item for item in record.history(repository.state_dir) if item.digest not in noted]
    if missing:
        notes.write(repository, missing)


def _named(repository: git.Repository, id: str) -> Iterator[SignedDecision]:
    yield from (item for item in kept(repository) if item.decision.request == id)
    yield from (item.signed for item in exemptions.listing(repository.state_dir) if item.id == id and item.decision.kind == "exemption")


def _exempt(repository: git.Repository, journal: Journal, signed: SignedDecision) -> str:
    exemption = exemptions.grant(repository.state_dir, signed)
    decision = signed.decision
    journal.emit(
        "exemption.granted",
        request=decision.request,
        rule=decision.rule,
        scope=decision.scope,
        expires=clock.iso(decision.valid_until) if decision.valid_until else "",
        by=decision.by,
        requester=decision.requester,
        reason=decision.reason,
        tier=decision.tier.value,
    )
    return exemption.id


def _announce(journal: Journal, signed: SignedDecision) -> None:
    decision = signed.decision
    journal.emit(
        f"approval.{'granted' if decision.granted else 'rejected'}",
        run=decision.run,
        request=decision.request,
        subject=decision.subject,
        by=decision.by,
        channel=decision.method.value,
        reason=decision.reason,
        tier=decision.tier.value,
        judge=Judge.PERSON.value,
    )
