from __future__ import annotations

import os
import stat
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import repos
from twelve.model.errors import ToolMissing, TwelveError
from twelve.system import git
from twelve.system.git import plumbing


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"a.txt": "a\n", "src/b.py": "b\n", "src/deep/c.py": "c\n"})


# --- finding it -----------------------------------------------------------------------------------------------------


def test_it_is_found_from_a_folder_below_and_from_a_file(repository: git.Repository) -> None:
    for start in (repository.root, repository.root / "src" / "deep", repository.root / "a.txt"):
        found = git.discover(start)
        assert (found.root, found.git_dir, found.common_dir) == (repository.root, repository.git_dir, repository.common_dir)
        assert not found.bare


def test_a_linked_work_tree_shares_the_common_directory_and_our_state(repository: git.Repository, tmp_path: Path) -> None:
    linked = repository.add_worktree(tmp_path / "linked", "other")
    assert (linked.root / ".git").is_file()
    assert linked.git_dir != linked.common_dir == repository.common_dir
    assert linked.state_dir == repository.state_dir == repository.common_dir / "twelve" / "state"
    assert linked.cache_dir == repository.cache_dir


def test_a_bare_repository_is_its_own_root(repository: git.Repository, tmp_path: Path) -> None:
    repository.run("clone", "--quiet", "--bare", str(repository.root), str(tmp_path / "bare.git"))
    bare = git.discover(tmp_path / "bare.git")
    assert bare.bare
    assert bare.root == bare.git_dir == bare.common_dir == tmp_path / "bare.git"
    assert bare.head() == repository.head()


@pytest.mark.parametrize("name", ["with space", "line\nbreak", "quo\"te'", "caf\udce9", "-dash", "ü:colon", "\n"])
def test_it_may_lie_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    repository = repos.new_repository(tmp_path, {"a": "a"}, name=name)
    assert git.discover(repository.root / "a").root == tmp_path / name
    assert repository.subject() == repository.subject_of("HEAD")
    linked = repository.add_worktree(tmp_path / (name + "2"), "other")
    assert [tree.path for tree in repository.worktrees()] == [repository.root, linked.root]
    linked.notes_append("refs/notes/x", "HEAD", [b"x"])
    assert repository.notes_read("refs/notes/x", "HEAD") == (b"x",)


@pytest.mark.parametrize("where", [".", "nowhere/at/all"])
def test_outside_of_one_the_error_says_what_why_and_next(tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(TwelveError) as caught:
        git.discover(tmp_path / where)
    assert caught.value.next
    assert "Traceback" not in str(caught.value)


def test_a_folder_that_is_not_there_is_not_taken_for_its_parent(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository.root)
    with pytest.raises(TwelveError, match="/missing does not exist"):
        git.discover(Path("missing"))


def test_inside_the_git_directory_there_is_nothing_to_work_on(repository: git.Repository) -> None:
    with pytest.raises(TwelveError, match="inside the git directory"):
        git.discover(repository.git_dir / "objects")


def test_the_environment_of_a_hook_does_not_lead_elsewhere(
    repository: git.Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = repos.new_repository(tmp_path, {"x": "x"}, name="other")
    monkeypatch.setenv("GIT_DIR", str(other.git_dir))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.git_dir / "index"))
    assert git.discover(repository.root).root == repository.root
    assert repository.tracked() == ("a.txt", "src/b.py", "src/deep/c.py")


def test_a_repository_of_another_user_is_a_clear_error_without_a_ready_bypass(repository: git.Repository) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another user")
    for path in (repository.root, repository.git_dir):
        os.chown(path, 12345, 12345)
    with pytest.raises(TwelveError, match="refuses") as caught:
        git.discover(repository.root)
    assert "another user" in caught.value.why
    assert "git config" not in caught.value.next


def test_a_broken_repository_is_a_clear_error(repository: git.Repository) -> None:
    (repository.git_dir / "HEAD").write_bytes(b"\x00garbage")
    with pytest.raises(TwelveError):
        git.discover(repository.root)
    (repository.git_dir / "HEAD").write_text("ref: refs/heads/main\n")
    (repository.git_dir / "config").write_text("[core\nbroken")
    with pytest.raises(TwelveError) as caught:
        git.discover(repository.root)
    assert "config" in caught.value.why


def test_without_git_the_error_names_it(repository: git.Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="git is not installed"):
        git.discover(repository.root)


@pytest.fixture
def old_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git of 2017: it echoes the options of rev-parse it does not know."""
    (tmp_path / "old").mkdir()
    program = tmp_path / "old" / "git"
    program.write_text(
        "#!/bin/sh\n"
        'for word; do case "$word" in version) echo "git version 2.11.0"; exit 0;; rev-parse) found=1;; esac; done\n'
        '[ "$found" ] && { echo false; echo --show-object-format; echo --path-format=absolute; echo .git; exit 0; }\n'
        "exit 129\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("old_git")
def test_a_git_that_is_too_old_is_named_with_its_version(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match=r"git 2\.34 or newer") as caught:
        git.discover(tmp_path)
    assert "2.11.0" in caught.value.why


def test_an_option_git_does_not_know_leads_to_its_version(repository: git.Repository, old_git: None) -> None:
    with pytest.raises(git.GitError) as caught:
        repository.status()
    assert "2.34" in caught.value.next


# --- running it -----------------------------------------------------------------------------------------------------


def test_hooks_of_the_repository_do_not_run_on_plumbing(repository: git.Repository, tmp_path: Path) -> None:
    hooks = repository.git_dir / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran-{name}'\n")
        (hooks / name).chmod(0o755)
    repository.update_ref("refs/heads/x", repository.head() or "")
    repository.add_worktree(tmp_path / "w", "y")
    repository.run("checkout", "--quiet", "x")
    assert not list(tmp_path.glob("ran-*"))


def test_a_planted_file_system_monitor_does_not_run(repository: git.Repository, tmp_path: Path) -> None:
    (tmp_path / "monitor").write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    (tmp_path / "monitor").chmod(0o755)
    repository.run("config", "core.fsmonitor", str(tmp_path / "monitor"))
    repository.status()
    repository.subject()
    assert not (tmp_path / "ran").exists()
    subprocess.run(["git", "status"], cwd=repository.root, capture_output=True, check=False)
    assert (tmp_path / "ran").exists(), "the trap would not have worked"


@pytest.mark.parametrize("setting", ["diff.external", "core.pager", "core.editor", "core.askPass"])
def test_planted_programs_in_the_settings_do_not_run(repository: git.Repository, tmp_path: Path, setting: str) -> None:
    (tmp_path / "planted").write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    (tmp_path / "planted").chmod(0o755)
    repository.run("config", setting, str(tmp_path / "planted"))
    repos.write(repository, {"a.txt": "changed"})
    repository.changed("HEAD")
    repository.diff_stat("HEAD")
    repository.log()
    repository.commit("c")
    assert not (tmp_path / "ran").exists()


def test_a_lock_held_for_a_moment_is_waited_for(repository: git.Repository) -> None:
    lock = repository.git_dir / "index.lock"
    lock.touch()
    repos.write(repository, {"new": "n"})
    release = threading.Timer(0.3, lock.unlink)
    release.start()
    assert repository.commit("waited")
    release.join()


def test_a_lock_that_stays_is_a_clear_error_that_names_the_file(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plumbing, "LOCK_PATIENCE_S", 0.1)
    (repository.git_dir / "index.lock").touch()
    repos.write(repository, {"new": "n"})
    with pytest.raises(TwelveError, match="locked") as caught:
        repository.commit("c")
    assert "index.lock" in caught.value.next


def test_reading_needs_no_lock(repository: git.Repository) -> None:
    repos.write(repository, {"new": "n"})
    (repository.git_dir / "index.lock").touch()
    assert repository.dirty()
    assert repository.subject() != repository.subject_of("HEAD")


def test_reading_does_not_rewrite_the_index(repository: git.Repository) -> None:
    index = repository.git_dir / "index"
    os.utime(repository.root / "a.txt", (1_600_000_000, 1_600_000_000))
    before = (index.read_bytes(), index.stat().st_mtime_ns)
    assert not repository.dirty()
    assert repository.changed("HEAD") == ()
    repository.subject()
    assert (index.read_bytes(), index.stat().st_mtime_ns) == before


def test_a_failure_is_an_error_unless_it_is_expected(repository: git.Repository) -> None:
    with pytest.raises(git.GitError, match="git rev-parse failed") as caught:
        repository.run("rev-parse", "--verify", "nope")
    assert caught.value.exit_code == 128
    assert repository.run("rev-parse", "--verify", "nope", check=False) == b""


def test_credentials_in_addresses_do_not_reach_messages(repository: git.Repository) -> None:
    with pytest.raises(git.GitError) as caught:
        repository.run("fetch", "https://user:hunter2@localhost:1/x")
    assert "hunter2" not in str(caught.value)
    answer = plumbing.Answer(code=1, out=b"", err="fatal: https://user:hunter2@example.invalid/x and https://hunter2@example.invalid/")
    error = plumbing.failure(["push"], answer)
    assert "hunter2" not in str(error) + error.stderr


def test_a_deleted_work_tree_is_a_clear_error(repository: git.Repository, tmp_path: Path) -> None:
    linked = repository.add_worktree(tmp_path / "linked", "other")
    subprocess.run(["rm", "-rf", str(linked.root)], check=True)
    with pytest.raises(TwelveError) as caught:
        linked.status()
    assert "does not exist" in caught.value.why


# --- asking it ------------------------------------------------------------------------------------------------------


def test_head_and_branch_in_every_state(repository: git.Repository, tmp_path: Path) -> None:
    unborn = repos.new_repository(tmp_path, name="unborn")
    assert (unborn.head(), unborn.branch(), unborn.is_unborn(), unborn.log()) == (None, "main", True, ())
    assert (repository.branch(), repository.is_unborn()) == ("main", False)
    repository.run("checkout", "--quiet", "--detach")
    assert (repository.branch(), repository.head()) == (None, repository.resolve("main"))


def test_the_object_format_is_known(tmp_path: Path) -> None:
    assert repos.new_repository(tmp_path, {}, name="one").object_format() == "sha1"
    assert repos.new_repository(tmp_path, {}, name="two", object_format="sha256").object_format() == "sha256"


def test_revisions_resolve_to_what_they_mark_or_to_nothing(repository: git.Repository) -> None:
    repository.run("tag", "-a", "-m", "t", "v1")
    assert repository.resolve("v1") == repository.head()
    assert repository.resolve("HEAD:a.txt")
    for rev in ("nope", "--all", "0" * 40, "", "HEAD..HEAD", "a b", "@{u}"):
        assert repository.resolve(rev) is None, rev


def test_tree_of_an_unknown_revision_is_a_clear_error(repository: git.Repository) -> None:
    with pytest.raises(TwelveError, match="no revision"):
        repository.tree_of("nope")


def test_merge_base_of_related_and_unrelated_histories(repository: git.Repository) -> None:
    start = repository.head()
    repository.create_branch("side")
    repository.commit("on main", allow_empty=True)
    assert repository.merge_base("main", "side") == start
    repository.run("checkout", "--quiet", "--orphan", "lonely")
    repository.commit("lonely", allow_empty=True)
    assert repository.merge_base("main", "lonely") is None
    with pytest.raises(git.GitError):
        repository.merge_base("main", "nope")


def test_a_file_of_a_revision_is_shown_or_absent_or_too_large(repository: git.Repository) -> None:
    assert repository.show("HEAD", "src/b.py") == b"b\n"
    assert repository.show("HEAD", "./src/b.py") == b"b\n"
    for rev, path in (("HEAD", "nope"), ("nope", "a.txt"), ("HEAD", "src"), ("HEAD", "a.txt/x")):
        assert repository.show(rev, path) is None
    repos.write(repository, {"big": "x" * 5000, "name\nbreak": "y"})
    repository.commit("big")
    assert repository.show("HEAD", "name\nbreak") == b"y"
    assert repository.show("HEAD", "big", limit=5000) == b"x" * 5000
    with pytest.raises(git.GitError, match="larger than 4999"):
        repository.show("HEAD", "big", limit=4999)


def test_settings_are_read_and_absent_ones_are_none(repository: git.Repository) -> None:
    repository.run("config", "twelve.value", "line\nbreak")
    assert repository.config_get("twelve.value") == "line\nbreak"
    assert repository.config_get("twelve.absent") is None


def test_the_log_tells_author_subject_body_and_parents(repository: git.Repository) -> None:
    start = repository.head()
    message = "feat: sübject\n\nbody one\n\nbody two\n"
    oid = repository.commit(message, author="Ann Other <ann@example.invalid>", allow_empty=True)
    (commit,) = repository.log("HEAD~1..HEAD")
    assert (commit.oid, commit.parents) == (oid, (start,))
    assert commit.author == "Ann Other <ann@example.invalid>"
    assert (commit.subject, commit.body) == ("feat: sübject", "body one\n\nbody two")
    assert len(repository.log("HEAD", limit=1)) == 1
    for range in ("--all", "nope..HEAD"):
        with pytest.raises(TwelveError):
            repository.log(range)


# --- files and changes ----------------------------------------------------------------------------------------------

ODD = ["new\nline", 'quo"te', "caf\udce9", " space ", "tab\tbed", "-dash", "sub/ü", "*", ":(top)x"]


def write_odd(repository: git.Repository) -> list[str]:
    repos.write(repository, dict.fromkeys(ODD, "one\ntwo"))
    return sorted(ODD)


def test_files_of_any_name_are_listed_once_whether_tracked_or_not(repository: git.Repository) -> None:
    odd = write_odd(repository)
    repos.write(repository, {".gitignore": "ignored\n", "ignored": "x"})
    expected = tuple(sorted([*odd, ".gitignore", "a.txt", "src/b.py", "src/deep/c.py"]))
    assert repository.files() == expected
    repository.commit("track")
    assert repository.files() == repository.tracked() == expected


def test_a_deleted_file_is_tracked_but_not_there(repository: git.Repository) -> None:
    (repository.root / "a.txt").unlink()
    assert "a.txt" in repository.tracked()
    assert "a.txt" not in repository.files()


def test_globs_match_within_a_folder_or_across(repository: git.Repository) -> None:
    assert repository.tracked("src/*.py") == ("src/b.py",)
    assert repository.tracked("src/**/*.py") == ("src/b.py", "src/deep/c.py")
    assert repository.tracked("*.txt", "src/deep/**") == ("a.txt", "src/deep/c.py")
    assert repository.tracked("nope*") == ()


def test_status_tells_every_kind_of_change(repository: git.Repository) -> None:
    assert repository.status() == ()
    assert not repository.dirty()
    odd = write_odd(repository)
    repos.write(repository, {"a.txt": "changed\n", "staged": "s"})
    repository.run("add", "staged")
    (repository.root / "src" / "b.py").unlink()
    found = {change.path: (change.kind, change.staged) for change in repository.status()}
    assert found == {
        **dict.fromkeys(odd, (git.ChangeKind.UNTRACKED, False)),
        "a.txt": (git.ChangeKind.MODIFIED, False),
        "staged": (git.ChangeKind.ADDED, True),
        "src/b.py": (git.ChangeKind.DELETED, False),
    }


def test_changes_against_a_base_include_commits_index_work_tree_and_untracked_files(repository: git.Repository) -> None:
    base = repository.head() or ""
    repos.write(repository, {"committed": "c"})
    repository.commit("c")
    repos.write(repository, {"a.txt": "changed\n", "staged": "s", "untracked": "u"})
    repository.run("add", "staged")
    repository.run("mv", "src/b.py", "src/moved.py")
    found = {change.path: change.kind.value for change in repository.changed(base)}
    assert found == {
        "a.txt": "modified",
        "committed": "added",
        "src/b.py": "deleted",
        "src/moved.py": "added",
        "staged": "added",
        "untracked": "untracked",
    }


def test_against_nothing_everything_is_new_also_on_an_unborn_branch(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path)
    repos.write(repository, {"a": "1\n2\n"})
    repository.run("add", "a")
    repos.write(repository, {"b": "1"})
    assert [(change.path, change.kind.value) for change in repository.changed("")] == [("a", "added"), ("b", "untracked")]
    assert repository.diff_stat("") == git.DiffStat(files=2, added=3, removed=0)


def test_a_file_removed_from_the_index_only_is_still_there(repository: git.Repository) -> None:
    repository.run("rm", "--quiet", "--cached", "a.txt")
    assert [(change.path, change.kind.value) for change in repository.changed("HEAD")] == [("a.txt", "modified")]


def test_the_size_of_a_change_counts_untracked_lines_and_leaves_our_records_out(repository: git.Repository) -> None:
    repos.write(repository, {"a.txt": "x\ny\n", "new": "1\n2\n3", ".twelve/r.md": "1\n2\n", "data": b"\0\1\n\n", "tab\tname\n": "1\n"})
    assert repository.diff_stat("HEAD") == git.DiffStat(files=4, added=6, removed=1)
    assert repository.diff_stat("HEAD", exclude=()).files == 5
    repository.commit("all")
    assert repository.diff_stat("HEAD~1").lines == 7


def test_an_option_in_place_of_a_base_is_refused(repository: git.Repository) -> None:
    with pytest.raises(TwelveError):
        repository.changed("--output=/tmp/x")
    with pytest.raises(TwelveError):
        repository.diff_stat("nope")


@given(st.lists(st.binary(min_size=1, max_size=20).filter(lambda name: b"\0" not in name), max_size=5))
def test_nul_separated_fields_survive_splitting_and_joining(names: list[bytes]) -> None:
    fields = [os.fsdecode(name) for name in names]
    assert plumbing.split(plumbing.joined(fields)) == fields


# --- branches and references ----------------------------------------------------------------------------------------


def test_a_reference_moves_only_from_where_it_was_seen(repository: git.Repository) -> None:
    first = repository.head() or ""
    second = repository.commit("second", allow_empty=True)
    repository.update_ref("refs/twelve/x", first, "")
    with pytest.raises(git.RefMovedError):
        repository.update_ref("refs/twelve/x", second, "")
    with pytest.raises(git.RefMovedError):
        repository.update_ref("refs/twelve/x", first, second)
    with pytest.raises(git.RefMovedError):
        repository.update_ref("refs/twelve/absent", first, second)
    repository.update_ref("refs/twelve/x", second, first)
    assert repository.resolve("refs/twelve/x") == second
    repository.update_ref("refs/twelve/x", first)
    with pytest.raises(git.GitError):
        repository.update_ref("refs/twelve/../x", first)


def test_branches_are_created_once_and_deleted_merged_or_not(repository: git.Repository) -> None:
    repository.create_branch("topic/one")
    with pytest.raises(git.GitError):
        repository.create_branch("topic/one")
    for name in ("-D", "a..b", "a b", "x.lock"):
        with pytest.raises(git.GitError):
            repository.create_branch(name)
    repository.run("checkout", "--quiet", "topic/one")
    repository.commit("unmerged", allow_empty=True)
    with pytest.raises(git.GitError):
        repository.delete_branch("topic/one")
    repository.run("checkout", "--quiet", "main")
    repository.delete_branch("topic/one")
    repository.delete_branch("topic/one")
    assert repository.resolve("topic/one") is None
