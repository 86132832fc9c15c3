"""The scripted agent's main function: prompt on standard input, one JSON event per line on standard output.

The place in the run comes from TWELVE_RUN, TWELVE_PHASE, TWELVE_STEP, TWELVE_ROUND, TWELVE_ATTEMPT
and TWELVE_ARTEFACT. The last event is `{"type": "result", "status": ..., "detail": ..., "text": ...}`;
only status `done` goes with exit code 0.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twelve.factors.agents.replay import script as scripts
from twelve.factors.agents.replay.actions import Stage
from twelve.model.errors import TwelveError

PROMPT_LIMIT = 4_000_000


def report(kind: str, **fields: Any) -> None:
    sys.stdout.write(json.dumps({"type": kind, **fields}, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def place() -> dict[str, str]:
    """Where in the run this turn is, as the driver said it."""
    return {key: os.environ.get(f"TWELVE_{key.upper()}", "") for key in scripts.PLACES}


def perform(path: Path, workdir: Path, prompt: str) -> Stage:
    """Choose this place's turn and carry out its actions in order."""
    script = scripts.load(path)
    here = place()
    turn = scripts.choose(script, here, prompt)
    report("started", script=path.name, turn=turn.name or f"turns[{script.turns.index(turn)}]")
    stage = Stage(workdir, path.parent, {**script.variables, **here}, report)
    for action in turn.actions:
        if not stage.do(action):
            break
    return stage


def main(argv: Sequence[str]) -> int:
    """`argv` is the script's path; the work tree is the current folder."""
    prompt = sys.stdin.buffer.read(PROMPT_LIMIT).decode("utf-8", "replace")
    workdir = Path.cwd()
    try:
        stage = perform((workdir / argv[0]).resolve(), workdir, prompt)
    except (TwelveError, OSError, ValueError) as error:
        report("result", status="failed", detail=f"replay script: {error}", text="")
        return 1
    report("result", status=stage.end.status, detail=stage.end.detail, text=stage.last_words)
    return 0 if stage.end.status == "done" else 1
