"""What an agent has no business with, seen before and after its turn: our records, and settings of git that decide what is judged.

Same user, same disk: nothing keeps an agent from writing there. So what changed meanwhile is noticed. Our own
records are put back, because only the driver writes them while an agent works. Settings of git are the person's and
stay as they are found; the run stops and names them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from twelve.factors.approvals import keys, signature, standing
from twelve.factors.approvals.request import RequestKind
from twelve.factors.gates import engine
from twelve.model.errors import TwelveError
from twelve.system import files, git, provenance
from twelve.workflow.drive.projection import LIMIT, Runs

_SETTINGS = r"^(filter\.|diff\.|merge\..*\.driver|include|core\.(hookspath|fsmonitor|excludesfile|attributesfile|worktree|sparsecheckout))"
"""Settings by which git runs programs, hides files or shows other content than is there."""
_ANYBODYS = frozenset(kind.value for kind in (RequestKind.ACTION, RequestKind.EXEMPTION, RequestKind.CHANGE, RequestKind.DEPLOY))
_FILES = ("info/exclude", "info/attributes", "info/grafts", "shallow")


class Seal(Struct, frozen=True, kw_only=True):
    """How things were."""

    records: dict[Path, bytes]
    asked: frozenset[str]
    """Names of the request files."""
    answered: frozenset[str]
    """Names of the decision files."""
    stands: frozenset[str]
    """Names of the standing approvals' files."""
    kept: dict[Path, tuple[int, int, int]]
    """Kept verdicts: inode, size, time."""
    settings: dict[str, str]


def take(repository: git.Repository, runs: Runs, run: str) -> Seal:
    """How things are now."""
    state = runs.root.parent
    return Seal(
        records={path: files.read_bounded(path, LIMIT) for path in _records(runs, run)},
        asked=_names(state / "requests"),
        answered=_names(state / "decisions"),
        stands=_names(state / "standing"),
        kept=dict(_kept(repository)),
        settings=_settings(repository),
    )


def mend(repository: git.Repository, runs: Runs, run: str, seal: Seal) -> tuple[str, ...]:
    """Put our records back. Returns what was forged; verdicts kept meanwhile are dropped without a word, they cost only time."""
    for path, stamp in _kept(repository):
        if seal.kept.get(path) != stamp:
            path.unlink(missing_ok=True)
    state = runs.root.parent
    return (*_mend_records(runs, run, seal), *_mend_requests(state, run, seal), *_mend_standing(repository, state, seal))


def moved(repository: git.Repository, seal: Seal) -> tuple[str, ...]:
    """Names of the git settings that are not what they were."""
    now = _settings(repository)
    return tuple(sorted(name for name in {*now, *seal.settings} if now.get(name) != seal.settings.get(name)))


def _mend_records(runs: Runs, run: str, seal: Seal) -> Iterator[str]:
    for path in {*seal.records, *_records(runs, run)}:
        before = seal.records.get(path)
        with suppress(TwelveError, OSError):
            if before is not None and not path.is_symlink() and files.read_bounded(path, LIMIT) == before:
                continue
        if before is None or path.is_symlink():
            path.unlink(missing_ok=True)
        if before is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            files.write_atomic(path, before)
        yield str(path.relative_to(runs.root))


def _mend_requests(state: Path, run: str, seal: Seal) -> Iterator[str]:
    """The driver's questions are asked between turns only, so one that came meanwhile is nobody's; nor is an answer to nothing.

    What the guard or a person asks has other kinds and may come at any time.
    """
    for name in sorted(_names(state / "requests") - seal.asked):
        whose, kind = _whose(state / "requests" / name)
        if whose in (run, "") and kind not in _ANYBODYS:
            (state / "requests" / name).unlink(missing_ok=True)
            yield f"requests/{name}"
    asked = {name.partition(".")[0] for name in _names(state / "requests")}
    for name in sorted(_names(state / "decisions") - seal.answered):
        if name.partition(".")[0] not in asked:
            (state / "decisions" / name).unlink(missing_ok=True)
            provenance.wrote(state, state / "decisions" / name)
            yield f"decisions/{name}"


def _mend_standing(repository: git.Repository, state: Path, seal: Seal) -> Iterator[str]:
    """A standing approval that came while an agent worked stays only with a signature: it would answer the run's next question."""
    fresh = _names(state / "standing") - seal.stands
    if not fresh:
        return
    listed = keys.listed(repository)
    signed = {f"{item.decision.request}.json" for item in standing.listing(state) if signature.check(item, listed).valid}
    for name in sorted(fresh - signed):
        (state / "standing" / name).unlink(missing_ok=True)
        provenance.wrote(state, state / "standing" / name)
        yield f"standing/{name}"


def _whose(path: Path) -> tuple[str, str]:
    """Run and kind of a request; "" when nobody can tell."""
    try:
        found = msgspec.json.decode(files.read_bounded(path, LIMIT))
        return str(found["run"]), str(found["kind"])
    except (msgspec.MsgspecError, TwelveError, KeyError, TypeError):
        return "", ""


def _records(runs: Runs, run: str) -> Iterator[Path]:
    folder = runs.folder(run)
    yield from (path for path in (folder / "request.json",) if path.exists())
    yield from (path for path in sorted((folder / "entries").glob("*.json")))


def _names(folder: Path) -> frozenset[str]:
    return frozenset(path.name for path in folder.glob("*.json")) if folder.is_dir() else frozenset()


def _kept(repository: git.Repository) -> Iterator[tuple[Path, tuple[int, int, int]]]:
    for path in engine.cache_folder(repository).glob("*/*.json"):
        with suppress(OSError):
            info = path.lstat()
            yield path, (info.st_ino, info.st_size, info.st_mtime_ns)


def _settings(repository: git.Repository) -> dict[str, str]:
    """Setting or file of git's own -> value or digest."""
    found: dict[str, str] = {}
    raw = repository.run("config", "--local", "-z", "--get-regexp", _SETTINGS, check=False)
    for entry in raw.split(b"\0"):
        name, _, value = entry.decode("utf-8", "replace").partition("\n")
        if name:
            found[name] = f"{found.get(name, '')}\n{value}"
    own = repository.common_dir
    for path in (*(own / name for name in _FILES), *sorted((own / "hooks").glob("*"))):
        with suppress(TwelveError, OSError):
            if not path.name.endswith(".sample"):
                found[str(path.relative_to(own))] = files.digest(path)
    return found
