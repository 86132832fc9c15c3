"""Modes, owners, users, mounts and other settings of the machine."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.action import PRIVILEGE
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, Options
from twelve.factors.guardrails.actions.streams import Stream, silence

_CHANGING = (
    "R|recursive v|verbose c|changes f|silent|quiet reference= preserve-root no-preserve-root h|no-dereference H L P from= dereference"
)


def _split(options: Options) -> tuple[str, list[Argument]]:
    """What is set, and on what."""
    operands = list(options.operands)
    if options.has("--reference"):
        return "", operands
    return (operands.pop(0).text if operands else ""), operands


def mode(call: Invocation) -> None:
    """`chmod`: a mode may begin with a dash, which is no option then."""
    call.quiet()
    dashed = next((word for word in call.words if _is_mode(word.text)), None)
    call.words = [word for word in call.words if word is not dashed]
    options = call.options(_CHANGING)
    given, operands = (dashed.text, options.operands) if dashed is not None else _split(options)
    for word in operands:
        call.write(word, options=options, verb="mode", target=given, recursive=options.has("--recursive"), content=_unchanged(call, word))
        if opens(given):
            for place in call.places(word):
                call.add(PRIVILEGE, options=options, place=place, verb="chmod", target=given, recursive=options.has("--recursive"))


def _is_mode(text: str) -> bool:
    """`-x`, `-w,+r`; not `-R`."""
    return len(text) > 1 and text[0] == "-" and not text.strip("-rwxXstugoa0123456789,+=") and text not in ("-R", "-v", "-c", "-f", "--")


def _unchanged(call: Invocation, word: Argument) -> Stream:
    """A file keeps its content when its mode changes."""
    return call.state.stream_of(call.state.places(word.text)[0])


def opens(given: str) -> bool:
    """Whether a mode lets everybody write or lends the owner's rights."""
    if given.isdigit():
        number = int(given, 8) if not given.strip("01234567") else 0
        return bool(number & 0o2 or number & 0o6000)
    for clause in given.split(","):
        for sign in "+=":
            who, found, what = clause.partition(sign)
            if found and (
                "s" in what or ("w" in what and any(letter in who for letter in "ao")) or (what == "rwx" and who in ("", "a", "ugo"))
            ):
                return True
    return False


def owner(call: Invocation) -> None:
    """`chown`, `chgrp`."""
    call.quiet()
    options = call.options(_CHANGING)
    given, operands = _split(options)
    for word in operands:
        for place in call.places(word):
            call.add(PRIVILEGE, options=options, place=place, verb=call.name, target=given, recursive=options.has("--recursive"))
        call.write(word, options=options, verb="owner", recursive=options.has("--recursive"), content=_unchanged(call, word))


def attributes(call: Invocation) -> None:
    """`chattr`, `setfacl`, `setcap`, `chcon`, `xattr`: the last operands are files."""
    call.quiet()
    options = call.options("R|recursive m|modify= M= x|remove= X= b k d n s set= restore= t|type= u|user= r|role= l range= w= p=")
    operands = [word for word in options.operands if not word.text.startswith(("+", "="))]
    if call.name == "setfacl" or (call.name == "chattr" and len(operands) == len(options.operands)):
        files = operands
    else:
        files = operands if call.name == "chattr" else operands[1:]
    for word in files:
        call.write(
            word, options=options, verb="mode", target=call.name, recursive=options.has("--recursive"), content=_unchanged(call, word)
        )
        if call.name in ("setcap", "setfacl"):
            for place in call.places(word):
                call.add(PRIVILEGE, options=options, place=place, verb=call.name)


def users(call: Invocation) -> None:
    """Accounts, groups, passwords, mounts, kernel settings, firewalls: rights of the machine."""
    call.add(PRIVILEGE, verb=call.name)
    if call.name == "mount":
        options = call.options("t= o|options= B|bind rbind=? L= U= r w a v n f l move")
        if len(options.operands) > 1:
            call.write(options.operands[1], verb="mount", recursive=True)
            source = call.state.places(options.operands[0].text)[0]
            if "bind" in " ".join(call.texts) and source.real:
                call.state.links[call.state.places(options.operands[1].text)[0].path] = source.real


def asking(call: Invocation) -> None:
    """`sysctl name`, `mount` alone and `iptables -L` only show."""
    writes = any("=" in text or text in ("-w", "-p", "--system") for text in call.texts) if call.name == "sysctl" else bool(call.texts)
    if writes and not any(
        text in ("-L", "-S", "--list", "list", "status", "-l", "-n", "print", "show", "--show", "-nL", "-h", "--help", "--version")
        for text in call.texts
    ):
        users(call)


def timetable(call: Invocation) -> None:
    """`crontab file`, `crontab -`: commands that run later; `-l` shows, `-r` removes."""
    options = call.options("u= l r e i s")
    if options.has("-l"):
        return
    place = Argument("/var/spool/cron/crontab")
    if options.has("-r"):
        call.delete(place, verb="crontab")
        return
    for word in options.operands[:1]:
        stream = call.read(word)
        call.write(place, verb="crontab", content=stream)
        for line in (call.state.text_of(stream) or "").split("\n"):
            _line(call, line.strip())


def _line(call: Invocation, line: str) -> None:
    """Five times, then a command."""
    pieces = line.split(None, 1 if line.startswith("@") else 5)
    if line and line[0] != "#" and len(pieces) in (2, 6) and "=" not in pieces[0]:
        inner = call.state.child("crontab")
        code.run("shell", pieces[-1], inner, origin="local", stdin=silence(), words=[], program="sh")


PROGRAMS = {
    "chmod": mode, "chown": owner, "chgrp": owner, "chattr": attributes, "setfacl": attributes, "setcap": attributes, "chcon": attributes,
    "xattr": attributes, "crontab": timetable, "modes": users,
    **dict.fromkeys(("sysctl", "mount", "iptables", "ip6tables", "nft", "ufw", "update-alternatives", "csrutil", "losetup", "passwd",
    "ldconfig"), asking),
}  # fmt: skip
