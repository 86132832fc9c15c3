"""The text of our git hooks. POSIX shell, because it runs wherever git runs one; the work is done by the fast path.

What was there before runs first and decides as it always did: it may rewrite a message or files, which are then judged.
"""

from __future__ import annotations

import shlex

NAMES = ("pre-commit", "prepare-commit-msg", "commit-msg", "pre-push", "post-commit")
"""The hooks Twelve has something to do in."""

PASSED_ON = (
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-merge-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "post-rewrite",
    "pre-auto-gc",
)
"""The hooks that are only handed on, so that a folder of ours silences none of the person's."""

RARE = ("sendemail-validate", "pre-receive", "update", "post-receive", "post-update", "post-index-change", "reference-transaction",
        "push-to-checkout", "proc-receive", "p4-changelist", "p4-prepare-changelist", "p4-post-changelist", "p4-pre-submit")  # fmt: skip
"""Hooks whose mere existence costs time or changes what git does: handed on only where the person has one."""

MARK = "# twelve: begin git hook"
END = "# twelve: end"
_INFORMING = ("post-commit",)
"""Hooks git does not ask for an answer."""


def beside(name: str, command: str, kept_as: str) -> str:
    """A hook in the folder git looks in; `kept_as` is the file name of the one that stood there, "" when there was none."""
    before = f'previous="${{0%/*}}/"{shlex.quote(kept_as)}\n' if kept_as else "previous=\n"
    return _script(name, before, command)


def in_folder(name: str, command: str, *, ours: str, default: str) -> str:
    """A hook in our own folder, which looks up at every call where git would look without it. `command` is "" to only hand on."""
    before = f"""\
previous={shlex.quote(default)}
configured=$(git config --type=path --get-all core.hooksPath)
while IFS= read -r line; do
  [ -z "$line" ] || [ "$line" = {shlex.quote(ours)} ] || previous=$line
done <<END
$configured
END
previous=$previous/{name}
[ "$previous" -ef "$0" ] && previous=
"""
    return _script(name, before, command)


def _script(name: str, before: str, command: str) -> str:
    body = _handing_on() if not command else _twice(name, command) if name == "pre-push" else _once(name, command)
    return f"#!/bin/sh\n{MARK} {name}: written by `twelve init`, taken back by `twelve uninstall`\n{before}{body}{END}\n"


def _handing_on() -> str:
    return 'if [ -f "$previous" ] && [ -x "$previous" ]; then\n  exec "$previous" "$@"\nfi\n'


def _once(name: str, command: str) -> str:
    ending = " || :" if name in _INFORMING else " || exit $?"
    return f"""\
if [ -f "$previous" ] && [ -x "$previous" ]; then
  "$previous" "$@"{ending}
fi
{_check(name, command)}exec {command} {name} "$@"
"""


def _twice(name: str, command: str) -> str:
    """Both read what git writes to standard input; the sign at the end keeps empty lines that the shell would drop."""
    return f"""\
input=$(cat; printf .)
input=${{input%.}}
if [ -f "$previous" ] && [ -x "$previous" ]; then
  printf %s "$input" | "$previous" "$@" || exit $?
fi
{_check(name, command)}printf %s "$input" | {command} {name} "$@"
"""


def _check(name: str, command: str) -> str:
    words = shlex.split(command)
    hook = next((word for word in words[1:] if word.endswith(".py")), words[0])
    code = 0 if name in _INFORMING else 1
    return f"""\
interpreter={shlex.quote(words[0])}
hook={shlex.quote(hook)}
if ! [ -x "$interpreter" ] || ! [ -r "$hook" ]; then
  printf '%s\\n' "twelve: the {name} hook cannot run" "why: $interpreter or $hook is gone" \\
    "next: install twelve again, then run: twelve doctor --fix" >&2
  exit {code}
fi
"""
