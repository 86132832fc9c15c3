"""Real keys for tests: ssh and gpg, and a security key made of software that signs as a touched one would."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path

from twelve.factors.approvals.decision import NAMESPACE


def ssh_key(folder: Path, name: str = "key", *, passphrase: str = "") -> Path:
    """A fresh ed25519 key pair; the private half's path."""
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", str(path)], check=True)
    return path


def ssh_line(who: str, key: Path, options: str = "") -> str:
    """A line of allowed_signers for a key pair."""
    kind, blob = key.with_name(key.name + ".pub").read_text().split()[:2]
    return f"{who} {options + ' ' if options else ''}{kind} {blob}\n"


class GpgHome:
    """A private gpg with one signing key; `close` ends its agent."""

    def __init__(self, folder: Path, who: str = "Cy <cy@example.org>", *, expires: str = "never") -> None:
        self.folder = folder
        folder.mkdir(mode=0o700)
        argv = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", who, "ed25519"]
        self._gpg(*argv[1:], "sign", expires)
        listing = self._gpg("--batch", "--with-colons", "--list-keys")
        self.fingerprint = next(line.split(":")[9] for line in listing.decode().splitlines() if line.startswith("fpr:"))

    def line(self, who: str, options: str = "") -> str:
        public = self._gpg("--batch", "--export", "--export-options", "export-minimal", self.fingerprint)
        return f"{who} {options + ' ' if options else ''}gpg {base64.b64encode(public).decode()}\n"

    def close(self) -> None:
        subprocess.run(["gpgconf", "--homedir", str(self.folder), "--kill", "all"], check=False, capture_output=True)

    def _gpg(self, *words: str) -> bytes:
        return subprocess.run(["gpg", "--homedir", str(self.folder), *words], check=True, capture_output=True).stdout


class SoftSecurityKey:
    """An sk-ssh-ed25519 key whose authenticator is this class: what real hardware would return, byte for byte."""

    def __init__(self, folder: Path) -> None:
        self.pem = folder / "sk.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(self.pem)], check=True, capture_output=True)
        der = subprocess.run(
            ["openssl", "pkey", "-in", str(self.pem), "-pubout", "-outform", "DER"], check=True, capture_output=True
        ).stdout
        self.kind = "sk-ssh-ed25519@openssh.com"
        self.public = _string(self.kind.encode()) + _string(der[-32:]) + _string(b"ssh:")

    def line(self, who: str) -> str:
        return f"{who} {self.kind} {base64.b64encode(self.public).decode()}\n"

    def sign(self, data: bytes, *, touched: bool, namespace: str = NAMESPACE) -> str:
        hashed = b"SSHSIG" + _string(namespace.encode()) + _string(b"") + _string(b"sha512") + _string(hashlib.sha512(data).digest())
        flags, counter = bytes([1 if touched else 0]), (7).to_bytes(4, "big")
        raw = self._raw(hashlib.sha256(b"ssh:").digest() + flags + counter + hashlib.sha256(hashed).digest())
        signature = _string(self.kind.encode()) + _string(raw) + flags + counter
        blob = b"SSHSIG" + (1).to_bytes(4, "big") + _string(self.public) + _string(namespace.encode()) + _string(b"") + _string(b"sha512")
        armour = base64.encodebytes(blob + _string(signature)).decode()
        return f"-----BEGIN SSH SIGNATURE-----\n{armour}-----END SSH SIGNATURE-----\n"

    def _raw(self, message: bytes) -> bytes:
        source = self.pem.with_name("message")
        source.write_bytes(message)
        argv = ["openssl", "pkeyutl", "-sign", "-inkey", str(self.pem), "-rawin", "-in", str(source)]
        return subprocess.run(argv, check=True, capture_output=True).stdout


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data
