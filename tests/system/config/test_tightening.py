"""An untracked layer may make the policy stricter, never weaker."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from twelve.model.errors import ConfigError
from twelve.model.gate import GateSettings
from twelve.model.guard import GuardSettings, ProductionSettings, RulesSettings
from twelve.model.settings import ApprovalSettings, Settings, SuiteSettings
from twelve.system import config
from twelve.system.config import tightening

POLICY = """\
[gates.tests]
kind = "command"
command = ["pytest"]
need = "optional"
timeout_s = 60
retry = "transient"
inputs = ["src/**"]
[gates.lint]
kind = "ruff"
[suites]
quick = ["lint"]
[guard]
protected_paths = ["ci/**"]
require_run = false
[guard.rules.protect-secrets]
paths = ["vault/**"]
[approvals]
timeout_h = 12
ci_file_approvers = 2
plan = "critical"
[factors]
patterns = false
[run]
minimum_size = "normal"
"""

ALLOWED = [
    "[gates.tests]\nneed = 'required'",
    "[gates.tests]\ntimeout_s = 30",
    "[gates.tests]\nretry = 'none'",
    "[gates.tests]\ncache = false",
    "[gates.tests]\ntitle = 'Tests'",
    "[gates.tests]\nphase = ['implement', 'learn']",
    "[gates.mine]\ncommand = ['true']",
    "[suites]\nquick = ['lint', 'tests']",
    "[guard]\nprotected_paths = ['ci/**', 'infra/**']",
    "[guard]\nrequire_run = true\ntemp_folders = ['/tmp']",
    "[guard.rules.protect-ci]\ndecision = 'deny'",
    "[guard.rules.remote-code]\nregistries = ['pypi.org']",
    "[guard.production]\nhosts = ['prod', 'production', 'prd', 'live', 'db1']",
    "[approvals]\ntimeout_h = 6\nescalate_h = 1\nci_file_approvers = 3\nplan = 'always'",
    "[factors]\npatterns = true\nmemory = true",
    "[run]\nminimum_size = 'critical'",
    "[run]\ntokens = 9_000_000",
    "[context]\nwindow_tokens = 1_000_000",
    "[harness.claude]\nmodel = 'small'",
]
LOOSENED = {
    "[gates.lint]\nneed = 'optional'": "gates.lint.need",
    "[gates.tests]\ntimeout_s = 61": "gates.tests.timeout_s",
    "[gates.tests]\ntimeout_s = 0": "gates.tests.timeout_s",
    "[gates.lint]\ntimeout_s = 5": "gates.lint.timeout_s",
    "[gates.lint]\nretry = 'transient'": "gates.lint.retry",
    "[gates.tests]\ncommand = ['true']": "gates.tests.command",
    "[gates.tests]\nkind = 'merge_markers'": "gates.tests.kind",
    "[gates.tests]\ninputs = ['src/**', 'more/**']": "gates.tests.inputs",
    "[gates.tests]\nphase = ['learn']": "gates.tests.phase",
    "[gates.tests.env]\nPYTEST_ADDOPTS = '--co'": "gates.tests.env",
    "[gates.lint.options]\nignore = ['E']": "gates.lint.options",
    "[gates.lint.prove]\nfile = 'x'\ndelete = true": "gates.lint.prove",
    "[gates.tests]\nneeds = ['lint']": "gates.tests.needs",
    "[gates.tests]\ncost = 'human'": "gates.tests.cost",
    "[gates.tests]\ntool = 'absent'": "gates.tests.tool",
    "[gates.tests]\ncwd = 'elsewhere'": "gates.tests.cwd",
    "[gates.tests]\nparser = 'regex'\npattern = 'x'": "gates.tests.parser",
    "[suites]\nquick = []": "suites.quick",
    "[suites]\nquick = ['tests']": "suites.quick",
    "[suites]\nfull = ['lint']": "suites.full",
    "[guard]\nprotected_paths = []": "guard.protected_paths",
    "[guard]\ntemp_folders = ['/tmp', '/home']": "guard.temp_folders",
    "[guard]\nwrite_folders = ['/etc']": "guard.write_folders",
    "[guard.rules.protect-ci]\ndecision = 'hint'": "guard.rules.protect-ci.decision",
    "[guard.rules.force-push]\ndecision = 'ask'": "guard.rules.force-push.decision",
    "[guard.rules.protect-secrets]\nallow = ['**/.env']": "guard.rules.protect-secrets.allow",
    "[guard.rules.protect-secrets]\npaths = []": "guard.rules.protect-secrets.paths",
    "[guard.rules.remote-code]\nregistries = ['evil.example']": "guard.rules.remote-code.registries",
    "[guard.rules.infra-change]\nlocal = ['minikube', 'staging']": "guard.rules.infra-change.local",
    "[guard.production]\ncontexts = []": "guard.production.contexts",
    "[approvals]\ntimeout_h = 13": "approvals.timeout_h",
    "[approvals]\nescalate_h = 5": "approvals.escalate_h",
    "[approvals]\nci_file_approvers = 1": "approvals.ci_file_approvers",
    "[approvals]\nplan = 'never'": "approvals.plan",
    "[approvals]\nhealthy_rate = [0.0, 1.0]": "approvals.healthy_rate",
    "[factors]\nmemory = false": "factors.memory",
    "[run]\nminimum_size = 'tiny'": "run.minimum_size",
}


def _load(tmp_path: Path, local: str, **env: str) -> config.Loaded:
    (tmp_path / "twelve.toml").write_text(POLICY)
    (tmp_path / ".twelve").mkdir(exist_ok=True)
    (tmp_path / ".twelve" / "local.toml").write_text(local)
    return config.load(tmp_path, env=env)


@pytest.mark.parametrize("local", ALLOWED)
def test_a_local_file_may_tighten(tmp_path: Path, local: str) -> None:
    assert _load(tmp_path, local).settings != config.load(tmp_path, tracked_only=True).settings


@pytest.mark.parametrize(("local", "key"), LOOSENED.items())
def test_a_local_file_may_not_loosen(tmp_path: Path, local: str, key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        _load(tmp_path, local)
    assert refused.value.what.startswith(".twelve/local.toml:")
    assert f": {key}: may " in refused.value.what


@pytest.mark.parametrize(
    ("variable", "raw"),
    [
        ("TWELVE__GATES__LINT__NEED", "optional"),
        ("TWELVE__GATES__TESTS__COMMAND", '["true"]'),
        ("TWELVE__SUITES__QUICK", "[]"),
        ("TWELVE__APPROVALS__PLAN", "never"),
        ("TWELVE__FACTORS__GATES", "false"),
        ("TWELVE__GUARD__PROTECTED_PATHS", "[]"),
        ("TWELVE__GUARD__RULES__HOOK_SKIP__DECISION", "allow"),
    ],
)
def test_a_variable_may_not_loosen(tmp_path: Path, variable: str, raw: str) -> None:
    with pytest.raises(ConfigError) as refused:
        _load(tmp_path, "", **{variable: raw})
    assert refused.value.what.startswith(f"env {variable}: ")


def test_a_variable_may_not_undo_what_the_local_file_tightened(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="timeout_s"):
        _load(tmp_path, "[gates.tests]\ntimeout_s = 30\n", TWELVE__GATES__TESTS__TIMEOUT_S="60")


def test_the_tracked_file_may_do_all_of_it(tmp_path: Path) -> None:
    for text in [*ALLOWED, *LOOSENED]:
        config.load_text(text)


def test_a_full_suite_may_become_every_gate() -> None:
    before = Settings(suites=SuiteSettings(full=("a",)))
    assert not tightening.loosened(before, Settings())
    assert tightening.loosened(Settings(suites=SuiteSettings(quick=("a",))), Settings())


def test_every_rule_names_a_setting_that_exists() -> None:
    for rules, kind in (
        (tightening.GATE_RULES, GateSettings),
        (tightening.SUITE_RULES, SuiteSettings),
        (tightening.GUARD_RULES, GuardSettings),
        (tightening.PRODUCTION_RULES, ProductionSettings),
        (tightening.APPROVAL_RULES, ApprovalSettings),
    ):
        assert set(rules) <= {found.name for found in structs.fields(kind)}


def test_every_setting_of_every_guard_rule_has_a_direction() -> None:
    for rule in structs.fields(RulesSettings):
        assert isinstance(rule.type, type)
        assert {found.name for found in structs.fields(rule.type)} <= set(tightening.GUARD_RULE_RULES)


def test_once_required_a_run_stays_required() -> None:
    before, after = Settings(guard=GuardSettings(require_run=True)), Settings()
    assert [problem.path for problem in tightening.loosened(before, after)] == [("guard", "require_run")]


GATES = st.builds(
    GateSettings,
    need=st.sampled_from(["required", "optional"]),
    timeout_s=st.sampled_from([0, 1, 5]),
    command=st.sampled_from([(), ("true",)]),
    cache=st.booleans(),
)
POLICIES = st.builds(
    Settings,
    gates=st.dictionaries(st.sampled_from("abc"), GATES, max_size=3),
    suites=st.builds(SuiteSettings, quick=st.lists(st.sampled_from("abc"), unique=True).map(tuple)),
    factors=st.dictionaries(st.sampled_from(["memory", "gates"]), st.booleans()),
)


@given(POLICIES, POLICIES, POLICIES)
def test_tightening_is_an_order(one: Settings, two: Settings, three: Settings) -> None:
    assert not tightening.loosened(one, one)
    if not tightening.loosened(one, two) and not tightening.loosened(two, three) and set(one.gates) <= set(two.gates):
        assert not tightening.loosened(one, three)
