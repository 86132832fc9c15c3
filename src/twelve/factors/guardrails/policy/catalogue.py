"""All rules at once, for whoever writes about them; the judge itself loads only those a call needs."""

from __future__ import annotations

from twelve.factors.guardrails.policy.rules import (
    context_budget,
    credential_exfil,
    database_drop,
    destructive_delete,
    force_push,
    forge_evidence,
    history_rewrite,
    hook_skip,
    infra_change,
    outside_write,
    phase_order,
    privilege_change,
    process_kill,
    production_context,
    protect_ci,
    protect_lockfiles,
    protect_policy,
    protect_secrets,
    remote_code,
    unknown_near_protected,
    volume_prune,
)

MODULES = (
    protect_policy, forge_evidence, destructive_delete, force_push, hook_skip, remote_code, credential_exfil, database_drop,
    volume_prune, production_context, process_kill, outside_write, protect_lockfiles, phase_order, protect_ci, protect_secrets,
    history_rewrite, infra_change, privilege_change, unknown_near_protected, context_budget,
)  # fmt: skip
"""In the order of the judge's own table."""

RULES = {module.RULE.id: module.RULE for module in MODULES}
