"""The scratch world before and after a command line: files, refs, stand-ins' records. What it means is said in `effects.py`."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.scratch import Call, Outcome, read

PROJECT = "srv/project/"
TEMPORARY = ("tmp/", "var/tmp/", "dev/shm/")
WORDS = json.loads((Path(__file__).resolve().parent / "words.json").read_text(encoding="utf-8"))


def words(name: str) -> frozenset[str]:
    """A list of `words.json`."""
    return frozenset(WORDS["words"][name].split())


def pattern(name: str) -> re.Pattern[str]:
    """A regular expression of `words.json`."""
    return re.compile(WORDS["patterns"][name])


OURS = tuple(sorted(words("ours")))
SKIPPED = words("skipped")
GIT_RULES = ("force-push", "history-rewrite", "hook-skip", "forge-evidence")


@dataclass(frozen=True)
class Before:
    """The world before the line, remembered."""

    files: Mapping[str, tuple[int, str]]
    refs: Mapping[str, str]
    commits: Mapping[str, str]
    published: frozenset[str]
    remote: Mapping[str, str]
    reflog: int
    head: str


def git(world: Path, *words: str, folder: str = "srv/project/.git") -> str:
    argv = ["git", f"--git-dir={world / folder}", *words]
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "HOME": "/nonexistent"}
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False, env=environment)
    return done.stdout if done.returncode == 0 else ""


def refs(world: Path, folder: str = "srv/project/.git") -> dict[str, str]:
    return {
        line.split()[1]: line.split()[0]
        for line in git(world, "for-each-ref", "--format=%(objectname) %(refname)", folder=folder).splitlines()
    }


def snapshot(world: Path) -> dict[str, tuple[int, str]]:
    """Mode and digest of everything that is not ours, by its path from the root of the world."""
    return {path: state for path, state in walk(str(world), "") if not path.startswith(OURS)}


def walk(top: str, below: str) -> Iterator[tuple[str, tuple[int, str]]]:
    for entry in os.scandir(os.path.join(top, below) if below else top):
        path = f"{below}/{entry.name}" if below else entry.name
        mode = entry.stat(follow_symlinks=False).st_mode
        if entry.is_symlink():
            yield path, (stat.S_IFLNK, os.readlink(entry.path))
        elif entry.is_dir():
            yield path, (mode, "")
            if path not in SKIPPED:
                yield from walk(top, path)
        elif stat.S_ISREG(mode):
            with open(entry.path, "rb") as file:
                yield path, (mode, hashlib.sha256(file.read()).hexdigest())
        else:
            yield path, (mode, "special")


def remember(world: Path, rule: str) -> Before:
    """The files, and for rules about git its refs and commits."""
    if rule not in GIT_RULES:
        return Before(files=snapshot(world), refs={}, commits={}, published=frozenset(), remote={}, reflog=0, head="")
    subjects = git(world, "log", "--format=%H %s", "--branches", "--glob=refs/stash")
    return Before(
        files=snapshot(world),
        refs=refs(world),
        commits={line[:40]: line[41:] for line in subjects.splitlines()},
        published=frozenset(git(world, "rev-list", "--remotes").split()),
        remote=refs(world, "srv/origin.git"),
        reflog=reflog(world),
        head=git(world, "rev-parse", "HEAD").strip(),
    )


def reflog(world: Path) -> int:
    logs = world / "srv/project/.git/logs"
    return sum(read(logs / name).count("\n") for name in ("HEAD", "refs/stash"))


def changed(before: Before, world: Path) -> set[str]:
    after = snapshot(world)
    return {
        path for path in before.files.keys() | after.keys() if before.files.get(path) != after.get(path) and not path.endswith("worker.pid")
    }


def state(world: Path, path: str) -> tuple[int, str] | None:
    target = world / path
    if not target.is_file() or target.is_symlink():
        return None
    return target.stat().st_mode, hashlib.sha256(target.read_bytes()).hexdigest()


def first(found: Iterable[str]) -> str:
    return next(iter(sorted(found)), "")


def called(done: Outcome, wanted: Callable[[Call], bool]) -> str:
    return first(one.text for one in done.calls if wanted(one) and "--help" not in one.argv)
