from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import repos
from twelve.model.errors import TwelveError
from twelve.system import git

START = {"a.txt": "a\n", "src/b.py": "b\n", "src/deep/c.py": "c\n", "bin/run": "#!/bin/sh\n", ".twelve/runs/1/prime.md": "p\n"}


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, START)


def test_the_subject_of_a_clean_tree_is_the_subject_of_its_commit(repository: git.Repository) -> None:
    assert repository.subject() == repository.subject_of("HEAD")


def test_without_records_the_subject_is_simply_the_tree(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a": "a"})
    assert repository.subject() == repository.tree_of("HEAD")


def test_the_subject_is_the_tree_of_a_commit_without_our_folder(repository: git.Repository) -> None:
    before = repository.subject()
    repository.run("rm", "-r", "--quiet", ".twelve")
    repository.commit("without records")
    assert repository.tree_of("HEAD") == before == repository.subject()


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_both_object_formats_agree_between_work_tree_and_commit(tmp_path: Path, object_format: str) -> None:
    repository = repos.new_repository(tmp_path, START, object_format=object_format)
    repos.write(repository, {"new": "n", ".twelve/x": "x"})
    before = repository.subject()
    assert len(before) == {"sha1": 40, "sha256": 64}[object_format]
    assert repository.subject_of(repository.commit("c")) == before


def test_neither_the_index_nor_the_object_store_is_touched(repository: git.Repository) -> None:
    repos.write(repository, {"a.txt": "changed", "new/file": "new", "staged": "s"})
    repository.run("add", "staged")
    before, index = repos.snapshot(repository.git_dir), (repository.git_dir / "index").stat()
    repository.subject()
    repository.subject_of("HEAD")
    after = (repository.git_dir / "index").stat()
    assert repos.snapshot(repository.git_dir) == before
    assert (index.st_mtime_ns, index.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_no_scratch_is_left(repository: git.Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    repos.write(repository, {"a.txt": "changed"})
    repository.subject()
    assert not list((tmp_path / "scratch").iterdir())


CHANGES: dict[str, Callable[[Path], object]] = {
    "content": lambda root: (root / "a.txt").write_text("b\n"),
    "same size": lambda root: (root / "a.txt").write_text("x\n"),
    "new file": lambda root: (root / "new").write_text(""),
    "deleted file": lambda root: (root / "src" / "b.py").unlink(),
    "executable bit": lambda root: (root / "a.txt").chmod(0o755),
    "executable bit removed": lambda root: (root / "bin" / "run").chmod(0o644),
    "renamed": lambda root: (root / "a.txt").rename(root / "b.txt"),
    "file became link": lambda root: _become_link(root / "a.txt"),
    "new link": lambda root: (root / "link").symlink_to("nowhere"),
    "folder became file": lambda root: _become_file(root / "src"),
    "lookalike of our folder": lambda root: (root / ".twelve2").write_text("x"),
    "our name deeper down": lambda root: repos.write(git.discover(root), {"src/.twelve/x": "x"}),
    "ignore rules": lambda root: (root / ".gitignore").write_text("*.log\n"),
    "hidden by assume-unchanged": lambda root: _change_hidden(root, "--assume-unchanged"),
    "hidden by skip-worktree": lambda root: _change_hidden(root, "--skip-worktree"),
    "same size and time": lambda root: _same_size_and_time(root / "a.txt"),
}


def _become_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("src/b.py")


def _become_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("x")


def _change_hidden(root: Path, flag: str) -> None:
    git.discover(root).run("update-index", flag, "a.txt")
    (root / "a.txt").write_text("x\n")


def _same_size_and_time(path: Path) -> None:
    """What `touch --reference` after an edit does; old enough that git does not compare contents out of caution."""
    repository = git.discover(path.parent)
    repository.run("config", "core.trustctime", "false")
    long_ago = (1_600_000_000, 1_600_000_000)
    os.utime(path, long_ago)
    repository.run("update-index", "--refresh")
    time.sleep(1.1)  # git compares times of change in whole seconds
    path.write_text("x\n")
    os.utime(path, long_ago)
    plain = subprocess.run(["git", "status", "--porcelain"], cwd=repository.root, capture_output=True, check=True)
    assert not plain.stdout, "plain git must not see this change, or this case is idle"


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_content_or_mode_changes_the_subject_and_undoing_it_restores_it(repository: git.Repository, change: str) -> None:
    before = repository.subject()
    CHANGES[change](repository.root)
    changed = repository.subject()
    assert changed != before
    repository.reset_hard("HEAD")
    assert repository.subject() == before


@pytest.mark.parametrize("change", [name for name in CHANGES if not name.startswith("hidden")])
def test_a_change_has_the_same_subject_before_and_after_it_is_committed(repository: git.Repository, change: str) -> None:
    CHANGES[change](repository.root)
    before = repository.subject()
    assert repository.subject_of(repository.commit("change")) == before == repository.subject()


def test_edits_in_the_same_clock_tick_as_the_index_are_seen(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"f": "0"})
    previous = repository.subject()
    for number in range(1, 10):
        (repository.root / "f").write_text(str(number))
        current = repository.subject()
        assert current != previous
        previous = current
        repository.run("add", "f")


def test_ignored_files_do_not_count_and_tracked_ones_under_ignore_rules_do(repository: git.Repository) -> None:
    repos.write(repository, {".gitignore": "*.log\na.txt\n"})
    before = repository.subject()
    repos.write(repository, {"x.log": "log"})
    assert repository.subject() == before
    repos.write(repository, {"a.txt": "tracked all the same"})
    assert repository.subject() != before


def test_staging_and_unstaging_do_not_matter(repository: git.Repository) -> None:
    repos.write(repository, {"a.txt": "changed", "new": "n"})
    before = repository.subject()
    repository.run("add", "--all")
    assert repository.subject() == before
    repository.run("rm", "--quiet", "--cached", "src/b.py")
    assert repository.subject() == before


def test_names_with_line_breaks_quotes_and_undecodable_bytes_count(repository: git.Repository) -> None:
    before = repository.subject()
    for name in (b"line\nbreak", b'quo"te', b"caf\xe9", b" space ", b":(top)magic", b"*", b"-dash"):
        Path(os.fsdecode(os.path.join(os.fsencode(repository.root), name))).write_text("x")
        current = repository.subject()
        assert current != before, name
        before = current
    assert repository.subject_of(repository.commit("odd names")) == before


def test_the_subject_exists_on_an_unborn_branch_and_in_an_empty_repository(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path)
    assert repository.subject() == repository.empty_tree
    repos.write(repository, {".twelve/x": "x"})
    assert repository.subject() == repository.empty_tree
    repos.write(repository, {"a": "a"})
    before = repository.subject()
    assert repository.subject_of(repository.commit("first")) == before != repository.empty_tree


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_our_folder_may_be_anything_and_is_left_out(tmp_path: Path, kind: str) -> None:
    repository = repos.new_repository(tmp_path, {"a": "a"})
    before = repository.subject()
    ours = repository.root / ".twelve"
    if kind == "file":
        ours.write_text("x")
    elif kind == "link":
        ours.symlink_to("a")
    else:
        ours.mkdir()
        (ours / "x").write_text("x")
    assert repository.subject() == before
    assert repository.subject_of(repository.commit("records")) == before


def test_a_linked_work_tree_has_its_own_subject(repository: git.Repository, tmp_path: Path) -> None:
    linked = repository.add_worktree(tmp_path / "linked", "other")
    before = repository.subject()
    assert linked.subject() == before
    repos.write(linked, {"a.txt": "only there"})
    assert linked.subject() != before
    assert repository.subject() == before


def test_a_submodule_counts_by_its_commit(repository: git.Repository, tmp_path: Path) -> None:
    inner = repos.new_repository(tmp_path, {"i": "i"}, name="inner")
    repository.run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "sub")
    repository.commit("add submodule")
    before = repository.subject()
    assert before == repository.subject_of("HEAD")
    sub = git.discover(repository.root / "sub")
    assert sub.root == repository.root / "sub"
    (sub.root / "i").write_text("dirty, but no commit of it")
    assert repository.subject() == before
    repos.commit_fixed(sub, "move on")
    assert repository.subject() != before
    assert sub.subject() == sub.subject_of("HEAD")


def test_a_sparse_checkout_has_the_subject_of_its_commit(repository: git.Repository) -> None:
    repository.run("sparse-checkout", "set", "--no-cone", "/a.txt")
    assert not (repository.root / "src").exists()
    assert repository.subject() == repository.subject_of("HEAD")


INDEX_FORMATS = {
    "version 4": ["update-index", "--index-version=4"],
    "split": ["update-index", "--split-index"],
    "untracked cache": ["update-index", "--force-untracked-cache"],
    "sparse": ["sparse-checkout", "set", "--cone", "--sparse-index", "src/deep"],
}


@pytest.mark.parametrize("form", INDEX_FORMATS)
def test_every_form_of_the_index_is_understood(repository: git.Repository, form: str) -> None:
    expected = repository.subject()
    repository.run(*INDEX_FORMATS[form])
    assert repository.subject() == expected
    repos.write(repository, {"src/deep/c.py": "changed\n", "src/deep/new": "n"})
    before = repository.subject()
    assert before != expected
    assert repository.subject_of(repository.commit("c")) == before == repository.subject()


def test_a_merge_conflict_has_a_subject(repository: git.Repository) -> None:
    repository.run("checkout", "--quiet", "-b", "other")
    repos.write(repository, {"a.txt": "theirs\n"})
    repository.commit("theirs")
    repository.run("checkout", "--quiet", "main")
    repos.write(repository, {"a.txt": "ours\n"})
    repository.commit("ours")
    repository.run("merge", "other", check=False)
    assert any(change.kind is git.ChangeKind.CONFLICT for change in repository.status())
    assert repository.subject() != repository.subject_of("HEAD")


def test_line_end_conversion_is_applied_as_git_would(repository: git.Repository) -> None:
    repos.write(repository, {".gitattributes": "*.txt text eol=crlf\n", "a.txt": "a\r\nb\r\n"})
    before = repository.subject()
    assert repository.subject_of(repository.commit("crlf")) == before


def test_objects_borrowed_from_another_repository_are_found(tmp_path: Path, repository: git.Repository) -> None:
    repository.run("clone", "--quiet", "--shared", str(repository.root), str(tmp_path / "shar:ed\"'"))
    clone = git.discover(tmp_path / "shar:ed\"'")
    repos.write(clone, {"new": "n"})
    assert clone.subject() != repository.subject()
    (clone.root / "new").unlink()
    assert clone.subject() == repository.subject()


def test_packed_objects_and_a_shallow_clone_work(tmp_path: Path, repository: git.Repository) -> None:
    repos.write(repository, {"more": "m"})
    repository.commit("more")
    repository.run("clone", "--quiet", "--depth=1", f"file://{repository.root}", str(tmp_path / "shallow"))
    repository.run("gc", "--quiet")
    clone = git.discover(tmp_path / "shallow")
    assert clone.is_shallow()
    assert not repository.is_shallow()
    assert clone.subject() == repository.subject() == repository.subject_of("HEAD")


def test_a_bare_repository_has_no_work_tree_to_judge_but_its_commits_can_be(repository: git.Repository, tmp_path: Path) -> None:
    repository.run("clone", "--quiet", "--bare", str(repository.root), str(tmp_path / "bare"))
    bare = git.discover(tmp_path / "bare")
    assert bare.subject_of("HEAD") == repository.subject()
    with pytest.raises(TwelveError, match="bare"):
        bare.subject()


def test_an_unknown_revision_is_a_clear_error(repository: git.Repository) -> None:
    for rev in ("nope", "--help", "0" * 40, "HEAD~99", "a\nb"):
        with pytest.raises(TwelveError, match="no revision"):
            repository.subject_of(rev)


def test_a_nested_repository_without_commits_is_a_clear_error(repository: git.Repository) -> None:
    git.init(repository.root / "nested")
    (repository.root / "nested" / "f").write_text("x")
    with pytest.raises(TwelveError, match="git add"):
        repository.subject()


def test_at_most_three_git_processes_are_needed(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[str] = []
    ask = git.Repository.ask

    def counted(self: git.Repository, *args: str, **options: object) -> object:
        commands.append(" ".join(args))
        return ask(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(git.Repository, "ask", counted)
    repos.write(repository, {"new": "n"})
    repository.subject()
    assert len(commands) <= 3, commands


NAMES = st.sampled_from(["f", "g", "d/f", "d/g", "d/e/f", "x y", "q'\"", "n\nl", "ü", "caf\udce9", "Zz", "a-b", "a.b", "a0", "a/b"])
CONTENTS = st.sampled_from(["", "a", "b", "aa\n", "#!/bin/sh\n"])
WORLD = st.dictionaries(NAMES, st.tuples(CONTENTS, st.sampled_from(["plain", "executable", "link"])), max_size=6)


@pytest.fixture(scope="module")
def blank() -> Iterator[git.Repository]:
    with tempfile.TemporaryDirectory() as folder:
        with pytest.MonkeyPatch.context() as patch:
            # Made before the fixture that hides the person's settings from each test.
            patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
            patch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
            repository = repos.new_repository(Path(folder).resolve(), {})
        yield repository


World = dict[str, tuple[str, str]]


def _build(root: Path, world: World, records: World) -> World:
    """Make the work tree hold exactly this; returns what it really holds (a file and a folder cannot share a name)."""
    for entry in root.iterdir():
        if entry.name != ".git":
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    built: World = {}
    for prefix, files in (("", world), (".twelve/", records)):
        for name, (content, kind) in files.items():
            path = root / (prefix + name)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.symlink_to(content or "empty") if kind == "link" else path.write_text(content)
            except OSError:
                continue
            if kind == "executable":
                path.chmod(0o755)
            if not prefix:
                built[name] = (content or "empty" if kind == "link" else content, kind)
    return built


@settings(max_examples=25)
@given(WORLD, WORLD, WORLD, WORLD)
def test_two_work_trees_have_one_subject_exactly_when_their_content_outside_our_folder_is_equal(
    blank: git.Repository, first: World, second: World, records: World, other_records: World
) -> None:
    built = _build(blank.root, first, records)
    one = blank.subject()
    rebuilt = _build(blank.root, second, other_records)
    two = blank.subject()
    assert (one == two) == (built == rebuilt)
    assert _build(blank.root, first, other_records) == built
    assert blank.subject() == one
    assert blank.subject_of(repos.commit_fixed(blank, "c")) == one
