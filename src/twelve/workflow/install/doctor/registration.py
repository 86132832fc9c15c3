"""Whether each client would run the dispatcher at every event it should, in time, and says so when it would not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twelve.model.errors import TwelveError
from twelve.system import files
from twelve.system.documents import DocumentError, json_edit
from twelve.workflow.install import clients
from twelve.workflow.install.clients import Client
from twelve.workflow.install.doctor.ailment import Ailment, Look, Weight
from twelve.workflow.install.restoring import HOOK_FILE


def settings(look: Look) -> Iterator[Ailment]:
    """A client's file can be read: one it cannot read it ignores, hooks and refusals with it."""
    for client in _armed(look):
        try:
            found = _read(look, client)
        except (DocumentError, TwelveError) as error:
            yield Ailment(
                check="client-settings",
                weight=Weight.BROKEN,
                what=f"{client.path} cannot be read: {error.what}",
                why=f"{client.name} ignores such a file without a word, and every hook in it",
                next="correct the file, then run twelve doctor again",
                path=client.path,
            )
            continue
        if found is None:
            yield _ailment("client-settings", client, f"{client.path} is gone", "no hook runs in this client")


def registration(look: Look) -> Iterator[Ailment]:
    """Every event has our entry, under its right name, with no matcher that narrows it and the right time limit."""
    for client, hooks in _hooks(look):
        for event, groups in look.arming.hooks[client.name].items():
            for group in groups:
                if problem := _problem(hooks, event, group):
                    yield _ailment("client-registration", client, f"{client.name}: {event}: {problem}")
        for event in hooks:
            if event not in look.arming.hooks[client.name] and any(
                _runs_us(entry) for group in _list(hooks[event]) for entry in _entries(group)
            ):
                yield _ailment("client-registration", client, f"{client.name}: our hook stands under {event!r}, which it does not answer")


def _problem(hooks: dict[str, Any], event: str, wanted: dict[str, Any]) -> str:
    """What is wrong with our entry at one event; "" when nothing is."""
    ours = [(group, entry) for group in _list(hooks.get(event)) for entry in _entries(group) if _runs_us(entry)]
    if not ours:
        return "our hook is not registered"
    if any(group == wanted for group, _ in ours):
        return ""
    group, entry = ours[0]
    right = _entries(wanted)[0]
    if entry.get("timeout") != right.get("timeout"):
        return f"the time limit is {entry.get('timeout')}, where {right.get('timeout')} of this client's units are meant"
    if group.get("matcher") != wanted.get("matcher"):
        return f"the matcher {group.get('matcher')!r} keeps it from calls it should see"
    if entry.get("command") != right.get("command"):
        return "another command line is registered than would be now"
    if entry.get("type") != right.get("type"):
        return f"its type is {entry.get('type')!r}"
    return "the entry was edited"


def refusals(look: Look) -> Iterator[Ailment]:
    """The client's own refusals stand beside the hook."""
    for client in _armed(look):
        missing = [rule for rule in look.arming.deny[client.name] if rule not in _denied(look, client)]
        if missing:
            yield _ailment(
                "deny-rules", client, f"{client.name}: {len(missing)} of its own refusals are gone, {missing[0]} first", weight=Weight.WEAK
            )


def switched_off(look: Look) -> Iterator[Ailment]:
    """No settings file that counts here switches hooks off."""
    for client in _armed(look):
        for path in _counting(look, client):
            found = _tolerant(path)
            if _off(client.name, found):
                yield Ailment(
                    check="hooks-disabled",
                    weight=Weight.BROKEN,
                    what=f"{path} switches all hooks of {client.name} off",
                    next="take that setting out of the file",
                    path=str(path),
                )


def tracked(look: Look) -> Iterator[Ailment]:
    """A client whose file is tracked, a link or unreadable gets no entry, and that is said."""
    for name in clients.present(look.repository.root) if look.record else ():
        client = clients.CLIENTS[name]
        why = "" if name in look.armed else clients.obstacle(look.repository, client)
        if why:
            yield Ailment(
                check="not-armed",
                weight=Weight.BROKEN,
                what=f"{name} is not armed: {client.path} was left alone",
                why=why,
                next=f"make {client.path} a plain file of this machine, then: twelve init --client {name}",
                path=client.path,
            )


def tracked_after_all(look: Look) -> Iterator[Ailment]:
    """No file with our entries went into git after they were written."""
    for client in _armed(look):
        if look.repository.tracked(client.path):
            yield Ailment(
                check="tracked-registration",
                weight=Weight.BROKEN,
                what=f"{client.path} is tracked in git, and holds paths of this machine",
                why="a clone of a colleague would be told to run what is not there",
                next=f"git rm --cached {client.path}, then commit; the file itself stays",
                path=client.path,
            )


def _armed(look: Look) -> Iterator[Client]:
    return (clients.CLIENTS[name] for name in look.armed)


def _hooks(look: Look) -> Iterator[tuple[Client, dict[str, Any]]]:
    """Clients whose file can be read, with their hooks; the others have an ailment of their own."""
    for client in _armed(look):
        try:
            found = _read(look, client)
        except TwelveError:
            continue
        hooks = found.get("hooks") if isinstance(found, dict) else None
        if found is not None:
            yield client, hooks if isinstance(hooks, dict) else {}


def _read(look: Look, client: Client) -> Any:
    path = files.confined(look.repository.root, client.path)
    if not path.exists():
        return None
    return json_edit.read(files.read_bounded(path), name=client.path, comments=client.comments)


def _denied(look: Look, client: Client) -> list[Any]:
    try:
        found = _read(look, client)
    except TwelveError:
        return []
    permissions = found.get("permissions") if isinstance(found, dict) else None
    return _list(permissions.get("deny")) if isinstance(permissions, dict) else []


def _counting(look: Look, client: Client) -> tuple[Path, ...]:
    """Settings files a client reads for this project, the person's own first."""
    root, home = look.repository.root, look.home
    if client.name == "claude":
        own = Path(look.environ.get("CLAUDE_CONFIG_DIR") or home / ".claude")
        return (own / "settings.json", root / ".claude/settings.json", root / ".claude/settings.local.json")
    if client.name == "gemini":
        return (home / ".gemini/settings.json", root / ".gemini/settings.json")
    return ()


def _tolerant(path: Path) -> dict[str, Any]:
    try:
        found = json_edit.read(files.read_bounded(path), comments=True) if path.is_file() else {}
    except TwelveError:
        return {}
    return found if isinstance(found, dict) else {}


def _off(client: str, found: dict[str, Any]) -> bool:
    if client == "claude":
        return found.get("disableAllHooks") is True
    config = found.get("hooksConfig")
    disabled = config.get("disabled") if isinstance(config, dict) else None
    return isinstance(config, dict) and (config.get("enabled") is False or (isinstance(disabled, list) and "twelve" in disabled))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _entries(group: Any) -> list[dict[str, Any]]:
    found = _list(group.get("hooks")) if isinstance(group, dict) else []
    return [entry for entry in found if isinstance(entry, dict)]


def _runs_us(entry: dict[str, Any]) -> bool:
    return HOOK_FILE in str(entry.get("command", ""))


def _ailment(check: str, client: Client, what: str, why: str = "", *, weight: Weight = Weight.BROKEN) -> Ailment:
    return Ailment(
        check=check, weight=weight, what=what, why=why, next="twelve doctor --fix registers it again", path=client.path, repair="file"
    )
