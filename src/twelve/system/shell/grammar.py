from __future__ import annotations

from twelve.system.shell.syntax import Script, Unparsable

FOLDER = ""


def parse(line: str) -> Script:
    raise Unparsable("not yet")
