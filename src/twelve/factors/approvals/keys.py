"""The key a person answers with, and what it would be worth.

The default is git's own signing key (`gpg.format`, `user.signingkey`). Only the key is taken from git's settings, never the
program: whoever can write a repository's settings could otherwise choose what the person runs.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from twelve.factors.approvals import signers
from twelve.factors.approvals.decision import Method, Tier
from twelve.factors.approvals.signers import Signer
from twelve.model.errors import TwelveError
from twelve.system import git, signing


class Key(Struct, frozen=True, kw_only=True):
    """A key to sign with."""

    format: str
    """`ssh` or `gpg`."""
    name: str
    """As ssh-keygen or gpg take it."""
    signer: Signer | None
    """Its line on the list; None when it is on none, and so says nothing to anybody else."""

    @property
    def method(self) -> Method:
        return Method.SSH if self.format == "ssh" else Method.GPG

    @property
    def tier(self) -> Tier:
        """What a signature by it is worth, provided a security key sees a touch."""
        if self.signer is None:
            return Tier.ADVISORY
        return Tier.ENFORCED if self.signer.security_key or self.signer.custody else Tier.SIGNED


class Custody(Struct, frozen=True, kw_only=True):
    """What this machine can see about who may use a key; for `doctor`."""

    who: str
    tier: Tier
    why: str


def listed(repository: git.Repository) -> str:
    """The list of signers as committed; "" when there is none. `verify` reads the base branch's instead."""
    head = repository.head()
    return (repository.show(head, signers.PATH, signers.LIMIT) or b"").decode("utf-8", "replace") if head else ""


def choose(repository: git.Repository, wanted: str = "") -> Key | None:
    """The key named, or git's own when it is on the list; None: answer by challenge. TwelveError when the named one is no key."""
    text = listed(repository)
    name = wanted or repository.config_get("user.signingkey") or ""
    if not name:
        return None
    format = "ssh" if _is_ssh(name) or (not wanted and repository.config_get("gpg.format") == "ssh") else "gpg"
    try:
        signer = _ssh_signer(text, name) if format == "ssh" else _gpg_signer(text, name)
    except TwelveError:
        if wanted:
            raise
        return None
    return Key(format=format, name=name, signer=signer) if signer or wanted else None


def custody(text: str, folder: Path) -> tuple[Custody, ...]:
    """What each line of a list is worth here. `folder`: where private ssh keys are kept, usually `~/.ssh`."""
    local = _local(folder)
    return tuple(_judge(signer, local) for signer in signers.parse(text))


def _judge(signer: Signer, local: dict[bytes, Path]) -> Custody:
    if signer.trouble:
        return Custody(who=signer.who, tier=Tier.ADVISORY, why=f"line {signer.line} lets nobody sign: {signer.trouble}")
    private = local.get(signer.key)
    if private and not signer.security_key and signing.ssh_unlocked(private):
        why = f"{private} opens without a passphrase: any process of this user can sign with it"
        return Custody(
            who=signer.who, tier=Tier.SIGNED, why=why + (f", whatever twelve-key={signer.custody} says" if signer.custody else "")
        )
    if signer.security_key:
        return Custody(who=signer.who, tier=Tier.ENFORCED, why="a security key; each signature tells whether it saw a touch")
    if signer.custody:
        return Custody(who=signer.who, tier=Tier.ENFORCED, why=f"stated on the list and not to be checked here: {signer.custody}")
    return Custody(who=signer.who, tier=Tier.SIGNED, why="nothing says that an agent of the same user cannot use it")


def _local(folder: Path) -> dict[bytes, Path]:
    found = {}
    for public in sorted(folder.glob("*.pub")) if folder.is_dir() else ():
        private = public.with_suffix("")
        line = signing.ssh_public_key(str(public))
        parsed = signers.parse(f"x {line}") if line else ()
        if parsed and parsed[0].key and private.is_file():
            found[parsed[0].key] = private
    return found


def _ssh_signer(text: str, name: str) -> Signer | None:
    public = signing.ssh_public_key(name)
    if not public:
        raise TwelveError(
            f"there is no ssh key {name!r}", why="neither it nor its .pub file can be read", next="name a key file with --key"
        )
    (own,) = signers.parse(f"x {public}")
    return next((signer for signer in signers.usable(text) if signer.kind == own.kind and signer.key == own.key), None)


def _gpg_signer(text: str, name: str) -> Signer | None:
    exported = signing.gpg_export(name)
    return next((signer for signer in signers.usable(text) if signer.kind == "gpg" and signer.key == exported), None)


def _is_ssh(name: str) -> bool:
    literal = name.removeprefix("key::")
    return literal.startswith(("ssh-", "ecdsa-", "sk-")) or "/" in name or Path(name).expanduser().is_file()
