"""Stores of credentials: what they print is one."""

from __future__ import annotations

from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.streams import CREDENTIAL, Stream

_SHOWING = ("show", "lookup", "get", "secrets", "find-generic-password", "find-internet-password", "export", "cat")


def store(call: Invocation) -> None:
    """`pass show x`, `secret-tool lookup x y`, `security find-generic-password -w`; `pass x` shows too."""
    call.execute()
    words = [text for text in call.texts if not text.startswith("-")]
    plainly = call.name in ("pass", "gopass") and len(words) == 1 and words[0] not in ("ls", "list", "init", "git", "help", "version")
    if plainly or any(word in _SHOWING for word in words[:2]):
        call.output = Stream(None, data=(CREDENTIAL,))


PROGRAMS = {"vaults": store}
