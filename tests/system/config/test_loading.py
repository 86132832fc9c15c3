"""The policy: strict, layered, and every value with its place."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.model.errors import ConfigError, Trouble
from twelve.model.phase import Size
from twelve.model.settings import Settings
from twelve.system import config

POLICY = """\
# the policy
[context]
window_tokens = 100_000   # smaller model

[gates.tests]
kind = "command"
command = [
  "pytest",  # ] not the end
  "-q",
]
timeout_s = 30
env = { A = "1", "B.c" = "x" }

[gates."py.types"]
options = { a = 1, b.c = "[" }

[harness.claude]
model = '''
[not a table]
'''
args = ["a = 1", "\\"", 'x']
"""


def _root(tmp_path: Path, text: str | bytes = POLICY, local: str = "") -> Path:
    (tmp_path / "twelve.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    if local:
        (tmp_path / ".twelve").mkdir()
        (tmp_path / ".twelve" / "local.toml").write_text(local)
    return tmp_path


def _refused(tmp_path: Path, text: str | bytes, **env: str) -> ConfigError:
    with pytest.raises(ConfigError) as refused:
        config.load(_root(tmp_path, text), env=env)
    assert refused.value.kind is Trouble.CONFIG
    assert refused.value.next
    return refused.value


def test_a_repository_without_policy_has_the_defaults(tmp_path: Path) -> None:
    loaded = config.load(tmp_path, env={})
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {"default"}
    assert "run.tokens" in loaded.origins


def test_each_value_knows_its_file_and_line(tmp_path: Path) -> None:
    origins = config.load(_root(tmp_path), env={}).origins
    given = {key: origin for key, origin in origins.items() if origin != "default"}
    assert given == {
        "context.window_tokens": "twelve.toml:3",
        "gates.tests.kind": "twelve.toml:6",
        "gates.tests.command": "twelve.toml:7",
        "gates.tests.timeout_s": "twelve.toml:11",
        "gates.tests.env.A": "twelve.toml:12",
        'gates.tests.env."B.c"': "twelve.toml:12",
        'gates."py.types".options.a': "twelve.toml:15",
        'gates."py.types".options.b.c': "twelve.toml:15",
        "harness.claude.model": "twelve.toml:18",
        "harness.claude.args": "twelve.toml:21",
    }


def test_layers_cover_each_other_in_order(tmp_path: Path) -> None:
    root = _root(tmp_path, "[run]\ntokens = 1\nworkers = 3\n[context]\nwindow_tokens = 5\n", "[run]\n\ntokens = 2\nworkers = 4\n")
    loaded = config.load(root, env={"TWELVE__RUN__TOKENS": "3", "HOME": "/nowhere"})
    assert (loaded.settings.run.tokens, loaded.settings.run.workers, loaded.settings.context.window_tokens) == (3, 4, 5)
    assert loaded.origins["run.tokens"] == "env TWELVE__RUN__TOKENS"
    assert loaded.origins["run.workers"] == ".twelve/local.toml:4"
    assert loaded.origins["context.window_tokens"] == "twelve.toml:5"


def test_verification_sees_only_the_tracked_file(tmp_path: Path) -> None:
    root = _root(tmp_path, "[run]\ntokens = 1\n", "[run]\ntokens = 2\n")
    loaded = config.load(root, env={"TWELVE__RUN__TOKENS": "3"}, tracked_only=True)
    assert loaded.settings.run.tokens == 1
    assert loaded.digest == config.load_text("[run]\ntokens = 1\n").digest


def test_the_environment_is_the_process_environment_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWELVE__AGENTS__DEFAULT", "codex")
    assert config.load(tmp_path).settings.agents.default == "codex"


@pytest.mark.parametrize(
    ("variable", "raw", "key", "value"),
    [
        ("TWELVE__RUN__COST_USD", "1.5", "run.cost_usd", 1.5),
        ("TWELVE__RUN__MINIMUM_SIZE", "normal", "run.minimum_size", Size.NORMAL),
        ("TWELVE__AGENTS__DEFAULT", "12", "agents.default", "12"),
        ("TWELVE__HARNESS__CLAUDE__ARGS", '["-a", "b"]', "harness.claude.args", ("-a", "b")),
        ("TWELVE__HARNESS__CLAUDE__ENV__PATH", "/x", "harness.claude.env.path", "/x"),
        ("TWELVE__DOMAINS__ENABLED", "['devops']", "domains.enabled", ("devops",)),
        ("TWELVE__GATES__PY_TYPES__NEED", "required", "gates.py-types.need", "required"),
        ("TWELVE__GATES__PY_TYPES__CACHE", "false", "gates.py-types.cache", False),
    ],
)
def test_variables_set_values_of_every_type(tmp_path: Path, variable: str, raw: str, key: str, value: object) -> None:
    loaded = config.load(_root(tmp_path, "[gates.py-types]\n"), env={variable: raw})
    found = config.explain(loaded, key)
    assert found.value == value
    assert found.origin == f"env {variable}"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("[contxt]\nx = 1\n", "twelve.toml:1", "did you mean 'context'?"),
        ("x = 1\n", "twelve.toml:1", "x: unknown section"),
        ("\n[context]\n\nwindow_token = 1\n", "twelve.toml:4", "context.window_token: unknown setting; did you mean 'window_tokens'?"),
        ("[gates.a]\ntimout_s = 1\n", "twelve.toml:2", "gates.a.timout_s: unknown setting; did you mean 'timeout_s'?"),
        ("[gates.a.prove]\nfile = 'x'\nappnd = 'y'\n", "twelve.toml:3", "did you mean 'append'?"),
        ("[gates.a.prove]\nappend = 'y'\n", "twelve.toml:1", "gates.a.prove: file is missing"),
        ("[context]\nwindow_tokens = '1'\n", "twelve.toml:2", "context.window_tokens: expected `int`, got `str`"),
        ("[gates.a]\nkind = 'x'\ncommand = 'make test'\n", "twelve.toml:3", "gates.a.command: expected `array`, got `str`"),
        ("[gates.a]\ncommand = ['a', 1]\n", "twelve.toml:2", "gates.a.command: expected `str`, got `int` at item [1]"),
        ("[gates.a]\nneed = 'sometimes'\n", "twelve.toml:2", "gates.a.need: invalid enum value 'sometimes'"),
        ("[context]\nprofile = 'loose'\n", "twelve.toml:2", "context.profile: invalid enum value 'loose'"),
        ("[context]\njit_slice_tokens = [1]\n", "twelve.toml:2", "context.jit_slice_tokens: expected `array` of length 2, got 1"),
        ("context = 3\n", "twelve.toml:1", "context: expected a table"),
        ("[[gates.a]]\n", "twelve.toml:1", "gates.a: expected a table"),
        ("[factors]\nmemory = 'off'\n", "twelve.toml:2", "factors.memory: expected `bool`, got `str`"),
        ("[gates.'../a']\n", "twelve.toml:1", "a name is letters"),
        ("[context]\nbudget_ratio = 40\n", "twelve.toml:2", "a share is between 0 and 1"),
        ("[context]\nbudget_ratio = 0.9\n", "twelve.toml", "0.6 is below context.budget_ratio"),
        ("[run]\nturn_timeout_s = -1\n", "twelve.toml:2", "not a number from 0 on"),
        ("[run]\nturn_timeout_s = nan\n", "twelve.toml:2", "not a number from 0 on"),
        ("[run]\nturn_timeout_s = inf\n", "twelve.toml:2", "not a number from 0 on"),
        ("[run]\nworkers = 0\n", "twelve.toml:2", "less than 1"),
        ("[approvals]\nhealthy_rate = [0.9, 0.8]\n", "twelve.toml:2", "rising order"),
        ("[run]\ntokens = 1979-05-27\n", "twelve.toml:2", "run.tokens: expected `int`, got `date`"),
        ("[run\n", "twelve.toml:1", "not valid TOML"),
        ("[run]\ntokens = 1\ntokens = 2\n", "twelve.toml:3", "not valid TOML"),
        ("a = [" * 50_000, "twelve.toml", "not valid TOML"),
        ("a." * 50_000 + "b = 1", "twelve.toml:1", "more than 64 parts"),
        ("gates.a.options." + "x." * 40 + "y = 1\n[run]\nworkers = 0", "twelve.toml:3", "less than 1"),
    ],
)
def test_what_is_wrong_is_said_with_place_and_correction(tmp_path: Path, text: str, place: str, said: str) -> None:
    refused = _refused(tmp_path, text)
    assert refused.what.startswith(place)
    assert said in refused.what
    assert "\n" not in refused.what


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    refused = _refused(tmp_path, "[run]\ntokns = 1\nworkers = 'x'\n[contxt]\n")
    assert "twelve.toml:2: run.tokns" in refused.what
    assert "twelve.toml:3: run.workers" in refused.why
    assert "twelve.toml:4: contxt" in refused.why


@pytest.mark.parametrize(
    ("variable", "raw", "said"),
    [
        ("TWELVE__RUN__TOKNS", "1", "run.tokns: unknown setting; did you mean 'tokens'?"),
        ("TWELVE__RUN__TOKENS", "many", "run.tokens: expected `int`, got `str`"),
        ("TWELVE__RUN", "1", "run: expected a table"),
        ("TWELVE__RUN__TOKNS__MORE", "1", "run.tokns: unknown setting"),
        ("TWELVE__RUN____TOKENS", "1", 'run."": unknown setting'),
        ("TWELVE__RNU__TOKENS", "1", "rnu: unknown section; did you mean 'run'?"),
        ("TWELVE__", "1", "unknown section"),
        ("TWELVE__RUN__TOKENS", "1\nworkers = 2", "expected `int`"),
        ("TWELVE__RUN__TOKENS", "[" * 100_000, "expected `int`"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, variable: str, raw: str, said: str) -> None:
    refused = _refused(tmp_path, "", **{variable: raw})
    assert refused.what.startswith(f"env {variable}: ")
    assert said in refused.what
    assert raw == "1" or raw not in str(refused)


def test_variables_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    refused = _refused(tmp_path, "", TWELVE__GATES__A__OPTIONS__X="1", TWELVE__GATES__A__OPTIONS__X__Y="2")
    assert "contradict" in refused.what


def test_a_policy_that_is_not_text_or_too_large_is_refused(tmp_path: Path) -> None:
    assert "twelve.toml:2: not UTF-8" in _refused(tmp_path, b"[run]\ntokens = '\xff'\n").what
    assert "twelve.toml" in _refused(tmp_path, "#" * 300_000).what
    assert "twelve.toml:1" in _refused(tmp_path, b"\x00\x01\x02").what


def test_a_policy_that_leads_out_of_the_repository_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text("[run]\ntokens = 1\n")
    root = tmp_path / "repository"
    root.mkdir()
    (root / "twelve.toml").symlink_to(outside)
    with pytest.raises(ConfigError, match=r"twelve\.toml"):
        config.load(root, env={})


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_a_policy_that_is_no_plain_file_is_refused_without_waiting(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "twelve.toml")
    with pytest.raises(ConfigError, match=r"twelve\.toml"):
        config.load(tmp_path, env={})


def test_a_file_called_like_our_folder_is_no_local_layer(tmp_path: Path) -> None:
    (tmp_path / ".twelve").write_text("")
    assert config.load(tmp_path, env={}).settings == Settings()


def test_windows_line_ends_and_a_byte_order_mark_are_tolerated(tmp_path: Path) -> None:
    root = _root(tmp_path, "\ufeff[run]\r\ntokens = 1\r\n[context]\r\nprofile = 'strict'\r\n")
    origins = config.load(root, env={}).origins
    assert (origins["run.tokens"], origins["context.profile"]) == ("twelve.toml:2", "twelve.toml:4")


def test_equal_policies_have_equal_digests_however_written() -> None:
    one = config.load_text("[run]\ntokens = 1\nworkers = 3\n")
    assert one.digest == config.load_text("run = { workers = 3, tokens = 1 } # same\n").digest
    assert one.digest != config.load_text("[run]\ntokens = 1\nworkers = 4\n").digest
    assert config.load_text("").digest == config.load_text("[run]\nworkers = 2\n").digest


@given(st.text(max_size=200) | st.text("[]{}=.,\"'#\n ab1-", max_size=60))
def test_any_text_is_a_policy_or_refused(text: str) -> None:
    try:
        config.load_text(text)
    except ConfigError as refused:
        assert refused.what.startswith("twelve.toml")  # noqa: PT017 - both answers are right, a third is not


@given(st.text(max_size=30), st.text(max_size=60).filter(lambda raw: "\0" not in raw))
def test_any_variable_is_a_setting_or_refused(tmp_path: Path, name: str, raw: str) -> None:
    try:
        config.load(tmp_path, env={f"TWELVE__{name}": raw, f"TWELVE__RUN__{name}": raw})
    except ConfigError as refused:
        assert "TWELVE__" in refused.what  # noqa: PT017 - both answers are right, a third is not


def test_a_large_policy_is_read_quickly() -> None:
    gates = "".join(f"[gates.g{n}]\nkind = 'command'\ncommand = ['make', 'g{n}']\ntimeout_s = {n + 1}\n" for n in range(300))
    started = time.process_time()
    loaded = config.load_text(gates)
    assert time.process_time() - started < 2
    assert loaded.origins["gates.g299.timeout_s"] == "twelve.toml:1200"


def test_asking_for_the_policy_loads_nothing_heavy() -> None:
    program = "import sys; import twelve.system.config; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert not {"ruamel.yaml", "click", "rich", "dbos", "subprocess", "sqlite3", "asyncio"} & set(done.stdout.split())
