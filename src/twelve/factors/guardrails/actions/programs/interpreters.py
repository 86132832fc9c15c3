"""Interpreters of other languages: code from an option, a file or standard input."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.action import EXECUTE, NETWORK, ORIGIN_NETWORK
from twelve.factors.guardrails.actions.dispatch import run_file
from twelve.factors.guardrails.actions.handed import erased, touched
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.programs.shells import text_of
from twelve.factors.guardrails.actions.programs.table import family_of
from twelve.factors.guardrails.actions.streams import Stream

_CODE_OPTIONS = {
    "python": ("-c",), "perl": ("-e", "-E"), "ruby": ("-e",), "node": ("-e", "--eval", "-p", "--print", "-pe"), "php": ("-r", "-B", "-R",
    "-E"),
    "lua": ("-e",), "r": ("-e",), "tcl": (), "awk": (),
}  # fmt: skip
_LANGUAGES = {
    "python": "python", "pypy": "python", "ipython": "python", "perl": "perl", "ruby": "ruby", "irb": "ruby", "node": "node",
    "nodejs": "node",
    "deno": "node", "bun": "node", "tsx": "node", "ts-node": "node", "php": "php", "lua": "lua", "luajit": "lua", "Rscript": "r",
    "tclsh": "tcl",
}  # fmt: skip
_VALUED = {
    "python": "WXQm", "perl": "I", "ruby": "IrCEK", "node": "rC", "php": "dczftnSTw", "lua": "l", "r": "", "tcl": "", "awk": "",
}  # fmt: skip
"""Letters of short options that take a value."""
_VALUED_LONG = (
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "--env-file",
    "--conditions",
    "--config",
    "--check-hash-based-pycs",
)
_SUBCOMMANDS = (
    "run",
    "eval",
    "test",
    "x",
    "task",
    "install",
    "fmt",
    "lint",
    "check",
    "cache",
    "add",
    "build",
    "compile",
    "upgrade",
    "serve",
    "repl",
    "create",
    "init",
    "remove",
    "update",
    "pm",
    "link",
    "publish",
    "info",
    "doc",
    "bench",
    "i",
    "rm",
)


class _Given:
    """What the options of an interpreter say: code, files read first, a module, and what is left."""

    __slots__ = ("code", "first", "in_place", "loops", "module", "rest")

    def __init__(self) -> None:
        self.code: list[Argument] = []
        self.first: list[Argument] = []
        self.module: Argument | None = None
        self.in_place = self.loops = False
        self.rest: list[Argument] = []


def interpret(call: Invocation) -> None:
    """Any of them."""
    language = _LANGUAGES.get(call.name, "node")
    if call.name in ("deno", "bun") and call.texts[:1] and call.texts[0] in _SUBCOMMANDS and not _subcommand(call):
        return
    given = _given(call, language)
    inner = call.state.child(call.name)
    if language == "node" or language == "ruby":
        for word in [word for word in given.first if "/" in word.text or word.text.endswith((".rb", ".js", ".cjs", ".mjs"))]:
            run_file(call.places(word)[0], call.state.stream_of(call.places(word)[0]), [], inner, call.stdin, call.source, language)
    if given.in_place:
        for word in given.rest:
            call.write(word, verb="edit")
    if any(not word.text.startswith("use ") for word in given.code):
        origin = next((word.origin for word in given.code if word.origin != "local"), "local")
        texts = [text_of(call, word) for word in given.code]
        text = None if None in texts else "\n".join(piece or "" for piece in texts)
        call.output = code.run(language, text, inner, origin=origin, stdin=call.stdin, words=given.rest, program=call.name)
        if given.loops and not given.in_place:
            runs = any(name in (piece or "") for piece in texts for name in ("system", "exec", "eval", "qx", "`"))
            for word in given.rest:
                stream = call.read(word)
                seen = call.state.text_of(stream) if runs else None
                if seen is not None:
                    code.run("shell", seen, inner, origin="local", stdin=Stream(None), words=[], program="sh")
    elif given.module is not None:
        _module(call, given)
    elif given.rest and given.rest[0].text not in ("-", "/dev/stdin", "/dev/fd/0"):
        _file(call, given, language)
    elif call.stdin.piped:
        stream = call.stdin
        call.output = code.run(
            language,
            call.state.text_of(stream),
            inner,
            origin=stream.origin,
            stdin=Stream(None),
            words=given.rest[1:],
            program=call.name,
            data=stream.data,
        )


def _subcommand(call: Invocation) -> bool:
    """`deno run file`, `bun x tool`, `deno eval code`; True when an ordinary call is left."""
    name = call.texts[0]
    call.words = [word for word in call.words[1:] if not word.text.startswith("--allow") and word.text != "-A"]
    if name == "eval" and call.words:
        call.words = [Argument("-e"), *call.words]
        return True
    if name == "run" and call.words and ("." in call.texts[0] or "/" in call.texts[0]):
        return True
    if name not in ("add", "install", "i") or call.name == "deno":
        for word in call.words[:4]:
            if not word.text.startswith("-") and _address(call, word):
                return False
    call.execute(words=(name, *call.texts))
    return False


def _given(call: Invocation, language: str) -> _Given:
    found = _Given()
    words = list(call.words)
    options = _CODE_OPTIONS[language]
    while words:
        text = words[0].text
        if not text.startswith("-") or text == "-" or (found.code and language == "python"):
            break
        word = words.pop(0)
        if text == "--":
            break
        name, sign, _ = text.partition("=")
        if text.startswith("--") or text in options:
            if name in options:
                found.code += [word.cut(len(name) + 1)] if sign else words[:1]
                words = words if sign else words[1:]
            elif name in _VALUED_LONG:
                found.first += [word.cut(len(name) + 1)] if sign else words[:1]
                words = words if sign else words[1:]
            continue
        words = _cluster(found, language, word, words)
        if found.module is not None:
            break
    found.rest = words
    return found


def _cluster(found: _Given, language: str, word: Argument, words: list[Argument]) -> list[Argument]:
    """`-Bc code`, `-pi.bak -e code`, `-lane code`, `-m module`."""
    options = _CODE_OPTIONS[language]
    letters = word.text[1:]
    for at, letter in enumerate(letters):
        rest = word.cut(at + 2) if at + 1 < len(letters) else None
        if "-" + letter in options:
            found.code += [rest] if rest is not None else words[:1]
            return words if rest is not None else words[1:]
        if letter == "i" and language in ("perl", "ruby"):
            found.in_place = True
            return words
        if letter in ("n", "p") and language in ("perl", "ruby"):
            found.loops = True
        if letter in _VALUED[language]:
            value = rest if rest is not None else (words[0] if words else None)
            if letter == "m" and language == "python":
                found.module = value
                found.rest = words
            elif value is not None and letter == "r":
                found.first.append(value)
            words = words if rest is not None else words[1:]
            if found.module is not None:
                found.module = value
            return words
        if language == "perl" and letter in "Mm":
            found.code.append(Argument("use " + word.text[at + 2 :] + ";"))
            return words
        if language == "perl" and letter in "IFDC":
            return words
    return words


def _address(call: Invocation, word: Argument) -> bool:
    """Code at a URL is fetched and run."""
    if not word.text.startswith(("http://", "https://", "http:/", "https:/")):
        return False
    call.add(NETWORK, target=word.text, verb="fetch")
    call.execute(origin=ORIGIN_NETWORK, detail="code at an address", target=word.text)
    return True


def _file(call: Invocation, given: _Given, language: str) -> None:
    word = given.rest[0]
    if _address(call, word):
        return
    place = call.places(word)[0]
    if language == "python" and call.state.folder_is_there(place.real):
        place = call.places(Argument(word.text.rstrip("/") + "/__main__.py", exact=word.exact))[0]
    base = place.path.rpartition("/")[2]
    if base in _RUNNERS:
        call.run([Argument(_RUNNERS[base]), *given.rest[1:]])
        return
    call.output = run_file(
        place, call.state.stream_of(place), given.rest[1:], call.state.child(call.name), call.stdin, call.source, language
    )


_RUNNERS = {"manage.py": "django-admin", "artisan": "artisan", "rails": "rails", "rake": "rake"}
"""Scripts of frameworks that are known by their words, not by their text."""
LITERALS = 16
"""Literals of one text that are tried as command lines."""
_MODULES = {"pip": "pip", "ensurepip": "pip", "poetry": "poetry", "pipx": "pipx", "uv": "uv", "twelve": "twelve",
    "pre_commit": "pre-commit", "ansible": "ansible",
            "nox": "nox", "tox": "tox", "invoke": "invoke", "alembic": "alembic", "django": "django-admin"}  # fmt: skip


def _module(call: Invocation, given: _Given) -> None:
    """`python -m pip`: a module that is a program; `-m x` may also be a file of this folder."""
    if given.module is None:
        return
    name = given.module.text
    rest = given.rest
    if name in _WRAPPERS or name in _CODE_MODULES:
        _wrapped(call, name, rest)
        return
    if name in _MODULES:
        call.run([Argument(_MODULES[name]), *rest])
        return
    call.add(EXECUTE, words=("-m", name, *(word.text for word in rest)))
    if name in ("venv", "virtualenv") and any(word.text == "--clear" for word in rest):
        for word in [word for word in rest if not word.text.startswith("-")]:
            erased(call, word)
    if name in ("zipfile", "tarfile"):
        code.load("twelve.factors.guardrails.actions.programs.archives", "of_module")(call, rest)
    elif name == "json.tool":
        for word in [word for word in rest if not word.text.startswith("-")][1:2]:
            call.write(word)
    else:
        touched(call, rest)
    if name == "http.server":
        call.add("network", verb="listen", target="http.server", words=())
    for path in (name.replace(".", "/") + ".py", name.replace(".", "/") + "/__main__.py"):
        place = call.state.places(path)[0]
        stream = call.state.stream_of(place)
        if place.path in call.state.files or (call.state.look and call.state.text_of(stream) is not None):
            call.output = run_file(place, stream, rest, call.state.child(call.name), call.stdin, call.source, "python")
            return


_WRAPPERS = ("cProfile", "profile", "trace", "pdb", "ipdb", "bdb", "runpy", "coverage", "debugpy", "pyinstrument", "scalene",
             "viztracer", "memory_profiler", "line_profiler", "kernprof")  # fmt: skip
"""Modules that run the file or module behind them."""
_CODE_MODULES = ("timeit", "code")
"""Modules whose arguments or standard input are code."""
_TAKING = ("-o", "-s", "-c", "-f", "--outfile", "--sort", "-C", "--coverdir", "--source", "--rcfile", "--include", "--omit", "-n", "-r",
           "-u", "--listen", "--connect", "--data-file", "--setup", "--number", "--unit", "--repeat")  # fmt: skip


def _wrapped(call: Invocation, name: str, words: list[Argument]) -> None:
    """`python -m cProfile -o out script.py`, `python -m coverage run -m pytest`, `python -m timeit 'code'`."""
    call.add(EXECUTE, words=("-m", name, *(word.text for word in words)))
    if name == "coverage" and (not words or words[0].text != "run"):
        touched(call, words)
        return
    inner = call.state.child(name)
    rest = list(words[1:] if name == "coverage" else words)
    texts: list[str] = []
    while rest and rest[0].text.startswith("-") and len(rest[0].text) > 1:
        flag = rest.pop(0).text
        if flag == "-m" and rest:
            call.run([Argument("python"), Argument("-m"), *rest])
            return
        if flag in _TAKING and rest:
            value = rest.pop(0)
            if flag in ("-o", "--outfile"):
                call.write(value)
            else:
                texts.append(value.text)
    if name == "timeit":
        text = "\n".join([*texts, *(word.text for word in rest)])
        code.run("python", text, inner, origin="local", stdin=Stream(None), words=[], program="python")
    elif name == "code":
        code.run("python", call.state.text_of(call.stdin), inner, origin=call.stdin.origin, stdin=Stream(None), words=[], program="python")
    elif rest:
        module = "/" not in rest[0].text and not rest[0].text.endswith(".py")
        call.run([Argument("python"), *([Argument("-m")] if module else []), *rest])


def awk(call: Invocation) -> None:
    """`awk 'program' files`, `awk -f file`."""
    options = call.options("f|file= F|field-separator= v|assign= i|include= e|source= l|load= E|exec= S|sandbox", permute=False)
    operands = list(options.operands)
    texts: list[str | None] = [word.text for word in options.all("--source")]
    origin = "local"
    for word in options.all("--file", "--exec", "--include"):
        stream = call.read(word)
        texts.append(call.state.text_of(stream))
        origin = stream.origin
    if not texts and operands:
        first = operands.pop(0)
        texts.append(text_of(call, first))
        origin = first.origin
    inner = call.state.child(call.name)
    for word in operands:
        if "=" not in word.text.split("/", 1)[0]:
            call.read(word)
    if options.has("--include") and any(word.text == "inplace" for word in options.all("--include")):
        for word in operands:
            call.write(word, verb="edit")
    assigned = {name: value for name, _, value in (word.text.partition("=") for word in options.all("--assign"))}
    if None in texts:
        code.run("awk", None, inner, origin=origin, stdin=call.stdin, words=operands, program=call.name)
    elif texts:
        reader = code.load("twelve.factors.guardrails.actions.languages.awk", "of_program")
        call.output = reader("\n".join(text or "" for text in texts), inner, call.stdin, operands, assigned)


def stranger(call: Invocation) -> None:
    """Interpreters whose code is not read: it is said that it runs, near which words, and where it comes from."""
    origin = call.stdin.origin if call.stdin.piped else "local"
    codes = [
        call.words[at + 1] for at, text in enumerate(call.texts[:-1]) if text in ("-e", "-c", "-Command", "-EncodedCommand", "--eval", "-l")
    ]
    call.execute(origin=origin)
    for word in codes:
        code.near_words(word.text, call.state, f"{call.name} code is not read")
        spoken(call, word.text)
    if call.stdin.piped and call.stdin.text:
        code.near_words(call.stdin.text, call.state, f"{call.name} code is not read")


def spoken(call: Invocation, text: str) -> None:
    """Literals in code nobody reads here that begin like a command line are taken for one; so is a list of words."""
    literals = code.load("twelve.factors.guardrails.actions.languages.literals", "literals")
    pieces = [content for _, content, _ in literals(text, "\"'`")]
    for line in [*pieces, " ".join(pieces)][:LITERALS]:
        first, blank, _ = line.strip().partition(" ")
        if blank and family_of(first.rpartition("/")[2]) not in ("", "builtins"):
            code.shell_text(line, call.state.child(call.name), Stream(None))


def calculator(call: Invocation) -> None:
    """`bc`, `dc` read and print; `!` in dc runs a command, which nobody writes by accident."""
    for word in call.words:
        if not word.text.startswith("-"):
            call.read(word)


PROGRAMS = {
    **dict.fromkeys(_LANGUAGES, interpret), "awk": awk, "gawk": awk, "mawk": awk, "nawk": awk, "bc": calculator, "m4": calculator,
    "interpreters": stranger,
}  # fmt: skip
