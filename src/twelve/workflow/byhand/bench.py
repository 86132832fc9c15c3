"""A run by hand seen whole: notebook, tree and policy made into facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from twelve.factors.approvals import record
from twelve.factors.gates import definition, proofs
from twelve.model.errors import TwelveError
from twelve.model.phase import Phase
from twelve.model.settings import Settings
from twelve.system import files, git
from twelve.workflow import artefacts, facts, machine, stamp
from twelve.workflow.byhand.notebook import Notebook
from twelve.workflow.facts import Picture, Told
from twelve.workflow.machine import State
from twelve.workflow.phases.implement import Implement

_MANIFEST_LIMIT = 200_000


class Bench(Struct, frozen=True, kw_only=True):
    """Everything a verb needs."""

    repository: git.Repository
    settings: Settings
    book: Notebook
    say: Callable[[str], None]
    """One line of progress for the person."""

    @property
    def root(self) -> Path:
        return self.repository.root

    @property
    def state(self) -> Path:
        return self.repository.state_dir


class View(Struct, frozen=True, kw_only=True):
    """Where the run stands now."""

    told: Told
    picture: Picture
    state: State


def view(bench: Bench) -> View:
    """Gather, judge, and leave the answer where the guard looks. TwelveError for a damaged state or policy."""
    given = told(bench)
    picture = facts.gather(bench.root, given, bench.settings)
    state = machine.judge(picture.facts)
    stamp.write(bench.state, bench.root, bench.book.run, state, by=stamp.BY_HAND)
    return View(told=given, picture=picture, state=state)


def told(bench: Bench) -> Told:
    """The notebook's part of the facts. Rounds stay empty: a person may try as often as they like."""
    book, tree = bench.book, bench.repository
    changed = tuple(change.path for change in tree.changed(book.base) if not change.path.startswith(".twelve/"))
    known = definition.resolve_all(bench.settings.gates)
    return Told(
        run=book.run,
        task=book.task,
        preset=book.preset,
        asked=book.asked,
        size=book.size,
        base=tree.subject_of(book.base),
        subject=tree.subject(),
        files=frozenset(name.decode("utf-8", "surrogateescape") for name in _names(tree, book.base)),
        changed=changed,
        changed_lines=tree.diff_stat(book.base).lines,
        manifests=dict(_manifests(bench.root, changed)),
        applicable=facts.applicable(bench.settings),
        verdicts={(fact.gate, fact.subject): fact for fact in book.verdicts if _current(book, known, fact.gate)},
        proofs={gate.id: _proof(bench, gate) for gate in known.values()},
        worked=frozenset(book.worked),
        closings=book.closings,
        pins=book.pins,
        red=book.red,
        accepted=book.accepted,
        observed=book.observed,
        committed=dict(_committed(bench)),
        recorded=_recorded(bench),
        commits=tuple(commit.oid for commit in tree.log(f"{book.base}..HEAD")),
        requests=facts.request_facts(record.standings(bench.state, run=book.run)),
        regressions=book.regressions,
        telemetry=_events(bench.state / "journal", book.run),
    )


def in_head(bench: Bench, path: str) -> bool:
    """Whether a file as it stands is part of the current commit."""
    try:
        there = files.read_bounded(files.confined(bench.root, path))
    except (TwelveError, OSError):
        return False
    return bench.repository.show("HEAD", path) == there


def _names(tree: git.Repository, base: str) -> Iterator[bytes]:
    yield from (name for name in tree.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", base).split(b"\0") if name)


def _current(book: Notebook, known: dict[str, definition.Gate], gate: str) -> bool:
    """Whether the notebook's verdict belongs to the definition the policy has now; a step's own commands have no other."""
    return gate not in known or book.definitions.get(gate) == known[gate].digest


def _proof(bench: Bench, gate: definition.Gate) -> machine.Proof:
    if proofs.find(bench.state, gate):
        return machine.Proof.PROVEN
    return machine.Proof.UNPROVABLE if gate.id in bench.book.unprovable else machine.Proof.UNPROVEN


def _committed(bench: Bench) -> Iterator[tuple[str, str]]:
    """Phase -> digest for every artefact whose present text is in the current commit."""
    folder = artefacts.folder(bench.book.run)
    for name in artefacts.TYPES:
        if not (bench.root / folder / f"{name}.md").is_file() or not in_head(bench, f"{folder}/{name}.md"):
            continue
        reading = artefacts.read(bench.root, bench.book.run, name)
        if name == "tiny":
            for phase in (Phase.PRIME, Phase.PLAN, Phase.LEARN):
                yield phase.value, facts.digest_of(phase, reading)
        else:
            yield name, facts.digest_of(Phase(name), reading)


def _recorded(bench: Bench) -> str:
    """Subject of the committed implement.md."""
    reading = artefacts.read(bench.root, bench.book.run, "implement")
    if isinstance(reading.artefact, Implement) and in_head(bench, reading.path):
        return reading.artefact.subject
    return ""


def _manifests(root: Path, changed: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for path in changed:
        if path.endswith((".yaml", ".yml")):
            try:
                yield path, files.read_text(files.confined(root, path), _MANIFEST_LIMIT)
            except (TwelveError, OSError):
                continue


def _events(folder: Path, run: str) -> int:
    """Journal lines of the run; only whether there are any matters."""
    needle = f'"run":"{run}"'.encode()
    return sum(path.read_bytes().count(needle) for path in folder.glob("*.jsonl")) if folder.is_dir() else 0
