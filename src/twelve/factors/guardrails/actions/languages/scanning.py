"""A careful look at code in languages that are not parsed here: string literals and the calls around them.

Nothing is certain. A literal beside a function that writes, deletes or runs counts as its argument; a function that runs
things without a literal is said to be unknown.
"""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.action import (
    DELETE,
    EXECUTE,
    KILL,
    NETWORK,
    ORIGIN_DECODED,
    ORIGIN_NETWORK,
    PRIVILEGE,
    READ,
    UNKNOWN,
    WRITE,
    Action,
)
from twelve.factors.guardrails.actions.languages.arriving import arrives
from twelve.factors.guardrails.actions.languages.decoding import decoded
from twelve.factors.guardrails.actions.languages.folding import folded
from twelve.factors.guardrails.actions.languages.functions import (
    DECODING,
    DELETING,
    EVALUATING,
    FETCHING,
    OPENING,
    READING,
    RUNNING,
    TALKING,
    TICKS,
    TWO_PATHS,
    WRITING,
)
from twelve.factors.guardrails.actions.languages.literals import Place, literals, opened_quotes, placed
from twelve.factors.guardrails.actions.options import Argument, plain
from twelve.factors.guardrails.actions.programs.table import family_of
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import Stream, silence


class _Scan:
    """One text and where its findings go."""

    __slots__ = ("language", "origin", "state", "stdin", "text")

    def __init__(self, text: str, state: State, stdin: Stream, language: str) -> None:
        self.text = text
        self.state = state
        self.stdin = stdin
        self.language = language
        self.origin = (
            ORIGIN_NETWORK
            if any(name in text for name in FETCHING)
            else ORIGIN_DECODED
            if any(name in text for name in DECODING)
            else "local"
        )

    def say(self, kind: str, path: str, verb: str, *, recursive: bool = False) -> None:
        """A file is touched, perhaps."""
        for place in self.state.places(path, pattern=any(sign in path for sign in "*?")):
            self.state.work.actions.append(
                Action(kind, path=place.path, real=place.real, glob=place.glob, program=self.language, verb=verb, recursive=recursive,
                       via=self.state.via, certain=False, partial=place.partial)
            )  # fmt: skip
            if kind == WRITE and not place.partial:
                self.state.files[place.path] = Stream(None, origin=self.origin if self.origin == ORIGIN_NETWORK else "local")

    def unknown(self, detail: str) -> None:
        """Something runs that cannot be told."""
        self.state.work.actions.append(Action(UNKNOWN, detail=detail, source=self.text[:400], via=self.state.via, certain=False))


def follow(text: str, state: State, stdin: Stream, words: list[Argument], language: str) -> None:
    """Adds what the code may do."""
    if language == "node" and ("./" in text or '".' in text):
        code.load("twelve.factors.guardrails.actions.languages.node_imports", "follow")(text, state)
    for prepared in folded(opened_quotes(_without_comments(text, language), language), state, words, language):
        _follow(_Scan(text, state, stdin, language), prepared)


def _follow(scan: _Scan, prepared: str) -> None:
    language, state = scan.language, scan.state
    found = literals(prepared, "\"'`" if language != "tcl" else '"')
    handled = False
    place = Place()
    for at, (before, content, after) in enumerate(found):
        if not state.work.spend():
            return
        place = placed(before, place)
        quote_is_tick = _is_tick(prepared, before, content) and language in TICKS
        handled = _one(scan, place, content, (before, after), tick=quote_is_tick, rest=found[at + 1 : at + 12]) or handled
    _bare(scan, prepared, found)
    if any(name in prepared for name in FETCHING):
        _network(scan, found)


def _without_comments(text: str, language: str) -> str:
    if language in ("perl", "ruby", "r"):
        return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
    if language in ("node", "php"):
        return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(("//", "#!")))
    return text


def _is_tick(text: str, before: str, content: str) -> bool:
    at = text.find(before + "`")
    return at >= 0 and text[at + len(before) + 1 :].startswith(content[:20])


def _one(scan: _Scan, place: Place, content: str, around: tuple[str, str], *, tick: bool, rest: list[tuple[str, str, str]]) -> bool:
    language, function = scan.language, place.function
    before, after = around
    if tick or (function in RUNNING[language] and place.number == 0):
        _runs(scan, content, after, rest, function)
        return True
    if language == "node" and function not in TALKING and "child_process" in scan.text and family_of(content.split(" ")[0]):
        _runs(scan, content, after, rest, function)
        return True
    if function in DELETING[language] and code_path(content):
        scan.say(DELETE, content, "delete", recursive=function not in ("unlink", "unlinkSync", "rmdir", "delete"))
    elif function in WRITING[language]:
        if code_path(content) and (place.number == 0 or function in TWO_PATHS):
            scan.say(WRITE, content, "write")
            _mode(scan, content, function, before, after)
            if place.number == 0 and function in ("rename", "renameSync", "mv", "move", "moveSync"):
                scan.say(DELETE, content, "move")
    elif function in OPENING and place.number <= (1 if language == "perl" else 0):
        mode = rest[0][1] if rest and rest[0][0].strip() == "," else ""
        _opens(scan, content, mode, rest)
    elif function in EVALUATING:
        _evaluates(scan, content)
    elif function in ("kill", "posix_kill") and (content == "$PPID" or content.lstrip("-").isdigit()):
        scan.state.work.actions.append(Action(KILL, program=language, target=content, words=(content,), via=scan.state.via, certain=False))
    elif function == "require" and content[:1] not in ("/", "."):
        return True
    elif function in READING and place.number == 0 and code_path(content):
        scan.say(READ, content, "read")
    else:
        return False
    return True


def _mode(scan: _Scan, path: str, function: str, before: str, after: str) -> None:
    """`chmod 04755, "x"`, `chmodSync("x", 0o4755)`: a mode that lends rights or opens a file to everyone is said."""
    if not function.startswith("chmod"):
        return
    numbers = (before + " " + after.partition(")")[0]).replace(",", " ").replace("(", " ").split()
    mode = next((word.lstrip("0oO") for word in numbers if word.isalnum() and word.lstrip("0oO").isdigit()), "")
    if mode and (int(mode, 8) if not set(mode) & {"8", "9"} else 0) & 0o6002:
        for place in scan.state.places(path):
            scan.state.work.actions.append(
                Action(PRIVILEGE, path=place.path, real=place.real, program=scan.language, verb="chmod", words=(mode,), via=scan.state.via)
            )


def code_path(content: str) -> bool:
    """A short text without blanks or line breaks in it: a name of a file."""
    return bool(content) and len(content) < 400 and "\n" not in content and "://" not in content and content.strip() == content


def _opens(scan: _Scan, content: str, mode: str, rest: list[tuple[str, str, str]]) -> None:
    """`open(F, ">", "x")`, `open("x", "w")`, `open(F, ">x")`, `open(F, "|cmd")`."""
    if content == "<":
        scan.say(READ, mode, "read")
    elif content[:1] in (">", "+") or content in (">", ">>", "+<", "+>"):
        name = content.lstrip("+><& ").partition(":")[0] if not content.lstrip("+><& ").startswith(("utf8", "encoding", "raw")) else ""
        target = name or mode or (rest[0][1] if rest else "")
        if target and not target.startswith(":"):
            scan.say(WRITE, target, "write")
    elif content.startswith("|") or content.endswith("|") or content in ("-|", "|-"):
        command = content.strip("|- ") or mode
        _runs(scan, command, "", [], "open")
    elif code_path(content):
        writes = any(sign in mode for sign in "wax+") and len(mode) <= 4
        scan.say(WRITE if writes else READ, content, "write" if writes else "read")


def _runs(scan: _Scan, content: str, after: str, rest: list[tuple[str, str, str]], _function: str) -> None:
    """A command line, or a program and a list of words."""
    words = [content]
    following = after
    for _before, word, tail in rest:
        if not following.strip().startswith(",") or following.strip(" ,[\n") != "":
            break
        words.append(word)
        following = tail
    glued = following.strip()[:1] in ("+", ".") or "${" in content or "#{" in content
    inner = scan.state.child(scan.language)
    if len(words) > 1:
        scan.state.work.run(plain(*words), inner, silence(), scan.text[:400])
    else:
        text = content.replace("#{", "${")
        code.run("shell", _gaps(text), inner, origin="local", stdin=silence(), words=[], program="sh")
    if glued:
        scan.unknown(f"{scan.language} runs a command of which only a part is known")


def _gaps(text: str) -> str:
    """Interpolations as variables nobody knows."""
    while "${" in text:
        at = text.find("${")
        end = text.find("}", at)
        if end < 0:
            break
        text = text[:at] + "\0" + text[end + 1 :]
    return text


def _evaluates(scan: _Scan, content: str) -> None:
    inner = scan.state.child(scan.language)
    if inner.depth < 6:
        follow(content, inner, scan.stdin, [], scan.language)


def _bare(scan: _Scan, text: str, found: list[tuple[str, str, str]]) -> None:
    """Functions that run, evaluate or delete something which is no literal."""
    outside = "".join(before + '"' for before, _content, _after in found) + (found[-1][2] if found else text)
    compact = "".join(outside.split())
    spoken = scan.language in ("perl", "ruby")
    for name in (*RUNNING[scan.language], *EVALUATING):
        if spoken and name == "eval" and _evaluated_call(outside):
            _computed(scan, name, found, " ".join(outside.split()))
            break
        unbracketed = spoken and any(f" {name} {sign}" in f" {outside}" for sign in ("$", "@", "ARGV", "ENV", "join"))
        handed_on = name in EVALUATING and any(sign in compact for sign in (f"({name})", f",{name})"))
        if unbracketed or handed_on or _called(compact, name, text):
            _computed(scan, name, found, " ".join(outside.split()))
            break
    deletes = [name for name in DELETING[scan.language] if name + "(" in compact or (spoken and name in compact.split("(")[0])]
    if deletes and not found:
        scan.unknown(f"{scan.language} may delete files that cannot be told from here")


def _evaluated_call(outside: str) -> bool:
    """`eval get(…)`: the answer of a function is run; `eval {` is a block."""
    words = outside.replace(";", " ").split()
    return any(word == "eval" and words[at + 1][:1].isalpha() and "(" in words[at + 1] for at, word in enumerate(words[:-1]))


def _called(compact: str, name: str, text: str) -> bool:
    """Whether `name(…)` stands there with something that is no literal."""
    at = compact.find(name + "(")
    while at >= 0:
        argument, edge = compact[at + len(name) + 1 : at + len(name) + 2], compact[at - 1 : at]
        other = edge.isalnum() or edge == "_" or (name == "exec" and edge == "." and "child_process" not in text)
        if argument not in ('"', ")", "[", "/", "") and not other:
            return True
        at = compact.find(name + "(", at + 1)
    return False


def _computed(scan: _Scan, name: str, found: list[tuple[str, str, str]], outside: str) -> None:
    work = scan.state.work
    if name in EVALUATING or (scan.origin != "local" and (not scan.state.script or arrives(name, outside))):
        for _before, content, _after in found:
            plain_text = decoded(content, "base64") if scan.origin == ORIGIN_DECODED and len(content) > 7 else None
            if plain_text and plain_text.isprintable():
                if name in EVALUATING:
                    _evaluates(scan, plain_text)
                else:
                    _runs(scan, plain_text, "", [], name)
        work.actions.append(
            Action(EXECUTE, program=scan.language, origin=scan.origin, detail="code made while the call runs", via=scan.state.via)
        )
    scan.unknown(f"{scan.language} runs {name}() on something that cannot be known from here")


def _network(scan: _Scan, found: list[tuple[str, str, str]]) -> None:
    targets = [content for _before, content, _after in found if "://" in content] or [""]
    read = tuple(action.path for action in scan.state.work.actions if action.kind == READ and action.program == scan.language)
    for target in targets[:4]:
        sends = read or any(word in scan.text for word in ("POST", "post(", "PUT", "post_form", "write(", "send("))
        action = Action(
            NETWORK, program=scan.language, target=target, verb="send" if sends else "fetch", data=read, via=scan.state.via, certain=False
        )
        scan.state.work.actions.append(action)
