"""Read kustomizations before any tool runs: what they name, what is missing, what is unknown or deprecated.

kustomize stops at its first error and fetches remote resources without asking; this walk names every defect of
every kustomization reached from one folder and tells whether building it would use the network.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.model.finding import Finding, Severity
from twelve.system import documents, files

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_VISIT_LIMIT = 200
"""Kustomizations visited from one folder (ours)."""

_FIELDS = frozenset(
    re.findall(
        r"\w+",
        """
    apiVersion kind metadata openapi namePrefix nameSuffix namespace labels commonAnnotations patches images replacements
    replicas sortOptions resources components crds configMapGenerator secretGenerator generatorOptions configurations generators
    transformers validators buildMetadata helmGlobals helmCharts inventory
        """,
    )
)
_DEPRECATED = {
    "bases": "list the folders under `resources`",
    "patchesStrategicMerge": "use `patches` with `path` or `patch`",
    "patchesJson6902": "use `patches` with a `target`",
    "commonLabels": "use `labels`",
    "vars": "use `replacements`",
    "imageTags": "use `images`",
    "helmChartInflationGenerator": "use `helmCharts`",
}
_REMOTE = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://|git::|[\w.-]+@[\w.-]+:|(?:www\.)?(?:github|gitlab|bitbucket)\.(?:com|org)[/:]|[^?]*\?(?:ref|version|timeout|submodules)=)",
    re.IGNORECASE,
)
_PATH_LISTS = (
    "resources",
    "bases",
    "components",
    "patchesStrategicMerge",
    "crds",
    "configurations",
    "generators",
    "transformers",
    "validators",
)
_FOLDERS = ("resources", "bases", "components", "generators", "transformers", "validators")


class Walk(Struct, frozen=True, kw_only=True):
    """What was found from one folder."""

    findings: tuple[Finding, ...]
    visited: tuple[str, ...]
    """Kustomization files read, repository-relative."""
    remote: bool
    """Whether building would fetch something."""


class _Place(Struct, frozen=True):
    """One kustomization file being judged."""

    root: Path
    folder: str
    path: str
    text: str

    def finding(self, rule: str, message: str, fix: str, *, word: str, severity: Severity = Severity.ERROR) -> Finding:
        """A finding on the first line that holds `word`."""
        at = self.text.find(word)
        line = self.text.count("\n", 0, at) + 1 if at >= 0 else 0
        return Finding(rule=rule, path=self.path, line=line, message=message, fix=fix, severity=severity, anchor=word)


def walk(root: Path, folder: str) -> Walk:
    """Judge the kustomization of a folder and of every local folder it reaches."""
    waiting = [posixpath.normpath(folder)]
    seen: set[str] = set()
    visited: list[str] = []
    findings: list[Finding] = []
    while waiting and len(seen) < _VISIT_LIMIT:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        place = _open(root, here)
        if isinstance(place, Finding):
            findings.append(place)
            continue
        visited.append(place.path)
        judged, folders = _judge(place)
        findings += judged
        waiting += folders
    return Walk(findings=tuple(findings), visited=tuple(visited), remote=any(finding.rule == "kustomize-remote" for finding in findings))


def _open(root: Path, folder: str) -> _Place | Finding:
    for name in FILE_NAMES:
        path = posixpath.normpath(posixpath.join(folder, name))
        try:
            file = files.confined(root, path)
            if file.is_file():
                return _Place(root, folder, path, files.read_text(file, 1_000_000))
        except TwelveError as error:
            return Finding(rule="kustomize-unreadable", path=path, message=error.what, fix="keep kustomizations inside the repository")
    message = "there is no kustomization.yaml in this folder" if (root / folder).is_dir() else "this folder does not exist"
    return Finding(rule="kustomize-missing", path=folder, message=message, fix="add a kustomization.yaml that lists the folder's resources")


def _judge(place: _Place) -> tuple[list[Finding], list[str]]:
    try:
        content = documents.load_yaml(place.text, name=place.path)
    except TwelveError as error:
        return [
            Finding(rule="kustomize-unreadable", path=place.path, line=getattr(error, "line", 0), message=error.what, fix=error.next)
        ], []
    if not isinstance(content, Mapping):
        return [place.finding("kustomize-unreadable", "is not a table of fields", "write fields such as `resources:`", word="")], []
    findings = list(_fields(place, content))
    folders: list[str] = []
    for field, target in _targets(content):
        finding, folder = _resolve(place, field, target)
        if finding:
            findings.append(finding)
        if folder:
            folders.append(folder)
    return findings, folders


def _fields(place: _Place, content: Mapping[str, Any]) -> Iterator[Finding]:
    for field in content:
        if field in _DEPRECATED:
            yield place.finding(
                "kustomize-deprecated", f"`{field}` is deprecated", _DEPRECATED[field], word=f"{field}:", severity=Severity.WARNING
            )
        elif field not in _FIELDS:
            yield place.finding(
                "kustomize-unknown-field", f"`{field}` is not a kustomization field", "remove it or correct its name", word=f"{field}:"
            )
    for entry in _tables(content.get("secretGenerator")):
        if entry.get("literals"):
            fix = "generate the secret outside git (external secrets, sealed secrets)"
            yield place.finding("kustomize-secret-literal", "`secretGenerator` holds literal values", fix, word="secretGenerator:")


def _targets(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every local path or URL the kustomization names, with the field that names it."""
    for field in _PATH_LISTS:
        for item in _items(content.get(field)):
            # Inline patches and inline transformers are YAML text, not paths.
            if isinstance(item, str) and "\n" not in item and not item.lstrip().startswith(("{", "- ")):
                yield field, item
    for field in ("patches", "patchesJson6902", "replacements"):
        for entry in _tables(content.get(field)):
            if isinstance(entry.get("path"), str):
                yield field, entry["path"]
    for field in ("configMapGenerator", "secretGenerator"):
        for entry in _tables(content.get(field)):
            named = [item.partition("=")[2] or item for item in _items(entry.get("files")) if isinstance(item, str)]
            named += [item for item in [*_items(entry.get("envs")), entry.get("env")] if isinstance(item, str)]
            yield from ((field, item) for item in named)
    openapi = content.get("openapi")
    if isinstance(openapi, Mapping) and isinstance(openapi.get("path"), str):
        yield "openapi", openapi["path"]


def _resolve(place: _Place, field: str, target: str) -> tuple[Finding | None, str]:
    """A finding when the target cannot be used, and the folder to visit next when it is one."""
    if _REMOTE.match(target):
        fix = "keep a copy, pinned by digest, in the repository"
        return place.finding("kustomize-remote", f"`{field}` fetches {target}", fix, word=target), ""
    path = posixpath.normpath(posixpath.join(place.folder, target))
    try:
        found = files.confined(place.root, path)
    except TwelveError:
        return place.finding(
            "kustomize-outside", f"`{field}` names {target}, outside the repository", "keep it inside the repository", word=target
        ), ""
    if found.is_dir():
        if field in _FOLDERS:
            return None, path
        return place.finding(
            "kustomize-missing-file", f"`{field}` names the folder {target}; a file is needed", "name a file", word=target
        ), ""
    if not found.is_file():
        return place.finding(
            "kustomize-missing-file", f"`{field}` names {target}, which does not exist", "create it or remove the entry", word=target
        ), ""
    return None, ""


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _tables(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in _items(value) if isinstance(item, Mapping)]
