"""Files whose change no tool call may bring about, listed for the check after each call.

Made from the same lists the guard refuses by, so what is refused is also watched. Nothing here depends on what lies in
those folders today or on the shell it is asked from, so the same policy gives the same bundle; what lies deeper in the
tree is found when a session begins.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from twelve.factors.guardrails import protected
from twelve.model.settings import Settings
from twelve.system import git

CHURNING = {
    ".git/**": (),
    ".twelve/**": (".twelve/**",),
    "~/.codex/**": ("~/.codex/config.toml", "~/.codex/hooks.json", "~/.codex/hooks/**"),
    "~/.gemini/**": ("~/.gemini/settings.json", "~/.gemini/hooks/**", "~/.gemini/policies/**"),
    "~/.claude/plugins/**": (),
    "~/.local/state/twelve/**": (),
}
"""Folders that clients, git and Twelve write all the time -> what in them decides something. Of the git folder see COMMON."""
COMMON = (
    "config", "config.worktree", "info/attributes", "info/exclude", "info/grafts", "info/sparse-checkout", "objects/info/alternates",
)  # fmt: skip
"""What in the git folder changes what git runs, sees or believes."""
OF_TREE = ("config.worktree", "info/sparse-checkout")
"""The same in the git folder of one work tree."""
HOOKS = "hooks"
STATE = ("hook.py", "hook.bin", "hook.src", "install.json", "heartbeat/proof.json")
KEPT = ("exemptions", "decisions", "requests", "standing", "spent", "uses", "revocations", "phase", "tamper")
"""Folders of the state that say what is allowed, was allowed, or went wrong."""
SIGNS = "*?["


def sealed(repository: git.Repository, settings: Settings, home: Path) -> dict[str, tuple[str, ...]]:
    """What is watched: files and folders of every work tree, files and folders anywhere, and those of the state."""
    places = [place for glob in _globs(settings) for place in CHURNING.get(glob, (glob,))]
    names = (*protected.POLICY_NAMES, *protected.CI_NAMES)
    files = [*_plain(places), *names]
    folders = _folders(places)
    common = Path(os.path.realpath(repository.common_dir))
    return {
        "tree": _relative(files),
        "folders": _relative(folders),
        "files": (*_absolute(files, home), *(str(common / name) for name in COMMON)),
        "trees": (*_absolute(folders, home), str(common / HOOKS)),
        "gitdir": OF_TREE,
        "state": STATE,
        "kept": KEPT,
    }


def _globs(settings: Settings) -> tuple[str, ...]:
    rules = settings.guard.rules
    added = (*settings.guard.protected_paths, *rules.protect_policy.paths, *rules.protect_ci.paths)
    return tuple(dict.fromkeys((*protected.POLICY_GLOBS, *protected.CI_GLOBS, *added)))


def _plain(globs: Iterable[str]) -> list[str]:
    return [glob for glob in globs if not any(sign in glob for sign in SIGNS)]


def _folders(globs: Iterable[str]) -> list[str]:
    beginnings = (glob.removesuffix("/**") for glob in globs if glob.endswith("/**"))
    return [folder for folder in beginnings if not any(sign in folder for sign in SIGNS)]


def _relative(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name[:1] not in "/~"))


def _absolute(names: Iterable[str], home: Path) -> Iterator[str]:
    for name in names:
        if name.startswith("~/"):
            yield f"{home}{name[1:]}"
        elif name.startswith("/"):
            yield name
