"""Git operations whatever their spelling: subcommand, full option names, refspecs, settings."""

from __future__ import annotations

import pytest

from kit.actions import actions, first, surroundings

FLAGS = [
    ("git push -f", "push", "--force"),
    ("git push -uf origin x", "push", "--force"),
    ("git push --forc", "push", "--force"),
    ("git push --force-with-lease=main:abc", "push", "--force-with-lease"),
    ("git push -n", "push", "--dry-run"),
    ("git push --no-verif", "push", "--no-verify"),
    ("git commit -n -m x", "commit", "--no-verify"),
    ("git commit -anm x", "commit", "--no-verify"),
    ("git commit -qnm x", "commit", "--no-verify"),
    ("git commit --no-veri -m x", "commit", "--no-verify"),
    ("git merge -n x", "merge", "--no-stat"),
    ("git cherry-pick -n x", "cherry-pick", "--no-commit"),
    ("git am -n x", "am", "--no-verify"),
    ("git branch -D x", "branch", "--force"),
    ("git branch -d -f x", "branch", "--delete"),
    ("git reset --har HEAD~3", "reset", "--hard"),
    ("git clean -fdx", "clean", "-x"),
    ("git -C sub push -f", "push", "--force"),
    ("git --git-dir=/r/.git --work-tree /r push -f", "push", "--force"),
    ("git -c a.b=c --no-pager push -f", "push", "--force"),
    ("git-push -f", "push", "--force"),
    ("/usr/lib/git-core/git-push -f", "push", "--force"),
    ("git -c alias.p='push -f' p", "push", "--force"),
    ("git -c alias.p='!git push -f' p", "push", "--force"),
    ("git config alias.p 'push -f'; git p", "push", "--force"),
    ("GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=alias.p GIT_CONFIG_VALUE_0='push -f' git p", "push", "--force"),
    ("G=git; $G push $(echo -f)", "push", "--force"),
    ('g() { git "$@"; }; g push -f', "push", "--force"),
    ("xargs git <<< 'push -f'", "push", "--force"),
    ('python3 -c \'import subprocess; subprocess.run(["git", "push", "-f"])\'', "push", "--force"),
]


@pytest.mark.parametrize(("line", "verb", "flag"), FLAGS)
def test_an_option_is_known_by_its_full_name(line: str, verb: str, flag: str) -> None:
    assert any(action.verb == verb and flag in action.flags for action in actions(line) if action.kind == "git")


def test_a_refspec_stands_among_the_words() -> None:
    assert first("git push origin +a:b :c", "git").words == ("origin", "+a:b", ":c")


def test_a_message_is_a_value_and_no_word() -> None:
    action = first("git commit -m 'git push --force' x", "git")
    assert (action.words, action.values) == (("x",), (("--message", "git push --force"),))


def test_an_operation_names_the_folder_it_happens_in() -> None:
    assert first("cd sub && git -C deeper status", "git").path == "/repo/sub/deeper"
    assert first("git --git-dir=/other/.git log", "git").path == "/other"


SETTINGS = [
    "git -c core.hooksPath=/dev/null commit",
    "git -c CORE.HOOKSPATH=/dev/null commit",
    "git config core.hookspath /dev/null",
    "git config --add core.hooksPath /dev/null",
    "git config set core.hooksPath /dev/null",
    "H=/dev/null git --config-env=core.hooksPath=H commit",
    "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null git commit",
    "GIT_CONFIG_PARAMETERS=\"'core.hooksPath=/dev/null'\" git commit",
    "git clone -c core.hooksPath=/dev/null https://e/x",
]


@pytest.mark.parametrize("line", SETTINGS)
def test_a_setting_is_said_wherever_it_is_given(line: str) -> None:
    assert any(action.verb == "core.hooksPath" and action.target == "/dev/null" for action in actions(line) if action.kind == "setting")


def test_reading_a_setting_sets_nothing() -> None:
    assert not [action for action in actions("git config --get core.hooksPath; git config core.hooksPath") if action.kind == "setting"]


def test_a_subcommand_that_cannot_be_known_is_not_certain() -> None:
    action = first("git $VERB origin", "git", surroundings())
    assert (action.verb, action.certain) == ("?", False)
