"""Programs that only look: they read their operands and print something made of them."""

from __future__ import annotations

from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, Options
from twelve.factors.guardrails.actions.streams import PROCESS, REFERENCES, Stream, merged, secret_variable

_SEARCH = (
    "e|regexp= f|file= A|after-context= B|before-context= C|context= m|max-count= r|recursive R|dereference-recursive i|ignore-case "
    "v|invert-match l|files-with-matches c|count n|line-number H|with-filename h|no-filename o|only-matching q|quiet s|no-messages "
    "w|word-regexp "
    "x|line-regexp E|extended-regexp F|fixed-strings P|perl-regexp z|null-data d|directories= D|devices= include=? exclude=? exclude-dir=? "
    "color=? g|glob= t|type= T|type-not= replace= pre= files label= hidden no-ignore u S N U L a I Z b"
)
_PRINT = {
    "head": "n|lines= c|bytes= q v z",
    "tail": "n|lines= c|bytes= f F q v z s= pid=",
    "sort": "o|output= k|key= t|field-separator= S|buffer-size= T|temporary-directory= n r u b d f g h i M R V "
    "z|zero-terminated s c|check=? m|merge parallel= files0-from= compress-program= random-source=",
    "uniq": "f|skip-fields= s|skip-chars= w|check-chars= c d D u i z",
    "cut": "d|delimiter= f|fields= c|characters= b|bytes= s z output-delimiter= complement",
    "od": "t= A= N= j= w=? v",
    "jq": "f|from-file= arg:2 r|raw-output n|null-input s|slurp c e S M C a j tab indent= L=",
    "yq": "i|inplace e|expression= P|prettyPrint o|output-format= p|input-format= n|null-input from-file= s|split-exp=",
    "paste": "d|delimiters= s z",
    "join": "t= 1= 2= o= e= a= v= j= i",
    "diff": "u U= C= r|recursive q N a b B w i y L|label= W= color=? x|exclude= output=",
    "wc": "c m l L w files0-from=",
    "fold": "w|width= s b",
    "fmt": "w|width=",
    "column": "t s= n= c= o= N=",
    "strings": "n= t= a",
    "shuf": "n= o|output= i= e r z",
    "iconv": "f= t= o|output= c s",
    "tree": "o= L= I= P= H= T= a d f J X",
    "pr": "l= w= h= n=? o= s=? t",
    "xmllint": "xpath= output= schema= noout format",
    "xmlstarlet": "L",
    "nl": "b= s= w= v= n=",
    "tac": "s= b r",
}
_LISTING = (
    "ls dir vdir du df stat file tree ps pgrep top htop free uptime lsof fuser pstree pidof lscpu lsblk cal locale getent "
    "groups users who w last ss netstat tldr man info help apropos numfmt"
)
_SEARCHING = "grep egrep fgrep rg ag ack zgrep"


def look(call: Invocation) -> None:
    """`cat` and everything that prints what it reads: known text stays known only through cat."""
    options = call.options(_PRINT.get(call.name, ""))
    streams = [call.read(word, options=options) for word in _inputs(call, options)]
    source = merged(streams) if streams else call.stdin
    if len(streams) == 1:
        source = streams[0]
    for flag in ("--output",):
        for word in options.all(flag):
            call.write(word, options=options, content=Stream(None, origin=source.origin, data=source.data))
    known = call.name in ("cat", "less", "more", "bat") and not options.flags
    if known and len(streams) < 2:
        call.output = source
    else:
        call.output = Stream(None if known else _transformed(call, source), origin=source.origin, data=source.data)
        if call.output.text is None:
            call.output.later = lambda: _later(call, streams or [source], known=known)
    call.output.pattern = source.pattern


def _later(call: Invocation, streams: list[Stream], *, known: bool) -> str | None:
    """What is printed, once somebody wants to know it."""
    texts = [call.state.text_of(stream) for stream in streams]
    text = None if None in texts else "".join(piece or "" for piece in texts)
    return text if known or text is None else _transformed(call, Stream(text))


def _inputs(call: Invocation, options: Options) -> list[Argument]:
    """Which operands are files: not the script of jq, not the second of uniq, not the sets of tr."""
    operands = options.operands
    if call.name in ("jq", "yq", "xmlstarlet") and not options.has("--from-file", "--expression"):
        return operands[1:]
    if call.name == "uniq":
        for word in operands[1:2]:
            call.write(word, options=options)
        return operands[:1]
    if call.name in ("tr", "envsubst"):
        return []
    return operands


def _transformed(call: Invocation, source: Stream) -> str | None:
    """The little that is worth knowing: reversed text, translated letters."""
    text = source.text
    if text is None:
        return None
    texts = call.texts
    if call.name == "rev":
        return "\n".join(line[::-1] for line in text.split("\n"))
    if call.name == "tac":
        return "".join(line + "\n" for line in reversed(text.rstrip("\n").split("\n")))
    if call.name == "tr" and len(texts) == 2 and not texts[0].startswith("-"):
        return translated(text, texts[0], texts[1])
    if call.name == "tr" and len(texts) == 2 and texts[0] == "-d":
        gone = _letters(texts[1])
        return "".join(sign for sign in text if sign not in gone)
    if call.name in ("sort", "uniq", "head", "tail", "shuf", "tac") and (source.pattern or text.count("\n") <= 1):
        return text
    if call.name in ("head", "tail"):
        return _some_lines(call.name, texts, text)
    return "\n".join(sorted(text.rstrip("\n").split("\n"))) + "\n" if call.name == "sort" and not texts else None


def _some_lines(name: str, texts: tuple[str, ...], text: str) -> str | None:
    """`head -3`, `tail -n 2`, `tail -n +2`."""
    amount = "".join(texts).removeprefix("-n").removeprefix("-").removeprefix("-lines=") or "10"
    lines = text.rstrip("\n").split("\n")
    if amount.startswith("+") and amount[1:].isdigit() and name == "tail":
        kept = lines[max(int(amount[1:]) - 1, 0) :]
    elif amount.isdigit():
        kept = lines[: int(amount)] if name == "head" else lines[len(lines) - min(int(amount), len(lines)) :]
    else:
        return None
    return "".join(line + "\n" for line in kept)


def translated(text: str, first: str, second: str) -> str:
    """`tr first second`."""
    source, target = _letters(first), _letters(second)
    if not target:
        return text
    target += target[-1] * (len(source) - len(target))
    return text.translate({ord(sign): target[at] for at, sign in reversed(list(enumerate(source)))})


def _letters(text: str) -> str:
    """Ranges and the usual classes spelt out."""
    for name, letters in (("[:lower:]", "a-z"), ("[:upper:]", "A-Z"), ("[:digit:]", "0-9"), ("\\n", "\n"), ("\\t", "\t"), ("\\\\", "\\")):
        text = text.replace(name, letters)
    result, at = "", 0
    while at < len(text):
        if at + 2 < len(text) and text[at + 1] == "-" and text[at] <= text[at + 2]:
            result += "".join(chr(code) for code in range(ord(text[at]), min(ord(text[at + 2]), ord(text[at]) + 255) + 1))
            at += 3
        else:
            result += text[at]
            at += 1
    return result


def search(call: Invocation) -> None:
    """`grep`: the first operand is a pattern unless `-e` or `-f` gave one."""
    options = call.options(_SEARCH)
    operands = options.operands if options.has("--regexp", "--file", "--files") else options.operands[1:]
    recursive = options.has("--recursive", "--dereference-recursive") or call.name in ("rg", "ag", "ack")
    for word in options.all("--file"):
        call.read(word, options=options)
    for word in [word for word in options.all("--include", "--glob") if not word.text.startswith(("*", "!"))]:
        for start in operands or [Argument(".")]:
            call.read(Argument(start.text.rstrip("/") + "/**/" + word.text, exact=start.exact, pattern=True), options=options)
    before = options.value("--pre")
    if before is not None:
        call.run([before])
        call.output = None
    streams = [call.read(word, options=options, recursive=recursive) for word in operands]
    if not operands and recursive and not call.stdin.piped:
        streams = [call.read(Argument("."), options=options, recursive=True)]
    source = merged([*streams, call.stdin]) if streams else call.stdin
    if streams and options.has("--files-with-matches"):
        call.output = Stream(None, origin=source.origin, data=(*source.data, REFERENCES))
        call.output.later, call.output.pattern = (lambda: _naming(call, options, operands)), True
        return
    call.output = _filtered(call, options, call.stdin) if not streams else Stream(None, origin=source.origin, data=source.data)


def _filtered(_call: Invocation, options: Options, source: Stream) -> Stream:
    """Lines that pass a plain pattern; of a pattern that has signs every line may pass."""
    known = source.text
    words = options.all("--regexp") or options.operands[:1]
    if any(name.startswith(PROCESS) for name in source.data) and not options.has("--invert-match"):
        source = source.through(None, data=tuple(PROCESS + word.text for word in words))
    if (
        known is None
        or options.has("--only-matching", "--count", "--line-number", "--files-with-matches", "--quiet", "--file")
        or len(words) != 1
    ):
        return Stream(None, origin=source.origin, data=source.data)
    wanted = words[0].text
    if wanted.replace("-", "").replace("_", "").replace("/", "").isalnum() and not source.pattern and not options.has("--ignore-case"):
        kept = [line for line in known.split("\n") if line and (wanted in line) != options.has("--invert-match")]
        known = "".join(line + "\n" for line in kept)
    kept_stream = Stream(known, origin=source.origin, data=source.data)
    kept_stream.pattern = source.pattern
    return kept_stream


_COMMON = ("twelve.toml", ".claude/settings.json", ".claude/settings.local.json", ".codex/hooks.json", ".gemini/settings.json",
           ".git/config", ".git/HEAD", ".pre-commit-config.yaml", "lefthook.yml", ".mcp.json")  # fmt: skip


def _naming(call: Invocation, options: Options, operands: list[Argument]) -> str | None:
    """Names a search prints: anything below a folder of the tree; of the whole tree those that matter and hold the text."""
    wanted = [word.text for word in options.all("--regexp") or options.operands[:1]]
    found: list[str] = []
    for word in operands or [Argument(".")]:
        if any(place.path != call.state.work.surroundings.root for place in call.state.places(word.text)):
            found.append(word.text if "." in word.text.rpartition("/")[2].strip(".") else word.text.rstrip("/") + "/**")
            continue
        for name in _COMMON:
            text = call.state.text_of(Stream(None, path=call.state.work.surroundings.root + "/" + name))
            if text and any(piece in text for piece in wanted):
                found.append(word.text.rstrip("/") + "/" + name)
    return "".join(name + "\n" for name in found) or None


def _folder(call: Invocation, word: Argument) -> bool:
    """Whether a listing would show what is inside, and not the name; unknown names count."""
    inside = not word.exact or word.text.endswith("/") or word.text in (".", "..")
    return inside or (not word.pattern and (not call.state.look or call.state.folder_is_there(call.state.places(word.text)[0].real)))


def listing(call: Invocation) -> None:
    """Names and numbers, no content; a plain `ls` prints names that are in the folder."""
    plainly = call.name == "ls" and all(text.strip("-1aA") == "" for text in call.texts if text.startswith("-"))
    operands = [word for word in call.words if not word.text.startswith("-")]
    if plainly and len(operands) <= 1 and not any(word.pattern for word in operands):
        call.output = Stream("*\n")
        call.output.pattern = True
        return
    searched = [word.text for word in call.words if not word.text.startswith("-")]
    long = any(text.startswith("-") and ("l" in text or "s" in text) for text in call.texts)
    if call.name == "ls" and operands and not long and not any(_folder(call, word) for word in operands):
        call.output = Stream("".join(text + "\n" for text in searched))
        call.output.pattern = any(word.pattern for word in operands)
        return
    if (
        call.name == "ps"
        and any("ppid" in text.lower() for text in call.texts)
        and not any("pid" in text.lower().replace("ppid", "") for text in call.texts)
    ):
        call.output = Stream(None, data=(PROCESS + "$PPID",))
        return
    if call.name in ("ps", "pgrep", "pidof", "lsof", "pstree"):
        port = next((text[text.find(":") :] for text in call.texts if call.name == "lsof" and ":" in text), "")
        call.output = Stream(
            None, data=(PROCESS + (port if call.name == "lsof" else searched[-1] if searched and call.name != "ps" else ""),)
        )
        return
    call.output = Stream(None, data=call.provenance(), origin=call.stdin.origin)


def variables(call: Invocation) -> None:
    """`printenv`: the process environment."""
    names = [text for text in call.texts if not text.startswith("-")]
    known = call.state.scope.variables.get(names[0]) if len(names) == 1 else None
    data = tuple(item for name in names for item in secret_variable(name))
    call.output = Stream(known, data=data if names else ("environment",))


def edit_in_place(call: Invocation) -> None:
    """`yq -i` writes what it reads."""
    options = call.options(_PRINT.get(call.name, ""))
    if options.has("--inplace", "-L") or (call.name == "jq" and options.has("-i", "--in-place")):
        for word in _inputs(call, options):
            call.write(word, options=options, verb="edit")
    look(call)


PROGRAMS = {
    "reading": look, **dict.fromkeys(_LISTING.split(), listing), **dict.fromkeys(_SEARCHING.split(), search),
    "printenv": variables, "yq": edit_in_place, "jq": edit_in_place, "xmlstarlet": edit_in_place,
}  # fmt: skip
