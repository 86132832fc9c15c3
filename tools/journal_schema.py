"""Write the journal's JSON Schema from the event types, or with --check fail when the committed one differs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from twelve.model.event_schema import schema

TARGET = Path(__file__).resolve().parent.parent / "src" / "twelve" / "content" / "schemas" / "journal.json"


def render() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        same = TARGET.is_file() and TARGET.read_text("utf-8") == render()
        print("journal.json is current" if same else "journal.json differs from the event types; run tools/journal_schema.py")
        return 0 if same else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(render(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
