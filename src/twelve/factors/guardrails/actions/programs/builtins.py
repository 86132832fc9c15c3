"""What the shell does itself: changing folders and variables, running words, printing."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.action import ORIGIN_LOCAL
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.paths import UNKNOWN, Place
from twelve.factors.guardrails.actions.programs.shells import evaluate, source
from twelve.factors.guardrails.actions.streams import Stream, silence
from twelve.factors.guardrails.actions.walking import WORDS_LIMIT, assign


def change(call: Invocation) -> None:
    """`cd`: one folder, home without one, the former with `-`; a folder that is not there leaves us where we are."""
    call.quiet()
    words = [word for word in call.words if word.text in ("-",) or not word.text.startswith("-")]
    state = call.state
    if not words:
        state.go((Place(state.home) if state.home else Place("", partial=True),))
        return
    if words[0].text == "-":
        former = state.scope.variables.get("OLDPWD")
        state.go((Place(former),) if former else (Place("", partial=True),))
        return
    found = tuple(state.places(words[0].text, pattern=words[0].pattern))
    state.go(found + (() if _reachable(call, found) else state.cwds))


def _reachable(call: Invocation, found: tuple[Place, ...]) -> bool:
    """Whether the change succeeds, as far as can be told: a folder that nobody made and that is not there fails."""
    if not call.state.look:
        return True
    for place in found:
        if place.partial or place.glob or any(made == place.path or made.startswith(place.path + "/") for made in call.state.files):
            return True
        if call.state.folder_is_there(place.real):
            return True
    return call.state.work.surroundings.root == "" or not call.state.folder_is_there(call.state.work.surroundings.root)


def push(call: Invocation) -> None:
    """`pushd` remembers where it was."""
    before = call.state.cwds
    if call.words:
        call.state.folders.append(before)
        change(call)
    elif call.state.folders:
        call.state.go(call.state.folders.pop())
        call.state.folders.append(before)
    call.quiet()


def pop(call: Invocation) -> None:
    """`popd` goes back there."""
    if call.state.folders:
        call.state.go(call.state.folders.pop())
    call.quiet()


def export(call: Invocation) -> None:
    """`export`, `declare`, `local`, `readonly`: assignments written as arguments."""
    call.quiet()
    if not call.words or call.words[0].text in ("-p", "-x"):
        call.output = Stream(None, data=("environment",))
    for word in call.words:
        name, sign, _ = word.text.partition("=")
        if name.startswith("-") or UNKNOWN in name:
            continue
        if call.name == "export" or any(text.startswith("-") and "x" in text for text in call.texts):
            call.state.exported.add(name)
        if sign:
            assign(name, word.cut(len(name) + 1), call.state, call.source)


def unset(call: Invocation) -> None:
    """An unset variable is empty; a function is gone."""
    call.quiet()
    for word in call.words:
        if not word.text.startswith("-"):
            assign(word.text, Argument(""), call.state, call.source)
            call.state.functions.pop(word.text, None)


def alias(call: Invocation) -> None:
    """`alias name=text`: taken as if aliases were expanded, which scripts can ask for."""
    call.quiet()
    for word in call.words:
        name, sign, text = word.text.partition("=")
        if sign:
            call.state.aliases[name] = text


def trap(call: Invocation) -> None:
    """Code that runs when the shell ends or a signal comes: it counts as run now."""
    call.quiet()
    words = [word for word in call.words if word.text not in ("--", "-p", "-l")]
    if len(words) > 1 and words[0].text not in ("", "-"):
        inner = call.state.child("trap")
        code.run("shell", words[0].text, inner, origin=words[0].origin, stdin=silence(), words=[], program="trap")


def read(call: Invocation) -> None:
    """`read a b`: the first line of the input, split over the names."""
    call.quiet()
    options = call.options("d=n=N=p=t=u=i=a= r s e".replace("=", "= "))
    text = call.state.text_of(call.stdin)
    line = None if text is None or not call.stdin.piped else text.split("\n", 1)[0]
    names = [word.text for word in options.operands] or ["REPLY"]
    pieces = None if line is None else line.split(None, len(names) - 1)
    for at, name in enumerate(names):
        known = "" if pieces is not None and at >= len(pieces) else UNKNOWN if pieces is None else pieces[at].rstrip()
        assign(name, Argument(known, exact=pieces is not None, origin=call.stdin.origin, data=call.stdin.data), call.state, call.source)


def slurp(call: Invocation) -> None:
    """`mapfile`: the lines of the input become an array nobody follows further."""
    call.quiet()
    names = [word.text for word in call.words if not word.text.startswith("-")] or ["MAPFILE"]
    known = Argument(UNKNOWN, exact=False, origin=call.stdin.origin, data=call.stdin.data)
    assign(names[-1], known, call.state, call.source)


def options_of_shell(call: Invocation) -> None:
    """`set -- a b` replaces the positional parameters; bare `set` prints every variable."""
    call.quiet()
    texts = call.texts
    if "allexport" in texts or any(text.startswith("-") and "a" in text and not text.startswith("--") for text in texts[:1]):
        call.state.exported.add("*")
    if not texts:
        call.output = Stream(None, data=("environment",))
    elif "--" in texts:
        _positional(call, texts[texts.index("--") + 1 :])
    elif not texts[0].startswith(("-", "+")):
        _positional(call, texts)


def _positional(call: Invocation, texts: tuple[str, ...]) -> None:
    call.state.scope.positional = texts if len(texts) <= WORDS_LIMIT else None


def shift(call: Invocation) -> None:
    """Drops positional parameters."""
    call.quiet()
    amount = int(call.texts[0]) if call.texts and call.texts[0].isdigit() else 1
    if call.state.scope.positional is not None:
        call.state.scope.positional = call.state.scope.positional[amount:]


def echo(call: Invocation) -> None:
    """The words, and a newline unless `-n`; escapes with `-e`."""
    words = list(call.words)
    escapes, newline = False, True
    while words and words[0].text[:1] == "-" and words[0].text[1:] and not words[0].text[1:].strip("neE"):
        letters = words.pop(0).text
        escapes = "e" in letters or (escapes and "E" not in letters)
        newline = newline and "n" not in letters
    text = " ".join(word.text for word in words)
    call.output = _printed(call, (unescape(text) if escapes else text) + ("\n" if newline else ""))


def _printed(call: Invocation, text: str | None) -> Stream:
    origin = next((word.origin for word in call.words if word.origin != ORIGIN_LOCAL), ORIGIN_LOCAL)
    silent = Stream(text, origin=origin)
    for word in call.words:
        silent = silent.through(text, data=word.data)
    return silent


_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "\\": "\\",
    "e": "\x1b",
    "E": "\x1b",
    '"': '"',
    "'": "'",
}


def unescape(text: str) -> str:
    """Backslash escapes as `echo -e` and `printf` read them."""
    pieces: list[str] = []
    at = 0
    while at < len(text):
        following = text[at + 1 : at + 2]
        if text[at] != "\\" or not following:
            pieces.append(text[at])
            at += 1
        elif following in _ESCAPES:
            pieces.append(_ESCAPES[following])
            at += 2
        elif following == "c":
            break
        else:
            value, length = _number(text[at + 1 :])
            pieces.append(value if length else "\\")
            at += length + 1
    return "".join(pieces)


def _number(text: str) -> tuple[str, int]:
    """`x41`, `0101`, `101`, `u0041`: the character and how many signs it took."""
    base, start, longest = (16, 1, {"x": 2, "u": 4, "U": 8}[text[0]]) if text[0] in "xuU" else (8, 0, 4 if text[0] == "0" else 3)
    digits = ""
    for sign in text[start : start + longest]:
        if sign not in ("0123456789abcdefABCDEF" if base == 16 else "01234567"):
            break
        digits += sign
    if not digits or int(digits, base) > 0x10FFFF:
        return "", 0
    return chr(int(digits, base)), start + len(digits)


def printf(call: Invocation) -> None:
    """Formats with known words; anything but plain conversions makes the text unknown. `-v` sets a variable."""
    words = list(call.words)
    variable = ""
    if len(words) > 1 and words[0].text == "-v":
        variable, words = words[1].text, words[2:]
    if words and words[0].text == "--":
        words.pop(0)
    if not words:
        return
    text = formatted(words[0].text, [word.text for word in words[1:]])
    call.output = _printed(call, text)
    if variable:
        known = Argument(UNKNOWN if text is None else text, exact=text is not None, data=call.provenance())
        assign(variable, known, call.state, call.source)
        call.quiet()


def formatted(template: str, values: list[str]) -> str | None:
    """What printf prints, None when a conversion is not understood."""
    result, queue = "", list(values)
    for _ in range(64):
        piece = _once(template, queue)
        if piece is None:
            return None
        result += piece
        if not queue or "%" not in template.replace("%%", ""):
            return result
    return None


def _once(template: str, queue: list[str]) -> str | None:
    pieces = unescape(template.replace("%%", "\3")).split("%")
    text = pieces[0]
    for piece in pieces[1:]:
        kind = piece.lstrip("-+ #0123456789.")
        if not kind or kind[0] not in "sdibqcxXou":
            return None
        value = queue.pop(0) if queue else ""
        value = unescape(value) if kind[0] == "b" else value[:1] if kind[0] == "c" else _based(value, kind[0])
        text += value + kind[1:]
    return text.replace("\3", "%")


def _based(value: str, kind: str) -> str:
    if kind in "xXo" and value.isdigit():
        return format(int(value), kind)
    return value


def where(call: Invocation) -> None:
    """`pwd`."""
    cwd = call.state.cwd
    call.output = Stream(None if cwd.partial or len(call.state.cwds) > 1 else cwd.path + "\n")


def last_name(call: Invocation) -> None:
    """`basename path [suffix]`."""
    operands = call.options("a|multiple s|suffix= z|zero").operands
    if operands and operands[0].exact:
        name = operands[0].text.rstrip("/").rpartition("/")[2]
        suffix = operands[1].text if len(operands) > 1 else ""
        call.output = Stream(name[: -len(suffix)] if suffix and name.endswith(suffix) else name)


def folder_name(call: Invocation) -> None:
    """`dirname path`."""
    operands = call.options("z|zero").operands
    if operands and operands[0].exact:
        text = operands[0].text.rstrip("/")
        head, slash, _ = text.rpartition("/")
        call.output = Stream((head or slash or ".") + "\n")


def resolved(call: Invocation) -> None:
    """`realpath`, `readlink -f`."""
    operands = call.options(
        "e|canonicalize-existing m|canonicalize-missing f|canonicalize n|no-newline q s|strip z|zero relative-to="
    ).operands
    if operands and operands[0].exact and not call.options().has("-d"):
        place = call.places(operands[0])[0]
        call.output = Stream(None if place.partial else place.real + "\n")


def temporary(call: Invocation) -> None:
    """`mktemp`: a fresh name in the temp folder, or where a template says."""
    options = call.options("d|directory u|dry-run q|quiet p|tmpdir= t suffix=")
    template = options.operands[0].text if options.operands else f"tmp.fresh{call.state.work.number()}"
    folder = options.value("--tmpdir")
    if "/" not in template and (folder or options.has("-t", "--tmpdir") or not options.operands):
        usual = call.state.scope.variables.get("TMPDIR") or "/tmp"  # noqa: S108 - where the real program puts it
        template = (folder.text if folder else usual) + "/" + template
    place = call.state.places(template)[0]
    if not place.partial:
        call.state.files[place.path] = Stream("")
    call.output = Stream(template + "\n")


def sequence(call: Invocation) -> None:
    """`seq`: numbers, known when there are few."""
    numbers = [int(text) for text in call.texts if text.lstrip("-").isdigit() and len(text) < 6]
    if len(numbers) == len(call.texts) and 1 <= len(numbers) <= 2:
        first, last = (1, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
        if last - first < 1000:
            call.output = Stream("".join(f"{number}\n" for number in range(first, last + 1)))


def which(call: Invocation) -> None:
    """`which`, `type -P`: the path of a program."""
    words = [word for word in call.words if not word.text.startswith("-")]
    if len(words) == 1 and (call.name == "which" or "-P" in call.texts):
        call.found(words[0])


def nothing(call: Invocation) -> None:
    """Changes nothing and tells nothing."""
    if call.name in ("true", "false", ":", "exit", "return", "shift", "wait", "sleep", "[", "[[", "test", "break", "continue"):
        call.quiet()


def remembered(call: Invocation) -> None:
    """`hash -p path name`: from now on the name is that program."""
    call.quiet()
    if len(call.words) > 2 and call.texts[0] == "-p":
        call.state.aliases[call.texts[2]] = call.texts[1]


def loaded(call: Invocation) -> None:
    """`enable -f file name` loads compiled code into the shell."""
    call.quiet()
    for at, text in enumerate(call.texts[:-1]):
        if text == "-f":
            call.execute(detail="compiled code is loaded into the shell", data=(call.places(call.words[at + 1])[0].path,))


PROGRAMS = {
    "cd": change, "chdir": change, "pushd": push, "popd": pop, "eval": evaluate, ".": source, "source": source, "export": export,
    "declare": export, "typeset": export, "local": export, "readonly": export, "unset": unset, "alias": alias, "trap": trap,
    "read": read, "mapfile": slurp, "readarray": slurp, "set": options_of_shell, "shift": shift, "echo": echo, "printf": printf,
    "pwd": where, "basename": last_name, "dirname": folder_name, "realpath": resolved, "readlink": resolved, "mktemp": temporary,
    "seq": sequence, "which": which, "type": which, "hash": remembered, "enable": loaded, "builtins": nothing,
}  # fmt: skip
