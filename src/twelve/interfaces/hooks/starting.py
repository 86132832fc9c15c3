"""A session begins: say that the hooks are alive, look at what may be wrong, and say nothing to the model when all is well."""

from __future__ import annotations

from twelve.interfaces.hooks import (
    fingerprint,
    judgement,
    notation,
    occasion,
    proven,
    provenance,
    references,
    seals,
    sessions,
    tampers,
    trail,
)  # fmt: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.interfaces.hooks.entry import Answer, Site
    from twelve.interfaces.hooks.occasion import Occasion


QUIET_S = 3_600
"""Without an answered event for so long nobody is at work (ours)."""


def answer(seen: Occasion, site: Site) -> tuple[Answer, str, tuple[str, ...], str]:
    """The proof of life goes to standard error, which no model sees; a short note to the model only when something is wrong."""
    build = site.config["build"]
    quiet = trail.quiet_for(site.state, QUIET_S)
    place = trail.short(seen.root)
    sessions.note(site, seen, sessions.ARMED, proof=proof(site.config["version"], build), place=place, files=holders(seen, site))
    meanwhile = _compare(seen, site, quiet=quiet)
    _heartbeat(site, seen.client, build)
    wrong = [*meanwhile, *_wrong(site), *proven.doubts(site, seen.client, seen.root)]
    shown = proof(site.config["version"], build).encode() + b"\n"
    if not wrong:
        return (0, b"", shown), "silent", (), ""
    code, out, _ = judgement.DIALECTS[seen.client].hint(seen.native, f"Twelve: {'; '.join(wrong)}. Tell the person.")
    return (code, out, shown), "hint", ("session-state",), ""


def proof(version: str, build: str) -> str:
    """What a driver looks for to know that these very hooks ran."""
    return f"twelve-hook {version} armed {build[:16]}"


def _heartbeat(site: Site, client: str, build: str) -> None:
    seals.keep(f"{site.state}/heartbeat/{client}", {"build": build, "version": site.config["version"]})


def _compare(seen: Occasion, site: Site, *, quiet: bool) -> list[str]:
    """What changed while nobody was at work is the person's. While a session is, a second one must not cover its tracks."""
    if quiet and not seen.agent:
        meanwhile = _meanwhile(seen, site)
        try:
            seals.take(site, seen.root, deep=True)
        except OSError:
            return meanwhile
        references.take(site, seen.root)
        return meanwhile
    found = seals.differences(site, seen.root, began=seals.exist(site.state, seen.root))
    noted = provenance.explained(site.state, (entry[0] for entry in found))
    for entry in found:
        if entry[0] not in noted and not _trusted(entry[0], seen):
            tampers.write_down(entry, seen, site.state)
    return []


def _meanwhile(seen: Occasion, site: Site) -> list[str]:
    """What guards hang on and no commit shows, changed while no session was open: said once, so that nobody takes it over unseen."""
    if not seals.exist(site.state, seen.root):
        return []
    found = seals.differences(site, seen.root, began=True)
    noted = provenance.explained(site.state, (entry[0] for entry in found))
    names = [entry[0] for entry in found if entry[0] not in noted and not _shown(entry[0], seen.root)]
    for name in names:
        trail.record(site.state, "guard.tampered", seen.session, path=name[:200], change="changed meanwhile", client=seen.client, tool="")
    return [f"changed while no session was open: {tampers.told(names, seen.root)}"] if names else []


def _shown(name: str, root: str) -> bool:
    """Whether a file is an ordinary one of the tree, whose change git shows to everybody."""
    inner = name[len(root) :]
    return name.startswith(root + "/") and not inner.startswith(("/.git/", "/.claude/", "/.codex/", "/.gemini/"))


def _trusted(name: str, seen: Occasion) -> bool:
    """A person who just trusted our entries changed that client's settings; that they did is why this runs at all."""
    return seen.client == "codex" and name.endswith("/.codex/config.toml") and not name.startswith(seen.root + "/")


def holders(seen: Occasion, site: Site) -> list[str]:
    """Settings files of this client that register our hook now; a change must leave it there."""
    home = occasion.variable("HOME") or site.config["home"]
    folder = occasion.variable("CLAUDE_CONFIG_DIR") or home + "/.claude"
    candidates = [f"{seen.root}/.claude/settings.json", f"{seen.root}/.claude/settings.local.json", f"{folder}/settings.json"]
    found = []
    for name in candidates if seen.client == "claude" else ():
        try:
            if registered(seals.read(name), site):
                found.append(name)
        except OSError:
            continue
    return found


def registered(raw: bytes, site: Site) -> bool:
    """Whether a settings file runs our hook before every tool call and does not turn hooks off."""
    try:
        settings = notation.read(raw)
    except notation.Malformed:
        return False
    hooks = settings.get("hooks")
    groups = hooks.get("PreToolUse") if isinstance(hooks, dict) else None
    if settings.get("disableAllHooks") is True or not isinstance(groups, list):
        return False
    return any(isinstance(group, dict) and _always(group) and _holds(group, site) for group in groups)


def _always(group: dict[str, Any]) -> bool:
    return group.get("matcher") in (None, "", "*")


def _holds(group: dict[str, Any], site: Site) -> bool:
    return any(_ours(entry, site) for entry in group.get("hooks") or ())


def _ours(entry: object, site: Site) -> bool:
    return isinstance(entry, dict) and entry.get("type") == "command" and f"{site.folder}/hook.py" in str(entry.get("command"))


def _wrong(site: Site) -> list[str]:
    wrong = []
    if count := tampers.waiting(site.state):
        wrong.append(f"{count} unexplained change{'s' if count > 1 else ''} of protected files wait{'' if count > 1 else 's'} for a person")
    policy = site.config["policy_file"]
    try:
        now = fingerprint.of(seals.read(policy["path"]))
    except OSError:
        now = ""
    if now != policy["digest"]:
        wrong.append("the guard was built from another twelve.toml than the one here")
    return wrong
