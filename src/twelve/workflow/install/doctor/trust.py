"""Codex runs a project's hooks only when the person trusted exactly this definition; otherwise it leaves them out in silence.

Read from Codex's own settings file; the digest is computed as that client (0.169) does it: sha256 over the entry as
JSON with sorted keys. Trusting is the person's act in their own settings: nothing here does it for them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twelve.model.errors import TwelveError
from twelve.system import files
from twelve.system.documents import json_edit, load_toml
from twelve.system.files import digest_bytes
from twelve.workflow.install import clients
from twelve.workflow.install.doctor.ailment import Ailment, Look, Weight
from twelve.workflow.install.restoring import HOOK_FILE

_EVENT = re.compile(r"(?<!^)(?=[A-Z])")


def codex(look: Look) -> Iterator[Ailment]:
    """Each of our entries in Codex's file is trusted as it stands there."""
    if "codex" not in look.armed:
        return
    path = look.repository.root / clients.CLIENTS["codex"].path
    try:
        hooks = json_edit.read(files.read_bounded(path))["hooks"]
        settings = _settings(look)
    except (TwelveError, KeyError, TypeError):
        return
    if not _project_trusted(settings, look.repository.root):
        yield _ailment(path, "Codex does not trust this project, so it reads none of its hooks")
        return
    known = settings.get("hooks", {})
    state = known.get("state", {}) if isinstance(known, dict) else {}
    untrusted = [key for key, digest in entries(path, hooks) if _trusted(state, key) != digest]
    if untrusted:
        yield _ailment(path, f"Codex does not trust {len(untrusted)} of our entries as they are now, so it leaves them out")


def entries(path: Path, hooks: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and digest, as Codex names and computes them, of each of our entries."""
    for event, groups in hooks.items():
        name = _EVENT.sub("_", event).lower()
        for number, group in enumerate(groups):
            for place, entry in enumerate(group.get("hooks", ())):
                if HOOK_FILE in str(entry.get("command", "")):
                    yield f"{path}:{name}:{number}:{place}", digest(name, group.get("matcher"), entry)


def digest(event: str, matcher: str | None, entry: dict[str, Any]) -> str:
    """The digest Codex keeps of an entry a person trusted."""
    handler = {"type": entry.get("type"), "command": entry.get("command"), "timeout": entry.get("timeout", 600), "async": False}
    identity: dict[str, Any] = {"event_name": event, "hooks": [handler]}
    if matcher is not None:
        identity["matcher"] = matcher
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + digest_bytes(text.encode())


def _settings(look: Look) -> dict[str, Any]:
    path = Path(look.environ.get("CODEX_HOME") or look.home / ".codex") / "config.toml"
    return load_toml(files.read_text(path), name=str(path)) if path.is_file() else {}


def _project_trusted(settings: dict[str, Any], root: Path) -> bool:
    projects = settings.get("projects", {})
    names = (str(root), *(str(parent) for parent in root.parents))
    return isinstance(projects, dict) and any(
        isinstance(projects.get(name), dict) and projects[name].get("trust_level") == "trusted" for name in names
    )


def _trusted(state: Any, key: str) -> Any:
    entry = state.get(key) if isinstance(state, dict) else None
    return entry.get("trusted_hash") if isinstance(entry, dict) else None


def _ailment(path: Path, what: str) -> Ailment:
    return Ailment(
        check="codex-trust",
        weight=Weight.BROKEN,
        what=what,
        why="it does so without a word when it runs without a terminal",
        next="start codex in this folder once, look at the hooks it asks about, and trust them",
        path=str(path),
    )
