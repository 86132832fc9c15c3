"""Modules that lie beside the code: what they do when they are imported, and the functions the code calls out of them."""

from __future__ import annotations

import warnings

from twelve.factors.guardrails.actions.languages.python_values import Value
from twelve.factors.guardrails.actions.paths import UNKNOWN
from twelve.factors.guardrails.actions.streams import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.factors.guardrails.actions.languages.python_expressions import Expressions

MODULES = 8
"""Modules that are followed for one text."""
TEXT = 60_000
"""Characters of all of them together."""
NODES = 1_500
"""What one module may spend of what a call may spend; it costs the call nothing."""
_ONLY_TREE = 0x400


def follow(reader: Expressions, module: str, level: int = 0) -> None:
    """Runs the module's own statements and keeps its functions under their full names."""
    seen = reader.modules
    if not module or module in seen or len(seen) >= MODULES or reader.nested > 1:
        return
    text = _text(reader, module, level)
    if text is None or len(text) + sum(seen.values()) > TEXT:
        return
    seen[module] = len(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = compile(text.replace(UNKNOWN, "_unknown_"), "<module>", "exec", _ONLY_TREE, True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return
    work = reader.call.state.work
    left, over, before = work.left, work.over, reader.names
    work.left, work.over, reader.names = min(left, NODES), True, {"__name__": Value(module)}
    reader.nested += 1
    reader.block(tree.body)
    reader.nested -= 1
    own = reader.names
    work.left, work.over = left, over
    reader.names = {**own, **{f"{module}.{name}": value for name, value in own.items() if value.body is not None}, **before}


def _text(reader: Expressions, module: str, level: int) -> str | None:
    state = reader.call.state
    if not state.look:
        return None
    folders = [state.script.rpartition("/")[0]] if state.script else []
    if level == 0:
        folders.append(state.cwd.path)
    else:
        folders = [folder + "/.." * (level - 1) for folder in folders]
    path = module.replace(".", "/")
    for folder in dict.fromkeys(folders):
        for name in (path + ".py", path + "/__init__.py"):
            place = state.places(folder + "/" + name)[0]
            text = None if place.partial else state.text_of(Stream(None, path=place.real))
            if text is not None:
                return text
    return None
