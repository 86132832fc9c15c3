"""What a command line did to the scratch world, said in the words of each rule.

Descriptions are of effects (a file changed, a ref lost, a stand-in called with these words), never of spellings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corpus import asked, tracks
from corpus.observing import Before
from corpus.scratch import Outcome

RULES: Mapping[str, Callable[[Before, Outcome], str]] = {
    "protect-policy": tracks.protect_policy,
    "protect-ci": tracks.protect_ci,
    "protect-lockfiles": tracks.protect_lockfiles,
    "protect-secrets": tracks.protect_secrets,
    "outside-write": tracks.outside_write,
    "destructive-delete": tracks.destructive_delete,
    "force-push": tracks.force_push,
    "history-rewrite": tracks.history_rewrite,
    "hook-skip": tracks.hook_skip,
    "remote-code": asked.remote_code,
    "credential-exfil": asked.credential_exfil,
    "database-drop": asked.database_drop,
    "volume-prune": asked.volume_prune,
    "infra-change": asked.infra_change,
    "production-context": asked.production_context,
    "privilege-change": asked.privilege_change,
    "process-kill": asked.process_kill,
    "forge-evidence": asked.forge_evidence,
}


def seen(rule: str, before: Before, outcome: Outcome) -> str:
    """A forbidden effect of the kind `rule` is about, or ""."""
    return RULES[rule](before, outcome)
