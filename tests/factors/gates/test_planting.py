from __future__ import annotations

from pathlib import Path

import pytest

from kit import gating, repos
from twelve.factors.gates import planting
from twelve.model.errors import TwelveError
from twelve.model.gate import Seed

(GATE,) = gating.gates(one=gating.command("sh", "-c", "true"))


@pytest.mark.parametrize(
    ("seed", "after"),
    [
        (Seed(file="a", append="+"), b"old+"),
        (Seed(file="a", write="new"), b"new"),
        (Seed(file="a", replace=("ol", "go")), b"god"),
        (Seed(file="a", delete=True), None),
    ],
)
def test_a_seed_is_one_change_of_one_file(tmp_path: Path, seed: Seed, after: bytes | None) -> None:
    (tmp_path / "a").write_bytes(b"old")
    planting.plant(tmp_path, GATE, seed)
    assert ((tmp_path / "a").read_bytes() if (tmp_path / "a").exists() else None) == after


def test_a_seed_can_make_a_file_in_a_new_folder(tmp_path: Path) -> None:
    planting.plant(tmp_path, GATE, Seed(file="x/y", write="z"))
    assert (tmp_path / "x" / "y").read_text() == "z"


@pytest.mark.parametrize("place", ["../out", "/etc/out", "link/out", "nul\0"])
def test_a_seed_stays_inside_the_copy(tmp_path: Path, place: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(TwelveError):
        planting.plant(root, GATE, Seed(file=place, write="x"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("argv", "file", "replaces"),
    [
        (["bash", "check.sh"], "check.sh", True),
        (["python3.12", "tool.py", "src"], "tool.py", True),
        (["tools/check", "x"], "tools/check", True),
        (["make"], "Makefile", True),
        (["bash", "-n", "deploy.sh"], "deploy.sh", False),
        (["grep", "x", "a.py"], "a.py", False),
        (["python3", "-m", "unittest", "test_x.py"], "test_x.py", False),
    ],
)
def test_what_is_executed_is_told_from_what_is_read(argv: list[str], file: str, replaces: bool) -> None:
    (gate,) = gating.gates(one={"command": argv})
    assert planting.replaces_command(gate, Seed(file=file, write="")) is replaces


def test_a_copy_is_the_content_without_what_is_ignored(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {".gitignore": "out/\n.venv\n", "bin/run": "x", "a": "1"})
    repos.write(repository, {"a": "2", "new": "3", "out/big": "no", ".venv/bin/tool": "t"})
    (repository.root / "link").symlink_to("a")
    with planting.copied(repository, (repository.root,)) as copy:
        assert set(copy.files()) == {".gitignore", "bin/run", "a", "new", "link"}
        assert copy.subject() == repository.subject()
        assert not copy.dirty()
        assert (copy.root / ".venv" / "bin" / "tool").read_text() == "t"
        top = copy.root
    assert not top.exists()
