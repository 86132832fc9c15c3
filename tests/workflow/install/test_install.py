"""init and uninstall: idempotent, crash-safe, byte for byte, and never over an edit."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import repos
from twelve.model.errors import TwelveError
from twelve.system import git
from twelve.workflow import install
from twelve.workflow.install import makefile, values


def snapshot(root: Path) -> dict[str, tuple[bytes, int]]:
    """Every file outside .git with content and mode; empty folders count too."""
    found: dict[str, tuple[bytes, int]] = {}
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if relative.parts[0] == ".git":
            continue
        mode = stat.S_IMODE(path.lstat().st_mode)
        found[str(relative)] = (path.read_bytes() if path.is_file() else b"", mode)
    return found


def set_up(repository: git.Repository, **options: Any) -> install.Plan:
    plan = install.plan_install(repository, **options)
    install.apply(repository, plan)
    return plan


def take_back(repository: git.Repository) -> install.Plan:
    plan = install.plan_uninstall(repository)
    install.apply(repository, plan)
    return plan


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path / "project", {"README.md": "# p\n", "Makefile": "all:\n\techo hi\n"})


def test_init_adds_a_policy_and_two_targets(repository: git.Repository) -> None:
    set_up(repository)
    assert (repository.root / "twelve.toml").is_file()
    command = ["make", "-n", "quick", "ci-all", "TWELVE=tool"]
    listed = subprocess.run(command, cwd=repository.root, capture_output=True, text=True, check=True)
    assert listed.stdout.splitlines() == ["tool gate run --suite quick", "tool gate run --suite full"]


def test_the_default_target_of_the_project_stays_the_default(repository: git.Repository) -> None:
    set_up(repository)
    assert subprocess.run(["make"], cwd=repository.root, capture_output=True, text=True, check=True).stdout.endswith("hi\n")


def test_a_second_init_writes_nothing(repository: git.Repository) -> None:
    set_up(repository)
    before = snapshot(repository.root)
    assert set_up(repository).changes == ()
    assert snapshot(repository.root) == before


def test_the_difference_shows_every_byte_and_writes_none(repository: git.Repository) -> None:
    before = snapshot(repository.root)
    text = install.diff(install.plan_install(repository))
    assert snapshot(repository.root) == before
    assert "+quick: ; $(TWELVE) gate run --suite quick" in text
    assert "+++ b/twelve.toml" in text
    assert text.count("+++ b/.twelve/manifest.json") == 1
    assert text.rindex("+++ ") == text.index("+++ b/.twelve/manifest.json")
    assert '+  "finished": true,' in text


LINE = st.sampled_from(
    ["all:", "\techo hi", "VAR = 1", "# quick: not a rule", "x \\", "export A := b", "define d", "endef", "é", "", ".RECIPEPREFIX = >"]
)
MODE = st.sampled_from([0o644, 0o600, 0o755])
END = st.sampled_from(["\n", "\r\n"])


@st.composite
def makefiles(draw: st.DrawFn) -> bytes:
    text = "".join(line + draw(END) for line in draw(st.lists(LINE, max_size=6)))
    text += draw(st.sampled_from(["", "last", "last \\", "\t"]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode() + draw(st.sampled_from([b"", b"\xff\x00\xfe"]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=makefiles(), name=st.sampled_from([*makefile.NAMES, ""]), mode=MODE, stop=st.integers(0, 5))
def test_uninstall_restores_any_project_byte_for_byte_also_after_a_crash(content: bytes, name: str, mode: int, stop: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "p"
        repository = git.init(root)
        if name:
            (root / name).write_bytes(content)
            os.chmod(root / name, mode)
        before = snapshot(root)
        plan = install.plan_install(repository)
        crashed = install.Plan(changes=plan.changes[:stop])
        install.apply(repository, crashed)
        if stop:
            take_back(repository)
        assert snapshot(root) == before


@settings(max_examples=25, deadline=None)
@given(stop=st.integers(0, 4))
def test_an_uninstall_that_was_interrupted_can_be_repeated(stop: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "p"
        repository = git.init(root)
        (root / "Makefile").write_bytes(b"a:\n")
        before = snapshot(root)
        set_up(repository)
        plan = install.plan_uninstall(repository)
        install.apply(repository, install.Plan(changes=plan.changes[: min(stop, len(plan.changes) - 1)]))
        take_back(repository)
        assert snapshot(root) == before


@settings(max_examples=25, deadline=None)
@given(content=makefiles())
def test_the_targets_work_below_any_makefile_that_works(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "Makefile").write_bytes(content + b"\n\nmine: ; @:\n")
        if subprocess.run(["make", "-n", "mine"], cwd=root, capture_output=True, check=False).returncode:
            return
        (root / "Makefile").write_bytes(content)
        (root / "Makefile").write_bytes(content + makefile.block(content))
        ran = subprocess.run(["make", "-n", "quick", "TWELVE=tool"], cwd=root, capture_output=True, text=True, check=False)
        assert ran.stdout == "tool gate run --suite quick\n", (content, ran)


def test_an_interrupted_init_is_named_and_not_continued_blindly(repository: git.Repository) -> None:
    plan = install.plan_install(repository)
    install.apply(repository, install.Plan(changes=plan.changes[:2]))
    with pytest.raises(TwelveError, match="interrupted"):
        install.plan_install(repository)


CLASHES = ["quick:\n", "quick ci-all: dep\n", "a quick b ::\n", "x: y\nci-all : z\n", "\ufeffquick:\n", "a \\\nquick: b\n"]
NO_CLASHES = ["quick := 1\n", "quick = a\n", "# quick:\n", "\techo quick:\n", "all: quick-check\n", "quicker:\n", "quick ?= x\n"]


@pytest.mark.parametrize("text", CLASHES)
def test_a_taken_target_name_is_refused_and_nothing_is_written(repository: git.Repository, text: str) -> None:
    (repository.root / "Makefile").write_text(text)
    before = snapshot(repository.root)
    with pytest.raises(TwelveError, match="already defines") as refusal:
        set_up(repository)
    assert "--no-make" in refusal.value.next
    assert snapshot(repository.root) == before
    set_up(repository, with_make=False)
    assert (repository.root / "Makefile").read_text() == text


@pytest.mark.parametrize("text", NO_CLASHES)
def test_what_only_looks_like_a_clash_is_not_refused(repository: git.Repository, text: str) -> None:
    (repository.root / "Makefile").write_text(text)
    set_up(repository)
    take_back(repository)
    assert (repository.root / "Makefile").read_text() == text


def test_an_edited_policy_is_kept_and_named(repository: git.Repository) -> None:
    set_up(repository)
    with (repository.root / "twelve.toml").open("a") as stream:
        stream.write("# mine\n")
    plan = take_back(repository)
    assert (repository.root / "twelve.toml").read_text().endswith("# mine\n")
    assert any("twelve.toml was edited" in note for note in plan.notes)
    assert not (repository.root / ".twelve").exists()


def test_edits_around_the_block_survive_its_removal(repository: git.Repository) -> None:
    set_up(repository)
    path = repository.root / "Makefile"
    path.write_text("first:\n" + path.read_text() + "last:\n")
    take_back(repository)
    assert path.read_text() == "first:\nall:\n\techo hi\nlast:\n"


@settings(max_examples=40, deadline=None)
@given(content=makefiles())
def test_lines_added_below_the_block_stay_lines_of_their_own(content: bytes) -> None:
    block = makefile.block(content)
    left = makefile.without(content + block + b"mine:\n", block)
    kept, rest = left[: len(content)], left[len(content) :]
    assert (kept, rest.lstrip(b"\n")) == (content, b"mine:\n")
    above = left.removesuffix(b"mine:\n")
    assert not above or above.endswith((b"\n", b"\r"))
    assert not above.endswith((b"\\\n", b"\\\r\n"))


def test_an_edited_block_is_left_and_named(repository: git.Repository) -> None:
    set_up(repository)
    path = repository.root / "Makefile"
    edited = path.read_text().replace("--suite quick", "--suite quick --jobs 4")
    path.write_text(edited)
    plan = take_back(repository)
    assert path.read_text() == edited
    assert any("by hand" in note for note in plan.notes)


def test_an_existing_policy_and_records_are_never_touched(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path / "p", {"twelve.toml": "[run]\ntokens = 5\n", ".twelve/lessons/a.md": "mine"})
    before = snapshot(repository.root)
    plan = set_up(repository)
    assert "kept: twelve.toml is yours already" in plan.notes
    take_back(repository)
    assert snapshot(repository.root) == before


def test_a_file_that_appears_meanwhile_is_not_overwritten(repository: git.Repository) -> None:
    plan = install.plan_install(repository)
    (repository.root / "twelve.toml").write_text("theirs")
    with pytest.raises(TwelveError, match="changed while"):
        install.apply(repository, plan)
    assert (repository.root / "twelve.toml").read_text() == "theirs"
    take_back(repository)
    assert (repository.root / "twelve.toml").read_text() == "theirs"


@pytest.mark.parametrize("name", ["twelve.toml", "Makefile"])
def test_a_link_is_not_followed(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.write_text("theirs\n")
    repository = repos.new_repository(tmp_path / "p", {"a.txt": "a"})
    (repository.root / name).symlink_to(outside)
    with suppress(TwelveError):
        set_up(repository)
    assert outside.read_text() == "theirs\n"


def test_a_records_folder_that_leads_out_is_refused(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path / "p", {"a.txt": "a"})
    (tmp_path / "out").mkdir()
    (repository.root / ".twelve").symlink_to(tmp_path / "out")
    with pytest.raises(TwelveError):
        set_up(repository)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_manifest_that_points_outside_is_refused(repository: git.Repository, tmp_path: Path) -> None:
    set_up(repository)
    path = repository.root / values.MANIFEST
    path.write_text(path.read_text().replace('"twelve.toml"', '"../victim"'))
    (tmp_path / "victim").write_text("theirs")
    with pytest.raises(TwelveError):
        install.plan_uninstall(repository)
    assert (tmp_path / "victim").read_text() == "theirs"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"schema": "other"}', "null", "\x00"])
def test_a_damaged_manifest_is_an_error_in_words(repository: git.Repository, damage: str) -> None:
    set_up(repository)
    (repository.root / values.MANIFEST).write_text(damage)
    with pytest.raises(TwelveError, match="damaged"):
        install.plan_uninstall(repository)


def test_uninstalling_what_is_not_installed_says_so(repository: git.Repository) -> None:
    with pytest.raises(TwelveError, match="not installed"):
        install.plan_uninstall(repository)


def test_a_linked_worktree_and_a_subfolder_install_at_their_own_top(repository: git.Repository) -> None:
    (repository.root / "sub").mkdir()
    inner = git.discover(repository.root / "sub")
    set_up(inner)
    assert (repository.root / "twelve.toml").is_file()


@pytest.mark.parametrize(("above", "below"), [("", "all:\n\techo hi\n"), ("A := 1\n", ""), ("A := 1\n\n", "\nall: ; echo hi\n")])
def test_of_a_makefile_made_by_init_only_our_block_goes(tmp_path: Path, above: str, below: str) -> None:
    made = repos.new_repository(tmp_path / "plain", {"README.md": "# p\n"})
    set_up(made)
    path = made.root / "Makefile"
    path.write_text(above + path.read_text() + below)
    take_back(made)
    assert path.read_text() == above + below
