"""Write the artefacts' JSON Schemas from their types, or with --check fail when a committed one differs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from twelve.workflow import artefacts
from twelve.workflow.phases import published

FOLDER = Path(__file__).resolve().parent.parent / "src" / "twelve" / "content" / "schemas"


def render() -> dict[Path, str]:
    """Path -> text of every schema."""
    return {
        FOLDER / f"{name}.json": json.dumps(published.json_schema(kind), indent=2, ensure_ascii=False) + "\n"
        for name, kind in artefacts.TYPES.items()
    }


def main(arguments: Sequence[str]) -> int:
    wanted = render()
    if "--check" in arguments:
        differ = [path.name for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text]
        print(f"{len(wanted)} artefact schemas, {len(differ)} differ" + ("; run tools/artefact_schemas.py" if differ else ""))
        return 1 if differ else 0
    for path, text in wanted.items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
