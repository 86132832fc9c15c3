"""The keys of a git configuration that decide what git runs, where it looks and whom it talks to. Read without git."""

from __future__ import annotations

from twelve.interfaces.hooks import fingerprint

GUARDING = (
    "core.hookspath", "core.worktree", "core.bare", "core.fsmonitor", "core.sshcommand", "core.editor", "core.attributesfile",
    "core.excludesfile", "core.pager", "core.askpass", "core.gitproxy", "core.repositoryformatversion", "core.alternaterefscommand",
    "core.sparsecheckout", "core.protecthfs", "core.protectntfs", "core.symlinks", "core.logallrefupdates", "sequence.editor",
    "init.templatedir", "push.default", "push.pushoption", "protocol.", "include.", "includeif.", "alias.", "filter.", "url.", "gpg.",
    "commit.gpgsign", "user.signingkey", "credential.", "extensions.", "remote.", "transfer.", "receive.", "uploadpack.", "fetch.fsck",
    "notes.", "diff.external", "trailer.", "hook.", "submodule.", "safe.", "http.", "https.", "ssh.", "pager.", "man.",
)  # fmt: skip
"""Whole keys, and beginnings that end with a dot; lower case."""
TOOLS = ("diff.", "merge.", "difftool.", "mergetool.", "browser.", "sendemail.")
PROGRAMS = (".command", ".textconv", ".driver", ".cmd", ".path", ".smtpserver", ".sendmailcmd", ".external")
"""Of these sections, keys that name a program."""


def guarding(raw: bytes) -> str:
    """`key=digest` of every guarding key in the text, sorted: two texts with the same answer guard the same."""
    found: dict[str, str] = {}
    for key, value in _entries(raw.decode("utf-8", "surrogateescape")):
        if _counts(key):
            found[key] = f"{found.get(key, '')}\0{value}"
    return " ".join(f"{_shown(key)}={fingerprint.of(found[key].encode('utf-8', 'surrogateescape'))[:12]}" for key in sorted(found))


def differing(before: str, after: str) -> tuple[str, ...]:
    """Keys that are not in both answers with the same value."""
    apart = set(before.split(" ")) ^ set(after.split(" "))
    return tuple(sorted({item.partition("=")[0] for item in apart if item}))


def _counts(key: str) -> bool:
    if any(key == known or (known[-1] == "." and key.startswith(known)) for known in GUARDING):
        # What is fetched and from where else counts as little as a name; where a push goes does count.
        return not (key.startswith("remote.") and key.endswith((".fetch", ".tagopt", ".prune")))
    return key.startswith(TOOLS) and key.endswith(PROGRAMS)


def _shown(key: str) -> str:
    return "".join(sign if sign > " " and sign != "=" else "_" for sign in key)


def _entries(text: str) -> list[tuple[str, str]]:
    found = []
    section = ""
    lines = iter(text.replace("\r\n", "\n").split("\n"))
    for raw in lines:
        line = raw.strip()
        while line.endswith("\\") and not line.startswith(("#", ";")):
            line = line[:-1] + next(lines, "").strip()
        if line.startswith("["):
            head, _, line = line[1:].partition("]")
            name, _, sub = head.partition('"')
            section = name.strip().lower() + (f".{sub.rstrip().removesuffix(chr(34))}" if sub else "")
            line = line.strip()
        if line and line[0] not in "#;":
            name, _, value = line.partition("=")
            found.append((f"{section}.{name.strip().lower()}", value.strip()))
    return found
