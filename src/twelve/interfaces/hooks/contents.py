"""What a watched file says, as a digest: all of it, or of files that clients and git write themselves the part that guards."""

from __future__ import annotations

import posix

from twelve.interfaces.hooks import fingerprint, gitconfig, notation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIMIT = 4_000_000
"""Largest protected file read, bytes; a larger one is told by its stat alone."""
CONFIG = "config"
PLAIN = "plain"
"""Of a file that holds nothing a guard hangs on: as good as none."""
CODEX_OWN = ("projects.", "tui", "notice", "history", "model_", "analytics", "windows")
"""Sections of Codex's settings which that client writes by itself when a person chooses something."""
CODEX_KEYS = ("model", "personality", "service_tier", "plan_mode", "suppress_", "check_for_update", "file_opener", "preferred_")


def digest(name: str, info: posix.stat_result) -> str:
    """A digest with what it is of in front."""
    try:
        if info.st_mode & 0o170000 == 0o120000:
            aim = fingerprint.of(posix.readlink(name).encode("utf-8", "surrogateescape"))
            return f"link:{aim[:16]}:" + _behind(name)
        return _plain(name, info)
    except OSError:
        return "unreadable"


def _behind(name: str) -> str:
    try:
        return _plain(name, posix.stat(name))
    except OSError:
        return "nothing"


def _plain(name: str, info: posix.stat_result) -> str:
    form = info.st_mode & 0o170000
    if form == 0o040000:
        return "folder"
    if form != 0o100000 or info.st_size > LIMIT:
        return f"odd:{form}:{info.st_size}:{info.st_mtime_ns}:{info.st_ctime_ns}"
    return _content(name, f"{info.st_mode & 0o111:o}")


def _content(name: str, mode: str) -> str:
    raw = read(name)
    base = name.rpartition("/")[2]
    if base in ("settings.json", "settings.local.json"):
        return _settings(raw, guarding)
    if base == ".claude.json":
        return _settings(raw, _servers)
    if is_git_config(name):
        keys = gitconfig.guarding(raw)
        return f"{CONFIG}:{keys}" if keys else PLAIN
    if base == "config.toml" and "/.codex/" in name:
        kept = _codex(raw)
        return f"{mode}:" + fingerprint.of(kept) if kept else PLAIN
    return f"{mode}:" + fingerprint.of(raw)


def is_git_config(name: str) -> bool:
    """Whether git reads a file as its configuration."""
    return name.endswith(("/.gitconfig", "/git/config", "/.git/config", "/etc/gitconfig", "/config.worktree")) or (
        name.endswith("/config") and "/.git/" in name
    )


def _settings(raw: bytes, part: Any) -> str:
    try:
        kept = part(notation.read(raw) if raw.strip() else {})
        return "settings:" + fingerprint.of(notation.write(kept).encode()) if any(kept.values()) else PLAIN
    except notation.Malformed:
        return "damaged:" + fingerprint.of(raw)


def guarding(settings: dict[str, Any]) -> dict[str, Any]:
    """The part of a client's settings that guards hang on."""
    permissions = settings.get("permissions")
    deny = permissions.get("deny") if isinstance(permissions, dict) else None
    members = {name: settings.get(name) for name in ("hooks", "disableAllHooks", "hooksConfig", "env")}
    return {**members, "deny": deny}


def _servers(settings: dict[str, Any]) -> dict[str, Any]:
    """Of the client's own notebook, which holds counters and histories too."""
    return {name: settings.get(name) for name in ("hooks", "disableAllHooks", "env", "mcpServers")}


def _codex(raw: bytes) -> bytes:
    kept = []
    section = b""
    for line in raw.split(b"\n"):
        bare = line.strip()
        if bare[:1] == b"[":
            section = bare.strip(b"[]").strip()
        own = section.startswith(tuple(name.encode() for name in CODEX_OWN))
        chosen = not section and bare.startswith(tuple(name.encode() for name in CODEX_KEYS))
        if bare and not own and not chosen:
            kept.append(section + b"\0" + bare)
    return b"\n".join(kept)


def read(name: str) -> bytes:
    """A file's content, at most LIMIT bytes. OSError."""
    descriptor = posix.open(name, posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NONBLOCK)
    try:
        return posix.read(descriptor, LIMIT)
    finally:
        posix.close(descriptor)
