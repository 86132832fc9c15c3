"""Manifests as they will be applied: rendered with kustomize or Helm, then held against assertions.

kustomize runs as `kustomize build` or `kubectl kustomize`, whichever is there, without plugins. Kustomizations are
read first, so every defect is named and nothing is fetched: a remote resource is a finding and stops the build.
No cluster is asked; what only an API server knows (admission, quotas, existing objects) is not judged here.
"""

from __future__ import annotations

import posixpath
import re
from typing import Literal

from msgspec import Struct, structs

from twelve.factors.gates import globs, reports
from twelve.factors.gates.kind import Job
from twelve.factors.gates.reading import kustomization, manifests
from twelve.model.finding import Finding, Severity
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Outcome, Report
from twelve.system import documents, files, redact

SUMMARY = "rendered Kubernetes manifests hold what the policy asserts"
COST = Cost.INTEGRATION
TOOL = ""
INPUTS: tuple[str, ...] = ("*.yaml", "*.yml", "Kustomization")
TIMEOUT_S = 60.0
# Not pure: generators may read any file, also one outside the inputs.

_STAMP = re.compile(r"^[EWIF]\d{4} [\d:.]+ +\d+ [\w.-]+:\d+\] ")


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gates.<id>.options]` of the kind `rendered_manifests`."""

    renderer: Literal["kustomize", "helm", "files"] = "kustomize"
    """`files` reads plain manifests that `path`, then a glob, selects."""
    path: str = "."
    """Folder of the kustomization or chart, or a glob."""
    assertions: tuple[manifests.Assertion, ...] = ()
    """Tables. Which objects: `kind` ("*" is every kind, then `except_kinds` leaves some out), `name`, `namespace`, `api_version`.
    Which value: `at`, a path such as `spec.replicas`, `spec.containers[0].image`, `spec.containers[name=redis].image`,
    `spec.containers[*].image` or `metadata.annotations["example.com/team"]`. What must hold: `equals`, `matches`, `contains`,
    `absent = true`, or that it exists; `together` lists paths that must not all exist in one object; `count` is the number of
    objects, at least one without it. `reason` is shown with the finding."""
    schema: bool = True
    """Check custom resources against CRDs that are rendered with them."""
    deprecated: Literal["warning", "error"] = "warning"
    """How deprecated kustomization fields count."""
    release: str = "release"
    """Helm: release name."""
    namespace: str = "default"
    """Helm: namespace of the release."""
    values: tuple[str, ...] = ()
    """Helm: values files, repository-relative."""
    lint: bool = True
    """Helm: run `helm lint` first."""


class Rendered(Struct, frozen=True, kw_only=True):
    """Text that came out, the command that made it, and what was noticed on the way."""

    text: str = ""
    argv: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    built: bool = True


def check(job: Job, options: Options) -> Report:
    """Render and judge. Missing tools are ERROR or SKIP, a failed build is FAIL with the tool's own words."""
    try:
        rendered = _render(job, options)
        if isinstance(rendered, Report):
            return rendered
        if not rendered.built:
            return _recorded(reports.judged(rendered.findings, f"{options.path} builds"), rendered)
        return _judge(options, rendered)
    except re.error as error:
        return reports.error("a regular expression cannot be read", str(error))


def seed(job: Job, options: Options) -> Seed | None:
    """An unknown field in the kustomization, or an unreadable manifest."""
    if options.renderer == "kustomize":
        for name in kustomization.FILE_NAMES:
            path = posixpath.normpath(posixpath.join(options.path, name))
            if path in job.files:
                return Seed(file=path, append="\ntwelveSeededField: true\n", because="names a field kustomize does not know")
    if options.renderer == "files" and (chosen := globs.select((options.path,), job.files)):
        return Seed(file=chosen[0], append="\n---\nkind: [\n", because="is not YAML any more")
    chart = posixpath.normpath(posixpath.join(options.path, "Chart.yaml"))
    return Seed(file=chart, append="\nname: [\n", because="is not YAML any more") if chart in job.files else None


def _judge(options: Options, rendered: Rendered) -> Report:
    objects = manifests.load(rendered.text, f"rendered {options.path}")
    if not objects:
        return reports.nothing(f"{options.path} renders no object", "list resources in it")
    findings = [*rendered.findings, *manifests.duplicates(objects, options.path)]
    if options.schema:
        findings += manifests.schema_faults(objects, options.path)
    for assertion in options.assertions:
        findings += manifests.judge(objects, assertion, options.path)
    good = f"{reports.counted(len(objects), 'object')}, {reports.counted(len(options.assertions), 'assertion')} held"
    return _recorded(reports.judged(findings, good), rendered)


def _recorded(report: Report, rendered: Rendered) -> Report:
    """With the command; what it printed stays out, because rendered objects may hold secrets."""
    return structs.replace(report, argv=rendered.argv, tool=" ".join(rendered.argv[:2]))


def _render(job: Job, options: Options) -> Rendered | Report:
    match options.renderer:
        case "kustomize":
            return _kustomize(job, options)
        case "helm":
            return _helm(job, options)
        case "files":
            return _files(job, options)


def _kustomize(job: Job, options: Options) -> Rendered | Report:
    walked = kustomization.walk(job.root, options.path)
    noticed = tuple(_weighed(finding, options) for finding in walked.findings)
    if walked.remote:
        return Rendered(findings=noticed, built=False)
    program = job.find("kustomize")
    argv = ("kustomize", "build") if program else ("kubectl", "kustomize")
    if not program and not job.find("kubectl"):
        # What the walk saw is wrong with or without a tool.
        if any(finding.severity is Severity.ERROR for finding in noticed):
            return Rendered(findings=noticed, built=False)
        return reports.missing(job, "kustomize or kubectl")
    return _built(job, (*argv, f"./{posixpath.normpath(options.path)}"), noticed, options)


def _weighed(finding: Finding, options: Options) -> Finding:
    if finding.rule == "kustomize-deprecated" and options.deprecated == "error":
        return structs.replace(finding, severity=Severity.ERROR)
    return finding


def _helm(job: Job, options: Options) -> Rendered | Report:
    if not job.find("helm"):
        return reports.missing(job, "helm")
    chart = f"./{posixpath.normpath(options.path)}"
    values = [word for file in options.values for word in ("--values", f"./{file}")]
    if options.lint:
        linted = job.run(["helm", "lint", chart, *values], cwd=".")
        if linted.outcome is Outcome.ERROR:
            return reports.broken(linted, tool="helm lint")
        if linted.outcome is Outcome.FAIL:
            return Rendered(argv=tuple(linted.argv), findings=(_failed("helm-lint", options.path, linted.text),), built=False)
    argv = ("helm", "template", options.release, chart, "--namespace", options.namespace, *values)
    return _built(job, argv, (), options)


def _built(job: Job, argv: tuple[str, ...], noticed: tuple[Finding, ...], options: Options) -> Rendered | Report:
    answer = job.run(argv, cwd=".")
    if answer.outcome is Outcome.ERROR:
        return reports.broken(structs.replace(answer, stdout=b""), tool=argv[0])
    if answer.outcome is Outcome.FAIL:
        said = answer.stderr.decode("utf-8", "replace")
        return Rendered(argv=argv, findings=(*noticed, _failed("render-failed", options.path, said)), built=False)
    if answer.truncated:
        return reports.error(f"{argv[0]} printed more than can be judged", "the output was cut")
    return Rendered(text=answer.stdout.decode("utf-8", "replace"), argv=argv, findings=noticed)


def _failed(rule: str, path: str, said: str) -> Finding:
    # kubectl stamps its errors with time and process; the same defect must read the same tomorrow.
    lines = [_STAMP.sub("", line) for line in said.splitlines() if line.strip() and not line.lstrip().startswith("# Warning")]
    text = redact.redact(" ".join(" ".join(lines).split()))[:600]
    return Finding(
        rule=rule, path=path, message=text or "the tool failed without saying why", fix="correct what the tool names", anchor=rule
    )


def _files(job: Job, options: Options) -> Rendered | Report:
    chosen = globs.select((options.path,), job.files)
    if not chosen:
        return reports.nothing(f"no file matches {options.path}", "correct the option path")
    parts: list[str] = []
    findings: list[Finding] = []
    for path in chosen:
        text = files.read_text(job.root / path)
        try:
            documents.load_yaml_all(text, name=path)
            parts.append(text)
        except documents.DocumentError as error:
            findings.append(Finding(rule="manifest-unreadable", path=path, line=error.line, message=error.what, fix="correct the YAML"))
    return Rendered(text="\n---\n".join(parts), findings=tuple(findings), built=not findings)
