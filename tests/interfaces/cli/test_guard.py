"""`twelve guard` as a person and a program meet it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import repos
from twelve.factors.approvals.decision import SignedDecision
from twelve.factors.guardrails import exemptions
from twelve.interfaces.cli import exits, guard_exemptions, main
from twelve.interfaces.hooks import exempting
from twelve.model.settings import ExemptionSettings
from twelve.system import git

POLICY = """
[guard.rules.history-rewrite]
decision = "deny"
[guard.rules.protect-ci]
decision = "hint"
[guard.rules.process-kill]
decision = "allow"
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> git.Repository:
    made = repos.new_repository(tmp_path, {"twelve.toml": POLICY, "src/a.py": "a = 1\n"})
    monkeypatch.chdir(made.root)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return made


def _said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main.main(["guard", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code, out, _ = _said(capsys, *words, "--json")
    return code, json.loads(out)


@pytest.mark.usefixtures("repository")
def test_a_refused_line_is_explained_with_its_rule_action_lines_of_defence_and_gap(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _said(capsys, "check", "git push --force origin main")
    assert code == exits.RED
    assert out.startswith("deny: this call is refused\n")
    for part in ("force-push (deny, critical)", "why ", "next ", "action   git push", "claude ", "codex ", "gemini ", "gap ", "git hook"):
        assert part in out
    assert "--force" not in out


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("line", "verdict", "code"),
    [
        ("git status", "allow", exits.PASS),
        ("echo x > .github/workflows/ci.yml", "hint", exits.PASS),
        ("git reset --hard", "deny", exits.RED),
        ("cat .env", "ask", exits.RED),
    ],
)
def test_the_answer_follows_the_policy_of_the_repository(capsys: pytest.CaptureFixture[str], line: str, verdict: str, code: int) -> None:
    assert _json(capsys, "check", line)[1]["verdict"] == verdict
    assert _said(capsys, "check", line)[0] == code


def test_a_payload_is_judged_as_the_client_sent_it(
    capsys: pytest.CaptureFixture[str], repository: git.Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = {"tool_name": "Write", "tool_input": {"file_path": str(repository.root / "twelve.toml"), "content": ""}, "cwd": "/"}
    (repository.root / "call.json").write_text(json.dumps(payload))
    code, answer = _json(capsys, "check", "--payload", "call.json")
    assert (code, answer["schema"], answer["findings"][0]["rule"]) == (exits.RED, "twelve.guard-check.v1", "protect-policy")
    patch = {"tool_name": "apply_patch", "tool_input": {"command": "*** Begin Patch\n*** Delete File: twelve.toml\n*** End Patch"}}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(patch).encode())))
    code, answer = _json(capsys, "check", "--payload", "-", "--client", "codex")
    assert (code, answer["client"], answer["findings"][0]["rule"]) == (exits.RED, "codex", "protect-policy")


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("text", ["", "{", "[]", '{"tool_name": 1, "tool_input": {}}', '{"tool_name": "Bash"}', "[" * 100_000])
def test_what_is_no_payload_is_said_to_be_none(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str) -> None:
    (tmp_path / "p").write_text(text)
    code, _, err = _said(capsys, "check", "--payload", str(tmp_path / "p"))
    assert code == exits.USAGE
    assert "no payload" in err


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("words", [("check",), ("check", "ls", "--payload", "x")])
def test_a_question_is_a_line_or_a_payload(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    assert _said(capsys, *words)[0] == exits.USAGE


@pytest.mark.usefixtures("repository")
def test_untrusted_text_reaches_the_terminal_as_visible_signs(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = _said(capsys, "check", "cat '/etc/\x1b[31mx\u202e\n/.env'")
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\x1b" in out


@pytest.mark.usefixtures("repository")
def test_secrets_in_a_call_are_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    for line in ("API_KEY=swordfish make", "curl https://user:swordfish@example.com/", "export DB_PASSWORD=swordfish"):
        assert "swordfish" not in _said(capsys, "check", line)[1]
        assert "swordfish" not in json.dumps(_json(capsys, "check", line)[1])


@pytest.mark.usefixtures("repository")
def test_the_list_says_where_each_decision_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = _json(capsys, "list")
    lines = {line["rule"]: line for line in answer["rules"]}
    assert code == exits.PASS
    assert len(lines) == 21
    assert (lines["history-rewrite"]["decision"], lines["history-rewrite"]["origin"]) == ("deny", "twelve.toml:3")
    assert (lines["force-push"]["decision"], lines["force-push"]["origin"]) == ("deny", "default")


@pytest.mark.usefixtures("repository")
def test_a_rule_is_explained_with_what_it_leaves_open(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _said(capsys, "explain", "process-kill")
    assert code == exits.PASS
    assert "decision allow (from twelve.toml:7)" in out
    assert "nothing: the rule is off" in out
    code, _, err = _said(capsys, "explain", "protect-cy")
    assert code == exits.USAGE
    assert "did you mean protect-ci?" in err


@pytest.mark.usefixtures("repository")
def test_every_rule_is_alive_or_switched_off(capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = _json(capsys, "test")
    states = {line["rule"]: line["state"] for line in answer["rules"]}
    assert {rule: state for rule, state in states.items() if state != "alive"} == {"process-kill": "off"}
    assert (code, len(states)) == (exits.PASS, 21)


def test_an_exemption_in_force_is_heeded_and_named_within_its_scope_only(
    repository: git.Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ExemptionSettings()
    decision = exemptions.propose(
        "history-rewrite",
        scope="git reset --hard *",
        reason="the merge was damaged",
        requester="an agent",
        by="A <a@b.c>",
        settings=settings,
    )
    exemptions.grant(repository.state_dir, SignedDecision(decision=decision))
    code, out, _ = _said(capsys, "check", "git reset --hard HEAD^")
    assert (code, out.splitlines()[0]) == (exits.PASS, "allow: this call goes through")
    assert "set aside: history-rewrite for git reset --hard *" in out
    code, out, _ = _said(capsys, "check", "git reset --hard HEAD^ && git push --force")
    assert (code, "set aside" in out) == (exits.RED, False)


def test_where_no_client_is_armed_that_is_said(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no agent client is guarded here" in _said(capsys, "check", "git push -f")[1]
    main.main(["init", "--yes", "--client", "claude"])
    assert "no agent client is guarded here" not in _said(capsys, "check", "git push -f")[1]
    assert (repository.root / ".claude/settings.local.json").is_file()


@pytest.mark.usefixtures("repository")
def test_the_first_rule_is_told_in_full_and_the_others_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    short = _said(capsys, "check", "rm -rf / && git push --force")[1]
    long = _said(capsys, "check", "rm -rf / && git push --force", "--verbose")[1]
    assert "in full with --verbose" in short
    assert short.count("gap ") == 1 < long.count("gap ")


SIGNS = st.text(alphabet="ab*?/;$", max_size=8)


@given(text=SIGNS, glob=SIGNS, command=st.booleans())
def test_a_scope_means_here_what_it_means_to_the_hook(text: str, glob: str, command: bool) -> None:
    assert guard_exemptions.matches(text, glob, command=command) == exempting.matches(text, glob, command=command)
