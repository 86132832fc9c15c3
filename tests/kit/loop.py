"""A small project with a real defect, a policy, and replay scripts that work the loop on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kit import repos
from twelve.system import documents, git

PYTHON = "python3"

PROJECT: dict[str, str] = {
    "calc.py": "def add(a, b):\n    return a - b\n",
    "check.py": "import sys\nimport calc\n\nsys.exit(0 if calc.add(2, 2) == 4 else 1)\n",
    "docs/check.txt": "calc.add returns the sum\n",
    ".gitignore": "__pycache__/\n",
}
POLICY = f"""
[gates.compiles]
kind = "command"
command = ["{PYTHON}", "-c", "import ast; ast.parse(open('calc.py').read())"]
cost = "syntax"
inputs = ["*.py"]

[gates.markers]
kind = "merge_markers"
phase = ["prime", "research", "plan", "implement", "learn"]

[run]
backoff_s = 0.05
"""
CHECKLIST = {
    "outcome": "add returns the sum of its arguments",
    "assumptions": "the check was run before and after",
    "intent": "the problem is stated in prime.md",
    "observability": "the check exits with zero when it works",
    "stranger": "reading prime.md and plan.md is enough",
}


def project(tmp_path: Path, *, policy: str = POLICY, extra: Mapping[str, str] | None = None) -> git.Repository:
    """The repository with its policy, in one commit."""
    return repos.new_repository(tmp_path, {**PROJECT, "twelve.toml": policy.lstrip(), **(extra or {})})


def artefact(phase: str, **fields: Any) -> str:
    """Text of an artefact; `{{run}}` is filled in by the replay agent."""
    meta = {"schema": f"twelve.{phase}.v1", "run": "{{run}}", "phase": phase, "checklist": CHECKLIST, **fields}
    return documents.render_document(meta, f"The {phase} phase.\n")


def prime(**fields: Any) -> str:
    values: dict[str, Any] = {
        "problem": "calc.add subtracts its second argument.",
        "success_criteria": [{"id": "sum", "text": "calc.add(2, 2) returns 4"}],
        "constraints": [],
        "scope": {"paths": ["calc.py"], "estimate_lines": 2},
    }
    return artefact("prime", **{**values, **fields})


def research(**fields: Any) -> str:
    values: dict[str, Any] = {
        "prior_art": {"query": "git log --grep add", "results": 0},
        "findings": "The operator in calc.py is a minus sign.",
        "approaches": [
            {"id": "operator", "summary": "use the plus operator", "pros": ["smallest change"], "cons": ["none that matter"]},
            {"id": "builtin", "summary": "use the sum builtin", "pros": ["reads well to everybody"], "cons": ["builds a list first"]},
        ],
        "chosen": "operator",
        "rationale": "it is the smallest change that is right",
        "probe": {"command": [PYTHON, "-c", "print(2 + 2)"], "result": "it printed 4"},
    }
    return artefact("research", **{**values, **fields})


def plan(**fields: Any) -> str:
    values: dict[str, Any] = {
        "steps": [
            {
                "id": "fix-add",
                "title": "use the plus operator in calc.add",
                "needs": [],
                "files": ["calc.py"],
                "validation": [{"command": [PYTHON, "-B", "check.py"]}],
                "reversible": True,
            }
        ],
        "acceptance": [{"criterion": "sum", "command": [PYTHON, "-B", "check.py"], "oracles": ["check.py"], "must_fail_first": True}],
        "observability": {"what": "the check exits with zero", "check": [PYTHON, "-B", "check.py"]},
        "human_checkpoints": "none: a change of one operator",
        "factors": {
            "I": "the history was searched",
            "II": "one file is read at a time",
            "III": "one agent does one thing",
            "IV": "the check validates the step",
        },
    }
    return artefact("plan", **{**values, **fields})


def learn(**fields: Any) -> str:
    values: dict[str, Any] = {
        "worked": ["seeing the check fail first made the cause obvious"],
        "improve": ["the check should name the value it got"],
        "patterns": [
            {
                "name": "red first",
                "problem": "a check that never failed proves nothing",
                "solution": "run the check before the change",
                "evidence": ["{{commit}}"],
            }
        ],
        "backlog": [{"title": "name the value in the check", "impact": 3, "effort": 1, "category": "tests"}],
        "domain_update": "operators in calc.py are covered by check.py",
    }
    return artefact("learn", **{**values, **fields})


LEARNED = ("worked", "improve", "patterns", "backlog", "domain_update")


def tiny(*, learned: bool = False) -> str:
    """The one artefact of a tiny run, before or after the work."""
    opening = _meta(prime())
    design = {key: value for key, value in _meta(plan()).items() if key in ("steps", "acceptance", "observability")}
    omissions = [{"phase": phase, "rule": "tiny-size", "reason": "one operator in one file"} for phase in ("research", "plan")]
    kept = {key: value for key, value in opening.items() if key in ("problem", "success_criteria", "constraints", "scope")}
    lessons = {key: value for key, value in _meta(learn()).items() if key in LEARNED} if learned else {}
    return artefact("tiny", **kept, **design, omissions=omissions, **lessons)


def _meta(text: str) -> dict[str, Any]:
    return documents.parse_document(text).meta


def writes(phase: str, text: str, **keys: Any) -> dict[str, Any]:
    """A turn that writes a phase's artefact and reports some tokens."""
    actions: list[dict[str, Any]] = []
    if "{{commit}}" in text:
        actions.append({"run": {"argv": ["git", "rev-parse", "HEAD"], "save": "commit"}})
    actions += [{"write": {"path": "{{artefact}}", "text": text}}, {"usage": {"input": 100, "output": 10}}, {"say": f"{phase} is written"}]
    return {"phase": phase, **keys, "actions": actions}


def fixes(**keys: Any) -> dict[str, Any]:
    """A turn that mends the defect."""
    edit = {"path": "calc.py", "old": "a - b", "new": "a + b"}
    return {"phase": "implement", **keys, "actions": [{"edit": edit}, {"usage": {"input": 100, "output": 10}}, {"say": "add is fixed"}]}


def script(folder: Path, turns: Sequence[Mapping[str, Any]] | None = None, *, name: str = "script.yaml") -> Path:
    """A replay script; without turns, the honest agent that does everything right at once."""
    chosen = turns if turns is not None else honest()
    path = folder / name
    path.write_text(documents.dump_yaml({"schema": "twelve.replay.v1", "turns": [dict(turn) for turn in chosen]}), encoding="utf-8")
    return path


def honest(*, asking: bool = False) -> list[dict[str, Any]]:
    """The agent that does everything right at once; `asking`: its plan wants a person's word before the work."""
    asked = [{"before": "implement", "question": "is this the operator that was meant?"}]
    planned = plan(human_checkpoints=asked) if asking else plan()
    return [writes("prime", prime()), writes("research", research()), writes("plan", planned), fixes(), writes("learn", learn())]


def visible(repository: git.Repository) -> dict[str, bytes]:
    """The person's own files, index and branch: what a run may never touch."""
    found = {str(path.relative_to(repository.root)): path.read_bytes() for path in sorted(repository.root.iterdir()) if path.is_file()}
    found["HEAD"] = (repository.head() or "").encode()
    found["status"] = repository.run("status", "--porcelain")
    return found
