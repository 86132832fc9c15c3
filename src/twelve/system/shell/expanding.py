"""Words with anything in them the shell would look at: braces, tildes, variables, substitutions, splitting."""

from __future__ import annotations

from twelve.system.shell.braces import TooMany, expand_braces
from twelve.system.shell.expansion import nested_scripts
from twelve.system.shell.parameters import Expander
from twelve.system.shell.scope import UNKNOWN, Field, Scope
from twelve.system.shell.splitting import IFS, fields_of
from twelve.system.shell.syntax import Part, Word


def expand(word: Word, scope: Scope) -> tuple[Field, ...]:
    """The fields of any word."""
    try:
        words = expand_braces(word.parts)
    except TooMany:
        return (Field(UNKNOWN, scripts=nested_scripts(word)),)
    fields: list[Field] = []
    for parts in words:
        fields.extend(_fields(parts, scope))
    return tuple(fields)


def assigned(word: Word, scope: Scope) -> Field:
    """The one field any word becomes as the value of an assignment."""
    expander = Expander(scope)
    text = "".join(segment.text for segment in expander.segments(word.parts, colons=True))
    return Field(text, scripts=tuple(expander.scripts))


def _fields(parts: tuple[Part, ...], scope: Scope) -> list[Field]:
    """The fields of one word after brace expansion. Scripts stay with the first field; a word that vanishes keeps one for them."""
    expander = Expander(scope)
    own = scope.variables.get("IFS")
    fields = fields_of(expander.segments(parts), IFS if own is None or UNKNOWN in own else own)
    if expander.scripts:
        if not fields:
            return [Field(UNKNOWN, scripts=tuple(expander.scripts))]
        fields[0].scripts = tuple(expander.scripts)
    return fields
