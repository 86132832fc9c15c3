"""Secrets disappear, everything else stays, and hostile text costs no more than other text."""

from __future__ import annotations

import base64
import random
import string
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twelve.system import redact
from twelve.system.redact import MARK

# Put together at run time, so that no scanner takes this file for a leak.
LETTERS = string.ascii_letters + string.digits


def _made(prefix: str, size: int, letters: str = LETTERS) -> str:
    return prefix + "".join(random.Random(prefix + str(size)).choices(letters, k=size))


def _part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


JWT = ".".join((_part('{"alg":"HS256","typ":"JWT"}'), _part('{"sub":"1234567890","name":"Pat"}'), _made("", 43)))
PEM = f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{_made('MII', 61)}\n{_made('abc', 61)}\n-----END RSA {'PRIVATE'} KEY-----"
KEYS = {
    "aws": _made("AKIA", 16, string.ascii_uppercase + "234567"),
    "aws session": _made("ASIA", 16, string.ascii_uppercase + "234567"),
    "github": _made("ghp_", 36),
    "github app": _made("ghs_", 36),
    "github fine-grained": _made("github_pat_", 82),
    "gitlab": _made("glpat-", 20),
    "slack bot": _made("xoxb-", 40, string.digits + "-abc"),
    "slack app": _made("xapp-1-", 40),
    "slack webhook": "https://hooks.slack.com/services/" + _made("T", 8) + "/" + _made("B", 8) + "/" + _made("", 24),
    "stripe": _made("sk_live_", 24),
    "stripe restricted": _made("rk_test_", 24),
    "anthropic": _made("sk-ant-api03-", 90),
    "openai": _made("sk-", 48),
    "openai project": _made("sk-proj-", 60),
    "google": _made("AIza", 35),
    "google oauth": _made("ya29.", 60),
    "npm": _made("npm_", 36),
    "pypi": _made("pypi-AgEIcHlwaS5vcmc", 80),
    "sendgrid": _made("SG.", 22) + "." + _made("", 43),
    "hugging face": _made("hf_", 34),
    "vault": _made("hvs.", 40),
    "jwt": JWT,
    "pem": PEM,
    "unfinished pem": PEM.partition("-----END")[0],
}
AROUND = [
    "{}",
    "key={}",
    'token: "{}"',
    "use {} now",
    "({})",
    "[{}]",
    "a\n{}\nb",
    "<{}>",
    "x,{},y",
    "`{}`",
    "--flag={}",
    '{{"k":"{}"}}',
    "é{}",
]


@pytest.mark.parametrize("name", KEYS)
def test_keys_of_common_providers_are_redacted_wherever_they_stand(name: str) -> None:
    key = KEYS[name]
    for around in AROUND:
        answer = redact.redact(around.format(key))
        assert MARK in answer, around
        assert key[12:] not in answer, around
        assert not any(key[at : at + 8] in answer for at in range(len(key) - 8) if not key.startswith(("https", "-----"))), around


@pytest.mark.parametrize("name", KEYS)
def test_at_most_four_characters_of_a_key_are_kept(name: str) -> None:
    answer = redact.redact(KEYS[name]).strip()
    assert answer.startswith(MARK)
    kept = answer.removesuffix("]").rpartition(" ")[2]
    assert len(kept) <= 4 or kept not in KEYS[name]


ASSIGNED = [
    ("password=hunter2hunter2", "hunter2"),
    ("PASSWORD: correct-horse9", "correct-horse"),
    ("DB_PASSWORD='it is secret'", "it is secret"),
    ('"client_secret": "abcdef"', "abcdef"),
    ("api_key = 0123456789abcdef", "0123456789abcdef"),
    ("export API_TOKEN=zzz999zzz", "zzz999zzz"),
    ("secretKey: s3cr3t-value", "s3cr3t"),
    ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzKEY", "wJalrXUtnFEMI"),
    ("{'token': 'abc-def-123'}", "abc-def-123"),
    ("passphrase := swordfish!", "swordfish"),
    ("mysql --password=letmein99 -u root", "letmein99"),
    ("Authorization: Bearer abcdefghij0123456789", "abcdefghij"),
    ("authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNz"),
    ('-H "Authorization: token 0123456789abcdef"', "0123456789abcdef"),
    ("curl -H 'Proxy-Authorization: Bearer abcdef012345'", "abcdef012345"),
    ("bearer abcdef0123456789", "abcdef0123456789"),
    ("postgresql://user:s3cret@host/db", "s3cret"),
    ("https://:pass1234@example.org", "pass1234"),
    ("redis://user:p%40ss@host:6379", "p%40ss"),
    ("git clone https://oauth2:abcdef@example.org/x.git", "abcdef"),
    ('{\\"password\\": \\"hunter2hunter\\", \\"n\\": 1}', "hunter2"),
    ('password = "it\'s secret"', "it's"),
    ('password="never closed', "never"),
    ("mysql --db-password letmein99 -u root", "letmein99"),
    ("tool --api-key 0a1b2c3d4e --verbose", "0a1b2c3d4e"),
    ("https://example.org/?password=abc12345&next=1", "abc12345"),
    ("password=ab3-def(ghi)jk", "ab3-def"),
    ("PWD_ADMIN_PWD=sup3rs3cret", "sup3r"),
    ("AccountKey=abcdefghijklmnopqrstuvwxyz012345==", "abcdefghij"),
]


@pytest.mark.parametrize(("text", "secret"), ASSIGNED)
def test_values_are_redacted_by_the_name_they_are_given(text: str, secret: str) -> None:
    answer = redact.redact(text)
    assert secret not in answer
    assert MARK in answer
    assert redact.redact(f"before {text} after\n{text}\n").count(MARK) == 2


HARMLESS = [
    "commit 8f14e45fceea167a5a36dedd4bea2543c0ffee00",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "123e4567-e89b-12d3-a456-426614174000",
    "/usr/lib/python3.11/site-packages/keyring/tokens.py",
    "C:\\Users\\pat\\secret\\notes.txt",
    "max_tokens: 4000",
    "tokens = 2_000_000",
    '"gen_ai.usage.input_tokens": 1234',
    "token = get_token(request)",
    "token = tokens[0]",
    "password: str",
    "password: str | None = None",
    "password=password",
    "self.token = api_token",
    "api_key=settings.api_key",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    "password=$DB_PASSWORD",
    "PASSWORD=${PASSWORD}",
    "secret: {{ vault_secret }}",
    "password = os.environ['DB_PASSWORD']",
    "password: <your password>",
    "password: your-password-here",
    "api_key: null",
    "The token is a word; a secret: never tell.",
    "https://example.org/path?x=1#y",
    "https://user@example.org/x",
    "postgresql://user:$PASSWORD@host/db",
    "git@github.com:owner/name.git",
    "http://localhost:8080/@scope/name",
    "tokenizer: word-piece-v2",
    "authorization is needed here",
    "the bearer of this letter",
    "sk-learn and sk-foo",
    "task-12345 risk-assessment-and-mitigation-plan",
    "20261120T092243Z-fix-parser-a1b2",
    "key: value",
    "primary_key=user_identifier",
    "eyJ is how a header starts",
    "-----BEGIN CERTIFICATE-----\nMIIabc\n-----END CERTIFICATE-----",
    "secrets: inherit",
    "sort_key = lambda pair: pair[1]",
    "monkey: banana-split",
    "PWD=/work/project",
    "OLDPWD: /home/pat/project",
    "private_key: ~/.ssh/id_ed25519",
    "token = current",
    "password=decode64(raw)",
    "total_token: 200000",
    "the --token option takes --token-file or a name",
    "sk-some-long-kebab-case-identifier-here",
    "token: Literal['a', 'b']",
    "next(token := lexer.peek)",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact.redact(text) == text


@given(st.binary(min_size=20, max_size=20) | st.binary(min_size=32, max_size=32))
def test_object_ids_are_never_taken_for_keys(data: bytes) -> None:
    text = f"tree {data.hex()} parent:{data.hex()}..{data.hex()[:7]}"
    assert redact.redact(text) == text


@given(st.uuids())
def test_uuids_are_never_taken_for_keys(uuid: Any) -> None:
    assert redact.redact(f"id={uuid} {uuid}") == f"id={uuid} {uuid}"


PIECES = st.lists(
    st.sampled_from(
        [
            *KEYS.values(),
            *(text for text, _ in ASSIGNED),
            *HARMLESS,
            MARK,
            "]",
            '"',
            "'",
            "=",
            ":",
            "\n",
            " ",
            "token",
            "password",
            "://",
            "@",
        ]
    )
    | st.text(max_size=8),
    max_size=8,
)


@given(PIECES.map("".join) | PIECES.map(" ".join) | st.text(max_size=200))
@example("password=password=hunter2hunter2")
@example("token: token: abcdefgh")
@example(KEYS["aws"] + KEYS["github"])
@example("a://b:c://d:e@f")
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redact.redact(text)
    assert redact.redact(once) == once


@given(PIECES.map("\n".join))
def test_lines_outside_private_keys_are_never_lost(text: str) -> None:
    assert "-----BEGIN" in text or redact.redact(text).count("\n") == text.count("\n")


def test_a_private_key_without_an_end_takes_only_its_own_lines() -> None:
    cut_off = KEYS["unfinished pem"].strip()
    assert redact.redact(f"see {cut_off}\nand then read on, it is only prose here\n").endswith(
        "]\nand then read on, it is only prose here\n"
    )
    assert redact.redact("a -----BEGIN PRIVATE KEY----- line starts it") == f"a {MARK} private-key] line starts it"


ENDLESS = [
    "a",
    "=",
    "-",
    "_",
    ".",
    ":",
    "/",
    "@",
    '"',
    " ",
    "\n",
    "A",
    "0",
    "eyJ",
    "eyJa.",
    "password",
    "password=",
    "token:",
    "sk-",
    "ghp_",
    "AKIA",
    "xoxb-",
    "a:b@",
    "://",
    "a://",
    "a://b:",
    "-----BEGIN PRIVATE KEY-----",
    "authorization: ",
    "bearer ",
    "-----",
    "Basic ",
    "secret = ",
    "api_key",
    "a.b.",
    "your-",
    "A_",
    "password='",
    'token="a',
    "key_",
]


@pytest.mark.parametrize("piece", ENDLESS)
def test_hostile_text_is_redacted_in_linear_time(piece: str) -> None:
    text = (piece * 200_000)[:200_000]
    started = time.process_time()
    redact.redact(text)
    assert time.process_time() - started < 1


@pytest.mark.parametrize("piece", ["a", "="])
def test_a_megabyte_without_secrets_takes_less_than_a_second(piece: str) -> None:
    started = time.process_time()
    redact.redact(piece * 1_000_000)
    assert time.process_time() - started < 1


def test_bytes_that_are_not_text_survive() -> None:
    data = b"\xff\xfe password=hunter2hunter2 \x00\x80"
    answer = redact.redact_bytes(data)
    assert answer.startswith(b"\xff\xfe password=[REDACTED")
    assert answer.endswith(b" \x00\x80")


@given(st.binary(max_size=200))
def test_bytes_without_secrets_come_back_unchanged(data: bytes) -> None:
    if MARK.encode() not in redact.redact_bytes(data):
        assert redact.redact_bytes(data) == data


def test_nested_values_are_redacted_by_name_and_by_shape() -> None:
    value = {
        "password": "swordfish",
        "apiKey": "x",
        "nested": [{"Authorization": "Bearer abc"}, ("plain", KEYS["github"])],
        "gen_ai.usage.input_tokens": 12,
        "max_tokens": "12",
        "token": None,
        "secret": "",
        "note": "token",
        KEYS["npm"]: True,
        3: b"password=hunter2hunter2",
    }
    answer = redact.redact_value(value)
    assert answer["password"].startswith(MARK)
    assert answer["apiKey"].startswith(MARK)
    assert answer["nested"][0]["Authorization"].startswith(MARK)
    assert answer["nested"][1][0] == "plain"
    assert isinstance(answer["nested"][1], tuple)
    assert answer["nested"][1][1].startswith(MARK)
    assert (answer["gen_ai.usage.input_tokens"], answer["max_tokens"], answer["token"], answer["secret"], answer["note"]) == (
        12,
        "12",
        None,
        "",
        "token",
    )
    assert KEYS["npm"] not in answer
    assert b"hunter2" not in answer[3]
    assert value["password"] == "swordfish"


LEAVES = st.none() | st.integers() | PIECES.map("".join)
NAMES = st.sampled_from(["token", "password", "a", "x_key"]) | st.text(max_size=5)


@given(st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=5))
def test_redacting_a_value_twice_changes_nothing(value: Any) -> None:
    once = redact.redact_value(value)
    assert redact.redact_value(once) == once


def test_a_bottomless_value_is_cut() -> None:
    value: Any = "x"
    for _ in range(5_000):
        value = [value]
    redact.redact_value(value)


def test_values_of_variables_that_promise_a_secret_are_known_without_a_shape() -> None:
    env = {"MY_TOKEN": "plain-words-only", "APP_KEY_FILE": "/run/secrets/key", "DB_PASSWORD": "short", "EDITOR": "not-secret-at-all"}
    values = redact.values_of({**env, "SECRET": "plain-words"})
    assert values == ("plain-words-only", "plain-words"), "the longer one first, so that no part of it is left"
    assert redact.hide("say plain-words-only and short", values) == "say [redacted] and short"
