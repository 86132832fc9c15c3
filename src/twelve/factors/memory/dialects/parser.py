"""Read a commit message of any dialect. Line based, linear, never raises on odd text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct, field

from twelve.factors.memory.dialects.message import Dialect, Exemption, FactorUse, Header, Message

MESSAGE_LIMIT = 200_000
"""Characters read of one message; more is cut (ours: no person writes more)."""

_ALIASES = {
    "context": "context",
    "why": "context",
    "background": "context",
    "incident": "context",
    "solution": "solution",
    "what": "solution",
    "how": "solution",
    "fix": "solution",
    "learning": "learning",
    "learnings": "learning",
    "lesson": "learning",
    "lessons learned": "learning",
    "root cause": "learning",
    "impact": "impact",
    "validation": "validation",
    "verification": "validation",
    "testing": "validation",
    "factors applied": "factors",
    "security": "security",
}
"""Key as written -> normalised section. Why is Context, What and How are Solution, a root cause is what was learned."""

_KEY = "|".join(re.escape(key).replace(r"\ ", r"[ \t]+") for key in sorted(_ALIASES, key=len, reverse=True))
_PLAIN = re.compile(rf"^(?:[-*+][ \t]+)?(?P<key>{_KEY})[ \t]{{0,3}}:(?!:|//)[ \t]*(?P<rest>.*)$", re.IGNORECASE)
_BOLD = re.compile(
    rf"^(?:[-*+][ \t]+)?(?:\*\*|__)(?P<key>{_KEY})[ \t]{{0,3}}(?::(?:\*\*|__)|(?:\*\*|__)[ \t]*:?)[ \t]*(?P<rest>.*)$", re.IGNORECASE
)
_HEADING = re.compile(rf"^#{{1,6}}[ \t]+(?:\*\*)?(?P<key>{_KEY})(?:\*\*)?[ \t]{{0,3}}(?::[ \t]*(?P<rest>.*)|#*[ \t]*)$", re.IGNORECASE)
_OTHER_HEADING = re.compile(r"^#{1,6}[ \t]+\S")
_FACTOR = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)?Factor[ \t]+(?P<numeral>X{0,1}(?:IX|IV|V?I{0,3})|1[0-2]|[1-9])"
    r"(?:[ \t]*\([^()\n]{0,80}\))?(?:\*\*|__)?[ \t]*(?::|–|—|-)(?:\*\*|__)?[ \t]*(?P<text>.*)$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[ \t]{0,3}[-*+•][ \t]+(?P<text>\S.*)$")
_TRAILER = re.compile(r"^(?P<key>[A-Za-z0-9][A-Za-z0-9-]{0,60})[ \t]?:[ \t]+(?P<value>\S.*)$")
_HEADER = re.compile(r"^(?P<type>[A-Za-z][A-Za-z0-9_-]{0,30})(?:\((?P<scope>[^()\r\n]{0,80})\))?(?P<breaking>!)?:[ \t]*(?P<summary>.*)$")
_FENCE = re.compile(r"^[ \t]{0,3}(?P<mark>`{3,}|~{3,})")
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_SCISSORS = re.compile(r"^# -{8,} >8 -{8,}\s*$")
_BOT = re.compile(r"\[bot\]|^(?:dependabot|renovate|github-actions|pre-commit-ci)\b", re.IGNORECASE)


class _Reading(Struct):
    """What has been seen so far while walking the body."""

    parts: dict[str, list[str]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    factors: list[FactorUse] = field(default_factory=list)
    bullets: list[str] = field(default_factory=list)
    preamble: list[str] = field(default_factory=list)
    current: str = ""
    fence: str = ""
    in_factor: bool = False


def clean(text: str) -> str:
    """The message git will keep of an edited file: nothing below the scissors line, no `# ` comment lines.

    Headings of two or more hashes stay, because the workflow dialect uses them; git itself drops them in an
    editor unless `core.commentChar` or `--cleanup` says otherwise.
    """
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if _SCISSORS.match(line):
            break
        if not re.match(r"^#(?!#)", line):
            lines.append(line)
    return "\n".join(lines).strip("\n") + "\n"


def parse(text: str) -> Message:
    """Read a message of any dialect. Sections that occur twice are joined."""
    lines = text[:MESSAGE_LIMIT].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    header = _header(lines[0].strip())
    body, trailers = _split_trailers(lines[1:])
    reading = _Reading()
    for line in body:
        _read_line(reading, line)
    factors = [*reading.factors, *_factor_trailers(trailers)]
    sections = {name: "\n".join(part).strip() for name, part in reading.parts.items() if name != "factors"}
    return Message(
        header=header,
        dialect=_dialect(reading, factors),
        keys=tuple(reading.keys),
        bullets=tuple(reading.bullets),
        factors=tuple(factors),
        trailers=tuple(trailers),
        preamble="\n".join(reading.preamble).strip(),
        **sections,
    )


def exemption(message: str, *, parents: int | None = None, author: str = "", bots: Sequence[str] = ()) -> Exemption:
    """Why this message was not written by a person or an agent, if so.

    `parents` is the number of parents when the commit exists; then a merge is what has two, whatever it says.
    A revert counts only when git's own sentence names the commit.
    """
    subject = message.lstrip("\n").split("\n", 1)[0]
    looks_merged = re.match(r"^Merge (?:branch|pull request|remote-tracking branch|tag|commit)s? ", subject) is not None
    if (parents is None and looks_merged) or (parents or 0) >= 2:
        return Exemption.MERGE
    if re.match(r'^(?:Revert|Reapply) "', subject) and re.search(
        r"^This reverts commit [0-9a-f]{7,64}\b", message[:MESSAGE_LIMIT], re.MULTILINE
    ):
        return Exemption.REVERT
    if re.match(r"^(?:fixup|squash|amend)! \S", subject):
        return Exemption.FIXUP
    if author and (_BOT.search(author) or any(bot.lower() in author.lower() for bot in bots if bot)):
        return Exemption.BOT
    return Exemption.NONE


def _header(line: str) -> Header:
    match = _HEADER.match(line)
    if match is None:
        return Header(raw=line, summary=line)
    return Header(
        raw=line,
        type=match["type"],
        scope=(match["scope"] or "").strip(),
        breaking=match["breaking"] is not None,
        summary=match["summary"].strip(),
    )


def _split_trailers(lines: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Take the last paragraph off when every line of it is a trailer (or continues one) and none opens a section."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    trailers: list[tuple[str, str]] = []
    split = end
    after_section = False
    for at in range(start, end):
        opens = _section(lines[at]) is not None or _FACTOR.match(lines[at]) is not None
        found = None if opens else _TRAILER.match(lines[at])
        # Sections and factor lines may stand right above trailers in one paragraph, as the default template does.
        after_section = after_section or opens
        if found:
            split = at if not trailers else split
            trailers.append((found["key"], found["value"].strip()))
        elif trailers and lines[at][:1] in " \t":
            trailers[-1] = (trailers[-1][0], f"{trailers[-1][1]} {lines[at].strip()}")
        elif trailers or not after_section:
            return lines[:end], []
    return lines[:split], trailers


def _section(line: str) -> tuple[str, str] | None:
    for pattern in (_PLAIN, _BOLD, _HEADING):
        if match := pattern.match(line):
            return " ".join(match["key"].lower().split()), (match["rest"] or "").strip()
    return None


def _read_line(reading: _Reading, line: str) -> None:
    if _in_fence(reading, line):
        _append(reading, line)
        return
    if section := _section(line):
        _open(reading, *section)
        return
    factor = _FACTOR.match(line)
    if factor and factor["numeral"]:
        reading.factors.append(FactorUse(numeral=_numeral(factor["numeral"]), text=factor["text"].strip()))
        reading.in_factor = True
        return
    if reading.in_factor and line[:1] in " \t" and line.strip() and not _BULLET.match(line):
        last = reading.factors[-1]
        reading.factors[-1] = FactorUse(numeral=last.numeral, text=f"{last.text} {line.strip()}".strip())
        return
    reading.in_factor = False
    if _OTHER_HEADING.match(line):
        reading.current = ""
    _append(reading, line)


def _in_fence(reading: _Reading, line: str) -> bool:
    """Text between code fences is quoted: a `Key:` there opens nothing."""
    mark = _FENCE.match(line)
    if reading.fence:
        if mark and mark["mark"].startswith(reading.fence):
            reading.fence = ""
        return True
    if mark:
        reading.fence = mark["mark"]
        return True
    return False


def _open(reading: _Reading, key: str, rest: str) -> None:
    reading.current = _ALIASES[key]
    reading.in_factor = False
    reading.keys.append(key)
    part = reading.parts.setdefault(reading.current, [])
    if part:
        part.append("")
    if rest:
        part.append(rest)


def _append(reading: _Reading, line: str) -> None:
    if reading.current:
        reading.parts[reading.current].append(line.rstrip())
        return
    if bullet := _BULLET.match(line):
        reading.bullets.append(bullet["text"].strip())
    reading.preamble.append(line.rstrip())


def _numeral(written: str) -> str:
    return _NUMERALS[int(written) - 1] if written.isdigit() else written.upper()


def _factor_trailers(trailers: list[tuple[str, str]]) -> list[FactorUse]:
    """`Factors: I, IV` names factors without saying anything about them."""
    named = [value for key, value in trailers if key.lower() == "factors"]
    words = [word.upper() for value in named for word in re.split(r"[,;\s]+", value)]
    return [FactorUse(numeral=_numeral(word)) for word in words if word in _NUMERALS or (word.isdigit() and 1 <= int(word) <= 12)]


def _dialect(reading: _Reading, factors: list[FactorUse]) -> Dialect:
    keys = set(reading.keys)
    if "incident" in keys or ({"root cause", "fix"} <= keys and not keys & {"context", "solution"}):
        return Dialect.POSTMORTEM
    if keys & {"context", "background", "solution", "learning", "learnings", "lesson", "lessons learned", "impact"}:
        return Dialect.TWELVE
    if keys & {"what", "why", "how"}:
        return Dialect.WORKFLOW
    if reading.bullets and factors:
        return Dialect.BULLETS
    has_body = bool(keys or factors) or any(line.strip() for line in reading.preamble)
    return Dialect.PLAIN if has_body else Dialect.ONE_LINE
