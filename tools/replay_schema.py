"""Write the replay script's JSON Schema from its types, or with --check fail when the committed one differs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from twelve.factors.agents.replay import script

TARGET = Path(__file__).resolve().parent.parent / "src" / "twelve" / "content" / "schemas" / "replay.json"


def render() -> str:
    return json.dumps(script.json_schema(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        same = TARGET.is_file() and TARGET.read_text("utf-8") == render()
        print("replay.json is current" if same else "replay.json differs from the script types; run tools/replay_schema.py")
        return 0 if same else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(render(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
