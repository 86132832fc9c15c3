"""Tools that are git, a forge or our own program under another name: told as the command lines they stand for."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, Action
from twelve.factors.guardrails.actions.calls import Call
from twelve.factors.guardrails.actions.options import plain
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import silence

_VERBS = (
    "push", "commit", "reset", "config", "rebase", "checkout", "restore", "clean", "branch", "tag", "stash", "merge", "revert", "pull",
    "fetch", "notes", "switch", "am", "apply", "rm", "mv", "remote", "worktree", "gc", "prune", "reflog",
)  # fmt: skip
_FORGES = frozenset(("github", "gitlab", "gitea", "bitbucket", "forgejo"))
_FLAGS = {"skiphooks": "--no-verify", "bypasshooks": "--no-verify", "noverify": "--no-verify", "skipverification": "--no-verify",
          "nohooks": "--no-verify", "forcewithlease": "--force-with-lease", "norebase": "--no-rebase", "nohook": "--no-verify",
          "forcepush": "--force", "isforce": "--force", "allowforce": "--force", "dryrun": "--dry-run", "setupstream": "--set-upstream",
          "skipverify": "--no-verify"}  # fmt: skip
_OPERANDS = ("remote", "branch", "branchname", "ref", "refspec", "target", "revision", "key", "name", "value", "files", "paths", "path")
_MODES = ("hard", "soft", "mixed", "merge", "keep")
_WORD_KEYS = ("args", "flags", "options", "arguments", "params", "extraargs")
_WHERE_TOO = ("path", "paths")
_WHERE = ("repopath", "repo", "cwd", "repository", "workingdirectory", "directory", "dir", "repodir")


def follow(call: Call, state: State, server: list[str], words: list[str], leaves: list[tuple[str, object]]) -> None:
    """Adds what the tool would do as git, as a forge's program, as ours."""
    if "twelve" in server:
        state.work.actions.append(Action(EXECUTE, program="twelve", words=tuple(words)))
        return
    if _approves(words, leaves):
        state.work.actions.append(Action(EXECUTE, program="gh", words=("pr", "review"), flags=("--approve",)))
    forge = bool(_FORGES & {*server, *words})
    if not forge and "git" not in server and "git" not in words:
        return
    line = _line(words, leaves, forge=forge)
    if line:
        inner = state.child("tool")
        folder = next((str(value) for key, value in leaves if key in _WHERE and isinstance(value, str) and value[:1] in "/~."), "")
        if folder:
            inner.go(tuple(inner.places(folder)))
        state.work.run(plain("git", *line), inner, silence(), call.name)


def _approves(words: list[str], leaves: list[tuple[str, object]]) -> bool:
    if "approve" in words:
        return True
    votes = [value for key, value in leaves if key in ("event", "action", "state", "vote", "verdict") and isinstance(value, str)]
    return "review" in words and any(vote.upper() in ("APPROVE", "APPROVED") for vote in votes)


def _line(words: list[str], leaves: list[tuple[str, object]], *, forge: bool) -> list[str]:
    flags = _flags(leaves)
    forced = "force" in words or "--force" in flags
    operands = [
        str(value) for key, value in leaves if key in _OPERANDS and isinstance(value, str) and not (key in _WHERE_TOO and value[:1] == "/")
    ]
    if "delete" in words and any(word in ("branch", "ref", "tag") for word in words):
        if forge:
            return ["push", "--delete", "origin", *operands[:1]]
        return ["tag" if "tag" in words else "branch", "-D" if forced else "-d", *operands[:1]]
    if "update" in words and any(word in ("ref", "branch", "reference") for word in words):
        return ["push", "--force", "origin", *operands[:1]] if forced else []
    verb = next((word for word in words if word in _VERBS), "")
    if not verb or (forge and not flags):
        return []
    flags += ["--force"] if "force" in words and "--force" not in flags else []
    flags += ["--hard"] if verb == "reset" and "hard" in words and "--hard" not in flags else []
    return [verb, *flags, *(operands if verb in ("push", "config", "checkout", "restore", "branch", "reset", "rm", "clean") else [])]


def _flags(leaves: list[tuple[str, object]]) -> list[str]:
    found: list[str] = []
    for key, value in leaves:
        if value is True or (isinstance(value, str) and value.lower() == "true"):
            found.append(_FLAGS.get(key, "--" + key))
        elif key in ("mode", "type", "resettype", "resetmode") and isinstance(value, str) and value.lower().lstrip("-") in _MODES:
            found.append("--" + value.lower().lstrip("-"))
        elif key in _WORD_KEYS and isinstance(value, str):
            found += value.split()
        elif key == "verify" and value is False:
            found.append("--no-verify")
    return found
