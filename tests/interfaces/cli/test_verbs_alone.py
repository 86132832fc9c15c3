"""The verbs of this folder that need no other part: factors, config, init, uninstall."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from kit import repos
from twelve.interfaces.cli import app, exits, main
from twelve.system import git
from twelve.workflow import registry

SECRET = "ghp_" + "a1B2" * 9


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> git.Repository:
    made = repos.new_repository(tmp_path, {"README.md": "# p\n", "twelve.toml": "[run]\ntokens = 5\n"})
    monkeypatch.chdir(made.root)
    return made


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main.main([*arguments]) == exits.PASS, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def schema(verb: str, *inner: str) -> dict[str, Any]:
    command: Any = app.load(app.VERBS[verb])
    for name in inner:
        command = command.commands[name]
    return msgspec.json.schema(command.answer)


def test_factors_answer_their_schema_and_say_beta(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "factors", "--json")
    jsonschema.validate(found, schema("factors"))
    assert found["status"].startswith("beta")
    assert len(found["factors"]) == 12


def test_factors_work_outside_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.main(["factors"]) == exits.PASS
    text = capsys.readouterr().out
    assert "beta" in text
    assert "enforced" in text
    assert "planned" in text


def test_the_list_shows_the_names_the_switches_take(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["factors"]) == exits.PASS
    text = capsys.readouterr().out
    for factor in registry.factors():
        assert re.search(rf"^{factor.numeral} +{factor.slug} +{factor.name} ", text, re.MULTILINE)


def test_a_switched_off_factor_is_shown_off(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    (repository.root / "twelve.toml").write_text("[factors]\nrouting = false\n")
    found = answer(capsys, "factors", "--json")
    assert [state["factor"]["slug"] for state in found["factors"] if not state["enabled"]] == ["routing"]


@pytest.mark.parametrize("slug", registry.slugs())
def test_with_any_one_factor_off_the_verbs_still_answer(repository: git.Repository, capsys: pytest.CaptureFixture[str], slug: str) -> None:
    (repository.root / "twelve.toml").write_text(f'[factors]\n{slug} = false\n[gates.toml]\nkind = "toml"\n')
    for arguments in (["config", "show"], ["factors"], ["runs"]):
        assert main.main(arguments) == exits.PASS, capsys.readouterr().err
    # Without gates there is nothing to judge, and a check of nothing is no pass.
    assert main.main(["gate", "run"]) == (exits.CONFIG if slug == "gates" else exits.PASS)


def test_an_unknown_factor_switch_is_a_configuration_error(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    (repository.root / "twelve.toml").write_text("[factors]\nrouter = false\n")
    assert main.main(["factors"]) == exits.CONFIG
    assert "routing" in capsys.readouterr().err


def test_an_old_number_is_translated(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["factors", "Factor X", "--domain", "devops"]) == exits.PASS
    assert "Factor V, Operational Telemetry" in capsys.readouterr().out


def test_config_show_answers_its_schema_with_origins(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "config", "show", "--json")
    jsonschema.validate(found, schema("config", "show"))
    settings = {item["key"]: item for item in found["settings"]}
    assert settings["run.tokens"]["value"] == 5
    assert settings["run.tokens"]["origin"] == "twelve.toml:2"
    assert settings["context.window_tokens"]["origin"] == "default"


def test_config_show_changed_lists_only_what_was_set(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert [item["key"] for item in answer(capsys, "config", "show", "--changed", "--json")["settings"]] == ["run.tokens"]


def test_config_never_shows_a_secret(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    (repository.root / "twelve.toml").write_text(f'[harness.claude.env]\nTOKEN = "{SECRET}"\n')
    for arguments in (["show"], ["show", "--json"], ["explain", "harness.claude.env"], ["explain", "harness.claude.env.TOKEN", "--json"]):
        main.main(["config", *arguments])
        captured = capsys.readouterr()
        assert SECRET not in captured.out + captured.err


def test_config_explains_a_setting(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "config", "explain", "run.tokens", "--json")
    jsonschema.validate(found, schema("config", "explain"))
    assert found["value"] == 5
    assert found["default"] == 2_000_000
    assert main.main(["config", "explain", "run.token"]) == exits.CONFIG


def test_the_schema_accepts_the_policy_init_writes(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "config", "schema")
    jsonschema.Draft202012Validator.check_schema(found)
    jsonschema.validate({"run": {"tokens": 5}}, found)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"runs": {}}, found)


def test_init_and_uninstall_leave_no_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = repos.new_repository(tmp_path, {"README.md": "# p\n"}, name="other")
    before = repos.snapshot(made.root)
    assert main.main(["init", "-C", str(made.root)]) == exits.PASS
    assert "wrote twelve.toml" in capsys.readouterr().out
    assert main.main(["-C", str(made.root), "init"]) == exits.PASS
    assert "already installed" in capsys.readouterr().out
    assert main.main(["-C", str(made.root), "uninstall"]) == exits.PASS
    assert {k: v for k, v in repos.snapshot(made.root).items() if not k.startswith(".git")} == {
        k: v for k, v in before.items() if not k.startswith(".git")
    }


def test_a_dry_run_shows_the_difference_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = repos.new_repository(tmp_path, {"README.md": "# p\n"}, name="other")
    assert main.main(["init", "--dry-run", "-C", str(made.root)]) == exits.PASS
    shown = capsys.readouterr()
    assert "+++ b/twelve.toml" in shown.out
    assert "nothing was written yet" in shown.err
    assert made.status() == ()


@pytest.mark.parametrize("verb", ["init", "uninstall"])
def test_outside_a_repository_is_an_error_in_words(tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([verb, "-C", str(tmp_path)]) == exits.USAGE
    assert "next:" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["init", "uninstall"])
def test_a_bare_repository_has_nothing_to_install_into(tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = repos.new_repository(tmp_path, {})
    made.run("clone", "--bare", "--quiet", str(made.root), str(tmp_path / "bare.git"))
    assert main.main([verb, "-C", str(tmp_path / "bare.git")]) != exits.PASS
    assert "bare" in capsys.readouterr().err
