"""Values are followed to where they are used: constants in code, printed names, archives, credentials, process lists, folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import guarding
from twelve.factors.guardrails.actions.action import Surroundings
from twelve.factors.guardrails.actions.reading import line_actions
from twelve.factors.guardrails.policy.decision import Decision

VARIABLES = {"HOME": guarding.HOME, "PATH": "/usr/bin"}
LINES = (Path(__file__).resolve().parent / "followed.txt").read_text(encoding="utf-8").splitlines()


def said(line: str, *, root: str = guarding.ROOT, look: bool = False) -> Decision:
    around = Surroundings(root=root, cwd=root, home=guarding.HOME, look=look, variables=dict(VARIABLES))
    policy = guarding.policy(root=root, common_dir=f"{root}/.git")
    return guarding.decide(*line_actions(line, around), policy=policy)


@pytest.mark.parametrize("line", [line[2:] for line in LINES if line.startswith("! ")])
def test_what_a_value_leads_to_is_stopped(line: str) -> None:
    assert said(line).verdict in ("ask", "deny")


@pytest.mark.parametrize("line", [line[2:] for line in LINES if line.startswith("= ")])
def test_a_value_that_leads_nowhere_special_passes(line: str) -> None:
    decision = said(line)
    assert decision.verdict == "allow", [found.what for found in decision.findings]


SCRIPTS = {
    "where.sh": 'DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\nrm -rf "$DIR/../@"\n',
    "zero.sh": 'cd "$(dirname "$0")/.."\nrm -rf "@"\n',
    "given.sh": 'OUT=${OUT:-@}\nrm -rf "$OUT"\n',
    "calls.sh": 'clean() { rm -rf "$1"; }\nfor one in a "@"; do clean "$one"; done\n',
    "again.sh": 'again() { [ "$1" = end ] && rm -rf "@"; again end; }\nagain begin\n',
    "file.py": 'import shutil, pathlib\nshutil.rmtree(pathlib.Path(__file__).parent.parent / "@")\n',
    "file.cjs": 'const p = require("path")\nrequire("fs").rmSync(p.resolve(__dirname, "..", "@"), { recursive: true })\n',
    "file.rb": 'require "fileutils"\nFileUtils.rm_rf(File.join(__dir__, "..", "@"))\n',
    "file.pl": 'use FindBin; use File::Path;\nrmtree("$FindBin::Bin/../@");\n',
}
RUNNERS = {"sh": "bash", "py": "python3", "cjs": "node", "rb": "ruby", "pl": "perl"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_that_goes_by_its_own_place_is_followed_there(tmp_path: Path, name: str) -> None:
    root = tmp_path / "shop"
    (root / "scripts").mkdir(parents=True)
    script = root / "scripts" / name
    line = f"{RUNNERS[name.partition('.')[2]]} scripts/{name}"
    script.write_text(SCRIPTS[name].replace("@", "build"))
    assert said(line, root=str(root), look=True).verdict == "allow"
    script.write_text(SCRIPTS[name].replace("@", ".git"))
    assert said(line, root=str(root), look=True).verdict == "deny"


@pytest.mark.parametrize("fetched", ["run(await (await fetch(url)).text())", "const t = await r.text(); run(t)"])
def test_code_of_a_script_counts_as_remote_when_it_is_made_of_what_was_fetched(tmp_path: Path, fetched: str) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    head = 'const { execSync } = require("child_process")\nconst url = process.argv[2]\nconst r = await fetch(url);\n'
    (root / "a.mjs").write_text(head + fetched.replace("run(", "execSync(") + "\n")
    assert said("node a.mjs", root=str(root), look=True).verdict == "deny"
    (root / "a.mjs").write_text(head + "const list = await r.json();\nconst cmd = pick(names);\nexecSync(cmd)\n")
    assert said("node a.mjs", root=str(root), look=True).verdict == "allow"


@pytest.mark.parametrize(
    "code",
    [
        "const a='xxxxxxxxxx'; "
        + " ".join(f"const {name}=`" + f"${{{former}}}" * 60 + "`;" for former, name in zip("abcdefgh", "bcdefghi", strict=True)),
        "let a='xx';" + "a+=a;" * 3000,
        "const a=['" + "x" * 4000 + "'];" + "const b=a.join('');" * 40,
    ],
)
def test_constants_that_double_end_in_an_answer_soon(code: str) -> None:
    assert said(f'node -e "{code} run()"').verdict == "allow"
