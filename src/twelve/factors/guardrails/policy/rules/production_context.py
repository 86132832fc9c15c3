"""Production is for pipelines and people."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DATABASE, INFRA, SETTING
from twelve.factors.guardrails.policy import infrastructure, rule
from twelve.factors.guardrails.policy.wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "production-context",
    severity=rule.CRITICAL,
    decision="deny",
    title="Nothing is aimed at production",
    why="a mistake there reaches users, and even a look there shows their data",
    next="use a test or staging environment; what production needs goes through the pipeline and a person",
    kinds=(INFRA, DATABASE),
    enforcers=(rule.HOOK,),
    gap="a context, profile or address that does not say in its name that it is production is not recognised; name it in the policy",
    canaries=(
        ("deny", "Bash", "kubectl --context prod-eu delete pod web-0"),
        ("deny", "Bash", "AWS_PROFILE=production aws s3 rm s3://bucket --recursive"),
        ("allow", "Bash", "kubectl --context staging get pods"),
    ),
)

_VARIABLES = (
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_VAULT", "KUBECONFIG", "KUBE_CONTEXT", "KUBECTL_CONTEXT", "HELM_KUBECONTEXT",
    "HELM_NAMESPACE", "TF_WORKSPACE", "TF_VAR_environment", "TF_VAR_env", "CLOUDSDK_CORE_PROJECT", "CLOUDSDK_ACTIVE_CONFIG_NAME",
    "GOOGLE_CLOUD_PROJECT", "AZURE_SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID", "DATABASE_URL", "PGHOST", "PGDATABASE", "PGSERVICE",
    "MYSQL_HOST", "MONGO_URL", "REDIS_URL", "RAILS_ENV", "DJANGO_SETTINGS_MODULE", "NODE_ENV", "APP_ENV", "ENV", "ENVIRONMENT", "STAGE",
    "PULUMI_STACK", "DOCKER_CONTEXT", "DOCKER_HOST", "ANSIBLE_INVENTORY",
)  # fmt: skip


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """An infrastructure or database verb whose target, or a variable it reads, is named as production."""
    if infrastructure.purely_local(action):
        return None
    named = _named(action, actions, policy)
    if not named:
        return None
    return RULE.found(
        action, policy, f"{shown(f'{action.program} {action.verb}')} is aimed at {shown(named)}, which is production by its name"
    )


def _named(action: Action, actions: tuple[Action, ...], policy: dict[str, Any]) -> str:
    below = next((action.path[len(root) :] for root in policy["roots"] if action.path.startswith(root + "/")), "")
    found = infrastructure.production(infrastructure.aim(action), policy["production"]) or infrastructure.production(
        below, policy["production"]
    )
    if found or infrastructure.local_containers(action):
        return found
    for other in actions:
        if other.kind == SETTING and other.verb in _VARIABLES:
            found = infrastructure.production(other.target, policy["production"])
            if found:
                return found
    if infrastructure.changes(action) or infrastructure.chooses(action) or action.kind == DATABASE:
        for word in (*action.words, *(given for name, given in action.values if name not in _LABELS)):
            found = infrastructure.production(word, policy["production"])
            if found:
                return found
    return ""


_LABELS = (
    "--selector",
    "-l",
    "--message",
    "-m",
    "--reason",
    "--tag",
    "-t",
    "--command",
    "-c",
    "--execute",
    "-e",
    "--eval",
    "--output",
    "-o",
)
"""Options whose value says what, not where."""
