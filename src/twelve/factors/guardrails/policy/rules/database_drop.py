"""Data that people put in is not dropped."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DATABASE, EXECUTE, TOOL
from twelve.factors.guardrails.policy import rule
from twelve.factors.guardrails.policy.wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "database-drop",
    severity=rule.CRITICAL,
    decision="deny",
    title="Databases, schemas and tables are not dropped or emptied",
    why="what is dropped comes back only from a backup, if there is one",
    next="write the change as a migration for a person to apply, or use a database made for this test",
    kinds=(DATABASE, EXECUTE, TOOL),
    enforcers=(rule.HOOK,),
    gap="statements a program builds and sends by itself are not seen",
    canaries=(
        ("deny", "Bash", "psql -c 'DROP DATABASE shop'"),
        ("deny", "Bash", "dropdb shop"),
        ("allow", "Bash", "psql -c 'SELECT 1'"),
    ),
)

_LOSING = ("drop", "truncate", "flushall", "flushdb", "flush", "reset", "purge", "delete all", "delete everything", "accept-data-loss")
_HARMLESS = (
    "drop index", "drop view", "drop materialized view", "drop trigger", "drop function", "drop procedure", "drop policy",
    "drop constraint", "drop column", "drop role", "drop user", "drop type", "drop extension", "drop sequence", "drop temporary",
    "reset role", "reset session", "flush privileges", "flush logs", "flush tables", "flush status", "flush hosts",
)  # fmt: skip


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """A statement or command after which data is gone as a whole."""
    if action.kind == EXECUTE:
        task = _task(action)
        return RULE.found(action, policy, f"This call runs {shown(task)}, which empties the database") if task else None
    if action.kind != DATABASE:
        return None
    verb = " ".join(action.verb.lower().replace("_", " ").replace(":", " ").split())
    if verb.startswith(_HARMLESS):
        return None
    losing = verb.startswith(_LOSING) or any(f" {word}" in f" {verb}" for word in ("reset", "drop", "accept-data-loss", "dropdatabase"))
    if not losing and not verb.startswith(("dropdatabase", "dropdb")):
        return None
    where = f" on {shown(action.target)}" if action.target else ""
    return RULE.found(action, policy, f"This call runs {shown(action.verb)}{where}")


def _task(action: Action) -> str:
    """The task of a web framework that empties its database, "" for any other."""
    name = action.program[action.program.rfind("/") + 1 :]
    if name not in _FRAMEWORKS:
        return ""
    return next((f"{name} {word}" for word in action.words[:3] if word in _TASKS), "")


_FRAMEWORKS = ("manage.py", "artisan", "rails", "rake", "mix", "django-admin", "console", "craft", "flask", "symfony")
_TASKS = (
    "flush", "reset_db", "sqlflush", "migrate:fresh", "migrate:refresh", "migrate:reset", "db:drop", "db:drop:all", "db:reset",
    "db:wipe", "db:purge", "db:schema:load", "db:truncate_all", "db:migrate:reset", "ecto.drop", "ecto.reset", "doctrine:database:drop",
    "doctrine:schema:drop",
)  # fmt: skip
