"""Git libraries of Python, told as the command lines their calls stand for."""

from __future__ import annotations

from twelve.factors.guardrails.actions.languages.python_values import Value
from twelve.factors.guardrails.actions.options import Argument, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.factors.guardrails.actions.languages.python_expressions import Expressions

_VERBS = (
    "push", "commit", "reset", "clean", "checkout", "branch", "config", "rebase", "tag", "stash", "update_ref", "rm", "mv", "notes", "am",
    "apply", "restore", "switch", "merge", "filter_branch", "reflog", "gc", "fetch", "pull",
)  # fmt: skip
_LIBRARIES = ("git.", "dulwich.", "pygit2.", "sh.git", "plumbum.")


def called(reader: Expressions, name: str, arguments: list[Value], named: dict[str, Value]) -> bool:
    """Follows `repo.git.push("-f")`, `remote.push(force=True)`, `porcelain.push(…, force=True)`; False when it is none of these."""
    bare = name.rpartition(".")[2]
    if not name.startswith(_LIBRARIES) or bare not in _VERBS:
        return False
    direct = ".git." in name or name.startswith("sh.git")
    words = [value.argument() for value in arguments] if direct else []
    for key, value in named.items():
        if value.text in ("False", "None", "0", ""):
            continue
        flag = ("-" if len(key) == 1 else "--") + key.replace("_", "-")
        words.append(Argument(flag if value.text in (None, "True", "1") else f"{flag}={value.text}"))
    if not direct:
        words += [value.argument() for value in [*arguments, *named.values()] if value.text and value.text.startswith(("+", ":", "-"))]
        for value in [*arguments, *named.values()]:
            words += [item.argument() for item in value.items or [] if item.text and item.text.startswith(("+", ":"))]
    reader.call.run([*plain("git", bare.replace("_", "-")), *words])
    return True
