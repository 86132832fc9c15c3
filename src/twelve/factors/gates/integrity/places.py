"""What a path is, by its name: a test, a snapshot, a source, a pipeline, a rule of the house."""

from __future__ import annotations

import re
from enum import StrEnum


class Language(StrEnum):
    PYTHON = "python"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    TSX = "tsx"
    GO = "go"
    RUST = "rust"
    JVM = "jvm"
    RUBY = "ruby"
    CSHARP = "csharp"
    C = "c"
    PHP = "php"
    SWIFT = "swift"
    SHELL = "shell"


_SUFFIXES = {
    Language.PYTHON: "py pyi pyw",
    Language.JAVASCRIPT: "js jsx mjs cjs",
    Language.TYPESCRIPT: "ts mts cts",
    Language.TSX: "tsx",
    Language.GO: "go",
    Language.RUST: "rs",
    Language.JVM: "java kt kts scala groovy",
    Language.RUBY: "rb rake",
    Language.CSHARP: "cs fs",
    Language.C: "c cc cpp cxx h hpp m mm",
    Language.PHP: "php",
    Language.SWIFT: "swift",
    Language.SHELL: "sh bash bats zsh",
}
_LANGUAGE = {suffix: language for language, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_FOLDERS = frozenset(("test", "tests", "testing", "spec", "specs", "__tests__", "e2e", "playground"))
_NAMED = re.compile(
    r"""(?: test_[^/]*\.pyw? | [^/]*_tests?\.py | tests?\.py
          | [^/]*[._-](?:test|spec|e2e)s?\.[cm]?[jt]sx? | [^/]*\.test-d\.tsx?
          | [^/]*_test\.go | [^/]*_(?:test|spec)\.(?:rb|rs|cc|cpp|exs?)
      | [^/]*(?:Test|Tests|Spec|IT)\.(?:java|kt|scala|groovy|cs|fs|swift|php)
          | test_[^/]*\.(?:sh|rb|c|cc|cpp) | [^/]*\.bats )""",
    re.VERBOSE,
)
_PYTHON_COLLECTED = re.compile(r"(?:test_.*|.*_tests?|tests?)\.pyw?", re.DOTALL)
_SNAPSHOT = re.compile(
    r"""(?:^|/)(?: __snapshots__/.+ | __image_snapshots__/.+ | snapshots?/.+ | goldens?/.+ | golden_files/.+ | testdata/.*golden.*
          | expected/.+ | expectations?/.+ | [^/]+\.snap | [^/]+\.ambr | [^/]+\.golden | [^/]+\.approved\.[^/]+ | [^/]+\.verified\.[^/]+
          | [^/]+\.expected(?:\.[^/]+)? | [^/]+[-_.](?:golden|snapshot|expected)\.[^/]+ )$""",
    re.VERBOSE,
)
_PIPELINE = re.compile(
    r"""(?: \.github/workflows/[^/]+\.ya?ml | \.github/actions/.+/action\.ya?ml | (?:.*/)?\.gitlab-ci\.ya?ml | \.gitlab/.*\.ya?ml
          | \.travis\.ya?ml | \.circleci/.+\.ya?ml | azure-pipelines\.ya?ml | \.?appveyor\.ya?ml | bitbucket-pipelines\.ya?ml | Jenkinsfile
          | \.drone\.ya?ml | \.buildkite/.+\.ya?ml | \.cirrus\.ya?ml )""",
    re.VERBOSE,
)
_POLICY = re.compile(
    r"""(?: twelve\.toml | \.claude/settings(?:\.local)?\.json | \.claude/hooks/.+ | \.codex/.+ | \.gemini/settings\.json
      | \.gemini/hooks/.+
          | \.github/CODEOWNERS | CODEOWNERS | docs/CODEOWNERS | (?:\.twelve/)?allowed_signers )""",
    re.VERBOSE,
)
_HOOK = re.compile(
    r"(?:\.husky/(?!_/).+|\.githooks/.+|\.hooks/.+|\.?lefthook(?:-local)?\.(?:ya?ml|toml|json)|\.pre-commit-config\.ya?ml|\.overcommit\.yml)"
)


def language(path: str) -> Language | None:
    """By suffix; None when it is no source file anybody here can read."""
    return _LANGUAGE.get(path.rpartition("/")[2].rpartition(".")[2]) if "." in path else None


def is_test(path: str) -> bool:
    """A source file that holds tests, by its name or its folder."""
    if language(path) is None:
        return False
    *folders, name = path.split("/")
    return bool(_NAMED.fullmatch(name)) or not _FOLDERS.isdisjoint(folders)


def is_named_test(path: str) -> bool:
    """Whether test runners find tests in a file of this name."""
    name = path.rpartition("/")[2]
    if language(path) is Language.PYTHON:
        return bool(_PYTHON_COLLECTED.fullmatch(name))
    if language(path) is Language.GO:
        return name.endswith("_test.go")
    return True


def is_snapshot(path: str) -> bool:
    """A file with expected output, written by a program more often than by a person."""
    return bool(_SNAPSHOT.search(path)) and (language(path) is None or "snap" in path or "golden" in path)


def is_source(path: str) -> bool:
    """Code that is not a test."""
    return language(path) is not None and not is_test(path) and not is_snapshot(path)


def is_pipeline(path: str) -> bool:
    return bool(_PIPELINE.fullmatch(path))


def is_policy(path: str) -> bool:
    """Says what agents may do, who must approve, or which gates judge."""
    return bool(_POLICY.fullmatch(path))


def is_hook(path: str) -> bool:
    return bool(_HOOK.fullmatch(path))


def subject_name(path: str) -> str:
    """What a test file is about, by its name: `tests/test_config.py` and `config.spec.ts` give `config`."""
    stem = path.rpartition("/")[2].partition(".")[0]
    return re.sub(r"^(?:test_|tests?$)|(?:_tests?|_spec|-test|-spec|Tests?|Spec)$", "", stem)
