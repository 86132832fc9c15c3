"""Which verbs of clusters and clouds change something, and which targets are production by their name."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import INFRA
from twelve.factors.guardrails.policy.gitwords import has
from twelve.factors.guardrails.policy.globs import overlap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.factors.guardrails.actions.action import Action

_LOCAL = (
    "docker", "podman", "nerdctl", "docker-compose", "podman-compose", "finch", "buildah", "skopeo", "colima", "minikube", "kind",
    "k3d", "vagrant", "lima", "limactl", "multipass",
)  # fmt: skip
"""Programs that work with containers and machines of this computer."""
_SWARM = ("stack", "service", "swarm", "node", "config", "secret")
_LOOKING = (
    "get", "list", "ls", "describe", "show", "status", "logs", "log", "diff", "plan", "preview", "explain", "top", "version", "help",
    "search", "history", "lint", "template", "validate", "fmt", "format", "output", "outputs", "graph", "providers", "console", "init",
    "info", "check", "synth", "inspect", "view", "wait", "events", "tail", "cluster-info", "api-resources", "api-versions",
    "completion", "kustomize", "env", "verify", "test", "pull", "watch", "whoami", "current-context", "get-contexts", "get-clusters",
    "get-users", "can-i", "package", "build", "dependency", "repo", "head", "refresh-url", "render", "manifests", "ps", "images",
    "port-forward", "proxy", "options", "doctor", "export", "config", "login", "describe-stacks", "estimate", "metadata-get",
    "workspace", "plugin", "generate",
)  # fmt: skip
_PREFIXES = (
    "describe-", "get-", "list-", "head-", "lookup-", "batch-get-", "filter-", "check-", "validate-", "estimate-", "test-", "search-",
    "preview-", "simulate-", "detect-", "wait-", "assume-role", "decode-", "print-",
)  # fmt: skip
_CHANGING = (
    "apply", "create", "delete", "destroy", "edit", "patch", "replace", "scale", "set", "annotate", "label", "taint", "untaint",
    "drain", "cordon", "uncordon", "evict", "rollout", "restart", "undo", "run", "exec", "cp", "mv", "rm", "rb", "mb", "sync",
    "install", "upgrade", "rollback", "uninstall", "import", "state", "deploy", "up", "down", "update", "put", "start", "stop",
    "reboot", "resize", "terminate", "add", "remove", "bootstrap", "reconcile", "suspend", "resume", "promote", "attach", "expose",
    "autoscale", "push", "new", "move", "force-unlock", "refresh", "playbook", "use", "select", "unset", "write", "revoke", "enable",
    "disable", "reset", "debug", "login-server", "test-invoke",
)  # fmt: skip
_READ_PAIRS = (
    ("state", "list"), ("state", "show"), ("state", "pull"), ("rollout", "status"), ("rollout", "history"), ("workspace", "list"),
    ("workspace", "show"), ("repo", "add"), ("repo", "update"), ("repo", "remove"), ("config", "view"), ("config", "set-context"),
    ("config", "use-context"), ("workspace", "select"), ("stack", "select"), ("stack", "ls"), ("plugin", "install"),
    ("sts", "get-caller-identity"), ("dependency", "update"), ("dependency", "build"), ("auth", "can-i"), ("auth", "whoami"),
    ("apply", "view-last-applied"), ("config", "set"), ("config", "current-context"), ("config", "get-contexts"), ("account", "set"),
    ("certificate", "list"), ("version", "list"),
)  # fmt: skip
_RENDERING = (
    "template", "lint", "validate", "fmt", "format", "kustomize", "build", "synth", "package", "completion", "version", "help",
    "render", "explain", "search",
)  # fmt: skip


def local_containers(action: Action) -> bool:
    """Containers and machines of this computer, unless the verb belongs to a swarm."""
    return action.program in _LOCAL and action.verb.split(" ")[0] not in _SWARM


def purely_local(action: Action) -> bool:
    """Verbs that only compute something from files here, or say how to use the program."""
    return action.kind == INFRA and (action.verb.split(" ")[0].lower() in _RENDERING or has(action, "--help", "-h"))


def chooses(action: Action) -> bool:
    """Verbs that decide where later ones go."""
    return action.kind == INFRA and action.verb.split(" ")[-1].lower() in ("use-context", "set-context", "select", "use", "set", "init")


def changes(action: Action) -> bool:
    """Whether an INFRA verb changes something outside this machine. What is not known to look changes."""
    if action.kind != INFRA or local_containers(action):
        return False
    if has(action, "--dry-run", "--check", "--help", "-h", "--dryrun", "--noop", "--what-if") and not _not_dry(action):
        return False
    words = tuple(action.verb.lower().split())
    if action.program == "helm" and words == ("push",):
        # A package goes to a registry; no cluster changes.
        return False
    if not words or any(pair == words[at : at + 2] for pair in _READ_PAIRS for at in range(len(words))):
        return False
    for word in reversed(words):
        if word in _CHANGING:
            return True
        if word in _LOOKING or word.startswith(_PREFIXES):
            return False
    return not words[-1].endswith(("-list", "-get", "-show"))


def _not_dry(action: Action) -> bool:
    return any(name == "--dry-run" and given in ("none", "false") for name, given in action.values)


def aim(action: Action) -> str:
    """What a verb is aimed at, as far as it says; a compose file's name says what runs here, not where."""
    if not local_containers(action):
        return action.target
    return ",".join(piece for piece in action.target.split(",") if not piece.startswith("file="))


def subject(action: Action) -> str:
    """What an approval is bound to: program, verb, target and every word, in one line that nothing else can equal."""
    options = sorted(f"{name}={given}" for name, given in action.values)
    return "\x1f".join((action.program, action.verb, action.target, *action.words, "", *sorted(action.flags), "", *options))


def pieces(text: str) -> list[str]:
    """The parts of a target that name something: whole values, without `key=`."""
    parts = text.replace(",", " ").replace(";", " ").split()
    return [part.partition("=")[2] or part for part in parts]


def production(text: str, names: tuple[str, ...]) -> str:
    """The part of a target that means production by its name, "" when none does."""
    for piece in pieces(text):
        words = _words(piece)
        for at, word in enumerate(words):
            before = words[at - 1] if at else ""
            if before in _NOT or word in _NOT_WORDS:
                continue
            if any(_same(word, name) for name in names) or any("*" in name and overlap(piece.lower(), name.lower()) for name in names):
                return piece
        if any(piece.lower() == name.lower() for name in names):
            return piece
    return ""


_NOT = ("non", "pre", "not", "no", "un", "post", "fake", "mock", "like")
_NOT_WORDS = ("nonprod", "preprod", "nonproduction", "preproduction")


def _same(word: str, name: str) -> bool:
    return word == name.lower() or word.rstrip("0123456789") == name.lower()


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
