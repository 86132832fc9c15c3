"""No secret in clear. Built-in shapes always; gitleaks or detect-secrets on top when one is installed.

The built-in pass also reads what the tools skip in silence (detect-secrets gives up on files that are not UTF-8
and on lines its own `allowlist` comment excuses). Nothing here repeats a secret: a finding names the rule, the
place and four hex digits of a digest.

An excuse is an entry with a reason in the allow file (TOML, `[[allow]]` with `path`, `reason` and `rule` or
`fingerprint`); comments in the source excuse nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, structs

from twelve.factors.gates import globs, reports, versions
from twelve.factors.gates.kind import Job
from twelve.factors.gates.reading import secret_shapes
from twelve.factors.memory import dialects
from twelve.model.errors import TwelveError
from twelve.model.finding import Finding, Severity
from twelve.model.gate import Cost, GateSettings, Seed
from twelve.model.verdict import Outcome, Report
from twelve.system import documents, files
from twelve.system.processes import Execution

SUMMARY = "no secrets in clear"
COST = Cost.SECURITY
TOOL = ""
INPUTS: tuple[str, ...] = ("**", ".twelve/**")
TIMEOUT_S = 120.0
PURE = True

_FIX = "remove it, rotate it at its issuer, and read it from the environment or a secret store"


class Allow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One excuse. Without a reason it is itself a finding."""

    path: str
    """Repository-relative path or glob."""
    rule: str = ""
    fingerprint: str = ""
    reason: str = ""


class AllowFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    allow: tuple[Allow, ...] = ()


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gates.<id>.options]` of the kind `secrets`."""

    engine: Literal["auto", "gitleaks", "detect-secrets", "builtin"] = "auto"
    """`auto` takes the first tool that is installed and says which; naming one makes its absence an ERROR."""
    allow_file: str = "secrets-allow.toml"
    """Excuses: `[[allow]]` tables with `path`, `rule` or `fingerprint`, and a `reason`. A comment in the source excuses nothing."""
    allow: tuple[Allow, ...] = ()
    """More excuses, kept in the policy."""
    max_bytes: int = 4_000_000
    """Largest text file that is scanned, bytes; a larger one is a finding, because it could hide anything (ours)."""
    disable: tuple[str, ...] = ("Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector")
    """detect-secrets plugins that are switched off; these three mostly report digests and addresses."""


def check(job: Job, options: Options) -> Report:
    """Scan every input file. A tool that fails or answers nonsense makes the gate ERROR."""
    if not job.files:
        return reports.nothing("no file matches", "correct the gate's inputs")
    allowed = _allowed(job, options)
    engine = _engine(job, options)
    readable, findings = _builtin(job, options)
    if options.engine not in ("auto", engine):
        return reports.missing(job, options.engine)
    version = ""
    if engine != "builtin":
        outside = _gitleaks(job) if engine == "gitleaks" else _detect_secrets(job, readable, options)
        if isinstance(outside, Report):
            return outside
        seen = {(finding.path, finding.line) for finding in findings}
        findings += [finding for finding in outside if (finding.path, finding.line) not in seen]
        version = versions.of(job, engine, "version" if engine == "gitleaks" else "--version")
    label = engine if engine == "builtin" else f"{engine} + builtin"
    return reports.judged(
        _excuse(findings, allowed), f"{reports.counted(len(job.files), 'file')} scanned by {label}", tool=label, version=version
    )


def seed(_job: Job, _options: Options) -> Seed | None:
    """A well-formed cloud key that belongs to nobody, put together here so that this file holds none."""
    key = "AKIA" + "Q7XK2MPLW3V5NTZD"
    return Seed(file="twelve_seeded_defect.txt", write=f"aws_access_key_id = {key}\n", because="holds an AWS access key id")


def programs(_root: object, _settings: GateSettings, options: Options) -> tuple[str, ...]:
    """Tools whose coming and going changes the answer."""
    return ("gitleaks", "detect-secrets") if options.engine == "auto" else ()


def _engine(job: Job, options: Options) -> str:
    """The tool that is used; `builtin` when there is none."""
    wanted = [name for name in ("gitleaks", "detect-secrets") if options.engine in ("auto", name)]
    return next((name for name in wanted if job.find(name)), "builtin")


def _builtin(job: Job, options: Options) -> tuple[list[str], list[Finding]]:
    """Text files that were read, and what the built-in shapes say about them."""
    readable: list[str] = []
    findings: list[Finding] = []
    for path in job.files:
        try:
            data = _bounded(job.root / path, options.max_bytes)
        except TwelveError as error:
            findings.append(
                Finding(
                    rule="secret-unscanned", path=path, message=error.what, fix="split it, or allow it with a reason", anchor="unscanned"
                )
            )
            continue
        if data is None:
            continue
        readable.append(path)
        findings += [_finding(path, hit.line, hit.rule, hit.mark) for hit in secret_shapes.scan(data.decode("utf-8", "replace"), path)]
    return readable, findings


def _bounded(file: Path, limit: int) -> bytes | None:
    """The bytes of a text file, None for a binary one (judged by the gate for large and binary files)."""
    with file.open("rb") as stream:
        if b"\0" in stream.read(8_192):
            return None
    return files.read_bounded(file, limit)


def _detect_secrets(job: Job, paths: list[str], options: Options) -> list[Finding] | Report:
    argv = ["detect-secrets", "scan", "--no-verify", "--disable-filter", "detect_secrets.filters.allowlist.is_line_allowlisted"]
    argv += [word for plugin in options.disable for word in ("--disable-plugin", plugin)]
    findings: list[Finding] = []
    for part in versions.portions(paths):
        answer = job.run([*argv, *part], cwd=".")
        if answer.outcome is not Outcome.PASS:
            return _broken(answer, "detect-secrets")
        try:
            results = msgspec.json.decode(answer.stdout, type=_Baseline).results
        except msgspec.DecodeError as error:
            return reports.error("detect-secrets answered something unreadable", str(error))
        findings += [
            _finding(path.removeprefix("./"), hit.line_number, hit.type.lower().replace(" ", "-"), hit.hashed_secret[:4])
            for path, hits in results.items()
            for hit in hits
        ]
    return findings


class _Potential(Struct):
    type: str
    line_number: int
    hashed_secret: str


class _Baseline(Struct):
    results: dict[str, list[_Potential]]


class _Leak(Struct, rename="pascal"):
    rule_i_d: str = msgspec.field(name="RuleID")
    file: str
    start_line: int


def _gitleaks(job: Job) -> list[Finding] | Report:
    argv = ["gitleaks", "detect", "--no-git", "--source", ".", "--redact", "--no-banner", "--exit-code", "0", "--report-format", "json"]
    answer = job.run([*argv, "--report-path", "/dev/stdout", "--ignore-gitleaks-allow"], cwd=".")
    if answer.outcome is not Outcome.PASS:
        return _broken(answer, "gitleaks")
    return _leaks(answer.stdout, job)


def _leaks(report: bytes, job: Job) -> list[Finding] | Report:
    """Findings of a gitleaks report. It scans ignored files too; only the gate's own inputs count."""
    try:
        leaks = msgspec.json.decode(report.strip() or b"null", type=list[_Leak] | None)
    except msgspec.DecodeError as error:
        return reports.error("gitleaks answered something unreadable", str(error))
    mine = set(job.files)
    named = [(leak.file.removeprefix(f"{job.root}/").removeprefix("./"), leak) for leak in leaks or ()]
    return [_finding(path, leak.start_line, leak.rule_i_d, "") for path, leak in named if path in mine]


def _broken(answer: Execution, tool: str) -> Report:
    """The tool's own output stays out: it may quote what it found."""
    return reports.broken(structs.replace(answer, stdout=b"", stderr=b""), tool=tool)


def _finding(path: str, line: int, rule: str, mark: str) -> Finding:
    return Finding(rule=f"secret-{rule}", path=path, line=line, message=f"looks like a secret ({rule})", fix=_FIX, anchor=f"{rule}:{mark}")


def _allowed(job: Job, options: Options) -> tuple[Allow, ...]:
    """Excuses of the policy and of the allow file; a file that cannot be read is an error, not an empty list."""
    if options.allow_file not in job.files:
        return options.allow
    text = files.read_text(files.confined(job.root, options.allow_file), 200_000)
    try:
        return options.allow + msgspec.convert(documents.load_toml(text, name=options.allow_file), AllowFile).allow
    except msgspec.ValidationError as error:
        raise TwelveError(
            f"{options.allow_file} cannot be read", why=str(error), next="write [[allow]] tables with path, rule or fingerprint, and reason"
        ) from error


def _excuse(findings: list[Finding], allowed: tuple[Allow, ...]) -> list[Finding]:
    kept: list[Finding] = []
    used: set[Allow] = set()
    for finding in findings:
        match = next((entry for entry in allowed if _valid(entry) and _covers(entry, finding)), None)
        if match is None:
            kept.append(finding)
        else:
            used.add(match)
    kept += [
        _bad_entry(entry, "allow-without-reason", "the excuse needs a reason, and a rule or a fingerprint")
        for entry in allowed
        if not _valid(entry)
    ]
    stale = [entry for entry in allowed if _valid(entry) and entry not in used]
    return kept + [_bad_entry(entry, "allow-unused", "the excuse matches nothing any more", Severity.WARNING) for entry in stale]


def _valid(entry: Allow) -> bool:
    return bool(entry.path and (entry.rule or entry.fingerprint)) and not dialects.is_placeholder(entry.reason)


def _covers(entry: Allow, finding: Finding) -> bool:
    named = globs.matches((entry.path,), finding.path) or entry.path == finding.path
    rule = not entry.rule or f"secret-{entry.rule.removeprefix('secret-')}" == finding.rule
    return named and rule and (not entry.fingerprint or entry.fingerprint == finding.fingerprint)


def _bad_entry(entry: Allow, rule: str, message: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(
        rule=rule,
        path=entry.path,
        message=message,
        severity=severity,
        fix="correct or remove the entry",
        anchor=entry.rule or entry.fingerprint,
    )
