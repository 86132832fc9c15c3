"""What the words of a command line become, as far as it can be known without running anything.

Bash's order: braces, tilde, variables and substitutions, then field splitting. File names are not looked up: a field with
unquoted glob signs says so.
"""

from __future__ import annotations

from twelve.system.shell.plain import PLAIN
from twelve.system.shell.scope import UNKNOWN, Field, Scope
from twelve.system.shell.syntax import TEXT, Part, Script, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["UNKNOWN", "Field", "Scope", "assigned", "expand", "join", "nested_scripts"]

ROOM = "twelve.system.shell.expanding"
"""Loaded by name and late: most words are plain."""


def expand(word: Word, scope: Scope) -> tuple[Field, ...]:
    """The fields `word` becomes as an argument. `${x:=…}` assigns in `scope`. Raises Unparsable when a value would run as code."""
    known = _known(word)
    found: tuple[Field, ...] = (Field(known),) if known is not None else _room().expand(word, scope)
    return found


def assigned(word: Word, scope: Scope) -> Field:
    """The one field `word` becomes as the value of an assignment: no braces, no splitting, no file names; tildes after colons."""
    known = _known(word)
    found: Field = Field(known) if known is not None else _room().assigned(word, scope)
    return found


def _known(word: Word) -> str | None:
    """The text of a word in which there is nothing to expand."""
    part = word.parts[0] if len(word.parts) == 1 else None
    return part.text if part is not None and part.kind == TEXT and (part.quoted or (part.text and not part.text.strip(PLAIN))) else None


def _room() -> ModuleType:
    return __import__(ROOM, fromlist=("expand",))


def join(fields: tuple[Field, ...]) -> Field:
    """The fields as one, joined by spaces, the way `eval` sees its arguments."""
    return Field(
        " ".join(field.text for field in fields),
        pattern=any(field.pattern for field in fields),
        scripts=tuple(script for field in fields for script in field.scripts),
    )


def nested_scripts(word: Word) -> tuple[Script, ...]:
    """All scripts anywhere in `word`, whether or not expanding it would run them."""
    return tuple(script for part in word.parts for script in _scripts(part))


def _scripts(part: Part) -> tuple[Script, ...]:
    own = () if part.script is None else (part.script,)
    return own + tuple(script for word in part.words for script in nested_scripts(word))
