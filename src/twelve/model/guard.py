"""What the guard may be told in `[guard]` of `twelve.toml`: decisions per rule, extra places, names of production."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

Decide = Literal["allow", "hint", "ask", "deny"]
"""From weakest to strongest. `ask` puts the question to the person in an interactive Claude Code session; everywhere
else it refuses and leaves a request that a person can answer."""


class RuleSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[guard.rules.<id>]` of a rule that refuses unless told otherwise."""

    decision: Decide = "deny"
    """What happens when the rule finds something: allow, hint, ask or deny (ours)."""


class AskingRule(RuleSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same for a rule that asks a person unless told otherwise."""

    decision: Decide = "ask"


class PathRule(RuleSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refusing rule about paths."""

    paths: tuple[str, ...] = ()
    """Globs this rule protects besides its own; relative to the repository, absolute, or beginning with `~/` (ours)."""
    allow: tuple[str, ...] = ()
    """Globs this rule leaves alone (ours)."""


class AskingPathRule(AskingRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An asking rule about paths."""

    paths: tuple[str, ...] = ()
    """Globs this rule protects besides its own; relative to the repository, absolute, or beginning with `~/` (ours)."""
    allow: tuple[str, ...] = ()
    """Globs this rule leaves alone (ours)."""


class RemoteCodeRule(RuleSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    registries: tuple[str, ...] = (
        "pypi.org",
        "files.pythonhosted.org",
        "registry.npmjs.org",
        "registry.yarnpkg.com",
        "crates.io",
        "static.crates.io",
        "index.crates.io",
        "proxy.golang.org",
        "sum.golang.org",
        "rubygems.org",
        "repo.maven.apache.org",
        "repo1.maven.org",
        "plugins.gradle.org",
        "hex.pm",
        "repo.packagist.org",
        "api.nuget.org",
        "deb.debian.org",
        "security.debian.org",
        "archive.ubuntu.com",
        "security.ubuntu.com",
        "dl-cdn.alpinelinux.org",
        "conda.anaconda.org",
        "repo.anaconda.com",
        "download.pytorch.org",
        "github.com",
        "gitlab.com",
        "ghcr.io",
        "docker.io",
    )
    """Hosts packages may be installed from by address; their subdomains included (ours)."""


class InfraRule(AskingRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    local: tuple[str, ...] = ("kind-*", "k3d-*", "minikube", "docker-desktop", "rancher-desktop", "colima", "orbstack", "localhost")
    """Contexts that are this machine's own; changing them is nobody else's business (ours)."""


_PRODUCTION = ("prod", "production", "prd", "live")


class ProductionSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names that mean production. A name counts as a whole word, so `prod-eu` matches `prod` and `product` does not;
    behind `non`, `pre` or `not` it means something else. `*` and `?` are allowed."""

    contexts: tuple[str, ...] = _PRODUCTION
    """Cluster contexts and clusters (ours)."""
    namespaces: tuple[str, ...] = _PRODUCTION
    """Namespaces and resource groups (ours)."""
    profiles: tuple[str, ...] = _PRODUCTION
    """Cloud profiles, accounts, projects and subscriptions (ours)."""
    hosts: tuple[str, ...] = _PRODUCTION
    """Hosts and databases (ours)."""
    workspaces: tuple[str, ...] = _PRODUCTION
    """Workspaces, stacks and environments of infrastructure tools, and the folders and value files named after them (ours)."""


class RulesSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=lambda name: name.replace("_", "-")):
    """One table per rule; `twelve guard list` shows them all."""

    protect_policy: PathRule = field(default_factory=PathRule)
    forge_evidence: RuleSettings = field(default_factory=RuleSettings)
    outside_write: PathRule = field(default_factory=PathRule)
    destructive_delete: PathRule = field(default_factory=PathRule)
    force_push: RuleSettings = field(default_factory=RuleSettings)
    hook_skip: RuleSettings = field(default_factory=RuleSettings)
    remote_code: RemoteCodeRule = field(default_factory=RemoteCodeRule)
    credential_exfil: RuleSettings = field(default_factory=RuleSettings)
    database_drop: RuleSettings = field(default_factory=RuleSettings)
    volume_prune: RuleSettings = field(default_factory=RuleSettings)
    production_context: RuleSettings = field(default_factory=RuleSettings)
    process_kill: RuleSettings = field(default_factory=RuleSettings)
    protect_lockfiles: PathRule = field(default_factory=PathRule)
    phase_order: PathRule = field(default_factory=PathRule)
    context_budget: RuleSettings = field(default_factory=RuleSettings)
    protect_ci: AskingPathRule = field(default_factory=AskingPathRule)
    protect_secrets: AskingPathRule = field(default_factory=AskingPathRule)
    history_rewrite: AskingRule = field(default_factory=AskingRule)
    infra_change: InfraRule = field(default_factory=InfraRule)
    privilege_change: AskingRule = field(default_factory=AskingRule)
    unknown_near_protected: AskingRule = field(default_factory=AskingRule)


class GuardSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    protected_paths: tuple[str, ...] = ()
    """Globs no agent may write, besides the built-in ones."""
    require_run: bool = False
    """Refuse changes to the tree while no run is open; otherwise phase rules bind only inside one (ours)."""
    temp_folders: tuple[str, ...] = ("/tmp", "/var/tmp", "/dev/shm", "/private/tmp", "/private/var/tmp", "/private/var/folders")  # noqa: S108
    """Folders for passing things, where anything may be written and removed; `$TMPDIR` counts too (ours)."""
    write_folders: tuple[str, ...] = ()
    """Folders outside the repository that agents may write to; absolute or beginning with `~/` (ours)."""
    prove_days: float = 7
    """Days after which what `twelve prove` saw no longer counts (ours)."""
    production: ProductionSettings = field(default_factory=ProductionSettings)
    rules: RulesSettings = field(default_factory=RulesSettings)
