"""What is known while words are expanded, and what a word becomes."""

from __future__ import annotations

from twelve.system.shell.syntax import Script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

UNKNOWN = "\0"
"""Stands in a text for a piece nobody can know. Unquoted, it may be any number of fields, none included."""


class Scope:
    """`variables` maps a name to its value, None when it was assigned something that is not known.

    A name that is absent is unknown too unless `complete` says that all variables are here; then it is unset. Where an
    alternative is given (`${a:-b}`), an absent name counts as unset in any case. `positional`
    are `$1` and on, None when they are not known. `arrays` holds array values the same way `variables` holds texts.
    `run` answers a command substitution with the text it would print, None when that cannot be told.
    """

    __slots__ = ("arrays", "complete", "home", "positional", "run", "variables")

    def __init__(
        self,
        variables: dict[str, str | None] | None = None,
        *,
        home: str = "",
        positional: tuple[str, ...] | None = None,
        run: Callable[[Script], str | None] | None = None,
        complete: bool = False,
        arrays: dict[str, tuple[str, ...] | None] | None = None,
    ) -> None:
        self.variables = {} if variables is None else variables
        self.home = home
        self.positional = positional
        self.run = run
        self.complete = complete
        self.arrays = {} if arrays is None else arrays

    def child(self) -> Scope:
        """A copy for a subshell: what it assigns is not seen outside."""
        return Scope(
            dict(self.variables),
            home=self.home,
            positional=self.positional,
            run=self.run,
            complete=self.complete,
            arrays=dict(self.arrays),
        )


class Field:
    """One argument. `exact`: no UNKNOWN in `text`. `pattern`: it has unquoted glob signs, so it may become several paths.

    `scripts` are the command and process substitutions that run while it is expanded.
    """

    __slots__ = ("exact", "pattern", "scripts", "text")

    def __init__(self, text: str, *, pattern: bool = False, scripts: tuple[Script, ...] = ()) -> None:
        self.text = text
        self.exact = UNKNOWN not in text
        self.pattern = pattern
        self.scripts = scripts
