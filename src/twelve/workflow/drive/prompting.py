"""placeholder until prompts arrive"""

from __future__ import annotations

from twelve.workflow.drive.desk import Place
from twelve.workflow.machine import Work, Write


def prompt(place: Place, move: Write | Work) -> str:
    return f"{place.request.task}\n" + "\n".join(move.why)
