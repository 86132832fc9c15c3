"""Tool calls that are not command lines: files, patches, searches, fetches, other agents, MCP servers."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, NETWORK, READ, TOOL, UNKNOWN, WRITE, Action
from twelve.factors.guardrails.actions.calls import Call
from twelve.factors.guardrails.actions.loading import load
from twelve.factors.guardrails.actions.patches import changes
from twelve.factors.guardrails.actions.spelling import namesakes, places
from twelve.factors.guardrails.actions.state import State


def follow(call: Call, state: State) -> None:
    """Adds what the call does."""
    if call.kind == "patch":
        _patch(call, state)
    elif call.kind == "mcp":
        load("twelve.factors.guardrails.actions.servers", "follow")(call, state)
    elif call.kind in ("read", "search"):
        _places(call.paths, state, READ, call, verb=call.kind, recursive=call.kind == "search")
    elif call.kind in ("write", "edit"):
        _places(call.paths, state, WRITE, call, verb=call.kind)
    elif call.kind == "fetch":
        state.work.actions.append(Action(NETWORK, program=call.name, target=call.text, verb="fetch"))
    else:
        state.work.actions.append(Action(TOOL, program=call.name))


def _places(paths: tuple[str, ...], state: State, kind: str, call: Call, *, verb: str, recursive: bool = False, target: str = "") -> None:
    for path in paths:
        found = places(path, state)
        if call.client == "gemini" and call.kind == "edit":
            found += namesakes(path.replace("\0", ""), state)
        if kind == WRITE:
            found += [twin for place in found for twin in state.twins(place)]
        for place in found:
            state.work.actions.append(
                Action(
                    kind,
                    path=place.path,
                    real=place.real,
                    program=call.name,
                    verb=verb,
                    recursive=recursive,
                    target=target,
                    source=path[:400],
                )
            )
    if not paths and call.kind != "search":
        state.work.actions.append(Action(TOOL, program=call.name, certain=False))


def _patch(call: Call, state: State) -> None:
    found = changes(call.text)
    for change in found:
        verb = "patch" if change.kind == "write" else change.kind
        _places((change.path,), state, DELETE if change.kind in ("delete", "move") else WRITE, call, verb=verb)
    if not found:
        state.work.actions.append(Action(UNKNOWN, program=call.name, detail="a patch that names no file", certain=False))
