"""What the words and options of a git operation mean, as far as several rules ask."""

from __future__ import annotations

from twelve.factors.guardrails.policy import places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action

WHOLE = (".", "./", ":/", "*", ":", ":/.", ":(top)", ":/*", "./*", ":(top).", "**", ":(glob)**")
"""Path words that mean everything."""
DISCARDING = ("checkout", "restore", "rm", "mv", "checkout-index", "update-index", "reset")


def has(action: Action, *names: str) -> bool:
    """Whether one of the options was given: long ones also abbreviated, short ones also in a cluster or with a value."""
    return any(_is(flag, name) for flag in action.flags for name in names)


def _is(flag: str, name: str) -> bool:
    if flag == name or flag.startswith(name + "="):
        return True
    if not name.startswith("--"):
        return len(flag) > 2 and flag[0] == "-" and flag[1] != "-" and name[1] in flag[1:]
    bare = flag.partition("=")[0]
    return len(bare) > 5 and bare.startswith("--") and name.startswith(bare)


def value(action: Action, *names: str) -> str:
    """The last value given to one of the options, "" when there is none."""
    found = [given for name, given in action.values if name in names]
    found += [flag.partition("=")[2] for flag in action.flags for name in names if flag.startswith(name + "=")]
    return found[-1] if found else ""


def operands(action: Action) -> tuple[str, ...]:
    """The words that are not options."""
    return tuple(word for word in action.words if not word.startswith("-") and word != "")


def dry(action: Action) -> bool:
    return has(action, "--dry-run")


def cleans_everything(action: Action) -> bool:
    """`git clean` of ignored files too, not limited to a folder."""
    if action.verb != "clean" or dry(action) or has(action, "-n"):
        return False
    limited = [word for word in operands(action) if word not in WHOLE]
    return has(action, "-x", "-X") and not limited and not has(action, "--interactive", "-i")


def discards_everything(action: Action) -> bool:
    """Uncommitted work of the whole tree is thrown away."""
    words = operands(action)
    if action.verb == "reset":
        return has(action, "--hard", "--merge") and not dry(action)
    if action.verb == "restore":
        only_index = has(action, "--staged", "-S") and not has(action, "--worktree", "-W")
        return any(word in WHOLE for word in words) and not only_index
    if action.verb in ("checkout", "switch"):
        return any(word in WHOLE for word in words) or (len(words) < 2 and has(action, "--force", "-f", "--discard-changes"))
    if action.verb == "checkout-index":
        return has(action, "--all", "-a") and has(action, "--force", "-f")
    if action.verb == "read-tree":
        return has(action, "--reset") and has(action, "-u")
    return action.verb == "worktree" and words[:1] == ("remove",) and has(action, "--force", "-f")


def paths_put_back(action: Action, group: dict[str, Any], policy: dict[str, Any]) -> str:
    """A protected path that git removes, renames or replaces by another version's."""
    if action.verb not in DISCARDING:
        return ""
    words = operands(action)
    if action.verb == "restore" and not has(action, "--source", "-s"):
        return ""
    if action.verb == "checkout" and (len(words) < 2 or words[0] == "HEAD"):
        return ""
    if action.verb == "reset" and (len(words) < 2 or words[0] == "HEAD"):
        return ""
    if action.verb == "update-index" and not has(
        action, "--skip-worktree", "--assume-unchanged", "--force-remove", "--cacheinfo", "--chmod"
    ):
        return ""
    if action.verb == "update-index":
        words = tuple(word.split(",", 2)[2] if word.count(",") > 1 and word[:1].isdigit() else word for word in words)
    return _first(words, group, policy)


def paths_added(action: Action, group: dict[str, Any], policy: dict[str, Any]) -> str:
    """A protected path named to `git add`, or read out of the history."""
    if action.verb == "add":
        return _first(operands(action), group, policy)
    if action.verb in ("show", "cat-file"):
        return _first(tuple(word.partition(":")[2] for word in operands(action) if ":" in word), group, policy)
    return ""


def _first(words: tuple[str, ...], group: dict[str, Any], policy: dict[str, Any]) -> str:
    """Path words are relative to a folder that is not known here, so they are read from the top."""
    for word in words:
        if word in WHOLE:
            continue
        path = word if word.startswith("/") else f"{policy['roots'][0]}/{word.removeprefix('./').removeprefix(':/')}"
        if places.means(path, group, policy):
            return path
    return ""
