"""With the file system in sight: links, scripts, recipes, aliases, patterns. It is only ever read."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from kit.actions import actions, first, kinds, paths
from twelve.factors.guardrails.actions.action import Surroundings


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    root.mkdir()
    return root.resolve()


def around(tree: Path) -> Surroundings:
    return Surroundings(root=str(tree), cwd=str(tree), home=str(tree.parent), look=True)


def test_a_link_shows_where_it_leads(tree: Path) -> None:
    (tree / "secret").mkdir()
    (tree / "plain").symlink_to("secret")
    action = first("echo a > plain/x", "write", around(tree))
    assert (action.path, action.real) == (f"{tree}/plain/x", f"{tree}/secret/x")


def test_a_link_made_in_the_same_call_leads_somewhere_too(tree: Path) -> None:
    found = [action for action in actions("ln -s /etc q && echo a > q/passwd", around(tree)) if action.verb == "write"]
    assert found[-1].real == "/etc/passwd"


def test_dots_after_a_link_are_read_as_the_kernel_reads_them(tree: Path) -> None:
    (tree / "far" / "deep").mkdir(parents=True)
    (tree / "near").symlink_to("far/deep")
    assert first("rm near/../x", "delete", around(tree)).real == f"{tree}/far/x"


def test_a_script_in_the_tree_is_read(tree: Path) -> None:
    (tree / "go.sh").write_text('#!/bin/bash\nrm -rf "$1"\n')
    for line in ("bash go.sh x", "./go.sh x", "sh < go.sh", "source go.sh x", ". ./go.sh x", "env bash -x go.sh x", f"{tree}/go.sh x"):
        assert any(action.kind == "delete" for action in actions(line, around(tree))), line
    assert paths("./go.sh x", "delete", around(tree)) == [f"{tree}/x"]


def test_a_python_script_in_the_tree_is_read(tree: Path) -> None:
    (tree / "go.py").write_text("import os, sys\nos.remove(sys.argv[1])\n")
    assert paths("python3 go.py x", "delete", around(tree)) == [f"{tree}/x"]
    assert paths("python3 -m go x", "delete", around(tree)) == [f"{tree}/x"]


def test_recipes_are_read(tree: Path) -> None:
    (tree / "Makefile").write_text("OUT = x\nall: clean\n\techo all\nclean:\n\t@rm -rf $(OUT)\n")
    assert paths("make", "delete", around(tree)) == [f"{tree}/x"]
    assert paths("make clean OUT=y", "delete", around(tree)) == [f"{tree}/y"]
    assert paths("make other", "delete", around(tree)) == []
    assert paths("make -n", "delete", around(tree)) == []


def test_package_scripts_are_read(tree: Path) -> None:
    (tree / "package.json").write_text('{"scripts": {"prewipe": "rm a", "wipe": "rm b", "test": "echo"}}')
    for line in ("npm run wipe", "yarn wipe", "pnpm run wipe"):
        assert paths(line, "delete", around(tree)) == [f"{tree}/a", f"{tree}/b"]
    assert paths("npm run wipe -- c", "delete", around(tree))[-1] == f"{tree}/c"
    assert paths("npm test", "delete", around(tree)) == []


def test_a_package_file_written_in_the_same_call_is_read(tree: Path) -> None:
    line = 'echo \'{"scripts": {"z": "rm q"}}\' > package.json; npm run z'
    assert paths(line, "delete", around(tree)) == [f"{tree}/q"]


def test_aliases_of_the_repository_are_read(tree: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tree)], check=True)
    with (tree / ".git" / "config").open("a") as config:
        config.write('[alias]\n\tsend = push --force ; a comment\n\twipe = "!rm -rf \\"$1\\""\n')
    assert "--force" in first("git send", "git", around(tree)).flags
    assert set(paths("git wipe x", "delete", around(tree))) == {f"{tree}/x"}
    (tree / "sub").mkdir()
    assert "--force" in first("cd sub && git send", "git", around(tree)).flags


def test_a_pattern_stands_for_itself_and_its_matches(tree: Path) -> None:
    (tree / ".git").mkdir()
    (tree / "a.py").touch()
    assert paths("rm -rf .g* *.py", "delete", around(tree)) == [f"{tree}/.g*", f"{tree}/.git", f"{tree}/*.py", f"{tree}/a.py"]


def test_a_program_named_by_a_pattern_is_found(tree: Path) -> None:
    if not Path("/bin/rm").exists():
        pytest.skip("no /bin/rm here")
    assert f"{tree}/x" in paths("/bin/r[m] -rf x", "delete", around(tree))


def test_a_folder_that_is_not_there_leaves_us_where_we_are(tree: Path) -> None:
    (tree / "sub").mkdir()
    assert f"{tree}/*" in paths("cd nowhere; rm -rf *", "delete", around(tree))
    assert f"{tree}/*" not in paths("cd sub; rm -rf *", "delete", around(tree))
    assert f"{tree}/*" not in paths("mkdir new; cd new; rm -rf *", "delete", around(tree))


def test_a_pipe_in_the_file_system_is_not_waited_for(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    start = time.monotonic()
    actions("bash pipe; sh < pipe; python3 pipe; source /dev/zero; make -f pipe; git -C pipe z", around(tree))
    assert time.monotonic() - start < 5


def test_a_large_or_binary_script_is_only_named(tree: Path) -> None:
    (tree / "large").write_text("rm x\n" * 40_000)
    (tree / "tool").write_bytes(b"\x7fELF\0\0rm x")
    (tree / "tool").chmod(0o755)
    assert kinds("./large; ./tool", around(tree)) == {"execute"}


def test_nothing_is_looked_at_when_looking_is_off(tree: Path) -> None:
    (tree / "go.sh").write_text("rm x\n")
    blind = Surroundings(root=str(tree), cwd=str(tree), home="/h", look=False)
    assert kinds("bash go.sh", blind) == {"execute"}


def test_nothing_is_changed_by_looking(tree: Path) -> None:
    (tree / "go.sh").write_text("rm -rf *; echo a > b\n")
    before = sorted(tree.rglob("*"))
    actions("bash go.sh; rm -rf *; mkdir c; git clean -fdx; python3 -c 'import shutil; shutil.rmtree(\".\")'", around(tree))
    assert sorted(tree.rglob("*")) == before
