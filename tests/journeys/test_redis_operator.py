"""The worked example as a person meets it: copied, committed, judged; and its printed original, defect by defect."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest

from kit import judging, repos
from twelve.factors.gates import definition, engine
from twelve.model.gate import GateSettings
from twelve.model.risk import Risk
from twelve.model.verdict import Outcome, Verdict
from twelve.system import config, git
from twelve.workflow import artefacts
from twelve.workflow.phases.context import Context

EXAMPLE = Path(__file__).parents[2] / "examples" / "redis-operator"
RUN = "20261120T092243Z-redis-operator-a1b2"

pytestmark = pytest.mark.skipif(
    not (judging.find("kustomize") or judging.find("kubectl")), reason="neither kustomize nor kubectl is installed here"
)


@pytest.fixture
def example(tmp_path: Path) -> git.Repository:
    """The example as a repository of its own."""
    repository = git.init(tmp_path / "redis")
    shutil.copytree(EXAMPLE, repository.root, dirs_exist_ok=True)
    repos.commit_fixed(repository, (repository.root / "docs" / "first-commit.txt").read_text())
    return repository


@pytest.fixture
def printed(example: git.Repository) -> git.Repository:
    """The same policy over the manifests and scripts as printed."""
    for folder in ("base", "overlays", "scripts"):
        shutil.rmtree(example.root / folder)
        shutil.copytree(example.root / "as-printed" / folder, example.root / folder)
    return example


def _verdict(repository: git.Repository, gate: str) -> Verdict:
    gates = definition.resolve_all(config.load(repository.root).settings.gates)
    return engine.judge(repository, repository.root, definition.closure([gate], gates))[-1]


def _twelve(repository: git.Repository, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    source = str(Path(__file__).parents[2] / "src")
    program = "import sys; from twelve.interfaces.cli.main import main; sys.exit(main())"
    environment = {**os.environ, "PYTHONPATH": source, **variables}
    return subprocess.run(
        [sys.executable, "-c", program, *words, "-C", str(repository.root)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=240,
        check=False,
    )


def test_the_full_suite_passes_and_the_cluster_steps_are_skipped_with_a_reason(example: git.Repository) -> None:
    ran = _twelve(example, "gate", "run", "--suite", "full", "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    shown = _twelve(example, "gate", "run", "--suite", "full")
    outcomes = {
        line.split()[1]: line.split()[0] for line in shown.stdout.splitlines() if line.startswith(("PASS", "FAIL", "SKIP", "ERROR"))
    }
    assert {gate for gate, outcome in outcomes.items() if outcome == "SKIP"} == {"applied", "observed"}
    assert {outcome for gate, outcome in outcomes.items() if gate not in ("applied", "observed")} == {"PASS"}
    assert len(outcomes) == 15
    assert "REDIS_CONTEXT is not set" in shown.stdout


@pytest.mark.parametrize("gate", ["applied", "observed"])
def test_a_context_that_does_not_exist_is_never_a_pass(example: git.Repository, gate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_CONTEXT", "no-such-context")
    assert _verdict(example, gate).outcome in (Outcome.SKIP, Outcome.ERROR)


@pytest.mark.slow
def test_every_gate_that_can_be_proven_goes_red_on_its_defect(example: git.Repository) -> None:
    ran = _twelve(example, "gate", "prove")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 decoration, 0 could not be tried, 2 unprovable" in ran.stdout


@pytest.mark.parametrize(
    ("gate", "rule", "path"),
    [
        pytest.param("prod", "kustomize-unknown-field", "overlays/prod/kustomization.yaml", id="namespaceOverride is no field"),
        pytest.param("base", "kustomize-missing", "base/redis-operator", id="a listed folder has no kustomization"),
        pytest.param("base", "kustomize-missing-file", "base/kustomization.yaml", id="a generator names a file that is not there"),
        pytest.param("structure", "file-forbidden", "base/secrets.yaml", id="secrets.yaml is in git"),
        pytest.param("secrets", "secret-kubernetes-secret", "base/secrets.yaml", id="its values are in clear"),
        pytest.param(
            "prod", "kustomize-deprecated", "overlays/prod/kustomization.yaml", id="bases and patchesStrategicMerge are deprecated"
        ),
        pytest.param("prod", "render-failed", "overlays/prod", id="the overlay does not build"),
        pytest.param("base", "render-failed", "base", id="the base does not build"),
        pytest.param("structure", "file-missing", "base/redis-operator/kustomization.yaml", id="the tree lacks a kustomization"),
        pytest.param("scripts", "pattern-forbidden", "scripts/install.sh", id="the script checks nothing"),
    ],
)
def test_the_printed_original_is_rejected(printed: git.Repository, gate: str, rule: str, path: str) -> None:
    verdict = _verdict(printed, gate)
    assert verdict.outcome is Outcome.FAIL
    assert (rule, path) in {(finding.rule, finding.path) for finding in verdict.report.findings}


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("kubectl apply --dry-run=client -f overlays/prod/", ("applied with -k", "client dry run")),
        ("kubectl apply -f base", ("applied with -k",)),
        ("curl -s https://operator.example.com/crd/bases/*.yaml > crd.yaml", ("HTTP has no wildcards",)),
        ("curl -s https://operator.example.com/crd.yaml > crd.yaml", ("without --fail",)),
    ],
)
def test_each_command_that_proves_nothing_is_rejected(example: git.Repository, line: str, named: tuple[str, ...]) -> None:
    repos.write(example, {"scripts/install.sh": f"#!/bin/sh\n{line}\n"})
    messages = " ".join(finding.message for finding in _verdict(example, "scripts").report.findings)
    assert all(part in messages for part in named)


@pytest.mark.parametrize(
    "line",
    ["kubectl apply -k overlays/prod", "curl -fsSL https://example.com/crd.yaml", "kubectl logs -f deploy/redis", "# curl is not used"],
)
def test_commands_that_are_right_pass(example: git.Repository, line: str) -> None:
    repos.write(example, {"scripts/install.sh": f"#!/bin/sh\n{line}\n"})
    assert _verdict(example, "scripts").outcome is Outcome.PASS


def test_the_printed_patch_leaves_empty_dir_beside_size_once_it_builds(example: git.Repository) -> None:
    shutil.copy(example.root / "as-printed/overlays/prod/redis-patch.yaml", example.root / "overlays/prod/redis-patch.yaml")
    verdict = _verdict(example, "prod")
    assert verdict.outcome is Outcome.FAIL
    combination = [finding for finding in verdict.report.findings if finding.rule == "value-combination"]
    assert "spec.storage.emptyDir and spec.storage.size stand together" in combination[0].message


@pytest.mark.parametrize(
    ("file", "old", "new", "gate"),
    [
        ("overlays/prod/redis-patch.yaml", "replicas: 5", "replicas: 4", "prod"),
        ("overlays/prod/redis-patch.yaml", "10Gi", "1Gi", "prod"),
        ("overlays/prod/redis-patch.yaml", "2gb", "2GB", "prod"),
        ("overlays/prod/kustomization.yaml", "redis-prod", "redis", "prod"),
        ("base/redis.yaml", "allkeys-lru", "lru", "base"),
        ("base/redis.yaml", "memory: 512Mi", "memory: 5Gi", "base"),
        ("base/redis-operator/operator.yaml", "v0.15.1", "latest", "operator"),
    ],
)
def test_each_figure_of_the_plan_is_held(example: git.Repository, file: str, old: str, new: str, gate: str) -> None:
    path = example.root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert _verdict(example, gate).outcome is Outcome.FAIL


@pytest.mark.parametrize("phase", ["prime", "research", "plan", "implement", "learn"])
def test_the_filled_artefacts_are_what_the_phases_ask_for(phase: str) -> None:
    gates = msgspec.convert(tomllib.loads((EXAMPLE / "twelve.toml").read_text())["gates"], dict[str, GateSettings])
    plan = artefacts.read(EXAMPLE, RUN, "plan").artefact
    prime = artefacts.read(EXAMPLE, RUN, "prime").artefact
    context = Context(
        run=RUN,
        risk=Risk.HIGH,
        gates=frozenset(gates),
        criteria=tuple(item.id for item in getattr(prime, "success_criteria", ())),
        steps=tuple(step.id for step in getattr(plan, "steps", ())),
    )
    assert context.criteria
    assert context.steps
    assert artefacts.check(artefacts.read(EXAMPLE, RUN, phase), context) == ()
