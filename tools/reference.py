"""Write FACTORS.md, WORKFLOW.md, docs/reference and the shipped schemas from code and content.

Run: python tools/reference.py [--check]; with --check it fails when what is committed differs.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from pages import factors, policy, schemas, terminal, workflow

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("docs/reference/schemas", "src/twelve/content/schemas")
"""Folders in which every file is generated; a left-over is a difference."""


def render() -> dict[str, str]:
    """Every generated page by its path."""
    sources = (factors, policy, schemas, terminal, workflow)
    return {path: text.rstrip("\n") + "\n" for source in sources for path, text in source.pages().items()}


def differences(root: Path, wanted: dict[str, str]) -> list[str]:
    """Unified diffs of what is committed against what would be generated, left-over files included."""
    found = []
    for path, text in sorted(wanted.items()):
        old = (root / path).read_text("utf-8") if (root / path).is_file() else ""
        if old != text:
            found.append("".join(difflib.unified_diff(old.splitlines(True), text.splitlines(True), path, f"{path} (generated)", n=1)))
    return found + [f"{path}: not generated any more\n" for path in _left_over(root, wanted)]


def write(root: Path, wanted: dict[str, str]) -> None:
    for path, text in wanted.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    for path in _left_over(root, wanted):
        (root / path).unlink()


def _left_over(root: Path, wanted: dict[str, str]) -> list[str]:
    present = {path.relative_to(root).as_posix() for folder in FOLDERS for path in (root / folder).glob("*") if path.is_file()}
    return sorted(present - wanted.keys())


def main(arguments: Sequence[str]) -> int:
    wanted = render()
    if "--check" not in arguments:
        write(ROOT, wanted)
        return 0
    found = differences(ROOT, wanted)
    for text in found:
        print(text[:4_000], end="")
    print(f"{len(wanted)} generated pages, {len(found)} differ" + ("; run tools/reference.py and commit" if found else ""))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
