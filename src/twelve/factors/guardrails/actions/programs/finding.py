"""Programs that run something on names they find or are given: find, fd, xargs, parallel."""

from __future__ import annotations

from twelve.factors.guardrails.actions.code import run as run_code
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, Options, plain, split
from twelve.factors.guardrails.actions.paths import UNKNOWN
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import REFERENCES, Stream

ITEMS = 16
"""Names that are followed one by one."""
_NAMES = ("-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename")
_EXECUTING = ("-exec", "-execdir", "-ok", "-okdir")
_PRINTING = ("-fprint", "-fprint0", "-fls", "-fprintf")
_TAKING = (
    *_NAMES, "-lname", "-ilname", "-regex", "-iregex", "-type", "-xtype", "-maxdepth", "-mindepth", "-size", "-mtime", "-atime", "-ctime",
    "-mmin",
    "-amin", "-cmin", "-newer", "-anewer", "-cnewer", "-perm", "-user", "-group", "-uid", "-gid", "-links", "-inum", "-samefile", "-fstype",
    "-printf", "-regextype", "-used", "-context", "-D", "-files0-from",
)  # fmt: skip


class _Expression:
    """What of a find expression matters: where it starts, which names it keeps, what it does with them."""

    __slots__ = ("actions", "deepest", "deletes", "doubtful", "names", "outputs", "prunes", "starts")

    def __init__(self) -> None:
        self.starts: list[Argument] = []
        self.names: list[Argument] = []
        self.actions: list[tuple[str, list[Argument]]] = []
        self.outputs: list[Argument] = []
        self.deletes = self.doubtful = self.prunes = False
        self.deepest = ""


def _expression(words: list[Argument]) -> _Expression:
    found = _Expression()
    queue = list(words)
    while queue and (queue[0].text in ("-H", "-L", "-P") or queue[0].text.startswith("-O")):
        queue.pop(0)
    while queue and queue[0].text[:1] not in ("-", "(", "!", ","):
        found.starts.append(queue.pop(0))
    while queue:
        _primary(found, queue)
    found.starts = found.starts or plain(".")
    return found


def _primary(found: _Expression, queue: list[Argument]) -> None:
    word = queue.pop(0).text
    if word in _EXECUTING:
        command: list[Argument] = []
        while queue and not (queue[0].text == ";" or (queue[0].text == "+" and command and command[-1].text.endswith("{}"))):
            command.append(queue.pop(0))
        del queue[:1]
        found.actions.append((word, command))
    elif word == "-delete":
        found.deletes = True
    elif word in _PRINTING and queue:
        found.outputs.append(queue.pop(0))
        if word == "-fprintf":
            del queue[:1]
    elif word in ("!", "-not", "-o", "-or", ","):
        found.doubtful = True
    elif word == "-prune":
        found.prunes = True
    elif word in _TAKING and queue:
        value = queue.pop(0)
        if word in _NAMES:
            found.names.append(value)
        elif word == "-maxdepth":
            found.deepest = value.text


def find(call: Invocation) -> None:
    """What is found is a pattern: everything below the start, or names that fit, anywhere below it."""
    expression = _expression(call.words)
    for word in expression.outputs:
        call.write(word, verb="write")
    found = _found(expression)
    if expression.deletes:
        named = not expression.doubtful and bool(expression.names)
        for word in found if named else expression.starts:
            call.delete(word, verb="find-delete", recursive=not named)
    for kind, command in expression.actions:
        if not command:
            continue
        for word in found:
            folder = kind in ("-execdir", "-okdir")
            call.run(_filled(command, word, "{}"), state=_beside(call, word) if folder else None)
    call.output = Stream("".join(word.text + "\n" for word in found), data=call.stdin.data)
    call.output.pattern = True


def _found(expression: _Expression) -> list[Argument]:
    flat = expression.deepest in ("0", "1")
    names = [] if expression.doubtful else expression.names
    found: list[Argument] = []
    for start in expression.starts[:ITEMS]:
        base = start.text if start.text.endswith("/") else start.text + "/"
        for name in names[-1:]:
            text = name.text if "/" in name.text else base + ("" if flat else "**/") + name.text
            found.append(Argument(text, exact=start.exact and name.exact, pattern=True))
        if not names:
            found.append(Argument(base + ("*" if flat else "**"), exact=start.exact, pattern=True))
        if names and start.text.rstrip("/").rpartition("/")[2] == names[-1].text:
            found.append(start)
    return found


def _beside(call: Invocation, word: Argument) -> State:
    state = call.state.child(call.name)
    folder = word.text.rpartition("/")[0].replace("/**", "") or "."
    state.go(tuple(state.places(folder)))
    return state


def _filled(command: list[Argument], word: Argument, sign: str) -> list[Argument]:
    """The command with the name in place of the sign, wherever it stands in a word."""
    filled: list[Argument] = []
    for piece in command:
        if sign not in piece.text:
            filled.append(piece)
            continue
        whole = piece.text == sign
        text = piece.text.replace(sign, word.text)
        filled.append(
            Argument(text, exact=piece.exact and word.exact, pattern=word.pattern or (piece.pattern and not whole), origin=word.origin)
        )
    return filled


_FD = (
    "x|exec= X|exec-batch= H|hidden I|no-ignore e|extension= E|exclude= t|type= d|max-depth= g|glob s|case-sensitive i|ignore-case "
    "L|follow p|full-path 0|print0 c|color= j|threads= S|size= changed-within= changed-before= o|owner= base-directory= search-path= "
    "a|absolute-path F|fixed-strings u l"
)


def fd(call: Invocation) -> None:
    """`fd pattern folders -x command`: everything behind `-x` is the command, up to `;`."""
    texts = call.texts
    at = next((number for number, text in enumerate(texts) if text in ("-x", "-X", "--exec", "--exec-batch")), -1)
    command = call.words[at + 1 :] if at >= 0 else []
    if at >= 0:
        call.words = call.words[:at]
    options = call.options(_FD)
    starts = options.operands[1:] or options.all("--base-directory", "--search-path") or plain(".")
    suffix = options.value("--extension")
    name = "*." + suffix.text if suffix else "*"
    found = [Argument(start.text.rstrip("/") + ("/**/" + name if suffix else "/**"), exact=start.exact, pattern=True) for start in starts]
    for word in found if command else []:
        filled = _filled(command, word, "{}")
        call.run(filled if any("{" in piece.text for piece in command) else [*filled, word])
    call.output = Stream("".join(word.text + "\n" for word in found))
    call.output.pattern = True


_XARGS = (
    "0|null a|arg-file= d|delimiter= E= I= i|replace=? L|max-lines= l=? n|max-args= P|max-procs= p|interactive r|no-run-if-empty "
    "s|max-chars= "
    "t|verbose x|exit o|open-tty process-slot-var= show-limits J= R= S= e|eof=?"
)


def xargs(call: Invocation) -> None:
    """The words of the input become arguments; unknown input is an unknown argument."""
    options = call.options(_XARGS, permute=False)
    command = options.operands or plain("echo")
    file = options.value("--arg-file")
    stream = call.read(file) if file else call.stdin
    replaced = options.value("-I", "--replace", "-J")
    sign = "" if replaced is None and not options.has("--replace") else (replaced.text if replaced else "{}")
    items = _items(call, options, stream, lines=bool(sign))
    if sign:
        for item in items[:ITEMS]:
            call.run(_filled(command, item, sign))
    else:
        call.run([*command, *items])


def _items(call: Invocation, options: Options, stream: Stream, *, lines: bool) -> list[Argument]:
    text = call.state.text_of(stream)
    if text is None:
        unseen = Argument(UNKNOWN, exact=False, origin=stream.origin, data=stream.data)
        unseen.computed = REFERENCES not in stream.data
        return [unseen]
    delimiter = options.value("--delimiter")
    if options.has("--null"):
        pieces = text.replace("\n" if stream.pattern else "\0", "\0").split("\0")
    elif delimiter is not None:
        pieces = text.rstrip("\n").split(delimiter.text.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0") or "\n")
    elif lines:
        pieces = [line.strip() for line in text.split("\n")]
    else:
        pieces = [piece.text for piece in split(Argument(text))]
    known = [piece for piece in pieces if piece][: ITEMS * 8]
    return [Argument(piece, exact=UNKNOWN not in piece, pattern=stream.pattern, origin=stream.origin, data=stream.data) for piece in known]


_PARALLEL = (
    "j|jobs= a|arg-file= I= k|keep-order d|delimiter= n|max-args= N= X m r|no-run-if-empty 0|null colsep|C= joblog= results= tmpdir= "
    "dry-run bar "
    "progress q|quote S|sshlogin= timeout= halt= retries= pipe block= will-cite L= u t|verbose v eta linebuffer|lb"
)


def parallel(call: Invocation) -> None:
    """GNU parallel: the words before `:::` are shell code, those behind it fill it."""
    texts = call.texts
    at = next((number for number, text in enumerate(texts) if text in (":::", "::::", ":::+")), -1)
    given = call.words[at + 1 :] if at >= 0 else []
    from_files = at >= 0 and texts[at] == "::::"
    call.words = call.words[:at] if at >= 0 else call.words
    options = call.options(_PARALLEL, permute=False)
    if options.has("--dry-run"):
        return
    code = " ".join(word.text for word in options.operands)
    if from_files:
        items = [item for word in given for item in _items(call, options, call.read(word), lines=True)]
    else:
        items = given or _items(call, options, call.stdin, lines=True)
    if options.has("--pipe") or (not code and not items):
        items = []
        _as_code(call, code, [])
    for item in items[:ITEMS]:
        line = code.replace("{}", item.text) if "{" in code else (code + " " + item.text).strip()
        _as_code(call, line, [item])


def _as_code(call: Invocation, line: str, items: list[Argument]) -> None:
    origin = items[0].origin if items else "local"
    inner = call.state.child(call.name)
    call.output = run_code("shell", line, inner, origin=origin, stdin=call.stdin, words=[], program="sh")


PROGRAMS = {"find": find, "fd": fd, "fdfind": fd, "xargs": xargs, "parallel": parallel, "finding": lambda _call: None}
