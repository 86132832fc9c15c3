"""What the words of a command line become, as far as it can be known without running anything.

Bash's order: braces, tilde, variables and substitutions, then field splitting. File names are not looked up: a field with
unquoted glob signs says so.
"""

from __future__ import annotations

from twelve.system.shell.braces import TooMany, expand_braces
from twelve.system.shell.parameters import Expander
from twelve.system.shell.scope import UNKNOWN, Field, Scope
from twelve.system.shell.splitting import fields_of
from twelve.system.shell.syntax import TEXT, Part, Script, Word

__all__ = ["UNKNOWN", "Field", "Scope", "assigned", "expand", "join", "nested_scripts"]


def expand(word: Word, scope: Scope) -> tuple[Field, ...]:
    """The fields `word` becomes as an argument. `${x:=…}` assigns in `scope`. Raises Unparsable when a value would run as code."""
    if len(word.parts) == 1 and word.parts[0].kind == TEXT and word.parts[0].quoted:
        return (Field(word.parts[0].text),)
    try:
        words = expand_braces(word.parts)
    except TooMany:
        return (Field(UNKNOWN, scripts=nested_scripts(word)),)
    fields: list[Field] = []
    for parts in words:
        fields.extend(_fields(parts, scope))
    return tuple(fields)


def assigned(word: Word, scope: Scope) -> Field:
    """The one field `word` becomes as the value of an assignment: no braces, no splitting, no file names; tildes after colons."""
    expander = Expander(scope)
    text = "".join(segment.text for segment in expander.segments(word.parts, colons=True))
    return Field(text, scripts=tuple(expander.scripts))


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


def _fields(parts: tuple[Part, ...], scope: Scope) -> list[Field]:
    """The fields of one word after brace expansion. Scripts stay with the first field; a word that vanishes keeps one for them."""
    expander = Expander(scope)
    fields = fields_of(expander.segments(parts))
    if expander.scripts:
        if not fields:
            return [Field(UNKNOWN, scripts=tuple(expander.scripts))]
        fields[0].scripts = tuple(expander.scripts)
    return fields
