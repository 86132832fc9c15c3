"""The real bash as the judge of what a line does, and command lines to ask it about."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

PROGRAM = shutil.which("bash") or ""
MISSING = "" if PROGRAM else "bash is not installed"
HOME = "/home/somebody"
RECORDS = 'command_not_found_handle() { printf "%s\\0" "$@" $\'\\1\' >>"$RECORD.$BASHPID"; return "$ANSWER"; }\n'
"""Every program that bash looks for and does not find is written down with its arguments; none is there to be found.

Each process writes a record of its own: in one file, what the stages of a pipeline write at once comes out mixed.
"""


def environment(folder: Path, answer: int = 0) -> dict[str, str]:
    record = str(folder / "record")
    return {"HOME": HOME, "PATH": "/nonexistent", "LC_ALL": "C.UTF-8", "RECORD": record, "ANSWER": str(answer)}


def run(text: str, environ: dict[str, str], folder: Path) -> bytes:
    """What bash prints. A line that does not end in two seconds prints nothing."""
    try:
        done = subprocess.run(
            [PROGRAM, "--norc", "-c", text.encode("utf-8", "surrogateescape")],
            env=environ, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=2, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout


def arguments(words: str, assignments: str = "") -> list[str]:
    """The arguments bash makes of `words`, in an empty folder and environment."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        printed = run(f'{assignments}\nset -- {words}\n[ $# = 0 ] || printf "%s\\0" "$@"', environment(folder), folder)
    return printed.decode("utf-8", "surrogateescape").split("\0")[:-1]


def accepts(line: str) -> bool:
    """Bash finds no error in the grammar of `line`; nothing is run."""
    done = subprocess.run(
        [PROGRAM, "--norc", "-n", "-c", line.encode("utf-8", "surrogateescape")],
        env={"LC_ALL": "C.UTF-8"}, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode == 0 and not done.stderr


def programs(line: str, answer: int = 0) -> list[tuple[str, ...]]:
    """What bash runs for `line` when every program answers `answer`, with arguments, in any order."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tree").mkdir()
        environ = {**environment(folder, answer), "LINE": os.fsdecode(line.encode("utf-8", "surrogateescape"))}
        run(f'{RECORDS}ulimit -t 1\nexec >/dev/null\neval "$LINE"\nwait', environ, folder / "tree")
        text = "".join(record.read_bytes().decode("utf-8", "surrogateescape") for record in folder.glob("record.*"))
    return [tuple(entry.split("\0")[:-1]) for entry in text.split("\1\0")[:-1]]


# Lines.

LITERALS = (
    "x", "-v", "/p", "'q r'", '"s t"', r"u\ w", "#", "é", r"\$", "''", '""', "=", "%", "{", "}", "!", "]", ",", "..", "if", "then", "done",
    "~", "{a,b}", "{1..3}", r"$'\x41\n'", "$n", '"$n"', "${n}",
    '"${n:-x y}"', "${n:-x y}", "${#n}", "${n#x}", "$@", '"$@"', "$((1+2))", "\\\n", "[", "*",
)  # fmt: skip
FRAGMENTS = (
    *LITERALS,
    *("a", "b", " ", " ", " ", "\n", ";", "&&", "||", "|", "|&", "&", "(", ")", "{ ", "; }", "'", '"', "$(", "`", " #", "\\", "<<E"),
    *("\nE\n", "\n\tE\n", "if ", "; then ", "; fi", "for i in ", "; do ", "; done", "case ", " in ", "a)", ";;", "esac", "n=", "A=("),
    *("<", ">", ">>", "2>&1", "&>", "<<<", "time ", "[[ ", " ]]", "((", "))", "$((", "==", "=~", "f() ", "function g ", "${n:-", "$"),
    *("\r", "\t", "<(", ">(", "coproc ", r"\"", r"\'", "E", "@", "~+", "0", "$[", "<<-'E'", "n+=", '"${n:-', '"${n#', '}"'),
)  # fmt: skip
soup = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=14).map("".join)
"""Fragments of shell in any order: mostly no legal lines, which is what a parser has to survive."""
word = st.lists(st.sampled_from(LITERALS), min_size=1, max_size=3).map("".join)
ENDINGS = ("", " 2>&1", " >f", " <<<w", " &>g", " >f x", " <<E\nq $(a) '\nE", " <<-'E' | b\n\tq\n\tE", " <<E && c\nq\\\nr\nE")
JOINS = (";", "\n", " && ", " || ", " | ", " |& ", " & ")
COMPOUNDS = (
    "(@)", "{ @\n}", "if @\nthen @\nfi", "if a; then @\nelse @\nfi", "for i in x y; do @\ndone", "while @\ndo @\nbreak\ndone", "! @",
    "time @", "case x in y) @\n;; *) @\nesac", "f() { @\n}; f", "[[ -n $(@\n) ]]",
    "(( $(@\n) + 1 ))", "a $(@\n) x", 'a "$(@\n)"', "a <(@\n)", "n=$(@\n)", "A=(x $(@\n))",
    "a ${n:-$(@\n)}", "a <<E\nx $(@\n)\nE", "a > $(@\n)f",
)  # fmt: skip


def _joined(scripts: Any) -> Any:
    return st.tuples(st.sampled_from(JOINS), st.lists(scripts, min_size=1, max_size=3)).map(lambda pair: pair[0].join(pair[1]))


def _filled(form: str, bodies: list[str]) -> str:
    for body in bodies:
        form = form.replace("@", body.replace("@", "\0"), 1)
    return form.replace("@", "b").replace("\0", "@")


_simple = st.tuples(st.sampled_from("abc"), st.lists(word, max_size=3), st.sampled_from(ENDINGS)).map(
    lambda made: " ".join([made[0], *made[1]]) + made[2]
)
script = st.recursive(
    _joined(_simple),
    lambda inner: _joined(st.tuples(st.sampled_from(COMPOUNDS), st.lists(inner, min_size=2, max_size=2)).map(lambda made: _filled(*made))),
    max_leaves=5,
)
"""Mostly legal scripts of every construct, the programs in them called a, b and c."""
