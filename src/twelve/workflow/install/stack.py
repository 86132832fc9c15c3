"""What a project is made of, seen from its files: which gates would have something to judge here.

Only a gate whose input and whose tool exist is suggested; for the rest a remark says what was missing.
Nothing of the project is executed except its own Python interpreter, to ask whether pytest can be imported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct

from twelve.factors.gates import tools
from twelve.model.errors import TwelveError
from twelve.model.verdict import Outcome
from twelve.system import files, processes

_SAMPLE = 20
"""Test files looked into to tell pytest from unittest."""
_PLAIN_PATH = re.compile(r"[\w./@+ -]+")
"""Folder names that may be written into the policy; anything else could end a TOML string or comment."""
_TEST_FILE = re.compile(r"(^|/)(test_[^/]*|[^/]*_test)\.py$")


class Gate(Struct, frozen=True, kw_only=True):
    """One table of the policy to be written."""

    id: str
    comment: str
    lines: tuple[str, ...]


class Remark(Struct, frozen=True, kw_only=True):
    """A gate that was left out, and why."""

    id: str
    reason: str


class Project(Struct, frozen=True, kw_only=True):
    """The work tree as detection sees it."""

    root: Path
    paths: tuple[str, ...]

    def having(self, *endings: str) -> tuple[str, ...]:
        return tuple(path for path in self.paths if path.endswith(endings))

    def named(self, *names: str) -> tuple[str, ...]:
        return tuple(path for path in self.paths if PurePosixPath(path).name in names)

    def text(self, path: str) -> str:
        """The file's text; empty when it cannot be read, because detection is a guess and never an error."""
        try:
            return files.read_text(files.confined(self.root, path))
        except TwelveError:
            return ""


def suggest(root: Path, paths: Sequence[str]) -> tuple[Gate | Remark, ...]:
    """Gates and remarks for this tree, in the order they are written."""
    project = Project(root=root, paths=tuple(paths))
    return tuple(found for detect in _DETECTORS for found in detect(project))


def _always(_project: Project) -> Iterator[Gate]:
    yield Gate(id="merge-markers", comment="No conflict is left in any file.", lines=('kind = "merge_markers"',))
    yield Gate(id="large-files", comment="No file that does not belong in a repository.", lines=('kind = "large_files"',))
    yield Gate(id="secrets", comment="No secret in clear; what is found is never repeated.", lines=('kind = "secrets"',))
    yield Gate(id="toml", comment="TOML can be read; this file is one of them.", lines=('kind = "toml"',))


def _python_tests(project: Project) -> Iterator[Gate | Remark]:
    tests = [path for path in project.having(".py") if _TEST_FILE.search(path)]
    if not tests:
        return
    runner = "pytest" if _uses_pytest(project, tests) else "unittest"
    if not _python(project.root):
        yield Remark(id="tests", reason="there are Python tests, but no python3 was found")
    elif runner == "pytest" and not _can_import(project.root, "pytest"):
        yield Remark(id="tests", reason="the tests need pytest, which the project's interpreter cannot import")
    else:
        lines = ('kind = "python_tests"', f'options = {{ runner = "{runner}" }}')
        yield Gate(id="tests", comment=f"The project's own tests, with {runner}. No test collected counts as an error.", lines=lines)


def _uses_pytest(project: Project, tests: Sequence[str]) -> bool:
    if project.named("pytest.ini", "conftest.py"):
        return True
    if "[tool.pytest" in project.text("pyproject.toml") or "[tool:pytest]" in project.text("setup.cfg"):
        return True
    sample = [project.text(path) for path in tests[:_SAMPLE]]
    return any("pytest" in text for text in sample) or not any("unittest" in text for text in sample)


def _python(root: Path) -> str | None:
    return tools.find(root, "python3") or tools.find(root, "python")


def _can_import(root: Path, module: str) -> bool:
    interpreter = _python(root)
    if not interpreter:
        return False
    answer = processes.run([interpreter, "-c", f"import {module}"], cwd=root, timeout_s=20)
    return answer.outcome is Outcome.PASS


def _ruff(project: Project) -> Iterator[Gate | Remark]:
    configured = bool(project.named("ruff.toml", ".ruff.toml")) or "[tool.ruff" in project.text("pyproject.toml")
    if configured and project.having(".py"):
        yield _if_tool(project, "ruff", "Lint, as configured by the project.")


def _mypy(project: Project) -> Iterator[Gate | Remark]:
    configured = bool(project.named("mypy.ini", ".mypy.ini")) or "[tool.mypy" in project.text("pyproject.toml")
    if (configured or "[mypy]" in project.text("setup.cfg")) and project.having(".py"):
        yield _if_tool(project, "mypy", "Types, as configured by the project.")


def _if_tool(project: Project, tool: str, comment: str) -> Gate | Remark:
    if tools.find(project.root, tool):
        return Gate(id=tool, comment=comment, lines=(f'kind = "{tool}"',))
    return Remark(id=tool, reason=f"{tool} is configured here but not installed")


def _yaml(project: Project) -> Iterator[Gate | Remark]:
    if not project.having(".yaml", ".yml"):
        return
    charts = _folders(project.named("Chart.yaml"))
    lines = ['kind = "yaml"']
    if charts:
        excluded = ", ".join(f'"!{"" if chart == "." else chart + "/"}templates/**"' for chart in charts)
        lines.append(f'inputs = ["**/*.yaml", "**/*.yml", {excluded}]')
    yield Gate(id="yaml", comment="YAML can be read and has no duplicate keys.", lines=tuple(lines))


def _json(project: Project) -> Iterator[Gate | Remark]:
    found = project.having(".json")
    if not found:
        return
    if any("//" in project.text(path) and PurePosixPath(path).name.startswith(("tsconfig", "settings")) for path in found):
        yield Remark(id="json", reason="some .json files here hold comments; choose inputs for a gate of kind json yourself")
    else:
        yield Gate(id="json", comment="JSON can be read and has no duplicate keys.", lines=('kind = "json"',))


def _shell(project: Project) -> Iterator[Gate | Remark]:
    if not project.having(".sh", ".bash"):
        return
    if tools.find(project.root, "bash"):
        yield Gate(id="shell", comment="Shell scripts parse; with shellcheck when it is installed.", lines=('kind = "shell"',))
    else:
        yield Remark(id="shell", reason="there are shell scripts, but bash was not found")


def _links(project: Project) -> Iterator[Gate]:
    if project.having(".md"):
        yield Gate(id="links", comment="Relative links and anchors in Markdown lead somewhere.", lines=('kind = "markdown_links"',))


def _kustomize(project: Project) -> Iterator[Gate | Remark]:
    found = project.named("kustomization.yaml", "kustomization.yml", "Kustomization")
    if not found:
        return
    folders = _folders(found)
    for tool, command in (("kustomize", "build"), ("kubectl", "kustomize")):
        if tools.find(project.root, tool):
            for number, folder in enumerate(_overlays(folders), 1):
                yield _render(number, folder, tool, command)
            return
    yield Remark(id="manifests", reason="there are kustomizations, but neither kustomize nor kubectl was found")


def _folders(paths: Sequence[str]) -> list[str]:
    return sorted({folder for path in paths if _PLAIN_PATH.fullmatch(folder := str(PurePosixPath(path).parent))})


def _overlays(folders: Sequence[str]) -> list[str]:
    """Overlays when the project has some (bases are rendered through them), else every folder."""
    overlays = [folder for folder in folders if "overlays" in PurePosixPath(folder).parts]
    return overlays or list(folders)


def _render(number: int, folder: str, tool: str, command: str) -> Gate:
    name = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-")[:50]
    lines = (
        'kind = "command"',
        f'command = ["{tool}", "{command}", "{folder}"]',
        'inputs = ["**/*.yaml", "**/*.yml", "**/*.env", "**/*.conf"]',
    )
    # The number keeps two folders apart whose names differ only in what an id cannot hold.
    return Gate(id=f"render-{number}-{name}".rstrip("-"), comment=f"{folder} renders.", lines=lines)


_DETECTORS: tuple[Callable[[Project], Iterator[Gate | Remark]], ...] = (
    _always,
    _yaml,
    _json,
    _shell,
    _links,
    _ruff,
    _mypy,
    _python_tests,
    _kustomize,
)
