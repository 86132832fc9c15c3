"""Ordinary work is neither refused nor asked about: hundreds of everyday lines, and those this project's own pages show."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import guarding
from twelve.factors.guardrails.actions.action import Surroundings
from twelve.factors.guardrails.actions.reading import line_actions
from twelve.factors.guardrails.policy.decision import Decision

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
AROUND = Surroundings(root=guarding.ROOT, cwd=guarding.ROOT, home=guarding.HOME, look=False)
SEVERAL = (
    "git commit -m \"$(cat <<'EOF'\nfeat: add login\n\nBecause users asked; see twelve.toml and .git/hooks.\nEOF\n)\"",
    "cat > src/new.py <<'EOF'\nimport os\n\nprint(os.environ['HOME'])\nEOF",
    "python3 - <<'EOF'\nfrom pathlib import Path\nfor path in Path('src').rglob('*.py'):\n    path.write_text(path.read_text())\nEOF",
    "node <<'EOF'\nconst fs = require('fs')\nconst p = JSON.parse(fs.readFileSync('package.json'))\nconsole.log(p.name)\nEOF",
    "npm run build && \\\n  npm test",
)
"""Lines that are more than one."""


def said(line: str, around: Surroundings = AROUND) -> Decision:
    return guarding.decide(*line_actions(line, around))


def everyday() -> list[str]:
    lines = (HERE / "everyday.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("line", [*everyday(), *SEVERAL])
def test_everyday_work_passes(line: str) -> None:
    decision = said(line)
    assert decision.verdict == "allow", [found.what for found in decision.findings]


def test_there_are_hundreds_of_them_and_each_once() -> None:
    lines = everyday()
    assert len(lines) > 400
    assert len(set(lines)) == len(lines)
