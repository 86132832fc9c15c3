"""The first policy: only gates that have something to judge and something to judge with, and always valid."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import repos
from twelve.factors.gates import definition, tools
from twelve.system import config
from twelve.workflow.install import policy


def project(tmp_path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def gates(tmp_path: Path, files: dict[str, str]) -> dict[str, Any]:
    root = project(tmp_path, files)
    text = policy.compose(root, sorted(files))
    (root / "twelve.toml").write_text(text)
    definition.resolve_all(config.load(root).settings.gates)
    return dict(tomllib.loads(text)["gates"])


PYTHON = {"src/a.py": "x = 1\n", "tests/test_a.py": "import pytest\n"}


def test_an_empty_project_gets_the_gates_that_need_nothing(tmp_path: Path) -> None:
    assert set(gates(tmp_path, {})) == {"merge-markers", "large-files", "secrets", "toml"}


@pytest.mark.parametrize(
    ("files", "gate"),
    [
        ({"a.yaml": "a: 1\n"}, "yaml"),
        ({"a.yml": "a: 1\n"}, "yaml"),
        ({"a.json": "{}"}, "json"),
        ({"x/a.sh": "true\n"}, "shell"),
        ({"README.md": "# a\n"}, "links"),
        ({**PYTHON, "pyproject.toml": "[tool.ruff]\n"}, "ruff"),
        ({**PYTHON, "mypy.ini": "[mypy]\n"}, "mypy"),
        ({"tests/test_a.py": "import unittest\n"}, "tests"),
    ],
)
def test_an_input_and_its_tool_bring_a_gate(tmp_path: Path, files: dict[str, str], gate: str) -> None:
    assert gate in gates(tmp_path, files)


def test_unittest_projects_are_told_from_pytest_projects(tmp_path: Path) -> None:
    assert gates(tmp_path, {"tests/test_a.py": "import unittest\n"})["tests"]["options"]["runner"] == "unittest"


def test_a_tool_that_is_not_configured_brings_no_gate(tmp_path: Path) -> None:
    assert not {"ruff", "mypy"} & set(gates(tmp_path, {"a.py": ""}))


def test_a_missing_tool_is_said_and_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path, {"a.py": "", "mypy.ini": "[mypy]\n"})
    monkeypatch.setattr(tools, "find", lambda *_arguments, **_options: None)
    text = policy.compose(root, ["a.py", "mypy.ini"])
    assert "mypy" not in tomllib.loads(text)["gates"]
    assert "# Left out: mypy, because mypy is configured here but not installed." in text


@pytest.mark.skipif(not (shutil.which("kubectl") or shutil.which("kustomize")), reason="neither kubectl nor kustomize is installed")
def test_overlays_are_rendered_and_bases_through_them(tmp_path: Path) -> None:
    kustomization = "resources: []\n"
    found = gates(tmp_path, {"base/kustomization.yaml": kustomization, "overlays/prod/kustomization.yaml": kustomization})
    assert [name for name in found if name.startswith("render")] == ["render-1-overlays-prod"]


def test_helm_templates_are_not_read_as_yaml(tmp_path: Path) -> None:
    found = gates(tmp_path, {"chart/Chart.yaml": "name: a\n", "chart/templates/x.yaml": "{{ a }}\n"})
    assert "!chart/templates/**" in found["yaml"]["inputs"]


HOSTILE = st.text(alphabet=st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1, max_size=12)


@given(st.lists(HOSTILE, min_size=1, max_size=3))
def test_no_folder_name_can_write_into_the_policy(names: list[str]) -> None:
    paths = [f"{name}/kustomization.yaml" for name in names] + [f"{name}/Chart.yaml" for name in names]
    found = tomllib.loads(policy.compose(Path("/nonexistent"), paths))
    assert set(found) == {"agents", "gates", "suites"}
    assert all("command" not in gate or gate["command"][0] in ("kustomize", "kubectl") for gate in found["gates"].values())


def test_reading_what_cannot_be_read_is_a_guess_and_no_error(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"pyproject.toml": b"\xff\xfe[tool.ruff]".decode("latin-1"), "a.py": ""})
    (repository.root / "setup.cfg").symlink_to("/etc/passwd")
    assert policy.compose(repository.root, repository.files())
