"""Whether a part of a command line runs its check at all, here, and as itself.

`make -n test` prints, `pytest --co` lists, `cd /elsewhere && pytest` is another project's, `pytest() { true; }` is no pytest.
Rough on purpose, as all of this: it decides no permission, only whether a claim at the end of a turn has something to stand on.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Parts = list[tuple[list[str], str]]

TELLING = frozenset(
    (
        "--version", "--help", "-h", "-V", "--collect-only", "--collectonly", "--co", "--list", "--dry-run", "--fixtures", "--markers",
        "--no-run", "--listTests", "--list-tests", "--showConfig", "--clearCache", "--setup-plan", "--notest", "--listenvs",
        "--just-print", "--recon", "--question", "--touch", "--show-only", "-list", "--cache-show", "--dry", "-DskipTests",
        "-Dmaven.test.skip=true", "-Dmaven.test.skip",
    )
)  # fmt: skip
"""Options with which a checker says something about itself or gets ready, and checks nothing."""
_OWN_TELLING = {
    "go": ("-n", "-c"), "ctest": ("-N",), "tox": ("-l",), "nox": ("-l",), "gradle": ("-m",), "gradlew": ("-m",), "just": ("-n", "-l"),
    "task": ("-n", "-l"), "rake": ("-n", "-T", "-P"), "bats": ("-c", "--count"), "vitest": ("list",), "bash": ("-n",), "sh": ("-n",),
    "dotnet": ("-t",), "ninja": ("-n",),
}  # fmt: skip
"""The same for short options other programs mean something else by."""
_LENIENT = ("--passWithNoTests", "--if-present", "--exit-zero", "--suppress-no-test-exit-code", "-i", "--ignore-errors")
"""With these, exit code 0 also means that nothing was found to run, or that what failed does not count."""
_MAKES = ("make", "gmake", "bmake")
_ELSEWHERE = (
    "-C",
    "--prefix",
    "--rootdir",
    "--manifest-path",
    "--project",
    "--cwd",
    "--dir",
    "--directory",
    "-f",
    "--file",
    "-c",
    "--config",
)
_VALUED = ("-o", "-p", "-k", "-m", "-n", "-W", "-r", "-j", "-t", "-run", "-e")
_BINARIES = ("bin", ".bin", "Scripts")


def tells_only(names: list[str]) -> bool:
    """Whether these words, programs without their folders, check nothing whatever they print."""
    words = set(names)
    if TELLING & words or any(word.startswith(("-list=", "--collect-", "--setup-plan", "--list-tests=")) for word in names):
        return True
    if any(name in words and words & set(options) for name, options in _OWN_TELLING.items() if name in names[:2]):
        return True
    if any(name in words for name in _MAKES) and any(_prints(word) for word in names):
        return True
    return any(_leaves_out(word, following) for word, following in zip(names, [*names[1:], ""], strict=True))


def _leaves_out(word: str, following: str) -> bool:
    """A file or folder taken out of the run, or a pattern that fits no name."""
    name, sign, value = word.partition("=")
    given = value if sign else following
    return (name == "--deselect" and "::" not in given) or (name in ("-run", "--run") and given == "^$")


def lenient(words: Iterable[str]) -> bool:
    """Whether exit code 0 says nothing, because the words ask for it."""
    listed = list(words)
    return any(word in _LENIENT for word in listed if word[:2] == "--") or ("-i" in listed and any(name in listed for name in _MAKES))


def _prints(word: str) -> bool:
    """`-n`, `-q`, `-t` of make, also among others: `-sn`."""
    letters = word[1:]
    return word[:1] == "-" and word[1:2] != "-" and bool(set(letters) & set("nqt")) and set(letters) <= set("knqstwirBe")


def preset(words: list[str]) -> bool:
    """Whether a variable set here makes later checks tell only: `PYTEST_ADDOPTS=--co`, `MAKEFLAGS=n`."""
    return any(_stills(*word.partition("=")) for word in words)


def _stills(name: str, sign: str, value: str) -> bool:
    given = value.split()
    if not sign or not name.isidentifier() or not name.isupper():
        return False
    return bool(TELLING & set(given)) or (name in ("MAKEFLAGS", "GNUMAKEFLAGS") and any(_prints("-" + item.lstrip("-")) for item in given))


def replaced(parts: Parts) -> frozenset[str]:
    """Names the line itself gives another meaning: functions and aliases."""
    found = set()
    for words, joiner in parts:
        if joiner == "(" and len(words) == 1:
            found.add(words[0])
        if words[0] == "function" and len(words) > 1:
            found.add(words[1])
        if words[0] == "alias":
            found.update(word.partition("=")[0] for word in words[1:])
        if words[:2] == ["hash", "-p"]:
            found.update(words[3:])
    return frozenset(found)


def local(word: str) -> bool:
    """`./pytest`: a file of that name, which is not the program unless it lies where programs are installed."""
    folder, sign, _ = word.rpartition("/")
    return bool(sign) and word[:1] != "/" and folder.rpartition("/")[2] not in _BINARIES


def moved(words: list[str], folder: str, cwd: str) -> str:
    """The folder after this part. What cannot be told, and mere `..` from a folder reported afterwards, stays."""
    if words[0] not in ("cd", "pushd"):
        return folder
    target = next((word for word in words[1:] if word[:1] != "-"), "~" if len(words) == 1 else "")
    if not target or "$" in target or not target.replace("..", "").strip("/"):
        return folder if target != "/" else "/"
    return target if target[:1] in "/~" else f"{folder or cwd}/{target}"


def outside(place: str, root: str) -> bool:
    """Whether an absolute place lies outside the project; a home's short form does."""
    if place[:1] == "~":
        return True
    kept: list[str] = []
    for part in place.split("/"):
        if part == "..":
            kept[-1:] = []
        elif part not in ("", "."):
            kept.append(part)
    whole = "/" + "/".join(kept)
    return whole != root and not whole.startswith(root + "/")


def abroad(words: list[str], folder: str, root: str) -> bool:
    """Whether the words of a check name places outside the project to look at. Files it writes do not count."""
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        name, sign, value = word.partition("=")
        if name in _ELSEWHERE and sign:
            word = value
        elif (
            word[:1] == "-"
            or sign
            or ">" in word
            or "<" in word
            or before[-1:] in ("<", ">")
            or before in _VALUED
            or (before[:2] == "--" and "=" not in before and before not in _ELSEWHERE)
        ):
            continue
        if (word[:1] in ("/", "~") or word[:3] == "../") and outside(word if word[:1] in "/~" else f"{folder}/{word}", root):
            return True
    return False


def without_documents(command: str) -> str:
    """The line without the bodies of here-documents: what is written into a file is not run."""
    kept, ends = [], list[str]()
    for line in command.split("\n"):
        if ends:
            if line.strip() == ends[0]:
                del ends[0]
            continue
        kept.append(line)
        for piece in line.replace("<<<", " ").split("<<")[1:]:
            word = piece.lstrip("-").split(None, 1)[:1]
            if word:
                ends.append(word[0].strip("'\"\\;|&)"))
    return "\n".join(kept)
