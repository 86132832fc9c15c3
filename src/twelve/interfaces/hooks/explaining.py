"""What an allowed call may have changed: exactly the paths it named, settings it set, and what git brought from its own commits."""

from __future__ import annotations

import posix

from twelve.factors.guardrails.actions.action import DELETE, GIT, WRITE, Action
from twelve.factors.guardrails.policy.decision import ASK, DENY, Decision
from twelve.interfaces.hooks import contents, fingerprint, gitasking, gitconfig, provenance, references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.interfaces.hooks.entry import Site
    from twelve.interfaces.hooks.occasion import Occasion
    from twelve.interfaces.hooks.seals import Difference

TREE_VERBS = frozenset(
    (
        "checkout", "switch", "pull", "merge", "rebase", "reset", "cherry-pick", "revert", "stash", "restore", "bisect", "am", "worktree",
        "sparse-checkout",
    )
)  # fmt: skip
"""Git verbs that put other versions of tracked files into a tree; the files were judged when they were made."""
LOOKING: dict[str, frozenset[str]] = {
    "stash": frozenset(("list", "show", "drop", "clear", "create", "store")),
    "worktree": frozenset(("list", "lock", "unlock", "prune", "repair", "move")),
    "bisect": frozenset(("log", "visualize", "view", "terms", "help")),
    "sparse-checkout": frozenset(("list", "check-rules")),
    "rebase": frozenset(("--show-current-patch",)),
}
"""Of these, what changes no file."""
ASKING = frozenset(("--help", "-h", "--dry-run", "--show-current-patch"))
REMOTE_WORDS = frozenset(("add", "set-url", "rename", "remove", "rm", "set-branches", "set-head", "update", "prune"))
NEVER_TAKEN = ("twelve.toml",)
"""What git may bring in another version, but not take away: without it nothing here is judged."""
MOST = 80
"""Commits in which a content is looked for (ours)."""
PATHS = 30


class Story:
    """One call with what it was allowed to do. `verbs` are the git verbs of it, `pushes` whether it pushed by itself."""

    __slots__ = ("actions", "asked", "pushes", "seen", "site", "verbs")

    def __init__(self, seen: Occasion, site: Site, actions: tuple[Action, ...], decision: Decision, *, granted: bool) -> None:
        self.seen = seen
        self.site = site
        refused = [] if granted else [found.action for found in decision.findings if found.decision == DENY]
        self.actions = tuple(action for action in actions if not any(action is other for other in refused))
        self.asked = [found.action for found in decision.findings if granted or found.decision == ASK]
        self.pushes = any(action.kind == GIT and action.verb == "push" and _forced(action) for action in self.actions)
        self.verbs = frozenset(action.verb for action in self.actions if action.kind == GIT)

    def unexplained(self, found: list[Difference], roots: tuple[str, ...], before: references.References) -> list[Difference]:
        """The differences this call was not allowed to make. What it was is noted, so that no other session wonders."""
        if not found:
            return []
        noted = provenance.explained(self.site.state, (entry[0] for entry in found))
        rest = [entry for entry in found if entry[0] not in noted]
        allowed = [entry for entry in rest if not entry[0].startswith(self.site.state + "/") and self._named(entry)]
        left = [entry for entry in rest if entry not in allowed]
        if left and any(_changes_tree(action) for action in self.actions):
            allowed += from_git([entry for entry in left if _in_tree(entry[0], roots)], roots, before)
        for entry in allowed:
            provenance.wrote(self.site.state, entry[0])
        return [entry for entry in left if entry not in allowed]

    def _named(self, entry: Difference) -> bool:
        path = entry[0]
        for action in self.actions:
            if action.kind in (WRITE, DELETE) and path in (action.path, action.real):
                return True
        for asked in self.asked:
            if getattr(asked, "kind", "") in (WRITE, DELETE) and _below(path, str(getattr(asked, "path", ""))):
                return True
        return contents.is_git_config(path) and self._set(_keys(entry[2]), _keys(entry[3]))

    def _set(self, before: str, after: str) -> bool:
        keys = gitconfig.differing(before, after)
        return all(any(_sets(action, key) for action in self.actions if action.kind == GIT) for key in keys)


def _forced(action: Action) -> bool:
    return any(flag.startswith("--force") or flag in ("-f", "--mirror") for flag in action.flags) or any(
        word[:1] == "+" for word in action.words
    )


def _keys(digest: str) -> str:
    head, _, keys = digest.partition(":")
    return keys if head == contents.CONFIG else ""


def _below(path: str, folder: str) -> bool:
    return len(folder) > 1 and path.startswith(folder.rstrip("/") + "/")


def _in_tree(path: str, roots: tuple[str, ...]) -> bool:
    return any(path.startswith(root + "/") for root in roots) and "/.git/" not in path


def _sets(action: Action, key: str) -> bool:
    words = action.words
    if action.verb == "config":
        return any(word.lower().partition("=")[0] == key.lower() for word in words)
    if action.verb == "remote":
        return key.startswith("remote.") and bool(REMOTE_WORDS & set(words[:1]))
    if action.verb in ("submodule", "maintenance"):
        return key.startswith(action.verb + ".")
    if action.verb in ("sparse-checkout", "worktree"):
        return key in ("core.sparsecheckout", "core.sparsecheckoutcone", "extensions.worktreeconfig", "core.repositoryformatversion")
    return False


def _changes_tree(action: Action) -> bool:
    if action.kind != GIT or action.verb not in TREE_VERBS or ASKING & {*action.words, *action.flags}:
        return False
    return not LOOKING.get(action.verb, frozenset()) & {*action.words[:1], *action.flags}


def from_git(found: list[Difference], roots: tuple[str, ...], before: references.References) -> list[Difference]:
    """Those whose content now is that of a commit there was before the call, or came from a remote."""
    explained: list[Difference] = []
    for root in roots:
        here = [entry for entry in found if entry[0].startswith(root + "/") and not _in_tree(entry[0], _inner(root, roots))][:PATHS]
        if here:
            explained += _from_commits(here, root, before)
    return explained


def _inner(root: str, roots: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(place for place in roots if place.startswith(root + "/"))


def _from_commits(found: list[Difference], root: str, before: references.References) -> list[Difference]:
    commits = _commits(root, before)
    names = {entry[0][len(root) + 1 :]: entry for entry in found}
    was = before.get(references.HEAD, "")
    head = commits[0] if commits and commits[0].startswith("=") else ""
    held = _blobs(root, [commit.lstrip("=") for commit in commits], names)
    former = _blobs(root, [was], names) if was else {}
    explained = []
    for name, entry in names.items():
        content = _content(entry[0])
        if content is None:
            gone = head and not _blobs(root, [head[1:]], {name: entry}).get(name) and former.get(name)
            if gone and name not in NEVER_TAKEN:
                explained.append(entry)
        elif any(_is(content, oid) for oid in held.get(name, ())):
            explained.append(entry)
    return explained


def _is(content: bytes, oid: str) -> bool:
    """Whether git would store this content by that id, perhaps with the line ends of another system."""
    return oid in (fingerprint.blob(content, len(oid)), fingerprint.blob(content.replace(b"\r\n", b"\n"), len(oid)))


def _commits(root: str, before: references.References) -> list[str]:
    """Commits whose content counts: HEAD (marked) when it is none the call made, what was there before, what remotes hold."""
    now = references.listed(root)
    head = now.get(references.HEAD, "")
    remotes = [oid for name, oid in now.items() if name.startswith(references.REMOTES)]
    known = list(dict.fromkeys([*(before[name] for name in (references.HEAD, "refs/stash") if name in before), *remotes, *before.values()]))
    given = "\n".join([head, *(f"^{oid}" for oid in known[: 2 * MOST])]) + "\n"
    code, out = gitasking.ask(root, "rev-list", "--max-count=1", "--ignore-missing", "--stdin", given=given.encode())
    old = bool(head) and code == 0 and not out.strip()
    return [*([f"={head}"] if old else []), *known[:MOST]]


def _blobs(root: str, commits: list[str], names: dict[str, Difference]) -> dict[str, list[str]]:
    """Ids of the contents each path has in these commits."""
    rows = [(name, f"{commit}:{name}") for name in names if "\n" not in name for commit in commits]
    found: dict[str, list[str]] = {}
    for start in range(0, len(rows), 400):
        part = rows[start : start + 400]
        given = "".join(f"{row}\n" for _, row in part).encode("utf-8", "surrogateescape")
        lines = gitasking.ask(root, "cat-file", "--batch-check", given=given)[1].split(b"\n")
        for (name, _), line in zip(part, lines, strict=False):
            words = line.split(b" ")
            if len(words) == 3 and words[1] == b"blob":
                found.setdefault(name, []).append(words[0].decode())
    return found


def _content(path: str) -> bytes | None:
    """What lies there now; None when nothing does, an empty answer that fits no commit when it is no plain file."""
    try:
        if posix.lstat(path).st_mode & 0o170000 == 0o120000:
            return posix.readlink(path).encode("utf-8", "surrogateescape")
        return contents.read(path)
    except FileNotFoundError:
        return None
    except OSError:
        return b"\0unreadable"
