from __future__ import annotations

import os
from pathlib import Path

import pytest

from kit import repos
from twelve.model.errors import TwelveError
from twelve.system import git


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"a.txt": "a\n", "src/b.py": "b\n", ".gitignore": "*.log\n"})


def files_of(repository: git.Repository, rev: str = "HEAD") -> list[str]:
    return repository.lines("ls-tree", "-r", "-z", "--name-only", rev)


def hook(repository: git.Repository, name: str, script: str) -> None:
    path = repository.git_dir / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


# --- commit ---------------------------------------------------------------------------------------------------------


def test_a_commit_holds_every_change_except_what_is_ignored(repository: git.Repository) -> None:
    repos.write(repository, {"a.txt": "changed", "new": "n", "x.log": "ignored", "line\nbreak": "l"})
    (repository.root / "src" / "b.py").unlink()
    oid = repository.commit("feat: all")
    assert oid == repository.head()
    assert sorted(files_of(repository)) == [".gitignore", "a.txt", "line\nbreak", "new"]
    assert not repository.dirty()


def test_a_commit_of_some_paths_leaves_the_rest_as_it_was_staged_or_not(repository: git.Repository) -> None:
    repos.write(repository, {"a.txt": "changed", "new": "n", "staged": "s", "*": "star", "other": "o"})
    (repository.root / "src" / "b.py").unlink()
    repository.run("add", "staged")
    repository.commit("feat: some", paths=["a.txt", "*", "src/b.py"])
    assert sorted(files_of(repository)) == ["*", ".gitignore", "a.txt"]
    assert {(change.path, change.staged) for change in repository.status()} == {("staged", True), ("new", False), ("other", False)}


def test_a_folder_among_the_paths_means_everything_in_it(repository: git.Repository) -> None:
    repos.write(repository, {".twelve/runs/1/prime.md": "p", "new": "n"})
    repository.commit("chore: record", paths=[".twelve"])
    assert ".twelve/runs/1/prime.md" in files_of(repository)
    assert "new" not in files_of(repository)


def test_a_path_that_is_not_there_is_a_clear_error_and_nothing_is_committed(repository: git.Repository) -> None:
    head = repository.head()
    repos.write(repository, {"new": "a wildcard would find this"})
    for path in ("nope", "n*", ":(top)new/../nope"):
        with pytest.raises(TwelveError):
            repository.commit("c", paths=[path])
    assert repository.head() == head


def test_nothing_to_commit_is_said_and_an_empty_commit_must_be_wanted(repository: git.Repository) -> None:
    with pytest.raises(TwelveError, match="nothing to commit"):
        repository.commit("c")
    assert repository.tree_of(repository.commit("c", allow_empty=True)) == repository.tree_of("HEAD~1")


def test_the_first_commit_of_a_repository_can_be_made(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path)
    with pytest.raises(TwelveError, match="nothing to commit"):
        repository.commit("c")
    repos.write(repository, {"a": "a"})
    assert repository.commit("first") == repository.head()


def test_an_empty_message_is_refused(repository: git.Repository) -> None:
    with pytest.raises(TwelveError, match="message"):
        repository.commit("  \n", allow_empty=True)


def test_a_message_keeps_lines_that_look_like_comments_and_its_sections(repository: git.Repository) -> None:
    message = "fix(x): y\n\n# heading\nContext: ü\n\nGates: tests=PASS\nRun: 1\n"
    repository.commit(message, allow_empty=True)
    assert repository.run("log", "-1", "--format=%B").decode() == message + "\n"


def test_a_very_long_message_is_no_problem(repository: git.Repository) -> None:
    repository.commit("s\n\n" + "long line\n" * 30_000, allow_empty=True)
    assert len(repository.log(limit=1)[0].body) > 250_000


def test_the_configured_identity_commits(repository: git.Repository) -> None:
    repository.commit("c", allow_empty=True)
    assert repository.run("log", "-1", "--format=%an <%ae> %cn <%ce>").decode().strip() == (
        f"{repos.NAME} <{repos.EMAIL}> {repos.NAME} <{repos.EMAIL}>"
    )


def test_without_any_identity_a_commit_is_ours(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a": "a"}, identity=False)
    repository.commit("c", allow_empty=True)
    who = f"{git.FALLBACK_NAME} <{git.FALLBACK_EMAIL}>"
    assert repository.run("log", "-1", "--format=%an <%ae> %cn <%ce>").decode().strip() == f"{who} {who}"


def test_half_an_identity_is_completed_and_the_environment_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = repos.new_repository(tmp_path, {"a": "a"}, identity=False)
    repository.run("config", "user.name", "Half")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "env@example.invalid")
    repository.commit("c", allow_empty=True)
    assert repository.run("log", "-1", "--format=%an <%ae> %cn <%ce>").decode().strip() == (
        f"Half <{git.FALLBACK_EMAIL}> Half <env@example.invalid>"
    )


def test_an_identity_that_must_be_configured_falls_back_too(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a": "a"}, identity=False)
    repository.run("config", "user.useConfigOnly", "true")
    assert repository.commit("c", allow_empty=True)


def test_hooks_of_the_user_run_and_may_refuse_or_change_the_message(repository: git.Repository) -> None:
    hook(repository, "commit-msg", 'echo "Reviewed: yes" >> "$1"')
    repository.commit("feat: x", allow_empty=True)
    assert "Reviewed: yes" in repository.run("log", "-1", "--format=%B").decode()
    hook(repository, "pre-commit", "echo 'no: the linter says' >&2; exit 1")
    repos.write(repository, {"a.txt": "changed"})
    with pytest.raises(git.GitError) as caught:
        repository.commit("c")
    assert "the linter says" in caught.value.why


def test_hooks_in_a_configured_folder_run_and_their_own_git_calls_are_not_bent(repository: git.Repository, tmp_path: Path) -> None:
    folder = tmp_path / "team hooks"
    folder.mkdir()
    (folder / "pre-commit").write_text(f"#!/bin/sh\ngit add '*.gen' && touch '{tmp_path}/ran'\n")
    (folder / "pre-commit").chmod(0o755)
    repository.run("config", "core.hooksPath", str(folder))
    repos.write(repository, {"a.txt": "changed", "x.gen": "generated"})
    repository.commit("c", paths=["a.txt"])
    assert (tmp_path / "ran").exists()


def test_a_signing_setup_of_the_person_is_not_used_for_our_commits(repository: git.Repository) -> None:
    repository.run("config", "commit.gpgSign", "true")
    repository.run("config", "gpg.program", "/bin/false")
    assert repository.commit("c", allow_empty=True)


def test_a_commit_in_one_work_tree_does_not_touch_another(repository: git.Repository, tmp_path: Path) -> None:
    linked = repository.add_worktree(tmp_path / "linked", "other")
    repos.write(repository, {"a.txt": "mine, not committed"})
    index = repository.git_dir / "index"
    before = (repository.head(), repository.status(), repos.snapshot(repository.root / "src"), index.read_bytes())
    repos.write(linked, {"a.txt": "theirs"})
    linked.commit("on other")
    linked.reset_hard("HEAD~1")
    assert before == (repository.head(), repository.status(), repos.snapshot(repository.root / "src"), index.read_bytes())


def test_a_detached_head_can_be_committed_on(repository: git.Repository) -> None:
    repository.run("checkout", "--quiet", "--detach")
    main = repository.resolve("main")
    assert repository.commit("c", allow_empty=True) == repository.head() != main
    assert repository.resolve("main") == main


# --- reset_hard -----------------------------------------------------------------------------------------------------


def wreck(repository: git.Repository) -> None:
    """What an agent may do to its work tree before it is interrupted."""
    repos.write(repository, {"a.txt": "broken", "untracked/deep/f": "x", "line\nbreak": "x", "keep.log": "ignored", "staged": "s"})
    repository.run("add", "staged")
    (repository.root / "src" / "b.py").unlink()
    (repository.root / "src").rmdir()
    outside = repository.root.parent / "outside"
    outside.mkdir()
    (outside / "b.py").write_text("not ours")
    (repository.root / "src").symlink_to(outside)
    (repository.root / ".gitignore").chmod(0o755)
    nested = git.init(repository.root / "nested")
    repos.write(nested, {"n": "n"})
    repos.commit_fixed(nested, "nested")


def test_going_back_restores_the_exact_start_and_keeps_ignored_files(repository: git.Repository) -> None:
    start, subject = repos.snapshot(repository.root), repository.subject()
    wreck(repository)
    repository.reset_hard("HEAD")
    after = repos.snapshot(repository.root)
    assert after.pop("keep.log")
    assert {name: entry for name, entry in after.items() if not name.startswith(".git/")} == {
        name: entry for name, entry in start.items() if not name.startswith(".git/")
    }
    assert repository.subject() == subject
    assert not repository.dirty()
    assert (repository.root.parent / "outside" / "b.py").read_text() == "not ours"


def test_going_back_undoes_commits_an_agent_made_and_returns_to_the_branch_it_left(repository: git.Repository) -> None:
    start = repository.head() or ""
    repository.run("checkout", "--quiet", "-b", "astray")
    repos.write(repository, {"a.txt": "astray"})
    astray = repository.commit("astray")
    repository.reset_hard(start, branch="main")
    assert (repository.branch(), repository.head()) == ("main", start)
    assert repository.resolve("astray") == astray, "a branch that is not ours to move was moved"


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_going_back_restores_files_hidden_from_git(repository: git.Repository, flag: str) -> None:
    repository.run("update-index", flag, "a.txt")
    repos.write(repository, {"a.txt": "hidden change"})
    repository.reset_hard("HEAD")
    assert (repository.root / "a.txt").read_text() == "a\n"


def test_going_back_ends_an_unfinished_merge(repository: git.Repository) -> None:
    repository.create_branch("side")
    repos.write(repository, {"a.txt": "main\n"})
    head = repository.commit("main")
    repository.run("checkout", "--quiet", "side")
    repos.write(repository, {"a.txt": "side\n"})
    repository.commit("side")
    repository.run("merge", "main", check=False)
    repository.reset_hard(head, branch="main")
    assert not repository.dirty()
    assert not (repository.git_dir / "MERGE_HEAD").exists()


def test_locks_of_a_killed_git_are_broken_only_when_nobody_else_works_there(
    repository: git.Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git.plumbing, "LOCK_PATIENCE_S", 0.1)
    wreck(repository)
    (repository.git_dir / "index.lock").touch()
    with pytest.raises(TwelveError, match="locked"):
        repository.reset_hard("HEAD")
    repository.reset_hard("HEAD", exclusive=True)
    assert not repository.dirty()


def test_going_back_to_nowhere_is_a_clear_error_and_changes_nothing(repository: git.Repository) -> None:
    repos.write(repository, {"a.txt": "precious"})
    for rev in ("nope", "--help"):
        with pytest.raises(TwelveError):
            repository.reset_hard(rev)
    assert (repository.root / "a.txt").read_text() == "precious"


def test_a_bare_repository_cannot_commit_or_go_back(repository: git.Repository, tmp_path: Path) -> None:
    repository.run("clone", "--quiet", "--bare", os.fspath(repository.root), str(tmp_path / "bare"))
    bare = git.discover(tmp_path / "bare")
    for call in (lambda: bare.commit("c"), lambda: bare.reset_hard("HEAD"), bare.status, bare.files):
        with pytest.raises(TwelveError, match="bare"):
            call()
