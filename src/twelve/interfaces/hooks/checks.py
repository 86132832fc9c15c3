"""Which of a command line's parts are checks (tests, lint, build, gates, a push), and whether their result counts.

A result counts when the check's own exit code is the line's, or when its output says how it went: in
`pytest | tail` the exit code is tail's.
"""

from __future__ import annotations

from twelve.interfaces.hooks import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.interfaces.hooks.occasion import Occasion

TESTS = "tests"
LINT = "lint"
BUILD = "build"
GATES = "gates"
PUSH = "push"
OUTPUT_LIMIT = 200_000
"""Characters of output looked at, from its end."""

_TESTERS = frozenset(
    (
        "pytest", "py.test", "tox", "nox", "jest", "vitest", "mocha", "ava", "karma", "cypress", "playwright", "rspec",
        "phpunit", "ctest", "nosetests", "trial", "bats", "busted", "unittest",
    )
)  # fmt: skip
_LINTERS = frozenset(
    (
        "ruff", "flake8", "pylint", "eslint", "mypy", "pyright", "shellcheck", "golangci-lint", "stylelint", "prettier",
        "black", "isort", "hadolint", "yamllint", "tslint", "rubocop", "lint-imports", "biome",
    )
)  # fmt: skip
_RUNNERS = frozenset(
    (
        "npm", "pnpm", "yarn", "bun", "make", "just", "task", "rake", "poe", "invoke", "gradle", "gradlew", "mvn", "mvnw",
        "cargo", "go", "dotnet", "bazel", "mix", "swift", "sbt", "hatch", "npx", "bunx", "zig", "stack", "cabal", "deno",
        "composer", "bundle",
    )
)  # fmt: skip
_WRAPPERS = frozenset(
    (
        "time", "env", "nice", "nohup", "command", "exec", "uv", "poetry", "pipenv", "run", "pdm", "rye", "timeout", "xvfb-run",
        "coverage", "python", "python3", "-m", "sudo", "stdbuf", "bash", "sh", "node", "hatch",
    )
)  # fmt: skip
_KINDS = {
    **dict.fromkeys(("test", "tests", "check", "spec", "verify"), TESTS),
    **dict.fromkeys(("lint", "clippy", "vet", "format", "fmt", "typecheck"), LINT),
    **dict.fromkeys(("build", "compile", "package", "all"), BUILD),
}
_BAD = (
    " failed",
    " failures",
    " failure",
    " errors",
    " error",
    "FAILED",
    "FAIL:",
    "FAIL ",
    "FAIL\t",
    "--- FAIL",
    "= ERRORS =",
    "= FAILURES =",
    "[no test files]",
    "no tests ran",
    "No tests found",
    "not ok ",
    "BUILD FAILURE",
    "Traceback (most recent",
    "panicked at",
    "No module named",
    "command not found",
    "No such file or directory",
    "npm ERR!",
    "error:",
    "Error:",
)
_GOOD = (
    " passed",
    " passing",
    "OK (",
    "\nOK",
    "test result: ok",
    "All checks passed",
    "Success: no issues",
    "BUILD SUCCESS",
    "0 failures",
    "0 failed",
    "\nok ",
    "PASS",
    "0 errors",
)
_EMPTY = (" 0 passed", " 0 passing", "Ran 0 tests", "Tests run: 0,")
"""Words of a run in which nothing ran."""
_HOLLOW = ("test result: ok", "0 failed", "0 failures", "0 errors", "OK (", "\nOK")
"""Good words that are said of nothing too."""
_PRINTERS = ("echo", "printf")


class Check:
    """One check of a line. `own` says that the line's exit code is this check's (or fails when it fails).

    `printed` is what other parts of the line write themselves, so that nobody takes it for the check's words.
    """

    __slots__ = ("kind", "own", "printed")

    def __init__(self, kind: str, *, own: bool, printed: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.own = own
        self.printed = printed


def recognise(command: str, cwd: str = "", root: str = "") -> tuple[Check, ...]:
    """The checks a command line runs here, in order. Without `root` every folder counts as the project's."""
    parts = _parts(running.without_documents(command))
    replaced = running.replaced(parts)
    printed = tuple(word for words, _ in parts if words[0] in _PRINTERS for word in words[1:] if word[:1] != "-")
    trapped = any(words[0] == "trap" for words, _ in parts)
    found = []
    folder = cwd
    for place, (words, joiner) in enumerate(parts):
        if (words[0] in ("exit", "exec", "return") and len(words) < 3) or words[:2] == ["set", "-n"] or running.preset(words):
            break
        folder = running.moved(words, folder, cwd)
        kind = "" if replaced & set(words) else _kind(words)
        if kind and not (root and kind != PUSH and (running.outside(folder, root) or running.abroad(words[1:], folder, root))):
            sure = parts[place - 1][1] != "||" if place else True
            rest = all(later in ("&&", "") for _, later in parts[place:])
            own = sure and rest and not trapped and not running.lenient(words)
            found.append(Check(kind, own=own, printed=printed))
        if joiner == ")":
            folder = cwd
    return tuple(found)


def succeeded(check: Check, seen: Occasion) -> bool:
    """Whether this check went well, as far as the event tells."""
    code, output = outcome(seen)
    if code not in (0, None):
        return False
    if check.own and check.kind == PUSH:
        return code == 0 or not _says_bad(output)
    # where the exit code is another command's, or the client tells none, test runners have to have said it themselves
    said = _said(check, output)
    told = any(sign in said for sign in _GOOD) or (check.kind == PUSH and "-> " in said)
    return not _says_bad(output) and ((check.own and (code == 0 or check.kind != TESTS)) or told)


def _said(check: Check, output: str) -> str:
    """The output without what other parts of the line print, and without what is said of nothing."""
    said = " " + output
    for words in check.printed:
        said = said.replace(words, "")
    if any(sign in said for sign in _EMPTY):
        for sign in (*_EMPTY, *_HOLLOW):
            said = said.replace(sign, " ")
    return said


def outcome(seen: Occasion) -> tuple[int | None, str]:
    """(exit code, end of the output). None = the client does not tell: Codex hands over bare text, whatever happened."""
    response = seen.payload.get("tool_response")
    if seen.kind == "failed":
        return -1, seen.text("error")[-OUTPUT_LIMIT:]
    if isinstance(response, dict):
        return _structured(response)
    text = response if isinstance(response, str) else ""
    return _code_in(text), text[-OUTPUT_LIMIT:]


def _structured(response: dict[str, Any]) -> tuple[int, str]:
    text = "\n".join(str(response.get(name) or "") for name in ("stdout", "stderr", "llmContent", "output"))
    gone = response.get("interrupted") is True or bool(response.get("error")) or bool(response.get("backgroundTaskId"))
    code = response.get("exit_code")
    if isinstance(code, int):
        return code, text[-OUTPUT_LIMIT:]
    return -1 if gone else (_code_in(text) or 0), text[-OUTPUT_LIMIT:]


def _code_in(text: str) -> int | None:
    """The exit code some clients write into the text: `Exit Code: 1`, `exited with code 1`."""
    for sign in ("Exit Code: ", "exited with code ", "Exit code: "):
        place = text.rfind(sign)
        if place >= 0:
            digits = text[place + len(sign) :].split(None, 1)[:1]
            return int(digits[0]) if digits and digits[0].isdigit() else -1
    return None


def _says_bad(output: str) -> bool:
    clean = output
    for harmless in ("0 failed", "0 failures", "0 failure", "0 errors", "0 error", "no errors", "No errors", "0 Failed", "0 Errors"):
        clean = clean.replace(" " + harmless, " ").removeprefix(harmless)
    return any(sign in clean for sign in _BAD)


def _kind(words: list[str]) -> str:
    names = [word.rpartition("/")[2] for word in words]
    if running.tells_only(names):
        return ""
    for place, name in enumerate(names):
        rest = names[place + 1 :]
        if name in _TESTERS:
            return "" if running.local(words[place]) else TESTS
        if name in _LINTERS and running.local(words[place]):
            return ""
        if name in _LINTERS or (name == "pre-commit" and rest[:1] == ["run"]):
            return LINT
        if name == "git":
            return PUSH if "push" in rest and "--dry-run" not in rest and "-n" not in rest else ""
        if name == "twelve":
            return GATES if rest[:1] in (["gate"], ["verify"], ["prove"]) else ""
        if name == "tsc":
            return LINT if "--noEmit" in rest else BUILD
        if name == "docker":
            return BUILD if "build" in rest else ""
        if name in _RUNNERS:
            return _task(name, rest)
        if name in ("check", "test", "tests", "run_tests.sh", "test.sh", "check.sh", "build.sh", "lint.sh"):
            return LINT if name == "lint.sh" else BUILD if name == "build.sh" else TESTS
        if name not in _WRAPPERS and "=" not in name and not name.isdigit() and name[:1] != "-":
            return ""
    return ""


def _task(runner: str, rest: list[str]) -> str:
    for word in rest:
        stem = word.partition(":")[0].partition("-")[0]
        if word in _TESTERS:
            return TESTS
        if word in _LINTERS:
            return LINT
        if stem in _KINDS:
            return _KINDS[stem]
        if word in ("t",) and runner in ("npm", "cargo"):
            return TESTS
    return BUILD if runner == "make" and not rest else ""


def _parts(command: str) -> list[tuple[list[str], str]]:
    """(words, what joins them to the next part) outside quotes. Rough on purpose: it decides no permission."""
    parts: list[tuple[list[str], str]] = []
    words: list[str] = []
    word, quote, place = "", "", 0
    while place < len(command):
        sign = command[place]
        if quote:
            quote, word = ("", word) if sign == quote else (quote, word + sign)
        elif sign in "'\"":
            quote = sign
        elif sign == "\\":
            place += 1
            word += command[place : place + 1]
        elif sign == "&" and (word[-1:] == ">" or command[place + 1 : place + 2] == ">"):
            word += sign
        elif sign in ";\n|&()":
            joiner = command[place : place + 2] if command[place : place + 2] in ("&&", "||") else sign
            place += len(joiner) - 1
            words, word = [*words, *([word] if word else [])], ""
            if words:
                parts.append((words, joiner))
            words = []
        elif sign in " \t":
            words, word = [*words, *([word] if word else [])], ""
        else:
            word += sign
        place += 1
    words = [*words, *([word] if word else [])]
    return [*parts, (words, "")] if words else parts
