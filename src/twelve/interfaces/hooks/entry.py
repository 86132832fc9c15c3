"""One event in, one answer out. Everything a quiet call does not need is loaded later, by name."""

from __future__ import annotations

import time

from twelve.interfaces.hooks import notation, occasion, screening, trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Answer = tuple[int, bytes, bytes]

CLIENTS = ("claude", "codex", "gemini")
ROUTES = {
    occasion.CALL: "twelve.interfaces.hooks.judgement",
    occasion.DONE: "twelve.interfaces.hooks.afterwards",
    occasion.FAILED: "twelve.interfaces.hooks.afterwards",
    occasion.STOP: "twelve.interfaces.hooks.stopping",
    occasion.SUBSTOP: "twelve.interfaces.hooks.stopping",
    occasion.END: "twelve.interfaces.hooks.ending",
    occasion.START: "twelve.interfaces.hooks.starting",
    occasion.CONFIG: "twelve.interfaces.hooks.rewriting",
}
"""Kind of event -> module with `answer(occasion, site)`. Kinds without one are written down and answered with silence."""
GIT = "twelve.interfaces.hooks.handover"
SILENT: Answer = (0, b"", b"")


class Site:
    """Where Twelve's state lies and what was compiled into the bundle; the literals are read when first asked for."""

    __slots__ = ("_config", "_policy", "_section", "folder")

    def __init__(self, folder: str, section: Callable[[str], Any]) -> None:
        self.folder = folder
        self._section = section
        self._config: dict[str, Any] | None = None
        self._policy: dict[str, Any] | None = None

    @property
    def config(self) -> dict[str, Any]:
        """Version, build, paths and the interpreter the bundle was made with."""
        if self._config is None:
            self._config = self._section("=config")[0]
        return self._config

    @property
    def state(self) -> str:
        """Twelve's state folder, shared by all work trees. The bundle itself may lie elsewhere."""
        return str(self.config["state"])

    @property
    def policy(self) -> dict[str, Any]:
        """The compiled policy."""
        if self._policy is None:
            self._policy = self._section("=policy")[0]
        return self._policy


def answer(raw: bytes, arguments: list[str], folder: str, section: Callable[[str], Any]) -> Answer:
    """Exit code, standard output and standard error for one event."""
    site = Site(folder, section)
    if arguments[:1] == ["git"]:
        handed: Answer = _module(GIT).answer(arguments[1:], site)
        return handed
    client = arguments[0] if arguments else ""
    if client not in CLIENTS:
        return 2, b"", b"twelve: the hook was registered without the client's name [guard-failure]\n"
    return _event(raw, client, site)


def _event(raw: bytes, client: str, site: Site) -> Answer:
    started = time.perf_counter_ns()
    try:
        seen = occasion.Occasion(client, notation.read(raw), site.config["root"], site.config["common"])
    except (notation.Malformed, occasion.Incomplete) as trouble:
        return _unreadable(raw, client, str(trouble), site)
    if seen.kind == occasion.CALL and screening.cleared(raw, seen.tool, seen.tool_input, seen.cwd, seen.root):
        _beat(site, client)
        _note(site, seen, "cleared", (), "", started)
        return SILENT
    route = ROUTES.get(seen.kind)
    if route is None:
        _note(site, seen, "silent", (), "", started)
        return SILENT
    told, decision, rules, digest = _module(route).answer(seen, site)
    _beat(site, client)
    _note(site, seen, decision, rules, digest, started)
    given: Answer = told
    return given


def _beat(site: Site, client: str) -> None:
    trail.beat(site.state, client, build=site.config["build"], version=site.config["version"])


def _module(name: str) -> Any:
    return __import__(name, fromlist=("answer",))


def _note(site: Site, seen: occasion.Occasion, decision: str, rules: tuple[str, ...], digest: str, started: int) -> None:
    trail.record(
        site.state,
        "hook.answered",
        seen.session,
        client=seen.client,
        event=trail.plain(seen.native),
        tool=trail.plain(seen.tool),
        decision=decision,
        rules=rules,
        digest=digest,
        conversation=trail.short(seen.session),
        agent=trail.plain(seen.agent),
        duration_us=(time.perf_counter_ns() - started) // 1000,
    )


def _unreadable(raw: bytes, client: str, trouble: str, site: Site) -> Answer:
    """Closed where a call may hang on the answer, silent where the event can be told to be another one."""
    compact = raw.translate(None, b" \t\r\n")
    calls = any(_names(compact, "", name) for name, kind in occasion.KINDS.items() if kind in occasion.GUARDED)
    single = compact.count(b'"hook_event_name":') == 1 and not any(b"\\u00" + first in compact for first in (b"4", b"5", b"6", b"7"))
    other = single and any(
        _names(compact, '"hook_event_name":', name) for name, kind in occasion.KINDS.items() if kind not in occasion.GUARDED
    )
    decision = "silent" if other and not calls else "deny"
    trail.record(site.state, "hook.answered", "", client=client, event="unreadable", decision=decision, rules=("guard-payload",))
    if decision == "silent":
        return SILENT
    what = f"This call was not looked at, so it does not run [guard-payload]. Why: what the client sent cannot be read ({trouble})."
    reason = what + " Next: tell the person; `twelve doctor` names the cause."
    return 2, notation.write({"decision": "block", "reason": reason}).encode(), reason.encode()


def _names(compact: bytes, before: str, name: str) -> bool:
    return f'{before}"{name}"'.encode() in compact
