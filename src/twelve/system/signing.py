"""Signatures by ssh and gpg keys, made and checked by the person's own ssh-keygen and gpg.

Checking needs nobody's key ring: the keys that count are handed in as text. Making a signature talks to the person's
agent, hardware key or passphrase prompt, so those two calls keep the terminal; everything else runs bounded and mute.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from twelve.model.errors import ToolMissing, Trouble, TwelveError
from twelve.system import files, processes

SSH = "ssh-keygen"
GPG = "gpg"
TIMEOUT_S = 30.0
"""Checking one signature, seconds (ours)."""
SIGN_TIMEOUT_S = 180.0
"""Making one, a person's touch or passphrase included, seconds (ours)."""
SIGNATURE_LIMIT = 20_000
"""Longest armoured signature looked at, characters (ours)."""

_SSH_HEAD, _SSH_TAIL = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_SPOILED = ("BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "KEYREVOKED", "NO_PUBKEY")


class SshSignature(Struct, frozen=True, kw_only=True):
    """What an ssh signature says about itself. Worth something only once `ssh_verify` said yes."""

    key: bytes
    """Public key in wire form."""
    kind: str
    """Key type, e.g. `ssh-ed25519` or `sk-ssh-ed25519@openssh.com`."""
    namespace: str
    touched: bool | None
    """Whether the security key saw a touch; None for keys that are none."""


def ssh_parse(armoured: str) -> SshSignature | None:
    """The signature's own fields (format: PROTOCOL.sshsig of OpenSSH); None when it is not one."""
    text = armoured.strip()
    if len(text) > SIGNATURE_LIMIT or not (text.startswith(_SSH_HEAD) and text.endswith(_SSH_TAIL)):
        return None
    try:
        blob = base64.b64decode("".join(text[len(_SSH_HEAD) : -len(_SSH_TAIL)].split()), validate=True)
        if blob[:6] != b"SSHSIG" or blob[6:10] != b"\0\0\0\x01":
            return None
        key, namespace, _, _, signature = _strings(blob[10:], 5)
        kind = _strings(key, 1)[0].decode("ascii")
        touched = None
        if kind.startswith("sk-"):
            # type, raw signature, then one byte of flags and a counter; bit 0 is "user present"
            first = _strings(signature, 2)
            rest = signature[sum(4 + len(part) for part in first) :]
            touched = len(rest) == 5 and bool(rest[0] & 1)
        return SshSignature(key=key, kind=kind, namespace=namespace.decode("utf-8"), touched=touched)
    except (ValueError, IndexError, binascii.Error):
        return None


def ssh_verify(data: bytes, armoured: str, *, signers: str, principal: str, namespace: str, at: datetime) -> str:
    """Why this is no signature of `principal` by `signers` (lines as in ALLOWED SIGNERS of ssh-keygen(1)); "" when it is.

    `at` decides about valid-after and valid-before. Raises ToolMissing without ssh-keygen.
    """
    need(SSH)
    moment = at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
    with files.scratch_directory() as folder:
        (folder / "signers").write_text(signers, encoding="utf-8")
        (folder / "signature").write_text(armoured.strip() + "\n", encoding="utf-8")
        argv = [SSH, "-Y", "verify", "-f", "signers", "-I", principal, "-n", namespace, "-s", "signature", f"-Overify-time={moment}"]
        done = processes.run(argv, cwd=folder, stdin=data, timeout_s=TIMEOUT_S)
    return "" if done.passed else _last(done.stderr + done.stdout) or done.reason or "ssh-keygen says no"


def ssh_sign(data: bytes, key: str, *, namespace: str) -> str:
    """An armoured signature by `key`: a key file, or the text of a public key whose private half an ssh agent holds.

    Raises ToolMissing without ssh-keygen, TwelveError when it does not sign.
    """
    need(SSH)
    with files.scratch_directory() as folder:
        target = folder / "statement"
        target.write_bytes(data)
        literal = key.removeprefix("key::")
        argv = [SSH, "-Y", "sign", "-n", namespace]
        if key.startswith("key::") or literal.startswith(("ssh-", "ecdsa-", "sk-")):
            (folder / "key.pub").write_text(literal + "\n", encoding="utf-8")
            argv += ["-U", "-f", str(folder / "key.pub")]
        else:
            argv += ["-f", str(Path(key).expanduser())]
        _interactive([*argv, str(target)])
        return files.read_text(Path(f"{target}.sig"), SIGNATURE_LIMIT)


def ssh_public_key(key: str) -> str:
    """`type base64` of a key as `ssh_sign` takes it; "" when it cannot be told without the private half."""
    literal = key.removeprefix("key::")
    if key.startswith("key::") or literal.startswith(("ssh-", "ecdsa-", "sk-")):
        return " ".join(literal.split()[:2])
    path = Path(key).expanduser()
    for candidate in (path if path.suffix == ".pub" else path.with_name(path.name + ".pub"), path):
        if candidate.is_file():
            words = files.read_text(candidate, SIGNATURE_LIMIT).split()
            if len(words) >= 2 and words[0].startswith(("ssh-", "ecdsa-", "sk-")):
                return " ".join(words[:2])
    return ""


def ssh_fingerprint(key: bytes) -> str:
    """`SHA256:…` of a public key in wire form, as ssh-keygen and git print it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def ssh_unlocked(path: Path) -> bool:
    """Whether the private key file opens without a passphrase: then any process of this user can sign with it."""
    done = processes.run([SSH, "-y", "-P", "", "-f", str(path)], cwd=Path("/"), timeout_s=TIMEOUT_S)
    return done.passed


def gpg_verify(data: bytes, armoured: str, *, public_key: bytes) -> tuple[str, str]:
    """(fingerprint of the signing key, why not): one of both is "". Only `public_key` (an export) counts, no key ring.

    Raises ToolMissing without gpg.
    """
    need(GPG)
    if len(armoured) > SIGNATURE_LIMIT:
        return "", "the signature is too long"
    with files.scratch_directory() as folder:
        (folder / "data").write_bytes(data)
        (folder / "signature").write_text(armoured, encoding="utf-8")
        (folder / "key").write_bytes(public_key)
        quiet = [GPG, "--homedir", str(folder / "home"), "--batch", "--no-tty", "--no-autostart", "--quiet", "--no-options"]
        (folder / "home").mkdir(mode=0o700)
        imported = processes.run([*quiet, "--import", "key"], cwd=folder, timeout_s=TIMEOUT_S)
        if not imported.passed:
            return "", "the public key in the list cannot be read"
        argv = [*quiet, "--trust-model", "always", "--status-fd", "1", "--verify", "signature", "data"]
        done = processes.run(argv, cwd=folder, timeout_s=TIMEOUT_S)
    return _gpg_answer(done.stdout)


def gpg_sign(data: bytes, key: str) -> str:
    """An armoured detached signature by the person's gpg key. Raises ToolMissing without gpg, TwelveError when it does not sign."""
    need(GPG)
    with files.scratch_directory() as folder:
        (folder / "statement").write_bytes(data)
        argv = [GPG, "--armor", "--detach-sign", "--output", str(folder / "statement.asc"), *(("--local-user", key) if key else ())]
        _interactive([*argv, str(folder / "statement")])
        return files.read_text(folder / "statement.asc", SIGNATURE_LIMIT)


def gpg_export(key: str) -> bytes:
    """The public half of a key as `gpg_verify` takes it, minimal. Raises TwelveError when gpg has no such key."""
    need(GPG)
    argv = [GPG, "--batch", "--no-tty", "--export", "--export-options", "export-minimal", "--", key]
    done = processes.run(argv, cwd=Path("/"), timeout_s=TIMEOUT_S)
    if not done.passed or not done.stdout:
        raise TwelveError(f"gpg has no key {key!r}", why=_last(done.stderr), next="name a key that `gpg --list-secret-keys` shows")
    return done.stdout


def need(tool: str) -> None:
    """ToolMissing unless the program is on PATH."""
    if processes.which(tool, cwd=Path("/"), path=os.environ.get("PATH", os.defpath)) is None:
        raise ToolMissing(tool, why="signatures are made and checked by it")


def _interactive(argv: Sequence[str]) -> None:
    """Run a signer that may ask the person for a passphrase or a touch on the terminal."""
    environment = processes.environment()
    if os.isatty(0):
        environment["GPG_TTY"] = os.ttyname(0)
    # "Touch your key now" is said on stderr: the person has to see it while it waits.
    stderr = None if os.isatty(2) else subprocess.PIPE
    try:
        done = subprocess.run(argv, env=environment, stdout=subprocess.DEVNULL, stderr=stderr, timeout=SIGN_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        raise TwelveError(f"{argv[0]} did not sign", why=f"nothing came within {SIGN_TIMEOUT_S:.0f} s", kind=Trouble.TOOL) from None
    if done.returncode:
        why = _last(done.stderr or b"") or f"it ended with {done.returncode}"
        raise TwelveError(
            f"{argv[0]} did not sign", why=why, next="check the key, its agent or its touch, and answer again", kind=Trouble.TOOL
        )


def _gpg_answer(status: bytes) -> tuple[str, str]:
    words = [line.split()[1:] for line in status.decode("utf-8", "replace").splitlines() if line.startswith("[GNUPG:] ")]
    spoiled = sorted({word[0] for word in words if word and word[0] in _SPOILED})
    valid = [word for word in words if word and word[0] == "VALIDSIG" and len(word) >= 11]
    if spoiled or len(valid) != 1 or sum(word[:1] == ["NEWSIG"] for word in words) != 1:
        return "", f"gpg says {', '.join(spoiled)}" if spoiled else "gpg finds no single good signature"
    return valid[0][10], ""


def _strings(blob: bytes, count: int) -> list[bytes]:
    found: list[bytes] = []
    for _ in range(count):
        size = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + size:
            raise ValueError("cut off")
        found.append(blob[4 : 4 + size])
        blob = blob[4 + size :]
    return found


def _last(stderr: bytes) -> str:
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else ""
