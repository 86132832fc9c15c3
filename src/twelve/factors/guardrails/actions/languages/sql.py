"""SQL: statements after which data is gone are said in normal form, others by their first words."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DATABASE, Action
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import Stream

STATEMENTS = 64
_TWO = ("drop", "create", "alter", "truncate", "grant", "revoke", "reset", "flush", "lock", "refresh", "rename", "purge")
_ONE = (
    "select",
    "insert",
    "update",
    "delete",
    "with",
    "explain",
    "show",
    "begin",
    "commit",
    "rollback",
    "vacuum",
    "analyze",
    "copy",
    "set",
    "use",
    "pragma",
    "attach",
    "detach",
    "call",
    "do",
    "merge",
    "replace",
    "describe",
    "desc",
    "values",
    "table",
    "exec",
    "execute",
    "shutdown",
    "load",
    "import",
)


def follow(text: str, state: State, _stdin: Stream, _words: list[Argument], language: str, target: str = "") -> None:
    """One action for each statement."""
    for statement in statements(text)[:STATEMENTS]:
        verb = normal(statement)
        if verb:
            state.work.actions.append(
                Action(
                    DATABASE,
                    program=language,
                    verb=verb,
                    target=target,
                    words=tuple(statement.split()[:12]),
                    source=statement[:400],
                    via=state.via,
                )
            )


def statements(text: str) -> list[str]:
    """Split at semicolons outside quotes, without comments."""
    found: list[str] = []
    current, quote, at = "", "", 0
    while at < len(text):
        sign = text[at]
        if quote:
            quote = "" if sign == quote else quote
            current += sign
        elif sign in "'\"`":
            quote = sign
            current += sign
        elif text.startswith("--", at) or (sign == "#" and not current.strip()):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            current += " "
        elif text.startswith("/*", at):
            end = text.find("*/", at)
            inside = text[at + 2 : end if end > 0 else len(text)]
            current += " " + (inside[1:].lstrip("0123456789") + " " if inside.startswith("!") else "")
            at = len(text) if end < 0 else end + 1
        elif sign == ";":
            found.append(current.strip())
            current = ""
        else:
            current += sign
        at += 1
    found.append(current.strip())
    return [statement for statement in found if statement]


def normal(statement: str) -> str:
    """`drop database`, `truncate table`, `delete all` (no condition), `update all`; "" when it is no SQL."""
    words = statement.lower().replace("(", " ").split()
    if not words:
        return ""
    head = words[0]
    if head in _TWO:
        rest = [
            word
            for word in words[1:]
            if word not in ("if", "exists", "or", "replace", "temporary", "temp", "unique", "not", "concurrently")
        ]
        if head == "truncate":
            return "truncate table"
        if head == "alter" and "drop" in words:
            after = words[words.index("drop") + 1 : words.index("drop") + 2]
            return " ".join(["alter", *rest[:1], "drop", *after])
        return head + " " + " ".join(rest[: 2 if rest[:1] == ["materialized"] else 1])
    if head in ("delete", "update"):
        return head if "where" in words and not _always(words) else head + " all"
    if head == "with":
        return next((word if "where" in words else word + " all" for word in words if word in ("delete", "update")), "with")
    return head if head in _ONE else ""


def _always(words: list[str]) -> bool:
    condition = "".join(words[words.index("where") + 1 :])
    return condition in ("1=1", "true", "1", "'1'='1'", "1<2", "nottrue=false", "2>1")
