from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kit import judging, repos
from twelve.factors.gates.prove import Result
from twelve.model.verdict import Outcome, Report

_APP = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: web
          image: web:1
          args: [--fast]
"""
_BASE = {"base/kustomization.yaml": "resources:\n  - web.yaml\n", "base/web.yaml": _APP}
_PROD = {**_BASE, "prod/kustomization.yaml": "namespace: web-prod\nresources:\n  - ../base\nreplicas:\n  - name: web\n    count: 5\n"}

needs_kustomize = pytest.mark.skipif(
    not (judging.find("kustomize") or judging.find("kubectl")), reason="neither kustomize nor kubectl is installed here"
)
needs_helm = pytest.mark.skipif(not judging.find("helm"), reason="helm is not installed here")


def _ask(tmp_path: Path, files: dict[str, Any], *assertions: dict[str, Any], **options: Any) -> Report:
    repository = repos.new_repository(tmp_path, files)
    return judging.ask(repository, "rendered_manifests", {"path": "prod", "assertions": list(assertions), **options})


def _plain(tmp_path: Path, text: str, *assertions: dict[str, Any]) -> Report:
    return _ask(tmp_path, {"k8s/a.yaml": text}, *assertions, renderer="files", path="k8s/*.yaml")


@needs_kustomize
def test_values_after_rendering_are_what_counts(tmp_path: Path) -> None:
    report = _ask(
        tmp_path,
        _PROD,
        {"kind": "Deployment", "name": "web", "namespace": "web-prod", "at": "spec.replicas", "equals": 5},
        {"at": "metadata.namespace", "equals": "web-prod"},
        {"kind": "Deployment", "at": "spec.template.spec.containers[name=web].args", "contains": "--fast"},
        {"kind": "Deployment", "at": "spec.template.spec.containers[*].image", "matches": r"^web:\d+$"},
        {"kind": "Secret", "count": 0},
        {"kind": "Deployment", "at": "spec.paused", "absent": True},
    )
    assert report.findings == ()
    assert report.outcome is Outcome.PASS
    assert report.summary == "1 object, 6 assertions held"
    assert report.argv[-1] == "./prod"


@pytest.mark.parametrize(
    ("assertion", "rule"),
    [
        ({"kind": "Deployment", "at": "spec.replicas", "equals": 5}, "value-wrong"),
        ({"kind": "Deployment", "at": "spec.replicas", "equals": "2"}, "value-wrong"),
        ({"kind": "Deployment", "at": "spec.missing"}, "value-missing"),
        ({"kind": "Deployment", "at": "spec.replicas", "absent": True}, "value-forbidden"),
        ({"kind": "Deployment", "at": "spec.template.spec.containers[0].image", "matches": "@sha256:"}, "value-wrong"),
        ({"kind": "Deployment", "at": "spec.template.spec.containers[0].args", "contains": "--slow"}, "value-wrong"),
        ({"kind": "Deployment", "together": ["spec.replicas", "spec.template"]}, "value-combination"),
        ({"kind": "StatefulSet", "at": "spec.replicas", "equals": 2}, "object-missing"),
        ({"kind": "Deployment", "name": "other"}, "object-missing"),
        ({"kind": "Deployment", "count": 2}, "object-count"),
        ({"kind": "Deployment", "api_version": "apps/v2"}, "object-missing"),
    ],
)
def test_each_broken_assertion_has_its_rule_and_reason(tmp_path: Path, assertion: dict[str, Any], rule: str) -> None:
    report = _plain(tmp_path, _APP, {**assertion, "reason": "agreed in the plan"})
    assert (report.outcome, judging.rules(report)) == (Outcome.FAIL, [rule])
    assert "agreed in the plan" in report.findings[0].message


@needs_kustomize
def test_a_build_error_is_red_with_the_tools_words(tmp_path: Path) -> None:
    files = {**_PROD, "base/web.yaml": "kind: [\n"}
    report = _ask(tmp_path / "a", files)
    assert report.outcome is Outcome.FAIL
    assert "render-failed" in judging.rules(report)
    assert _ask(tmp_path / "b", files).findings == report.findings


def test_a_remote_resource_is_red_and_nothing_is_fetched(tmp_path: Path) -> None:
    files = {"prod/kustomization.yaml": "resources:\n  - https://example.invalid/x.yaml\n"}
    report = _ask(tmp_path, files)
    assert (report.outcome, judging.rules(report), report.argv) == (Outcome.FAIL, ["kustomize-remote"], ())


@needs_kustomize
def test_deprecated_fields_warn_or_block_as_the_policy_says(tmp_path: Path) -> None:
    files = {**_BASE, "prod/kustomization.yaml": "bases:\n  - ../base\n"}
    assert _ask(tmp_path / "a", files).outcome is Outcome.PASS
    assert _ask(tmp_path / "b", files, deprecated="error").outcome is Outcome.FAIL


def test_nothing_rendered_is_an_error(tmp_path: Path) -> None:
    assert _plain(tmp_path, "# nothing\n").outcome is Outcome.ERROR


@pytest.mark.parametrize("text", ["a: 1\n", "- list\n", "just text\n", "kind: Deployment\n"])
def test_documents_that_are_no_objects_are_errors(tmp_path: Path, text: str) -> None:
    assert _plain(tmp_path, text).outcome is Outcome.ERROR


def test_malformed_yaml_is_red_with_its_line(tmp_path: Path) -> None:
    report = _plain(tmp_path, _APP + "spec: {}\n")
    assert [(finding.rule, finding.path) for finding in report.findings] == [("manifest-unreadable", "k8s/a.yaml")]
    assert report.findings[0].line > 1


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
    report = _plain(tmp_path, f"apiVersion: v1\nkind: ConfigMap\na0: &a0 [x]\n{levels}\n")
    assert judging.rules(report) == ["manifest-unreadable"]


def test_lists_are_unfolded_and_doubles_are_red(tmp_path: Path) -> None:
    item = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"
    report = _plain(tmp_path, f"apiVersion: v1\nkind: List\nitems: [{item}, {item}]\n", {"kind": "ConfigMap", "count": 2})
    assert judging.rules(report) == ["object-duplicate"]


def test_a_secrets_value_is_never_shown(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: q9Zt4Lm2x}\n"
    report = _plain(tmp_path, text, {"kind": "Secret", "at": "stringData.password", "equals": "other"})
    assert report.outcome is Outcome.FAIL
    assert "q9Zt4Lm2x" not in repr(report)


def test_custom_resources_are_held_against_their_crd(tmp_path: Path) -> None:
    definition = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ks.g.io}\n"
        "spec: {group: g.io, names: {kind: K}, versions: [{name: v1, served: true, schema: {openAPIV3Schema: "
        "{type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}}]}\n"
    )
    misspelt = "apiVersion: g.io/v1\nkind: K\nmetadata: {name: x}\nspec: {sise: 1}\n"
    unknown = "apiVersion: g.io/v2\nkind: K\nmetadata: {name: y}\n"
    text = "---\n".join((definition, misspelt, unknown))
    report = _plain(tmp_path, text)
    assert judging.rules(report) == ["crd-schema", "crd-not-served"] or judging.rules(report) == ["crd-not-served", "crd-schema"]


@pytest.mark.parametrize(
    "assertion", [{"kind": "Deployment", "at": "spec..x"}, {"kind": "Deployment", "at": "spec.template", "matches": "("}]
)
def test_an_unreadable_assertion_is_never_a_pass(tmp_path: Path, assertion: dict[str, Any]) -> None:
    assert _plain(tmp_path, _APP, assertion).outcome is not Outcome.PASS


def test_a_missing_renderer_is_an_error_or_a_skip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = repos.new_repository(tmp_path, _PROD)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "git").symlink_to(judging.find("git") or "git")
    monkeypatch.setenv("PATH", str(empty))
    assert judging.ask(repository, "rendered_manifests", {"path": "prod"}).outcome is Outcome.ERROR
    assert judging.ask(repository, "rendered_manifests", {"path": "prod"}, required=False).outcome is Outcome.SKIP
    helm = {"path": "prod", "renderer": "helm"}
    assert judging.ask(repository, "rendered_manifests", helm, required=False).outcome is Outcome.SKIP


_CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "chart/values.yaml": "replicas: 2\n",
    "chart/templates/web.yaml": _APP.replace("replicas: 2", "replicas: {{ .Values.replicas }}\n  selector: {matchLabels: {app: web}}"),
    "prod-values.yaml": "replicas: 5\n",
}


@needs_helm
def test_a_chart_is_linted_rendered_and_judged(tmp_path: Path) -> None:
    good = {"kind": "Deployment", "at": "spec.replicas", "equals": 5}
    options = {"renderer": "helm", "path": "chart", "values": ["prod-values.yaml"]}
    assert _ask(tmp_path / "a", _CHART, good, **options).outcome is Outcome.PASS
    assert _ask(tmp_path / "b", _CHART, {**good, "equals": 2}, **options).outcome is Outcome.FAIL
    broken = {**_CHART, "chart/templates/web.yaml": "{{ .Values.gone.deep }}"}
    assert _ask(tmp_path / "c", broken, good, **options).outcome is Outcome.FAIL


@needs_kustomize
def test_the_seed_turns_it_red(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, _PROD)
    assert judging.trial(repository, "rendered_manifests", {"path": "prod"}).result is Result.PROVEN
