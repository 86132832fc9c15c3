"""What the machine cannot see in the tree: the run's entries, its requests, its caps, and nothing anybody claimed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from twelve.factors.approvals import record
from twelve.factors.gates import definition, proofs
from twelve.factors.gates.definition import Gate
from twelve.model.errors import TwelveError
from twelve.model.settings import RunSettings
from twelve.system import files
from twelve.workflow import facts, machine, steering
from twelve.workflow.drive import worktree
from twelve.workflow.drive.desk import Base, Place
from twelve.workflow.drive.memory import Memory

MANIFEST_LIMIT = 200_000
"""Largest changed YAML file read for its resource kinds, bytes (ours)."""


def picture(place: Place) -> facts.Picture:
    """Everything that decides where the run stands now. Raises TwelveError for damaged state or policy."""
    return facts.gather(place.root, told(place), place.settings)


def told(place: Place) -> facts.Told:
    """The driver's part of the facts; taken from the decision when it is about this very moment."""
    return place.told or look(place)


def look(place: Place) -> facts.Told:
    """The driver's part of the facts, gathered now."""
    request, memory, tree = place.request, place.memory, place.tree
    known = definition.resolve_all(place.settings.gates)
    base = _base(place)
    changed = tuple(change.path for change in tree.changed(request.base) if not change.path.startswith(".twelve/"))
    return facts.Told(
        run=place.run,
        task=request.task,
        preset=request.preset,
        asked=request.asked,
        size=request.size,
        base=base.subject,
        subject=tree.subject(),
        files=base.files,
        changed=changed,
        changed_lines=tree.diff_stat(request.base).lines if changed else 0,
        manifests=_manifests(place.root, changed),
        applicable=facts.applicable(place.settings),
        verdicts=dict(_verdicts(memory, known)),
        proofs={gate.id: _proof(place, gate) for gate in known.values()},
        worked=frozenset(memory.worked),
        closings=memory.closings,
        pins=memory.pins,
        steered=steering.watched(tree, request.base, base.files, changed) if memory.turns else (),
        red=memory.red,
        accepted=memory.accepted,
        observed=memory.observed,
        committed=memory.committed,
        recorded=memory.recorded,
        commits=tuple(commit.oid for commit in tree.log(f"{request.base}..HEAD")),
        requests=facts.request_facts(record.standings(place.desk.state, run=place.run)),
        regressions=tuple(memory.regressions),
        rounds=memory.rounds,
        stray=_stray(place),
        caps=tuple(_caps(place.settings.run, memory)),
        halt=memory.halt,
        cancelled=place.desk.runs.cancellation(place.run),
        telemetry=int(heard(place.desk.journal.folder, place.run)),
    )


def heard(folder: Path, run: str) -> bool:
    """Whether the journal holds anything about a run. Newest fragments first: the one being written usually answers."""
    needle = f'"run":"{run}"'.encode()
    fragments = sorted(folder.glob("*.jsonl"), reverse=True) if folder.is_dir() else []
    return any(needle in path.read_bytes() for path in fragments)


def _base(place: Place) -> Base:
    """Two git calls once per process instead of once per decision: a commit never changes."""
    oid = place.request.base
    if oid not in place.desk.bases:
        files_of = frozenset(place.tree.lines("ls-tree", "-r", "-z", "--name-only", oid))
        place.desk.bases[oid] = Base(subject=place.tree.subject_of(oid), files=files_of)
    return place.desk.bases[oid]


def _verdicts(memory: Memory, known: dict[str, Gate]) -> Iterator[tuple[tuple[str, str], machine.GateFact]]:
    """Only verdicts of the definition the policy has now; a step's own commands have no other."""
    for (gate, digest, subject), fact in memory.gates.items():
        if gate not in known or known[gate].digest == digest:
            yield (gate, subject), fact


def _proof(place: Place, gate: Gate) -> machine.Proof:
    if proofs.find(place.desk.state, gate):
        return machine.Proof.PROVEN
    return machine.Proof.UNPROVABLE if gate.id in place.memory.unprovable else machine.Proof.UNPROVEN


def _manifests(root: Path, changed: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for path in changed:
        if path.endswith((".yaml", ".yml")):
            try:
                found[path] = files.read_text(files.confined(root, path), MANIFEST_LIMIT)
            except (TwelveError, OSError):
                continue
    return found


def _stray(place: Place) -> tuple[str, ...]:
    """After a turn that writes an artefact: everything else that it changed."""
    memory = place.memory
    if memory.turn != "write":
        return ()
    return tuple(path for path in worktree.changed(place.tree, memory.head, memory.content) if path != memory.artefact)


def _caps(settings: RunSettings, memory: Memory) -> Iterator[str]:
    if memory.worked_s >= settings.wall_clock_s:
        yield f"{memory.worked_s:.0f} s of work, the cap is {settings.wall_clock_s:.0f} s ([run] wall_clock_s)"
    used = memory.usage.fresh
    if settings.tokens and used >= settings.tokens:
        yield f"{used} tokens, the cap is {settings.tokens} ([run] tokens)"
    if settings.cost_usd and memory.usage.cost_usd >= settings.cost_usd:
        yield f"{memory.usage.cost_usd:.2f} US dollars, the cap is {settings.cost_usd:.2f} ([run] cost_usd)"
