"""Every rule on actions built by hand: what it stops, and what only looks like it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from kit.guarding import DEFAULT, HOME, ROOT, decide, policy, rules
from twelve.factors.guardrails.actions.action import (
    DATABASE,
    DELETE,
    EXECUTE,
    GIT,
    INFRA,
    INSTALL,
    KILL,
    KINDS,
    NETWORK,
    ORIGIN_DECODED,
    ORIGIN_NETWORK,
    PRIVILEGE,
    READ,
    SETTING,
    UNKNOWN,
    WRITE,
    Action,
)
from twelve.factors.guardrails.policy.catalogue import MODULES, RULES
from twelve.factors.guardrails.policy.decision import ORDER
from twelve.factors.guardrails.policy.infrastructure import subject
from twelve.factors.guardrails.policy.judging import LOOKS, Circumstances
from twelve.model.guard import RulesSettings


def git(verb: str, *words: str, flags: tuple[str, ...] = (), values: tuple[tuple[str, str], ...] = ()) -> Action:
    return Action(GIT, verb=verb, words=words, flags=flags, values=values, program="git")


def infra(program: str, verb: str, *words: str, target: str = "", flags: tuple[str, ...] = ()) -> Action:
    return Action(INFRA, program=program, verb=verb, words=words, target=target, flags=flags)


FORBIDDEN: list[tuple[str, tuple[Action, ...]]] = [
    ("force-push", (git("push", "origin", "main", flags=("--force",)),)),
    ("force-push", (git("push", "origin", "main", flags=("-f",)),)),
    ("force-push", (git("push", "origin", flags=("--force-with-lease",)),)),
    ("force-push", (git("push", "origin", "+main:main"),)),
    ("force-push", (git("push", "origin", ":old"),)),
    ("force-push", (git("push", "origin", "old", flags=("--delete",)),)),
    ("force-push", (git("push", flags=("--mirror",)),)),
    ("force-push", (git("push", "origin", "x", flags=("--forc",)),)),
    ("force-push", (Action(SETTING, verb="remote.origin.push", target="+refs/heads/*"),)),
    ("history-rewrite", (git("reset", "HEAD~1", flags=("--hard",)),)),
    ("history-rewrite", (git("checkout", ".", flags=("--",)),)),
    ("history-rewrite", (git("restore", "."),)),
    ("history-rewrite", (git("stash", "drop"),)),
    ("history-rewrite", (git("branch", "x", flags=("-D",)),)),
    ("history-rewrite", (git("branch", "x", flags=("--delete", "--force")),)),
    ("history-rewrite", (git("reflog", "expire", flags=("--expire=now",)),)),
    ("history-rewrite", (git("gc", flags=("--prune",), values=(("--prune", "now"),)),)),
    ("history-rewrite", (git("update-ref", "refs/heads/main", "HEAD~4"),)),
    ("history-rewrite", (git("rebase", "main", flags=("--interactive",)),)),
    ("history-rewrite", (Action(EXECUTE, program="git-filter-repo"),)),
    ("hook-skip", (git("commit", flags=("--no-verify", "-m")),)),
    ("hook-skip", (git("commit", flags=("-n",)),)),
    ("hook-skip", (git("push", flags=("--no-verify",)),)),
    ("hook-skip", (git("commit", flags=("--no-veri",)),)),
    ("hook-skip", (Action(SETTING, verb="core.hooksPath", target="/dev/null"),)),
    ("hook-skip", (git("config", "core.hooksPath", "/tmp/x"),)),
    ("hook-skip", (git("config", "core.hookspath", flags=("--unset",)),)),
    ("hook-skip", (Action(SETTING, verb="HUSKY", target="0"), git("commit"))),
    ("hook-skip", (Action(SETTING, verb="SKIP", target="ruff"), git("commit"))),
    ("hook-skip", (Action(EXECUTE, program="pre-commit", words=("uninstall",)),)),
    ("destructive-delete", (git("clean", flags=("-f", "-d", "-x")),)),
    ("destructive-delete", (Action(DELETE, path=ROOT, recursive=True),)),
    ("destructive-delete", (Action(DELETE, path=f"{ROOT}/*", glob=True),)),
    ("destructive-delete", (Action(DELETE, path="/srv/other", recursive=True),)),
    ("destructive-delete", (Action(DELETE, path=f"{ROOT}/.git", recursive=True),)),
    ("destructive-delete", (Action(DELETE, path="/tmp", recursive=True),)),
    ("destructive-delete", (Action(EXECUTE, program="mkfs.ext4"),)),
    ("remote-code", (Action(EXECUTE, program="sh", origin=ORIGIN_NETWORK),)),
    ("remote-code", (Action(EXECUTE, program="bash", origin=ORIGIN_DECODED),)),
    ("remote-code", (Action(INSTALL, program="pip", target="https://evil.example/x.tgz"),)),
    ("credential-exfil", (Action(NETWORK, verb="send", target="https://x.example", data=(f"{ROOT}/.env",)),)),
    ("credential-exfil", (Action(NETWORK, verb="send", target="x.example", data=("environment",)),)),
    ("credential-exfil", (Action(READ, path=f"{HOME}/.aws/credentials"), Action(NETWORK, verb="send", target="x.example"))),
    ("database-drop", (Action(DATABASE, verb="drop database", target="shop"),)),
    ("database-drop", (Action(DATABASE, verb="truncate"),)),
    ("volume-prune", (infra("docker", "volume rm", "data"),)),
    ("volume-prune", (infra("docker", "system prune", flags=("--volumes",)),)),
    ("volume-prune", (infra("docker", "compose down", flags=("--volumes",)),)),
    ("volume-prune", (infra("kubectl", "delete", "pvc", "data"),)),
    ("infra-change", (infra("kubectl", "apply"),)),
    ("infra-change", (infra("terraform", "destroy"),)),
    ("infra-change", (infra("aws", "ec2 terminate-instances"),)),
    ("production-context", (infra("kubectl", "get", target="prod-eu"),)),
    ("production-context", (Action(DATABASE, verb="select", target="db.production.internal"),)),
    ("production-context", (Action(SETTING, verb="AWS_PROFILE", target="prod"), infra("aws", "s3 ls"))),
    ("production-context", (infra("terraform", "apply", "envs/prod/plan.out"),)),
    ("privilege-change", (Action(PRIVILEGE, program="sudo", verb="sudo"),)),
    ("process-kill", (Action(KILL, target="-1"),)),
    ("process-kill", (Action(KILL, target="$PPID"),)),
    ("process-kill", (Action(KILL, target="twelve", program="pkill"),)),
    ("forge-evidence", (Action(EXECUTE, program="twelve", words=("approve", "r1")),)),
    ("forge-evidence", (git("notes", "add", "HEAD", flags=("--ref",), values=(("--ref", "twelve/gates"),)),)),
    ("forge-evidence", (git("update-ref", "refs/notes/twelve/gates", "HEAD"),)),
    ("forge-evidence", (Action(SETTING, verb="CLAUDECODE", target=""), Action(EXECUTE, program="twelve", words=("runs",)))),
    ("forge-evidence", (Action(EXECUTE, program="claude", words=("-p", "--dangerously-skip-permissions", "x")),)),
    ("forge-evidence", (Action(EXECUTE, program="gemini", words=("--approval-mode", "yolo")),)),
    ("forge-evidence", (Action(SETTING, verb="CODEX_HOME", target="/tmp/x"), Action(EXECUTE, program="codex", words=("exec", "x")))),
    ("forge-evidence", (Action(EXECUTE, program="claude", words=("plugin", "disable", "twelve")),)),
    ("forge-evidence", (Action(EXECUTE, program="expect", words=("spawn twelve approve r1",)),)),
    ("forge-evidence", (Action(INSTALL, program="pip", verb="remove", target="twelve"),)),
    ("forge-evidence", (Action(EXECUTE, program="twelve", words=("approvals", "stand")),)),
    ("protect-policy", (git("update-index", "twelve.toml", flags=("--skip-worktree",)),)),
    ("process-kill", (Action(READ, path=f"{ROOT}/.git/twelve/state/worker.pid"), Action(KILL, target="\0"))),
    ("database-drop", (Action(EXECUTE, program="/srv/shop/manage.py", words=("flush",)),)),
    ("history-rewrite", (git("fetch", "origin", "+topic:feature"),)),
    (
        "volume-prune",
        (Action(NETWORK, verb="send", target="http://localhost/volumes/prune", values=(("--unix-socket", "/var/run/docker.sock"),)),),
    ),
    ("privilege-change", (Action(WRITE, path=f"{ROOT}/x", values=(("--mode", "4755"),)),)),
    ("unknown-near-protected", (Action(UNKNOWN, path=f"{ROOT}/.git/x"),)),
    ("unknown-near-protected", (Action(UNKNOWN, detail="eval", source='eval "$X" > twelve.toml'),)),
    ("unknown-near-protected", (Action(UNKNOWN, detail="reading python failed (RecursionError)"),)),
    ("unknown-near-protected", (Action(UNKNOWN, detail="the call is too long to be followed to its end"),)),
    ("unknown-near-protected", (Action(DELETE, partial=True, recursive=True, certain=False),)),
    ("protect-lockfiles", (Action(WRITE, path=f"{ROOT}/web/yarn.lock"),)),
    ("protect-secrets", (git("add", ".env"),)),
    ("protect-policy", (git("rm", "twelve.toml"),)),
    ("protect-policy", (git("checkout", "HEAD~9", "twelve.toml"),)),
]
BENIGN: list[tuple[Action, ...]] = [
    (git("push", "origin", "main"),),
    (git("push", "origin", "main", flags=("--force", "--dry-run")),),
    (git("push", flags=("--set-upstream",)),),
    (git("reset", "file.py"),),
    (git("reset", "HEAD~1", flags=("--soft",)),),
    (git("restore", "src/a.py"),),
    (git("restore", ".", flags=("--staged",)),),
    (git("checkout", "main"),),
    (git("stash", "pop"),),
    (git("branch", "x", flags=("--delete",)),),
    (git("rebase", flags=("--continue",)),),
    (git("clean", flags=("-f", "-d", "-x", "--dry-run")),),
    (git("clean", "build", flags=("-f", "-d", "-x")),),
    (git("commit", flags=("-m",), values=(("-m", "say why --no-verify is bad"),)),),
    (git("merge", "x", flags=("-n",)),),
    (git("config", "core.hooksPath", flags=("--get",)),),
    (git("config", "user.name", "Pat"),),
    (git("notes", "show", flags=("--ref",), values=(("--ref", "twelve/gates"),)),),
    (git("rm", "src/a.py"),),
    (Action(SETTING, verb="SKIP", target="x"), Action(EXECUTE, program="make")),
    (Action(EXECUTE, program="pre-commit", words=("run",)),),
    (Action(EXECUTE, program="python", origin="local"),),
    (Action(INSTALL, program="pip", target="requests"),),
    (Action(INSTALL, program="pip", target="https://files.pythonhosted.org/x.whl"),),
    (Action(NETWORK, verb="fetch", target="https://x.example"),),
    (Action(DATABASE, verb="select", target="localhost"),),
    (Action(DATABASE, verb="drop index"),),
    (infra("docker", "compose down"),),
    (infra("docker", "volume ls"),),
    (infra("docker", "run", "image"),),
    (infra("kubectl", "get", target="staging"),),
    (infra("kubectl", "apply", flags=("--dry-run",)),),
    (infra("kubectl", "apply", target="kind-dev"),),
    (infra("terraform", "plan", target="nonprod"),),
    (infra("helm", "template", "values-prod.yaml"),),
    (infra("kubectl", "get", target="product-catalog"),),
    (Action(KILL, target="48211"),),
    (Action(EXECUTE, program="twelve", words=("next",)),),
    (Action(EXECUTE, program="npm", words=("test",)),),
    (Action(EXECUTE, program="claude", words=("--version",)),),
    (Action(EXECUTE, program="codex", words=("mcp", "list")),),
    (git("fetch", "origin", "+refs/heads/*:refs/remotes/origin/*"),),
    (git("update-index", flags=("--refresh",)),),
    (Action(SETTING, verb="HUSKY", target="0"), Action(INSTALL, program="npm", verb="ci")),
    (Action(WRITE, path=f"{HOME}/.claude/plans/a.md"),),
    (Action(WRITE, path=f"{ROOT}/x", values=(("--mode", "755"),)),),
    (Action(UNKNOWN, detail="eval", source='eval "$X"'),),
    (Action(DELETE, path=f"{ROOT}/build", recursive=True),),
    (Action(DELETE, path="/tmp/x", recursive=True),),
    (Action(DELETE, path=f"{ROOT}/src/*", glob=True),),
    (Action(WRITE, path=f"{ROOT}/src/a.py"),),
]


@pytest.mark.parametrize(("rule", "actions"), FORBIDDEN)
def test_what_a_rule_is_for_is_stopped(rule: str, actions: tuple[Action, ...]) -> None:
    decision = decide(*actions)
    assert rule in rules(decision)
    assert decision.verdict in ("ask", "deny")


@pytest.mark.parametrize("actions", BENIGN)
def test_what_only_looks_alike_is_not_disturbed(actions: tuple[Action, ...]) -> None:
    assert decide(*actions).verdict == "allow"


@pytest.mark.parametrize("rule", sorted({rule for rule, _ in FORBIDDEN}))
def test_a_rule_that_is_off_says_nothing(rule: str) -> None:
    off = policy(f"[guard.rules.{rule}]\ndecision = 'allow'\n")
    for name, actions in FORBIDDEN:
        if name == rule:
            assert rule not in rules(decide(*actions, policy=off))


def test_the_policy_decides_how_strong_a_rule_is() -> None:
    for decision in ORDER[1:]:
        strict = policy(f"[guard.rules.force-push]\ndecision = '{decision}'\n")
        assert decide(git("push", flags=("--force",)), policy=strict).verdict == decision


def test_the_strongest_finding_decides_and_is_told_first() -> None:
    decision = decide(Action(WRITE, path=f"{ROOT}/.github/workflows/a.yml"), Action(WRITE, path="/etc/hosts"))
    assert decision.verdict == "deny"
    assert [found.rule for found in decision.findings] == ["outside-write", "protect-ci"]


@pytest.mark.parametrize(
    ("phase", "size", "path", "verdict"),
    [
        ("research", "normal", "src/a.py", "deny"),
        ("plan", "critical", "src/a.py", "deny"),
        ("prime", "tiny", "src/a.py", "allow"),
        ("implement", "normal", "src/a.py", "allow"),
        ("research", "normal", ".twelve/runs/1/research.md", "allow"),
        ("research", "normal", "/tmp/a", "allow"),
    ],
)
def test_before_the_plan_nothing_but_artefacts_is_written(phase: str, size: str, path: str, verdict: str) -> None:
    told = Circumstances(phase={"phase": phase, "size": size})
    target = path if path.startswith("/") else f"{ROOT}/{path}"
    assert decide(Action(WRITE, path=target), circumstances=told).verdict == verdict
    assert decide(Action(READ, path=target), circumstances=told).verdict == "allow"


def test_without_a_run_nothing_binds_unless_the_policy_wants_a_run() -> None:
    write = Action(WRITE, path=f"{ROOT}/src/a.py")
    assert decide(write).verdict == "allow"
    assert decide(write, policy=policy("[guard]\nrequire_run = true\n")).verdict == "deny"


@pytest.mark.parametrize(("band", "verdict"), [("", "allow"), ("GREEN", "allow"), ("YELLOW", "hint"), ("RED", "deny")])
def test_a_full_context_takes_in_nothing_more(band: str, verdict: str) -> None:
    assert decide(Action(READ, path=f"{ROOT}/a"), circumstances=Circumstances(band=band)).verdict == verdict
    assert decide(Action(WRITE, path=f"{ROOT}/a"), circumstances=Circumstances(band=band)).verdict == "allow"


def test_exactly_the_approved_change_is_let_through_but_never_to_production() -> None:
    change = infra("terraform", "apply", "plan.out", target="staging")
    approved = policy(approved=(subject(change),))
    assert decide(change, policy=approved).verdict == "allow"
    assert decide(infra("terraform", "apply", "other.out", target="staging"), policy=approved).verdict == "ask"
    live = infra("terraform", "apply", "plan.out", target="production")
    assert rules(decide(live, policy=policy(approved=(subject(live),)))) == {"production-context"}


def test_every_rule_is_complete_and_has_a_setting_with_the_same_default() -> None:
    fields = {found.encode_name: found.default_factory for found in structs.fields(RulesSettings)}
    assert set(RULES) == set(fields)
    for rule in RULES.values():
        assert DEFAULT["decisions"][rule.id] == rule.decision
        assert rule.title
        assert rule.why
        assert rule.next
        assert rule.gap
        assert rule.enforcers[0] == "hook"
        assert not rule.title.endswith(".")
    assert len(MODULES) == len(RULES)
    assert {id: rule.kinds for id, rule in RULES.items()} == LOOKS
    assert list(RULES) == list(LOOKS)


ACTIONS = st.builds(
    lambda kind, path, **rest: Action(kind, path=path, **rest),
    st.sampled_from(KINDS),
    st.sampled_from(["", "/", ROOT, HOME, f"{ROOT}/*", "/tmp/*/x"]) | st.text("/ab.*", max_size=12).map(lambda text: "/" + text),
    verb=st.sampled_from(["", "push", "commit", "delete", "drop database", "a b c"]) | st.text(max_size=5),
    program=st.text(max_size=5),
    words=st.lists(st.text(max_size=6), max_size=3).map(tuple),
    flags=st.lists(st.text(max_size=6), max_size=3).map(tuple),
    target=st.text(max_size=10),
    glob=st.booleans(),
    partial=st.booleans(),
    recursive=st.booleans(),
    detail=st.text(max_size=10),
    source=st.text(max_size=10),
)


@given(st.lists(ACTIONS, max_size=3))
def test_no_action_whatever_makes_the_judge_stumble(actions: list[Action]) -> None:
    decision = decide(*actions)
    assert decision.verdict in ORDER
    assert "\n" not in decision.reason.replace("\n", "", 2) or len(decision.findings) > 1


@given(st.lists(ACTIONS, max_size=3), ACTIONS)
def test_more_actions_never_make_the_answer_weaker(actions: list[Action], more: Action) -> None:
    assert ORDER.index(decide(*actions, more).verdict) >= ORDER.index(decide(*actions).verdict)


def test_the_rules_cost_no_more_than_the_interpreter_has_loaded_already() -> None:
    """The fast path pays for every import; none of these may come in by the back door."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import twelve.factors.guardrails.policy.judging; "
        "print(' '.join(name for name in sys.modules if not name.startswith('twelve')))"
    )
    source = str(Path(__file__).parents[4] / "src")
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code, source], capture_output=True, text=True, check=True)
    assert not {"re", "json", "typing", "dataclasses", "enum", "collections", "functools", "pathlib", "contextlib"} & set(
        done.stdout.split()
    )
