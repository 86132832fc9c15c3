"""What an agent is told for one turn: the rule of the step, the phase before, the files the plan names. Nothing else.

Everything from the repository or from an agent is quoted as data, redacted, and cut by the token estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import structs

from twelve.factors.context import budget
from twelve.model.errors import TwelveError
from twelve.model.phase import Phase
from twelve.model.risk import Risk
from twelve.model.settings import Settings
from twelve.system import files, redact, tokens
from twelve.workflow import artefacts, machine, texts
from twelve.workflow.facts import Picture, Told, step_gates, validation_name
from twelve.workflow.machine import Work, Write, route
from twelve.workflow.phases.plan import Step
from twelve.workflow.phases.prime import Prime
from twelve.workflow.phases.research import Research
from twelve.workflow.phases.tiny import Tiny

MAX_FILES = 8
"""Files quoted in one prompt; a step that needs more is several steps (ours)."""
MAX_WHY = 20
"""Findings repeated to the agent at once (ours)."""
_LEARN = "worked"


def compose(root: Path, picture: Picture, move: Write | Work, told: Told, settings: Settings) -> str:
    """The whole prompt of a turn. Reads only under `root`; never raises for what it finds there."""
    if isinstance(move, Work):
        return _work(root, picture, move, told, settings)
    phase = route.artefact(picture.facts, move.phase)
    if phase == route.TINY_ARTEFACT and move.phase is Phase.LEARN:
        phase = "tiny-learn"
    values = {
        "run": told.run,
        "task": _data(told.task, settings.context.file_tokens),
        "artefact": artefacts.relative(told.run, move.artefact),
        "template": texts.quoted(_format(phase, picture, told)),
        "why": _why(move.why),
        **dict(_extras(phase, root, picture, told, settings)),
    }
    wanted = texts.names("prompts", phase)
    return texts.fill("prompts", phase, {name: text for name, text in values.items() if name in wanted})


def judge(root: Path, picture: Picture, settings: Settings) -> machine.State:
    """What the machine says, with the next turn's own prompt weighed against the context budget first (Factor II)."""
    state = machine.judge(picture.facts)
    if not state.moves or not isinstance(state.moves[0], Write | Work):
        return state
    size = tokens.with_reserve(tokens.estimate(compose(root, picture, state.moves[0], picture.told, settings)))
    return machine.judge(structs.replace(picture.facts, band=budget.band(size, settings.context)))


def template(name: str, told: Told, picture: Picture) -> str:
    """An artefact to fill in, as a person or an agent begins with it; its `<...>` marks count as unanswered."""
    values = {"run": told.run, "opening": _opening(picture)}
    wanted = texts.names("templates", name)
    text = texts.fill("templates", name, {key: value for key, value in values.items() if key in wanted})
    return _per_criterion(text, _criteria(picture)) if name == "plan" else text


def _format(phase: str, picture: Picture, told: Told) -> str:
    return learn_fields(told.run) if phase == "tiny-learn" else template(phase, told, picture)


def learn_fields(run: str) -> str:
    """What the one artefact of a tiny run gets in its last phase, to be filled in."""
    lines = texts.fill("templates", "learn", {"run": run}).split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith(_LEARN))
    end = next(number for number, line in enumerate(lines) if line.startswith("checklist"))
    return "\n".join(lines[start:end])


def _opening(picture: Picture) -> str:
    """Without a prime phase, research also says what the problem is."""
    if Phase.PRIME in picture.facts.preset.phases:
        return ""
    return (
        'problem: "<what is wrong or wanted, in one or two sentences>"\n'
        'success_criteria:\n  - id: c1\n    text: "<what one can observe when it is solved>"\nconstraints: []\n'
    )


def _per_criterion(text: str, criteria: Sequence[tuple[str, str]]) -> str:
    """One acceptance entry for each criterion there is."""
    start = text.index("  - criterion: c1\n")
    end = text.index("observability:\n", start)
    entry = text[start:end]
    entries = "".join(entry.replace("criterion: c1", f"criterion: {id}") for id, _ in criteria) or entry
    return text[:start] + entries + text[end:]


def _extras(phase: str, root: Path, picture: Picture, told: Told, settings: Settings) -> Iterator[tuple[str, str]]:
    """What single phases are told besides."""
    limits = settings.run
    yield "previous", _previous(phase, root, picture, told, settings)
    yield "lessons", _lessons(root, told, settings)
    yield "criteria", _data("\n".join(f"{id}: {text}" for id, text in _criteria(picture)), settings.context.file_tokens)
    yield "gates", ", ".join(sorted(next(iter(picture.contexts.values())).gates)) or "none configured"
    yield "risk", picture.sizing.risk.value
    yield "risk_rule", "" if picture.sizing.risk is Risk.LOW else f" ({picture.sizing.why}), so `none` is not allowed"
    yield "approaches", _range(limits.approaches)
    yield "patterns", _range(limits.patterns)
    yield "commits", ", ".join(oid[:12] for oid in told.commits[:20]) or "none yet"
    yield "tiny_lines", str(limits.tiny_lines)
    yield "tiny_files", str(limits.tiny_files)


def _work(root: Path, picture: Picture, move: Work, told: Told, settings: Settings) -> str:
    step = picture.design.step(move.step)
    steps = (step,) if step else picture.design.steps
    globs = [glob for item in steps for glob in item.files]
    pinned = sorted(told.pins)
    values = {
        "run": told.run,
        "task": _data(told.task, settings.context.file_tokens),
        "unit": f"step `{step.id}` of the plan" if step else "the repair of what was found after the last step",
        "step": "\n".join(_describe(item) for item in steps),
        "checks": "\n".join(_checks(picture, told, steps)) or "- the gates of this repository",
        "oracles": ", ".join(f"`{path}`" for path in pinned) or "none so far",
        "why": _why(move.why),
        "files": _files(root, globs, told, settings),
    }
    return texts.fill("prompts", "implement", values)


def _describe(step: Step) -> str:
    lines = [f"Step `{step.id}`: {redact.redact(step.title)}", f"Files: {', '.join(step.files)}"]
    if step.creates_oracles:
        lines.append(f"It has to create: {', '.join(step.creates_oracles)}")
    return "\n".join(lines)


def _checks(picture: Picture, told: Told, steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        own = {validation_name(step.id, number): check for number, check in enumerate(step.validation)}
        for item in step_gates(told, step):
            command = own[item.gate].command if item.gate in own else ()
            yield f"- {' '.join(command)}" if command else f"- gate {item.gate}"
    for judged in picture.design.acceptance:
        yield f"- {' '.join(judged.command)} (acceptance of {judged.criterion}, at the end)"


def _why(findings: Sequence[str]) -> str:
    if not findings:
        return ""
    lines = [f"- {redact.redact(' '.join(item.split()))[:600]}" for item in findings[:MAX_WHY]]
    if len(findings) > MAX_WHY:
        lines.append(f"- and {len(findings) - MAX_WHY} more")
    return "\nThe last attempt was refused. Repair this (data):\n" + "\n".join(lines) + "\n"


def _previous(phase: str, root: Path, picture: Picture, told: Told, settings: Settings) -> str:
    """Artefact of the phase before, cut to what one context hands to the next."""
    name = {"research": "prime", "plan": "research", "learn": "implement", "tiny-learn": "implement"}.get(phase, "")
    if not name:
        return ""
    if name == "prime" and Phase.PRIME not in picture.facts.preset.phases:
        return "nothing: this run begins here"
    text = _read(root, artefacts.relative(told.run, name))
    if not text and name == "prime":
        text = _read(root, artefacts.relative(told.run, "tiny"))
    return _data(text or "(nothing)", settings.context.subagent_summary_tokens[1])


def _lessons(root: Path, told: Told, settings: Settings) -> str:
    """What the latest earlier run learned: the loop closes here (S0)."""
    folder = root / artefacts.RUNS
    runs = sorted((item.name for item in folder.iterdir() if item.name != told.run), reverse=True) if folder.is_dir() else []
    for run in runs[:50]:
        text = _read(root, f"{artefacts.RUNS}/{run}/learn.md") or _read(root, f"{artefacts.RUNS}/{run}/tiny.md")
        if text and "\nworked:" in text:
            return f"\nWhat the run before learned (data):\n{_data(text, settings.context.jit_slice_tokens[0])}\n"
    return ""


def _criteria(picture: Picture) -> tuple[tuple[str, str], ...]:
    for reading in picture.readings.values():
        if isinstance(reading.artefact, Prime | Tiny | Research) and reading.artefact.success_criteria:
            return tuple((item.id, item.text) for item in reading.artefact.success_criteria)
    return ()


def _files(root: Path, globs: Sequence[str], told: Told, settings: Settings) -> str:
    """The files the plan names, each cut; what does not exist yet is simply not there."""
    parts = []
    for path in _matching(globs, told):
        text = _read(root, path)
        if text:
            parts.append(f"`{path}` (data):\n{_data(text, settings.context.file_tokens)}")
        if len(parts) == MAX_FILES:
            break
    return "\n" + "\n\n".join(parts) if parts else ""


def _matching(globs: Sequence[str], told: Told) -> tuple[str, ...]:
    """Known files that match; one that is named exactly comes first. The tree is not walked: it may be huge."""
    known = sorted({*told.files, *told.changed})
    exact = [glob for glob in globs if "*" not in glob]
    loose = [name for name in known if any(fnmatchcase(name, glob) for glob in globs if "*" in glob)]
    return tuple(dict.fromkeys((*exact, *loose)))


def _read(root: Path, path: str) -> str:
    """Text under `root`, or "" for anything that is not a readable file inside it."""
    try:
        place = files.confined(root, path)
        return files.read_text(place) if place.is_file() else ""
    except (TwelveError, OSError):
        return ""


def _data(text: str, limit: int) -> str:
    return texts.quoted(tokens.cut(redact.redact(text), limit))


def _range(limits: tuple[int, int]) -> str:
    return str(limits[0]) if limits[0] == limits[1] else f"{limits[0]} to {limits[1]}"
