"""The policy as one literal: what the guard needs to answer without reading any file.

Everything in the answer is str, int, bool, tuple or dict of these, so that it can be written as Python source.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import structs

from twelve.factors.guardrails import protected
from twelve.factors.guardrails.policy.catalogue import RULES
from twelve.factors.guardrails.policy.globs import SIGNS, Pattern
from twelve.model.guard import AskingPathRule, PathRule
from twelve.model.settings import Settings

VERSION = 1
"""Changes whenever a compiled policy could be read wrongly by an older or newer guard."""


def compile_policy(
    settings: Settings,
    *,
    root: str,
    common_dir: str,
    home: str,
    state: str = "",
    surfaces: Iterable[str] = (),
    temporary: str | None = None,
    approved: Iterable[str] = (),
    fold: bool | None = None,
) -> dict[str, Any]:
    """The compiled policy of the work tree at `root`; all paths absolute.

    `surfaces` are further paths the guard itself lives on: its interpreter's packages, a client's configuration folder
    when it is not the usual one. `temporary` is the session's own temporary folder ($TMPDIR when absent). `approved` holds
    the subjects of approved infrastructure changes (policy.infrastructure.subject). `fold`: names that differ only in case
    are one name; asked of the file system when absent.
    """
    guard = settings.guard
    where = _Where(root=root, home=home)
    folded = _folds(root) if fold is None else fold
    temp = [*guard.temp_folders, os.environ.get("TMPDIR", "") if temporary is None else temporary]
    kept = ("/", *_forms(home), *_forms(root))
    policy: dict[str, Any] = {
        "version": VERSION,
        "roots": _forms(root),
        "common": _forms(common_dir),
        "homes": _forms(home),
        "temp": tuple(dict.fromkeys(form for folder in temp if folder.startswith("/") for form in _forms(folder) if form not in kept)),
        "writable": tuple(dict.fromkeys(form for folder in guard.write_folders for form in _forms(where.absolute(folder)))),
        "fold": folded,
        "decisions": {id: getattr(guard.rules, id.replace("-", "_")).decision for id in RULES},
        "production": tuple(sorted({name for names in structs.astuple(guard.production) for name in names})),
        "registries": guard.rules.remote_code.registries,
        "local": guard.rules.infra_change.local,
        "require_run": guard.require_run,
        "strict_context": settings.context.profile == "strict",
        "approved": tuple(approved),
        "parents": (),
        "names": protected.NAMES,
    }
    groups = _groups(settings, [common_dir, *([state] if state else [])], surfaces)
    policy["places"] = {id: group.compiled(where, folded) for id, group in groups.items()}
    return policy


class _Where:
    """What relative globs and `~` stand for."""

    def __init__(self, *, root: str, home: str) -> None:
        self.root = root
        self.home = home

    def absolute(self, glob: str) -> str:
        if glob == "~" or glob.startswith("~/"):
            return self.home + glob[1:]
        return glob if glob.startswith("/") else f"{self.root}/{glob}"


class _Group:
    """One rule's places before they are compiled."""

    def __init__(
        self,
        globs: Iterable[str] = (),
        *,
        names: Iterable[str] = (),
        name_globs: Iterable[str] = (),
        folders: Iterable[str] = (),
        spared: Iterable[str] = (),
        excepted: Iterable[str] = (),
        in_tree: bool = True,
    ) -> None:
        self.globs = tuple(globs)
        self.names = tuple(names)
        self.name_globs = tuple(name_globs)
        self.folders = tuple(folders)
        self.spared = tuple(spared)
        self.excepted = tuple(excepted)
        self.in_tree = in_tree

    def with_settings(self, settings: Any) -> _Group:
        """The group with what the policy adds and leaves alone."""
        if isinstance(settings, PathRule | AskingPathRule):
            self.globs += tuple(f"**/{glob}" if "/" not in glob else glob for glob in settings.paths)
            self.excepted += tuple(f"**/{glob}" if "/" not in glob else glob for glob in settings.allow)
        return self

    def compiled(self, where: _Where, fold: bool) -> dict[str, Any]:
        def case(text: str) -> str:
            return text.lower() if fold else text

        return {
            "paths": tuple(_patterns(case(where.absolute(glob)) for glob in self.globs)),
            "names": {case(name): 1 for name in self.names},
            "globs": tuple(case(name) for name in self.name_globs),
            "folders": tuple(case(name) for name in self.folders),
            "within": tuple(case(form) for form in _forms(where.root)) if self.in_tree else (),
            "spared": tuple(case(name) for name in self.spared),
            "except": tuple(_patterns(case(where.absolute(glob)) for glob in self.excepted)),
        }


def _groups(settings: Settings, state: Iterable[str], surfaces: Iterable[str]) -> dict[str, _Group]:
    own = [f"{folder.rstrip('/')}/**" for folder in (*state, *surfaces)]
    extra = [f"**/{glob}" if "/" not in glob else glob for glob in settings.guard.protected_paths]
    groups = {
        "protect-policy": _Group(
            [*protected.POLICY_GLOBS, *own, *extra],
            names=protected.POLICY_NAMES,
            folders=protected.POLICY_FOLDERS,
            excepted=(*protected.ARTEFACTS, *protected.CLIENTS_OWN),
        ),
        "protect-ci": _Group(protected.CI_GLOBS, names=protected.CI_NAMES, name_globs=protected.CI_NAME_GLOBS),
        "protect-lockfiles": _Group(names=protected.LOCK_NAMES, excepted=protected.LOCK_SPARED),
        "protect-secrets": _Group(
            protected.SECRET_GLOBS,
            names=protected.SECRET_NAMES,
            name_globs=protected.SECRET_NAME_GLOBS,
            folders=protected.SECRET_FOLDERS,
            spared=protected.SECRET_SPARED,
            in_tree=False,
        ),
        "outside-write": _Group(excepted=protected.CLIENTS_OWN),
        "destructive-delete": _Group(),
        "phase-order": _Group(),
    }
    return {id: group.with_settings(getattr(settings.guard.rules, id.replace("-", "_"))) for id, group in groups.items()}


def _patterns(globs: Iterable[str]) -> Iterator[Pattern]:
    """Each glob as its literal folder and the rest; twice when links make that folder another one."""
    for glob in globs:
        names = [name for name in glob.split("/") if name not in ("", ".")]
        cut = next((at for at, name in enumerate(names) if any(sign in name for sign in SIGNS)), len(names))
        rest = tuple(names[cut:])
        for form in _forms("/" + "/".join(names[:cut])):
            yield form, rest


def _forms(path: str) -> tuple[str, ...]:
    """The path as written and as it is behind links."""
    plain = os.path.normpath(path)
    return tuple(dict.fromkeys((plain, os.path.realpath(plain))))


def _folds(root: str) -> bool:
    """Whether the file system below `root` takes names that differ only in case for one."""
    swapped = os.path.join(os.path.dirname(root), os.path.basename(root).swapcase())
    try:
        return swapped != root and os.path.samefile(root, swapped)
    except OSError:
        return False


def with_parents(policy: Mapping[str, Any], parents: Iterable[int]) -> dict[str, Any]:
    """The policy for one call, with the processes that must not be ended from inside it."""
    return {**policy, "parents": tuple(str(number) for number in parents)}
