"""Files that say what is allowed and what is checked before a commit: touching them is a finding whatever the change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from twelve.factors.gates.integrity import commands, places
from twelve.factors.gates.integrity.rules import finding
from twelve.model.finding import Finding, Severity
from twelve.system import documents

_COLLECTING = ("collect_ignore", "pytest_ignore_collect", "pytest_deselected", "items.remove(", "items[:] =", "items.clear(")
"""What takes tests out of a run in pytest's own plugin file (pytest manual)."""


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Finding]:
    """Findings about policy and hook files."""
    for path in sorted({**before, **after}):
        if places.is_policy(path):
            new = path not in before
            severity = Severity.WARNING if new and "CODEOWNERS" in path else Severity.ERROR
            said = "is new" if new else "is gone" if path not in after else "changed"
            yield finding("policy-touched", path, f"a file that says what is allowed {said}", anchor=path, severity=severity)
        elif places.is_hook(path) and path in before:
            yield from _hook(path, before[path], after.get(path))
        elif path.endswith("conftest.py") and path in after:
            yield from _collecting(path, before.get(path, ""), after[path])


def _collecting(path: str, old: str, new: str) -> Iterator[Finding]:
    """A conftest that newly decides which tests are run."""
    for name in _COLLECTING:
        if new.count(name) > old.count(name):
            yield finding("check-narrowed", path, f"newly decides which tests run ({name})", anchor=name)


def _hook(path: str, old: str, new: str | None) -> Iterator[Finding]:
    if path.endswith((".pre-commit-config.yaml", ".pre-commit-config.yml")):
        yield from _hooks(path, _configured(path, old), _configured(path, new or ""), gone=new is None)
        return
    if new is None:
        yield finding("hook-touched", path, "a hook is gone", anchor=path)
        return
    lost = [line for line in _lines(old) if line not in _lines(new)]
    fresh = [command for command in commands.read(new) if command.softened and command not in commands.read(old)]
    if lost or fresh:
        checks = any(command.family for command in commands.read("\n".join(lost))) or bool(fresh)
        severity = Severity.ERROR if checks else Severity.WARNING
        yield finding("hook-touched", path, f"a hook changed: {(lost or [fresh[0].text])[0][:120]}", anchor=path, severity=severity)


def _hooks(path: str, old: dict[str, Any] | None, new: dict[str, Any] | None, *, gone: bool) -> Iterator[Finding]:
    if gone or new is None:
        yield finding("hook-touched", path, "the hooks are gone" if gone else "the hooks cannot be read any more", anchor=path)
        return
    old = old or {}
    families = {_family(name) for name in new.keys() - old.keys()}
    for name in sorted(old.keys() - new.keys()):
        family = _family(name)
        severity = Severity.WARNING if not family or family in families else Severity.ERROR
        yield finding("hook-touched", path, f"hook {name!r} is gone", anchor=name, severity=severity)
    for name in sorted(old.keys() & new.keys()):
        if said := _weaker(old[name], new[name]):
            yield finding("hook-touched", path, f"hook {name!r}: {said}", anchor=name)


def _family(name: str) -> str:
    """Linters took over formatting: one may stand in for the other."""
    return commands.classify(name)[1].replace("format", "lint")


def _configured(path: str, text: str) -> dict[str, Any] | None:
    """Hook id -> its settings, without versions."""
    try:
        document = documents.load_yaml(text, name=path, lenient=True)
    except documents.DocumentError:
        return None
    found: dict[str, Any] = {}
    repos = document.get("repos") if isinstance(document, dict) else document
    for repo in repos if isinstance(repos, list) else ():
        for hook in repo.get("hooks") or () if isinstance(repo, dict) else ():
            if isinstance(hook, dict) and isinstance(hook.get("id"), str):
                found[hook["id"]] = hook
    return found


def _weaker(old: dict[str, Any], new: dict[str, Any]) -> str:
    if (
        new.get("exclude")
        and new.get("exclude") != old.get("exclude")
        and len(str(new.get("exclude"))) > len(str(old.get("exclude") or ""))
    ):
        return "leaves out more files"
    if "manual" in str(new.get("stages", "")) and "manual" not in str(old.get("stages", "")):
        return "no longer runs by itself"
    was, now = _arguments(old), _arguments(new)
    fresh = [
        flag
        for flag in now
        if flag not in was and re.match(r"--?(?:exit-zero|ignore|extend-ignore|disable|skip|no-strict|allow|max-complexity|no-)", flag)
    ]
    return f"also has {fresh[0]}" if fresh else ""


def _arguments(hook: dict[str, Any]) -> list[str]:
    listed = hook.get("args")
    return [str(item) for item in listed] if isinstance(listed, list) else []


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
