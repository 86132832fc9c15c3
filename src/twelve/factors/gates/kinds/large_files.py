"""No file too large for review and no unexpected binary file. Git LFS pointers are small text and pass."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from twelve.factors.gates import globs, reports
from twelve.factors.gates.kind import Job
from twelve.model.finding import Finding
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Report

SUMMARY = "no oversized files, no unexpected binaries"
COST = Cost.SYNTAX
TOOL = ""
INPUTS: tuple[str, ...] = ("**",)
TIMEOUT_S = 60.0
PURE = True

_SAMPLE = 8_192
"""Bytes looked at for a NUL, as git itself does (ours)."""
_LFS = b"version https://git-lfs.github.com/spec/v1\n"


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gates.<id>.options]` of the kind `large_files`."""

    max_bytes: int = 1_000_000
    """Largest file, bytes (ours)."""
    binary: tuple[str, ...] = ("*.png", "*.jpg", "*.jpeg", "*.gif", "*.webp", "*.ico", "*.pdf", "*.woff", "*.woff2", "*.ttf", "*.otf")
    """Globs of binary files that belong in a repository."""
    binary_suffixes: tuple[str, ...] = (
        *(".exe", ".dll", ".so", ".dylib", ".o", ".a", ".class", ".jar", ".war", ".pyc", ".wasm"),
        *(".zip", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar", ".tgz", ".iso", ".dmg", ".deb", ".rpm", ".db", ".sqlite"),
    )
    """Endings that are binary whatever the first bytes look like."""
    except_files: tuple[str, ...] = ()
    """Globs this gate leaves alone."""


def check(job: Job, options: Options) -> Report:
    """Judge size and content of every file; reads at most 8 KiB of each."""
    chosen = [path for path in job.files if not globs.matches(options.except_files, path)]
    if not chosen:
        return reports.nothing("no file is left to judge", "correct inputs or except_files")
    findings = [finding for path in chosen for finding in _findings(job.root, path, options)]
    return reports.judged(findings, f"{reports.counted(len(chosen), 'file')} looked at")


def seed(_job: Job, options: Options) -> Seed | None:
    """A text file one byte over the limit."""
    return Seed(file="twelve-seeded-defect.txt", write="x" * (options.max_bytes + 1), because=f"larger than {options.max_bytes} bytes")


def _findings(root: Path, path: str, options: Options) -> list[Finding]:
    try:
        size = (root / path).lstat().st_size
        with (root / path).open("rb") as stream:
            sample = stream.read(_SAMPLE)
    except OSError as error:
        return [
            Finding(
                rule="file-unreadable", path=path, message=f"cannot be read: {error.strerror}", fix="make the file readable or remove it"
            )
        ]
    if sample.startswith(_LFS) and size < 1_024:
        return []
    findings = []
    if size > options.max_bytes:
        findings.append(
            Finding(
                rule="file-too-large",
                path=path,
                message=f"{size} bytes, more than {options.max_bytes}",
                fix="keep it in Git LFS or outside the repository, or raise max_bytes in the policy",
                anchor="size",
            )
        )
    is_binary = b"\0" in sample or path.lower().endswith(options.binary_suffixes)
    if is_binary and not globs.matches(options.binary, path):
        findings.append(
            Finding(
                rule="file-binary",
                path=path,
                message="binary content cannot be reviewed as a diff",
                fix="build it instead of committing it, keep it in Git LFS, or name it under `binary` in the policy",
                anchor="binary",
            )
        )
    return findings
