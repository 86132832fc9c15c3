"""A small package with a failing test, and what a scripted model answers while it works on it.

The model answers as a model would: it reads the run id and the commits from the prompt, writes each artefact
with the client's own tools, and repairs its wrong edit only when the prompt shows it the finding.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kit import clients, repos
from twelve.system import documents, git

PHASES = ("prime", "research", "plan", "implement", "learn")
TASK = "make slug collapse every run of blanks into one hyphen"
TEST = "test_a_run_of_blanks_becomes_one_hyphen"
STEP = "join-words"
CLAIM = "Done. All tests pass."
KEYS = {"claude": "ANTHROPIC_API_KEY", "codex": "SCRIPTED_API_KEY", "gemini": "GEMINI_API_KEY"}
SECRETS = {name: f"plum-{client}-4711-walrus" for client, name in KEYS.items()}
"""Keys without a known shape: they are hidden for their variable's name or not at all."""

START = 'def slug(title: str) -> str:\n    """The title as part of an address."""\n    return title.strip().lower().replace(" ", "-")\n'
WRONG = START.replace('replace(" ", "-")', 'replace("  ", " ").replace(" ", "-")')
"""Right for two blanks, wrong for three."""
RIGHT = START.replace('title.strip().lower().replace(" ", "-")', '"-".join(title.lower().split())')
TESTED = ["python3", "-m", "unittest", "-q", "tests.test_slug"]
PROJECT = {
    "address/__init__.py": "",
    "address/slug.py": START,
    "tests/__init__.py": "",
    "tests/test_slug.py": f"""\
import unittest

from address.slug import slug


class Slug(unittest.TestCase):
    def test_words_are_joined_by_hyphens(self) -> None:
        self.assertEqual(slug("One two"), "one-two")

    def {TEST}(self) -> None:
        for blanks in ("  ", "   ", "\\t "):
            with self.subTest(blanks=blanks):
                self.assertEqual(slug(f"one{{blanks}}two"), "one-two")
""",
    "README.md": "Turns titles into addresses.\n",
    ".gitignore": "__pycache__/\n",
}
POLICY = """\
[gates.syntax]
kind = "command"
command = ["python3", "-c", "import ast, pathlib; [ast.parse(p.read_text(), str(p)) for p in pathlib.Path('.').rglob('*.py')]"]
inputs = ["**/*.py"]
cost = "syntax"

[gates.markers]
kind = "merge_markers"
phase = ["prime", "research", "plan", "implement", "learn"]

[gates.secrets]
kind = "secrets"

[gates.tests]
kind = "python_tests"
options = { runner = "unittest" }

[suites]
quick = ["syntax", "markers", "tests"]

[run]
backoff_s = 0.1
gate_rounds = 1
turn_timeout_s = 60
"""
CHECKLIST = {
    "outcome": "slug puts exactly one hyphen between two words",
    "assumptions": "the failing test was run before anything was changed",
    "intent": "the problem is stated in prime.md",
    "observability": "the unit tests show it at every later change",
    "stranger": "prime.md and tests/test_slug.py are enough to follow",
}
FIELDS: dict[str, dict[str, Any]] = {
    "prime": {
        "problem": "slug turns every blank into a hyphen, so two blanks give two hyphens.",
        "success_criteria": [{"id": "one-hyphen", "text": "tests.test_slug passes for two blanks, three blanks and a tab"}],
        "constraints": ["the signature of slug stays as it is"],
        "scope": {"paths": ["address/slug.py"], "estimate_lines": 2},
    },
    "research": {
        "prior_art": {"query": "git log --grep slug", "results": 0},
        "findings": "str.split without an argument treats any run of white space as one separator.",
        "approaches": [
            {"id": "split", "summary": "split into words and join them", "pros": ["handles tabs too"], "cons": ["builds a list"]},
            {"id": "regex", "summary": "replace a pattern", "pros": ["one call"], "cons": ["a pattern to be read by everybody"]},
        ],
        "chosen": "split",
        "rationale": "it needs no pattern and covers tabs",
        "probe": {"command": ["python3", "-c", "print('a   b'.split())"], "result": "it printed ['a', 'b']"},
    },
    "plan": {
        "steps": [
            {
                "id": STEP,
                "title": "join the words of a title by single hyphens",
                "needs": [],
                "files": ["address/slug.py"],
                "validation": [{"command": TESTED}],
                "reversible": True,
            }
        ],
        "acceptance": [{"criterion": "one-hyphen", "command": TESTED, "oracles": ["tests/test_slug.py"], "must_fail_first": True}],
        "observability": {
            "what": "the unit tests run at every change",
            "check": ["python3", "-B", "-c", "from address.slug import slug; assert slug('a   b') == 'a-b'"],
        },
        "human_checkpoints": "none: one expression in one function",
        "factors": {
            "I": "the commits of this run say why the words are split",
            "II": "only address/slug.py and its test are loaded",
            "III": "one step changes one function",
            "IV": "the unit tests judge the step before it is recorded",
        },
    },
    "learn": {
        "worked": ["three blanks in the test told the right repair from the nearly right one"],
        "improve": ["run the tests before saying that they pass"],
        "patterns": [
            {
                "name": "one case more",
                "problem": "a repair can fit the reported case only",
                "solution": "test one case beyond the reported one",
                "evidence": ["{{2}}"],
            }
        ],
        "backlog": [{"title": "drop punctuation from slugs", "impact": 4, "effort": 2, "category": "behaviour"}],
        "domain_update": "slug splits at any white space",
    },
}


def project(tmp_path: Path) -> git.Repository:
    """A small package whose unit test fails, its policy, and a change of the person's that is not committed."""
    repository = repos.new_repository(tmp_path, {**PROJECT, "twelve.toml": POLICY})
    (repository.root / "README.md").write_text("Turns titles into addresses. Half a sentence I am still\n", encoding="utf-8")
    (repository.root / "notes.txt").write_text("mine\n", encoding="utf-8")
    return repository


def asks(phase: str) -> str:
    """Pattern of the prompt for a phase; group 1 is the run, in learn group 2 a commit."""
    found = rf"carry out the phase `{phase}` of run (\S+):"
    return found + r".*as evidence: ([0-9a-f]{12})" if phase == "learn" else found


def writes(client: str, phase: str) -> dict[str, Any]:
    """The model turn that writes the phase's artefact."""
    meta = {"schema": f"twelve.{phase}.v1", "run": "{{1}}", "phase": phase, **FIELDS[phase], "checklist": CHECKLIST}
    text = documents.render_document(meta, f"The {phase} phase.\n")
    return clients.writes(client, {f".twelve/runs/{{{{1}}}}/{phase}.md": text}, when=asks(phase))


def edits(client: str, text: str, *, when: str, path: str = "address/slug.py", tested: bool = False) -> dict[str, Any]:
    """The model turn that replaces a file in the client's shell; a careful model also runs the tests there, and looks at the key."""
    call = clients.overwrite_call(client, path, text)
    (key,) = call["input"]
    if tested:
        call["input"][key] += f" && {' '.join(TESTED)} && echo tests were run; printenv {KEYS[client]} || echo no key here"
    return {"tools": [call], "when": when}


FIRST = rf"carry out step `{STEP}` of the plan of run (?!.*was refused)"
REFUSED = rf"carry out step `{STEP}` of the plan of run .*was refused.*{TEST}"


def striving(client: str) -> dict[str, Any]:
    """A model that means well: a busy server once, a wrong edit claimed as right, and the repair when it is told."""
    return clients.scenario(
        writes(client, "prime"),
        clients.overloaded(client, when=asks("research")),
        writes(client, "research"),
        writes(client, "plan"),
        edits(client, WRONG, when=FIRST),
        edits(client, RIGHT, when=REFUSED, tested=True),
        writes(client, "learn"),
        words=CLAIM,
    )


def boasting(client: str) -> dict[str, Any]:
    """A model that writes the papers and then claims the work without doing it."""
    return clients.scenario(*(writes(client, phase) for phase in PHASES if phase != "implement"), words=CLAIM)


def skipping(client: str) -> dict[str, Any]:
    """A model that finds research superfluous."""
    return clients.scenario(writes(client, "prime"), words=CLAIM)


def bending(client: str) -> dict[str, Any]:
    """A model that makes the test fit the code, and the second time does nothing at all."""
    bent = PROJECT["tests/test_slug.py"].replace('("  ", "   ", "\\t ")', "()")
    papers = [writes(client, phase) for phase in PHASES if phase != "implement"]
    return clients.scenario(*papers, edits(client, bent, when=FIRST, path="tests/test_slug.py"), words=CLAIM)


def refusing(client: str) -> dict[str, Any]:
    """A provider that does not accept the key and repeats it in its words."""
    key = SECRETS[KEYS[client]]
    return {"default": {"status": 401, "error": "authentication_error", "text": f"invalid x-api-key: {key}"}}
