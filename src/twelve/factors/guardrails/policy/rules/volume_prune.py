"""Disks that hold data outlive the containers that use them."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, INFRA, NETWORK
from twelve.factors.guardrails.policy import rule
from twelve.factors.guardrails.policy.gitwords import has
from twelve.factors.guardrails.policy.wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "volume-prune",
    severity=rule.CRITICAL,
    decision="deny",
    title="Volumes are not removed or pruned",
    why="the data of databases and services lives in them, of this project and of others on the machine",
    next="stop or remove the containers alone, and let a person decide about the data",
    kinds=(INFRA, EXECUTE, NETWORK),
    enforcers=(rule.HOOK,),
    gap="a compose file or script that removes volumes by itself is not seen",
    canaries=(
        ("deny", "Bash", "docker volume rm shop_data"),
        ("deny", "Bash", "docker system prune -a --volumes"),
        ("deny", "Bash", "docker compose down -v"),
        ("allow", "Bash", "docker compose down"),
        ("allow", "Bash", "docker volume ls"),
    ),
)

_CONTAINERS = ("docker", "podman", "nerdctl", "docker-compose", "podman-compose", "finch")
_CLAIMS = ("pvc", "pv", "persistentvolumeclaim", "persistentvolumeclaims", "persistentvolume", "persistentvolumes", "pvcs", "pvs")
_DISKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lvremove", ()),
    ("vgremove", ()),
    ("pvremove", ()),
    ("zfs", ("destroy",)),
    ("zpool", ("destroy",)),
    ("btrfs", ("subvolume", "delete")),
)


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """Removal of a volume by name, by pruning, together with its containers, or of a cluster's volume claims."""
    if action.kind == EXECUTE:
        for program, words in _DISKS:
            if action.program == program and action.words[: len(words)] == words:
                return RULE.found(action, policy, f"{shown(' '.join((program, *words)))} removes a volume with its data")
        return None
    if has(action, "--help"):
        return None
    what = _by_socket(action) if action.kind == NETWORK else _removed(action)
    return RULE.found(action, policy, what) if what else None


def _removed(action: Action) -> str:
    words = tuple(word.lower() for word in action.verb.split())
    if action.program in _CONTAINERS:
        return _of_containers(action, words)
    if action.program in ("kubectl", "oc") and words[:1] == ("delete",) and not has(action, "--dry-run"):
        kinds = {piece.split("/")[0] for word in (*words[1:], *action.words) for piece in word.lower().split(",")}
        if kinds & set(_CLAIMS):
            return "This call deletes volume claims of the cluster, and their data with them"
    return ""


def _by_socket(action: Action) -> str:
    """The engine's own interface, asked without its program."""
    given = [value for _, value in action.values]
    if "/volumes" not in action.target or not any("docker" in value or "podman" in value for value in (action.target, *given)):
        return ""
    removes = "DELETE" in given or action.target.endswith("/prune")
    return "This call removes volumes through the engine's own socket" if removes else ""


def _of_containers(action: Action, words: tuple[str, ...]) -> str:
    if "volume" in words and words[-1] in ("rm", "remove", "prune", "delete"):
        return f"This call removes volumes: {shown(' '.join(action.words[-4:]) or 'all that no container uses')}"
    if words[-2:] == ("system", "prune") and has(action, "--volumes"):
        return "This call removes every volume that no container uses"
    if words[-2:] == ("system", "reset"):
        return "This call removes every image, container and volume"
    if words and words[-1] in ("down", "rm") and has(action, "--volumes", "-v") and (words[0] == "compose" or "compose" in action.program):
        return "This call removes the volumes of the services together with their containers"
    return ""
