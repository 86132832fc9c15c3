"""The documentation tells the truth: links lead somewhere, examples run, verbs exist, versions agree."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from twelve.factors.gates.kind import Job
from twelve.interfaces.cli import app
from twelve.model.gate import GateSettings
from twelve.model.settings import Settings
from twelve.model.verdict import Outcome
from twelve.system import processes
from twelve.version import __version__
from twelve.workflow import ingest

ROOT = Path(__file__).resolve().parents[2]
GENERATED_OR_OURS = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
PLANNED_VERBS: set[str] = set()


def blocks(path: str, language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", (ROOT / path).read_text(), re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in text.split("\n")) for indent, text in found]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", GENERATED_OR_OURS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path) if path else page
        assert found.exists(), target
        if anchor:
            assert anchor in anchors(found), target


@pytest.mark.parametrize("page", GENERATED_OR_OURS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_shown_is_a_verb(page: Path) -> None:
    shown = re.findall(r"(?:^|`|&& |\$\(TWELVE\) )twelve ([a-z][a-z-]+)", page.read_text(), re.MULTILINE)
    assert set(shown) <= {*app.VERBS, *PLANNED_VERBS}


def test_the_gate_kind_of_the_how_to_works(tmp_path: Path) -> None:
    kind = module_of(blocks("docs/how-to/add-a-gate-kind.md", "python")[0], tmp_path)
    (tmp_path / "page.md").write_text("word " * 3)
    (policy,) = blocks("docs/how-to/add-a-gate-kind.md", "toml")
    settings = msgspec.convert(tomllib.loads(policy)["gates"]["page-length"], GateSettings)
    options = msgspec.convert(settings.options, kind.Options)
    job = Job(gate="g", settings=settings, root=tmp_path, files=("page.md",), base="", timeout_s=5, run=processes.run, facts={})
    assert kind.check(job, options).outcome is Outcome.PASS
    seed = kind.seed(job, options)
    (tmp_path / "page.md").write_text(seed.write)
    assert kind.check(job, options).outcome is Outcome.FAIL


def module_of(text: str, folder: Path) -> ModuleType:
    path = folder / "word_limit.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location("word_limit", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_foreign_run_of_the_how_to_is_one() -> None:
    (text,) = blocks("docs/how-to/ingest-foreign-runs.md", "json")
    assert ingest.parse(text, name="example.json")


def test_the_policy_examples_are_settings() -> None:
    for text in blocks("docs/how-to/switch-off-a-factor.md", "toml"):
        msgspec.convert(tomllib.loads(text), Settings)


def test_versions_agree() -> None:
    assert f"version: {__version__}" in (ROOT / "CITATION.cff").read_text()
    assert f"{{{__version__}}}" in (ROOT / "CITATION.bib").read_text()
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_the_readme_names_the_command_that_ci_runs() -> None:
    assert "./check" in (ROOT / "README.md").read_text()
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec ./check")


def test_every_schema_file_is_json() -> None:
    for path in (ROOT / "src" / "twelve" / "content" / "schemas").rglob("*.json"):
        json.loads(path.read_text())
