from __future__ import annotations

from pathlib import Path

import pytest

from twelve.factors.gates.reading import kustomization
from twelve.model.finding import Severity


def _write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def _found(root: Path, folder: str) -> set[tuple[str, str, int]]:
    return {(finding.rule, finding.path, finding.line) for finding in kustomization.walk(root, folder).findings}


def test_a_whole_tree_of_kustomizations_is_visited(tmp_path: Path) -> None:
    root = _write(
        tmp_path,
        {
            "base/kustomization.yaml": "resources:\n  - a.yaml\n  - more\n",
            "base/a.yaml": "x",
            "base/more/kustomization.yml": "resources: [b.yaml]\ncomponents:\n  - ../../parts\n",
            "base/more/b.yaml": "x",
            "parts/Kustomization": "kind: Component\n",
            "prod/kustomization.yaml": "resources:\n  - ../base\npatches:\n  - path: p.yaml\n  - patch: |-\n      a: b\n",
            "prod/p.yaml": "x",
        },
    )
    walked = kustomization.walk(root, "prod")
    assert walked.findings == ()
    assert walked.visited == ("prod/kustomization.yaml", "base/kustomization.yaml", "base/more/kustomization.yml", "parts/Kustomization")


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("namespaceOverride: x\n", "kustomize-unknown-field", 1),
        ("resources:\n  - gone.yaml\n", "kustomize-missing-file", 2),
        ("configMapGenerator:\n  - name: a\n    files:\n      - key=gone.conf\n", "kustomize-missing-file", 4),
        ("configMapGenerator:\n  - name: a\n    envs: [gone.env]\n", "kustomize-missing-file", 3),
        ("patches:\n  - path: gone.yaml\n", "kustomize-missing-file", 2),
        ("patches:\n  - path: folder\n", "kustomize-missing-file", 2),
        ("bases:\n  - ../nowhere\n", "kustomize-missing-file", 2),
        ("resources:\n  - ../../outside.yaml\n", "kustomize-outside", 2),
        ("secretGenerator:\n  - name: s\n    literals: [a=b]\n", "kustomize-secret-literal", 1),
        ("resources:\n  - https://example.com/x.yaml\n", "kustomize-remote", 2),
        ("resources:\n  - github.com/org/repo//base?ref=v1\n", "kustomize-remote", 2),
        ("resources:\n  - git@example.com:org/repo.git\n", "kustomize-remote", 2),
        ("- a\n- b\n", "kustomize-unreadable", 1),
        ("a: [\n", "kustomize-unreadable", 2),
        ("namespace: a\nnamespace: b\n", "kustomize-unreadable", 2),
    ],
)
def test_each_defect_is_named_with_its_line(tmp_path: Path, text: str, rule: str, line: int) -> None:
    root = _write(tmp_path, {"prod/kustomization.yaml": text, "prod/folder/x": ""})
    assert (rule, "prod/kustomization.yaml", line) in _found(root, "prod")


@pytest.mark.parametrize("field", ["bases", "patchesStrategicMerge", "patchesJson6902", "commonLabels", "vars"])
def test_deprecated_fields_are_warnings_with_their_successor(tmp_path: Path, field: str) -> None:
    walked = kustomization.walk(_write(tmp_path, {"a/kustomization.yaml": f"{field}: []\n"}), "a")
    assert [(finding.rule, finding.severity) for finding in walked.findings] == [("kustomize-deprecated", Severity.WARNING)]
    assert "use" in walked.findings[0].fix or "list" in walked.findings[0].fix


def test_a_folder_without_a_kustomization_is_named(tmp_path: Path) -> None:
    root = _write(tmp_path, {"a/kustomization.yaml": "resources:\n  - operator\n", "a/operator/x.yaml": "x"})
    assert _found(root, "a") == {("kustomize-missing", "a/operator", 0)}
    assert _found(root, "nowhere") == {("kustomize-missing", "nowhere", 0)}


def test_circles_end_and_remote_is_told(tmp_path: Path) -> None:
    root = _write(tmp_path, {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"})
    walked = kustomization.walk(root, "a")
    assert len(walked.visited) == 2
    assert not walked.remote


def test_links_out_of_the_repository_are_not_followed(tmp_path: Path) -> None:
    outside = _write(tmp_path / "outside", {"kustomization.yaml": "resources: []\n"})
    root = _write(tmp_path / "root", {"a/kustomization.yaml": "resources: [link]\n"})
    (root / "a/link").symlink_to(outside)
    assert {rule for rule, _, _ in _found(root, "a")} == {"kustomize-outside"}
