from __future__ import annotations

import string
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import judging, repos
from twelve.factors.gates.kinds import secrets
from twelve.factors.gates.prove import Result
from twelve.factors.gates.reading import secret_shapes
from twelve.model.verdict import Outcome, Report
from twelve.system import processes, redact

# Put together here, so that no file of the repository holds anything shaped like a secret.
_RANDOM = "Zk3vQ9xLm2Rt7Wb5Yc8Nd4Hf6Jg1PsTu"
SECRETS = {
    "aws-access-key": "AKIA" + "Q7XK2MPLW3V5NTZD",
    "github-token": "ghp_" + _RANDOM + "abcd",
    "gitlab-token": "glpat-" + _RANDOM[:20],
    "slack-token": "xoxb-1" + _RANDOM,
    "stripe-key": "sk_live_" + _RANDOM,
    "anthropic-key": "sk-ant-api03-" + _RANDOM + _RANDOM,
    "npm-token": "npm_" + _RANDOM + "abcd",
    "sendgrid-key": "SG." + _RANDOM[:22] + "." + _RANDOM + _RANDOM[:11],
    "jwt": "eyJhbGciOi" + "JIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0." + _RANDOM,
    "private-key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "url-password": "postgres://app:" + "q9Zt4Lm2x" + "@db.internal/app",
    "assigned-secret": 'password = "' + "q9Zt-4Lm2x" + '"',
}


def _texts(report: Report) -> str:
    return msgspec.json.encode(report).decode()


def _seen_but_not_shown(report: Report, path: str, rule: str) -> None:
    secret = SECRETS[rule]
    assert (f"secret-{rule}", path, 3) in {(finding.rule, finding.path, finding.line) for finding in report.findings}
    for part in (secret, secret.split('"')[-2] if '"' in secret else secret, "q9Zt", _RANDOM[:12]):
        assert part not in _texts(report)


@pytest.mark.parametrize("rule", SECRETS)
def test_every_shape_is_found_and_never_repeated(tmp_path: Path, rule: str) -> None:
    repository = repos.new_repository(tmp_path, {"src/a.py": f"# top\nvalue = 1\n{SECRETS[rule]}\n"})
    report = judging.ask(repository, "secrets", {"engine": "builtin"})
    assert report.outcome is Outcome.FAIL
    _seen_but_not_shown(report, "src/a.py", rule)


def test_every_shape_is_found_and_never_repeated_by_detect_secrets(tmp_path: Path) -> None:
    if not judging.find("detect-secrets"):
        pytest.skip("detect-secrets is not installed here")
    repository = repos.new_repository(tmp_path, {f"src/{rule}.py": f"# top\nvalue = 1\n{SECRETS[rule]}\n" for rule in SECRETS})
    report = judging.ask(repository, "secrets", {"engine": "detect-secrets"})
    assert report.outcome is Outcome.FAIL
    for rule in SECRETS:
        _seen_but_not_shown(report, f"src/{rule}.py", rule)


@pytest.mark.parametrize(
    "text",
    [
        'password = "${DB_PASSWORD}"',
        'password = "<your password>"',
        'api_key = "example-key-123"',
        "token: Token = get_token(request)",
        'secret = "my_secret_name"',
        "postgres://postgres:postgres@localhost/app",
        "redis://user:${PASS}@host/0",
        "AKIA too short",
        "sha256:" + "a1" * 32,
        "-----BEGIN CERTIFICATE-----",
        'tokens = "12345678"',
    ],
)
def test_look_alikes_pass(tmp_path: Path, text: str) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": text + "\n"})
    assert judging.ask(repository, "secrets", {"engine": "builtin"}).findings == ()


@pytest.mark.parametrize("rule", SECRETS)
def test_what_the_gate_knows_the_redactor_takes_out(rule: str) -> None:
    assert redact.redact(SECRETS[rule]) != SECRETS[rule]


def test_kubernetes_secrets_in_clear_are_red_and_sealed_ones_pass(tmp_path: Path) -> None:
    clear = "kind: ConfigMap\ndata:\n  a: b\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: x\nstringData:\n  password: anything\n"
    files = {
        "clear.yaml": clear,
        "empty.yaml": "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n",
        "sealed.yaml": "kind: Secret\ndata:\n  a: ENC[abc]\nsops:\n  version: 1\n",
        "external.yaml": "kind: ExternalSecret\ndata:\n  - secretKey: a\n",
    }
    report = judging.ask(repos.new_repository(tmp_path, files), "secrets", {"engine": "builtin"})
    assert [(finding.rule, finding.path, finding.line) for finding in report.findings] == [("secret-kubernetes-secret", "clear.yaml", 6)]


def test_a_comment_in_the_source_excuses_nothing(tmp_path: Path) -> None:
    line = f"key = '{SECRETS['github-token']}'  # pragma: allowlist secret, gitleaks:allow\n"
    assert judging.ask(repos.new_repository(tmp_path, {"a.py": line}), "secrets").outcome is Outcome.FAIL


def test_an_entry_with_a_reason_excuses_one_place(tmp_path: Path) -> None:
    allow = '[[allow]]\npath = "fixtures/*"\nrule = "private-key"\nreason = "a throw-away key of the test suite"\n'
    files = {"fixtures/key.pem": SECRETS["private-key"] + "\n", "secrets-allow.toml": allow}
    repository = repos.new_repository(tmp_path, files)
    options = {"engine": "builtin"}
    assert judging.ask(repository, "secrets", options).outcome is Outcome.PASS
    repos.write(repository, {"src/key.pem": SECRETS["private-key"] + "\n"})
    assert [finding.path for finding in judging.ask(repository, "secrets", options).findings] == ["src/key.pem"]


def test_a_fingerprint_excuses_one_secret_not_its_replacement(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": SECRETS["aws-access-key"] + "\n"})
    finding = judging.ask(repository, "secrets", {"engine": "builtin"}).findings[0]
    options = {
        "engine": "builtin",
        "allow": [{"path": "a.py", "fingerprint": finding.fingerprint, "reason": "documented example of the vendor"}],
    }
    assert judging.ask(repository, "secrets", options).outcome is Outcome.PASS
    repos.write(repository, {"a.py": "AKIA" + "W3V5NTZDQ7XK2MPL\n"})
    assert judging.ask(repository, "secrets", options).outcome is Outcome.FAIL


@pytest.mark.parametrize("reason", ["", "TODO"])
def test_an_entry_without_a_reason_excuses_nothing(tmp_path: Path, reason: str) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": SECRETS["aws-access-key"] + "\n"})
    report = judging.ask(
        repository, "secrets", {"engine": "builtin", "allow": [{"path": "a.py", "rule": "aws-access-key", "reason": reason}]}
    )
    assert sorted(judging.rules(report)) == ["allow-without-reason", "secret-aws-access-key"]


def test_an_entry_that_matches_nothing_is_shown(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": "x = 1\n"})
    report = judging.ask(
        repository, "secrets", {"engine": "builtin", "allow": [{"path": "b.py", "rule": "jwt", "reason": "an old example"}]}
    )
    assert (report.outcome, judging.rules(report)) == (Outcome.PASS, ["allow-unused"])


def test_an_unreadable_allow_file_is_an_error(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": "x\n", "secrets-allow.toml": "[[allow]]\nwhat = 1\n"})
    assert judging.ask(repository, "secrets").outcome is Outcome.ERROR


def test_a_text_too_large_to_scan_is_red_and_a_binary_is_left_alone(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"big.txt": "x" * 300, "blob.bin": b"\0" + SECRETS["aws-access-key"].encode()})
    report = judging.ask(repository, "secrets", {"max_bytes": 200})
    assert [(finding.rule, finding.path) for finding in report.findings] == [("secret-unscanned", "big.txt")]


def test_files_that_are_not_utf8_and_odd_names_are_scanned(tmp_path: Path) -> None:
    data = b"caf\xe9\n" + SECRETS["aws-access-key"].encode() + b"\n"
    repository = repos.new_repository(tmp_path, {"new\nline 'q'.txt": data, "-n.txt": data, ".twelve/runs/x/plan.md": data})
    found = {(finding.path, finding.line) for finding in judging.ask(repository, "secrets").findings}
    assert found == {("new\nline 'q'.txt", 2), ("-n.txt", 2), (".twelve/runs/x/plan.md", 2)}


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": "x\n"})
    (tmp_path / "outside.txt").write_text(SECRETS["aws-access-key"])
    (repository.root / "link.txt").symlink_to("../outside.txt")
    assert judging.ask(repository, "secrets").outcome is Outcome.PASS


def test_the_report_says_which_engine_looked(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": "x\n"})
    assert judging.ask(repository, "secrets", {"engine": "builtin"}).tool == "builtin"
    if judging.find("detect-secrets"):
        report = judging.ask(repository, "secrets", {"engine": "detect-secrets"})
        assert report.tool == "detect-secrets + builtin"
        assert report.tool_version


def test_a_named_engine_that_is_absent_is_an_error(tmp_path: Path) -> None:
    if judging.find("gitleaks"):
        pytest.skip("gitleaks is installed here")
    repository = repos.new_repository(tmp_path, {"a.py": "x\n"})
    assert judging.ask(repository, "secrets", {"engine": "gitleaks"}).outcome is Outcome.ERROR
    assert judging.ask(repository, "secrets", {"engine": "gitleaks"}, required=False).outcome is Outcome.SKIP


def test_gitleaks_itself_finds_the_key(tmp_path: Path) -> None:
    if not judging.find("gitleaks"):
        pytest.skip("gitleaks is not installed here")
    repository = repos.new_repository(tmp_path, {"a.py": f"k = '{SECRETS['github-token']}'\n"})
    report = judging.ask(repository, "secrets", {"engine": "gitleaks"})
    assert report.outcome is Outcome.FAIL
    assert SECRETS["github-token"] not in _texts(report)


def test_a_gitleaks_report_counts_only_the_gates_own_files(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": "x\n"})
    job = judging.job(repository, "secrets")
    rows = [
        {"RuleID": "generic-api-key", "File": name, "StartLine": 4, "Secret": "REDACTED", "Match": "REDACTED"}
        for name in ("a.py", "ignored/b.py")
    ]
    answer = secrets._leaks(msgspec.json.encode(rows), job)
    assert isinstance(answer, list)
    assert [(finding.rule, finding.path, finding.line) for finding in answer] == [("secret-generic-api-key", "a.py", 4)]
    assert isinstance(secrets._leaks(b"not json", job), Report)
    assert secrets._leaks(b"", job) == []


def test_a_crashing_tool_is_an_error_without_its_output(tmp_path: Path) -> None:
    script = '#!/bin/sh\n[ "$1" = scan ] && echo leaked-$$ >&2 && exit 3\necho 1.0\n'
    repository = repos.new_repository(tmp_path, {"a.py": "x\n", ".gitignore": ".venv\n"})
    tool = repository.root / ".venv" / "bin" / "detect-secrets"
    tool.parent.mkdir(parents=True)
    tool.write_text(script)
    tool.chmod(0o755)
    report = judging.ask(repository, "secrets", {"engine": "detect-secrets"})
    assert report.outcome is Outcome.ERROR
    assert "leaked" not in _texts(report)


@pytest.mark.parametrize(
    "piece",
    [
        SECRETS["aws-access-key"] + "\n",
        "---\nkind: Secret\ndata:\n  a: b\n",
        "a" * 1_000,
        "password = ",
        "://a:b",
        "eyJhbGciOi.",
        "kind: Secret\ndata:\n",
        "-----BEGIN ",
    ],
)
def test_scanning_is_linear(piece: str) -> None:
    list(secret_shapes.scan(piece * (400_000 // len(piece)), "a.yaml"))


def test_the_seed_turns_it_red(tmp_path: Path) -> None:
    assert judging.trial(repos.new_repository(tmp_path, {"a.txt": "x\n"}), "secrets").result is Result.PROVEN


def test_programs_name_what_decides() -> None:
    assert "detect-secrets" in secrets.programs(None, judging.gate("secrets").settings, secrets.Options())
    assert processes.which("sh")


_ALPHABET = string.ascii_letters + string.digits


@given(
    st.sampled_from(["ghp_", "glpat-", "npm_", "sk_live_"]),
    st.text(alphabet=_ALPHABET, min_size=36, max_size=36),
    st.text(alphabet=string.printable, max_size=80),
)
def test_a_hit_never_carries_the_secret_whatever_stands_around_it(prefix: str, body: str, around: str) -> None:
    secret = prefix + body
    hits = list(secret_shapes.scan(f"{around}\n {secret} \n{around}", "a.yaml"))
    assert hits
    for hit in hits:
        shown = msgspec.json.encode(secrets._finding("a.yaml", hit.line, hit.rule, hit.mark)).decode()
        assert body[:8] not in shown
        assert body[-8:] not in shown
