"""Files beside JavaScript code that it requires or imports by a relative name: they run when it does."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import Stream, silence

FILES = 8
"""Files that are followed for one text."""
NODES = 1_500
"""What one of them may spend of what a call may spend; it costs the call nothing."""
_WAYS = ("require(", "import(", "from", "import")
_ENDINGS = ("", ".js", ".mjs", ".cjs", ".ts", ".json", "/index.js", "/index.mjs", "/index.ts")
_MARK = "imported"


def follow(text: str, state: State) -> None:
    """Follows them, two deep."""
    if not state.look or state.via.count(_MARK) > 1:
        return
    folder = state.script.rpartition("/")[0] if state.script else state.cwd.path
    work = state.work
    for name in _names(text)[:FILES]:
        for ending in _ENDINGS:
            place = state.places(folder + "/" + name + ending)[0]
            content = None if place.partial or ending == ".json" else state.text_of(Stream(None, path=place.real))
            if content is None:
                continue
            left, over = work.left, work.over
            work.left, work.over = min(left, NODES), True
            inner = state.child(_MARK)
            inner.script = place.path
            code.load("twelve.factors.guardrails.actions.languages.scanning", "follow")(content, inner, silence(), [], "node")
            work.left, work.over = left, over
            break


def _names(text: str) -> list[str]:
    """Relative names behind `require(`, `from` and `import`."""
    found: dict[str, None] = {}
    for quote in "\"'`":
        at = text.find(quote + ".")
        while at >= 0 and len(found) < FILES:
            end = text.find(quote, at + 1)
            before = text[:at].rstrip()[-10:]
            if 0 < end - at < 200 and before.endswith(_WAYS) and text[at + 1 : at + 3] in ("./", ".."):
                found[text[at + 1 : end]] = None
            at = text.find(quote + ".", at + 1)
    return list(found)
