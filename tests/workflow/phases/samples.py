"""Good artefacts to spoil, and the finding rules a text gives."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from msgspec import structs

from twelve.model.finding import Severity
from twelve.system import documents
from twelve.workflow import artefacts
from twelve.workflow.phases.context import Context

RUN = "r1"
CHECKLIST = {
    "outcome": "The parser keeps trailing commas.",
    "assumptions": "The grammar allows them; read in the tests.",
    "intent": "Written down in the commit and in this file.",
    "observability": "A test fails when commas get lost.",
    "stranger": "Yes, the test and this file suffice.",
}
PRIME: dict[str, Any] = {
    "problem": "The parser drops trailing commas. Users lose data.",
    "success_criteria": [{"id": "c1", "text": "parse('a,') returns two fields"}],
    "constraints": [],
    "scope": {"paths": ["src/parser.py"], "estimate_lines": 10},
}
RESEARCH: dict[str, Any] = {
    "prior_art": {"query": "git log --grep=comma", "results": 0},
    "findings": "There is one split call and no test for it.",
    "approaches": [
        {"id": "a", "summary": "Use the csv module.", "pros": ["correct"], "cons": ["slower"]},
        {"id": "b", "summary": "Mend the split call.", "pros": ["small"], "cons": ["quotes stay wrong"]},
    ],
    "chosen": "b",
    "rationale": "It is the smallest change that meets the criterion.",
    "probe": {"command": ["python", "-c", "print('a,'.split(','))"], "result": "It printed two fields."},
}
PLAN: dict[str, Any] = {
    "steps": [
        {
            "id": "test",
            "title": "Write the failing test",
            "files": ["tests/*.py"],
            "validation": [{"command": ["python", "-m", "compileall", "tests"]}],
            "creates_oracles": ["tests/test_commas.py"],
        },
        {"id": "mend", "title": "Mend the parser", "needs": ["test"], "files": ["src/parser.py"], "validation": [{"gate": "tests"}]},
    ],
    "acceptance": [{"criterion": "c1", "command": ["python", "-m", "pytest", "tests/test_commas.py"], "oracles": ["tests/test_commas.py"]}],
    "observability": {"what": "The test runs in every build."},
    "human_checkpoints": "none: a small reversible change",
    "factors": {
        "I": "The commit tells why.",
        "II": "Only parser and test are loaded.",
        "III": "One step, one job.",
        "IV": "Tests run after every step.",
    },
}
LEARN: dict[str, Any] = {
    "worked": ["Writing the test first worked."],
    "improve": ["Look at the grammar earlier."],
    "patterns": [
        {"name": "test-first", "problem": "A bug nobody can see.", "solution": "Write the test that shows it.", "evidence": ["abcdef1"]}
    ],
    "backlog": [{"title": "Quote handling is still wrong", "impact": 6, "effort": 3, "category": "parser"}],
    "domain_update": "The parser splits on commas by hand.",
}
TINY: dict[str, Any] = {
    **PRIME,
    "steps": PLAN["steps"],
    "acceptance": PLAN["acceptance"],
    "observability": PLAN["observability"],
    "omissions": [
        {"phase": "research", "rule": "tiny-size", "reason": "One line in one file."},
        {"phase": "plan", "rule": "tiny-size", "reason": "The steps fit in here."},
    ],
}
IMPLEMENT: dict[str, Any] = {
    "subject": "t1",
    "steps": [{"id": "test", "commit": "abc", "gates": [{"gate": "tests", "outcome": "PASS"}], "attempts": 1}],
    "gates": [{"gate": "tests", "outcome": "PASS"}],
    "acceptance": [{"criterion": "c1", "outcome": "PASS"}],
    "observability": {"what": "The test runs in every build.", "outcome": "SKIP"},
}
SAMPLES = {"prime": PRIME, "research": RESEARCH, "plan": PLAN, "learn": LEARN, "tiny": TINY, "implement": IMPLEMENT}
CONTEXT = Context(run=RUN, criteria=("c1",), gates=frozenset({"tests"}), files=frozenset({"src/parser.py"}))


def meta(name: str, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """A good artefact with dotted paths set (`steps.0.needs`) or, for None, removed."""
    value: dict[str, Any] = {
        "schema": f"twelve.{name}.v1",
        "run": RUN,
        "phase": name,
        **copy.deepcopy(SAMPLES[name]),
        "checklist": dict(CHECKLIST),
    }
    for path, new in (changes or {}).items():
        *parents, last = path.split(".")
        place: Any = value
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place[part]
        if new is None:
            del place[int(last) if isinstance(place, list) else last]
        elif isinstance(place, list):
            place[int(last)] = new
        else:
            place[last] = new
    return value


def put(root: Path, name: str, fields: dict[str, Any], run: str = RUN) -> None:
    """Write an artefact into a tree."""
    path = root / artefacts.relative(run, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    meta = {"schema": f"twelve.{name}.v1", "run": run, "phase": name, "checklist": CHECKLIST, **fields}
    path.write_text(documents.render_document(meta, ""))


def rules(name: str, changes: dict[str, Any] | None = None, **context: Any) -> list[str]:
    """Rule ids of severity error for the sample with changes."""
    return rules_of(documents.render_document(meta(name, changes), "body\n"), name, **context)


def rules_of(text: str, name: str, **context: Any) -> list[str]:
    reading = artefacts.parse(text, run=RUN, name=name)
    found = artefacts.check(reading, structs.replace(CONTEXT, **context))
    return [item.rule for item in found if item.severity is Severity.ERROR]
