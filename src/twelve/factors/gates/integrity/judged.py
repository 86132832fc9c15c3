"""Which files have anything to say about integrity; all others are left alone, however large."""

from __future__ import annotations

import re

from twelve.factors.gates.integrity import places

_SETTINGS = frozenset(
    [
        "pyproject.toml",
        "setup.cfg",
        "tox.ini",
        "pytest.ini",
        ".coveragerc",
        ".flake8",
        "mypy.ini",
        ".mypy.ini",
        "ruff.toml",
        ".ruff.toml",
        ".pylintrc",
        "pylintrc",
        "noxfile.py",
        "package.json",
        "tsconfig.json",
        ".eslintrc",
        ".eslintrc.json",
        ".eslintrc.yml",
        ".eslintrc.yaml",
        ".nycrc",
        ".nycrc.json",
        ".c8rc.json",
        "codecov.yml",
        ".codecov.yml",
        "codecov.yaml",
        ".codecov.yaml",
        ".golangci.yml",
        ".golangci.yaml",
        ".golangci.toml",
        "clippy.toml",
        ".clippy.toml",
        ".rubocop.yml",
        "Makefile",
        "makefile",
        "GNUmakefile",
        "justfile",
        "Justfile",
        "Taskfile.yml",
        "biome.json",
        "jest.config.json",
        ".mocharc.json",
        ".mocharc.yml",
        ".taprc",
        "sonar-project.properties",
        ".pre-commit-config.yaml",
    ]
)


_FOREIGN = re.compile(r"(?:^|/)(?:dist|vendor|third_party|node_modules)/|\.(?:min|bundle)\.\w+$")
"""Written by a program or by others: nobody reviews it line by line."""
PROGRAM = re.compile(r"(?:jest|vitest|vite|eslint|\.eslintrc)(?:\.[\w-]+)*\.?(?:config)?\.[cm]?[jt]s")
"""Settings that are programs: only values written out in them are read."""


def reads(path: str) -> bool:
    """Whether any rule looks into a file of this name."""
    name = path.rpartition("/")[2]
    if _FOREIGN.search(path):
        return False
    return (
        places.language(path) is not None
        or is_settings(path)
        or places.is_pipeline(path)
        or places.is_policy(path)
        or places.is_hook(path)
        or places.is_snapshot(path)
        or name.endswith(".mk")
    )


def is_settings(path: str) -> bool:
    """A file that sets up tests, linters or coverage."""
    name = path.rpartition("/")[2]
    return name in _SETTINGS or bool(PROGRAM.fullmatch(name)) or (name.startswith("tsconfig") and name.endswith(".json"))
