"""Real-shaped repositories: init, use, uninstall, and every file, mode, setting and hook is what it was."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import armed, repos
from twelve.model.errors import TwelveError
from twelve.system import git
from twelve.workflow import install
from twelve.workflow.install import purging, record

HOOK = "#!/bin/sh\necho theirs\n"
THEIR_HOOKS = {
    "permissions": {"allow": ["Bash(ls:*)"], "deny": ["Read(./secret)"]},
    "hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "./lint.sh"}]}], "Stop": []},
    "someFutureKey": {"deep": [1, {"x": None}]},
}
CLAUDE, CODEX, GEMINI = ".claude/settings.local.json", ".codex/hooks.json", ".gemini/settings.json"


def spaced(value: object, indent: int | str | None = 2) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False) + "\n"


Layout = Callable[[git.Repository], None]
LAYOUTS: dict[str, Layout] = {}


def layout(build: Layout) -> Layout:
    LAYOUTS[build.__name__.replace("_", " ").strip()] = build
    return build


def files_layout(name: str, **named: str | bytes) -> None:
    def build(repository: git.Repository) -> None:
        repos.write(repository, {PLACES.get(key, key): text for key, text in named.items()})

    LAYOUTS[name] = build


PLACES = {"claude": CLAUDE, "codex": CODEX, "gemini": GEMINI, "shared": ".claude/settings.json"}

files_layout("nothing at all")
files_layout("claude settings of others", claude=spaced(THEIR_HOOKS))
files_layout("crlf", claude=spaced(THEIR_HOOKS).replace("\n", "\r\n").encode())
files_layout("tabs", claude=spaced(THEIR_HOOKS, "\t"))
files_layout("four blanks", claude=spaced(THEIR_HOOKS, 4))
files_layout("one line", claude=spaced(THEIR_HOOKS, None))
files_layout("no final line end", claude=spaced(THEIR_HOOKS).rstrip())
files_layout("many final line ends", claude=spaced(THEIR_HOOKS) + "\n\n \n")
files_layout("byte order mark", claude=b"\xef\xbb\xbf" + spaced(THEIR_HOOKS).encode())
files_layout("trailing blanks", claude=spaced(THEIR_HOOKS).replace(",\n", ", \t\n"))
files_layout("empty file", claude="")
files_layout("only blanks", claude=" \n\t\n")
files_layout("empty object", claude="{}")
files_layout("empty object on two lines", claude="{\n}\n")
files_layout("empty hooks", claude='{"hooks": {}, "permissions": {}}')
files_layout("empty lists", claude='{\n "hooks": {"PreToolUse": []},\n "permissions": {"deny": []}\n}')
files_layout("a rule of ours already there", claude=spaced({"permissions": {"deny": ["Read(./.env)"]}}))
files_layout("broken json", claude="{ not json")
files_layout("comments where the client has none", claude='{// mine\n"a": 1}\n')
files_layout("not utf-8", claude=b'{"a": "\xff"}')
files_layout("an array", claude="[]\n")
files_layout("hooks of another shape", claude='{"hooks": []}')
files_layout("duplicate keys", claude='{"a": 1, "a": 2}')
files_layout("escapes and odd keys", claude='{"\\u0061\\n": "\\ud83d\\ude00", "ключ": "💥"}\n')
files_layout("codex hooks", codex=spaced({"hooks": {"PreToolUse": [{"hooks": [{"type": "command", "command": "x"}]}]}}))
files_layout("gemini with comments", gemini='{\n  // theme\n  "theme": "dark", /* dark */\n}\n')
files_layout("gemini settings", gemini=spaced({"security": {"auth": {"selectedType": "oauth"}}, "hooks": {"BeforeTool": []}}))
files_layout("all clients", claude=spaced(THEIR_HOOKS), codex="{}", gemini="{}\n")
files_layout("shared settings only", shared=spaced(THEIR_HOOKS))
files_layout("lefthook file that was never installed", **{"lefthook.yml": "pre-commit:\n  commands: {}\n"})
files_layout("a monorepo", **{"apps/web/package.json": "{}", "apps/api/pyproject.toml": "", "apps/web/.claude/settings.json": "{}"})
files_layout("odd names", **{"a b/c\nd": "x", "ünï/★": "y", "-rf": "z"})
files_layout("records of a colleague", **{".twelve/lessons/a.md": "# a\n"})


@layout
def _tracked_client_settings(repository: git.Repository) -> None:
    repos.write(repository, {CLAUDE: spaced(THEIR_HOOKS), CODEX: "{}", GEMINI: "{}"})
    repos.commit_fixed(repository, "settings")


@layout
def _settings_that_are_ignored(repository: git.Repository) -> None:
    repos.write(repository, {".gitignore": ".claude/settings.local.json\n.codex/\n"})


@layout
def _read_only_settings(repository: git.Repository) -> None:
    repos.write(repository, {CLAUDE: spaced(THEIR_HOOKS)})
    (repository.root / CLAUDE).chmod(0o444)


@layout
def _private_settings(repository: git.Repository) -> None:
    repos.write(repository, {CLAUDE: spaced(THEIR_HOOKS)})
    (repository.root / CLAUDE).chmod(0o600)


@layout
def _settings_folder_linked_inside(repository: git.Repository) -> None:
    repos.write(repository, {"dot/claude/settings.local.json": spaced(THEIR_HOOKS)})
    (repository.root / ".claude").symlink_to("dot/claude")


@layout
def _settings_folder_linked_outside(repository: git.Repository) -> None:
    outside = repository.root.parent / "dotfiles"
    outside.mkdir()
    (repository.root / ".claude").symlink_to(outside)


@layout
def _settings_file_is_a_link(repository: git.Repository) -> None:
    repos.write(repository, {".claude/shared.json": "{}"})
    (repository.root / CLAUDE).symlink_to("shared.json")


@layout
def _settings_file_is_a_folder(repository: git.Repository) -> None:
    (repository.root / CLAUDE).mkdir(parents=True)


@layout
def _plain_hooks(repository: git.Repository) -> None:
    for name in ("pre-commit", "commit-msg", "pre-push", "post-commit", "prepare-commit-msg", "post-merge"):
        hook(repository, name)


@layout
def _sample_hooks(repository: git.Repository) -> None:
    for name in ("pre-commit.sample", "update.sample"):
        hook(repository, name)


@layout
def _hooks_that_are_switched_off(repository: git.Repository) -> None:
    hook(repository, "pre-commit", mode=0o644)


@layout
def _empty_and_binary_hooks(repository: git.Repository) -> None:
    hook(repository, "pre-commit", text="")
    hook(repository, "commit-msg", text="\x7fELF\x00", mode=0o644)


@layout
def _hooks_with_odd_modes(repository: git.Repository) -> None:
    hook(repository, "pre-commit", mode=0o700)
    hook(repository, "pre-push", mode=0o555)


@layout
def _no_hooks_folder_and_no_exclude_list(repository: git.Repository) -> None:
    for name in ("hooks", "info"):
        folder = repository.common_dir / name
        for path in folder.glob("*") if folder.exists() else ():
            path.unlink()
        if folder.exists():
            folder.rmdir()


@layout
def _exclude_list_without_line_end(repository: git.Repository) -> None:
    (repository.common_dir / "info").mkdir(exist_ok=True)
    (repository.common_dir / "info/exclude").write_bytes(b"# mine\r\n*.swp")


@layout
def _hooks_folder_is_a_link(repository: git.Repository) -> None:
    repos.write(repository, {"tools/hooks/pre-commit": HOOK})
    (repository.root / "tools/hooks/pre-commit").chmod(0o755)
    (repository.common_dir / "hooks").symlink_to("../tools/hooks")


@layout
def _husky_nine(repository: git.Repository) -> None:
    repos.write(repository, {".husky/pre-commit": "echo husky\n", ".husky/_/.gitignore": "*", ".husky/_/h": ""})
    repos.write(repository, {".husky/_/pre-commit": '#!/usr/bin/env sh\n. "$(dirname "$0")/h"'})
    (repository.root / ".husky/_/pre-commit").chmod(0o755)
    repository.run("config", "core.hooksPath", ".husky/_")


@layout
def _husky_eight(repository: git.Repository) -> None:
    repos.write(repository, {".husky/pre-commit": HOOK})
    (repository.root / ".husky/pre-commit").chmod(0o755)
    repository.run("config", "core.hooksPath", ".husky")


@layout
def _hooks_path_with_blanks(repository: git.Repository) -> None:
    repository.run("config", "core.hooksPath", "my hooks/of mine")


@layout
def _hooks_path_that_is_not_there(repository: git.Repository) -> None:
    repository.run("config", "core.hooksPath", "/nonexistent/hooks")


@layout
def _hooks_path_to_the_usual_place(repository: git.Repository) -> None:
    hook(repository, "pre-commit")
    repository.run("config", "core.hooksPath", ".git/hooks")


@layout
def _pre_commit_installed(repository: git.Repository) -> None:
    hook(repository, "pre-commit", text="#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\nexit 0\n")


@layout
def _pre_commit_with_a_former_hook(repository: git.Repository) -> None:
    LAYOUTS["pre commit installed"](repository)
    hook(repository, "pre-commit.legacy")


@layout
def _lefthook_installed(repository: git.Repository) -> None:
    hook(repository, "pre-commit", text='#!/bin/sh\ncall_lefthook()\n{\n  :\n}\ncall_lefthook run "pre-commit" "$@"\n')


@layout
def _lefthook_with_personal_settings(repository: git.Repository) -> None:
    LAYOUTS["lefthook installed"](repository)
    repos.write(repository, {"lefthook-local.yml": "pre-commit: {}\n"})


@layout
def _git_settings_without_line_end(repository: git.Repository) -> None:
    repository.run("config", "core.hooksPath", "x")
    path = repository.common_dir / "config"
    path.write_bytes(path.read_bytes().rstrip() + b"\n; the end")
    path.chmod(0o600)


@layout
def _nested_repository(repository: git.Repository) -> None:
    git.init(repository.root / "inner")
    repos.write(repository, {"inner/a": "a"})


@layout
def _files_of_an_earlier_name(repository: git.Repository) -> None:
    hook(repository, "pre-commit")
    hook(repository, "pre-commit.twelve-previous", text="mine as well")


def hook(repository: git.Repository, name: str, text: str = HOOK, mode: int = 0o755) -> None:
    folder = repository.common_dir / "hooks"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def there_and_back(repository: git.Repository) -> None:
    before = armed.everything(repository.root)
    armed.set_up(repository)
    assert armed.everything(repository.root) != before
    armed.take_back(repository)
    assert armed.everything(repository.root) == before


def test_there_are_at_least_fifty_layouts() -> None:
    assert len(LAYOUTS) >= 50


QUICK = ("all clients", "crlf", "husky nine", "plain hooks", "pre commit with a former hook", "tracked client settings")


@pytest.mark.parametrize("name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in sorted(LAYOUTS)])
def test_uninstalling_restores_every_byte_and_mode(tmp_path: Path, name: str) -> None:
    repository = repos.new_repository(tmp_path, {"README.md": "# p\n"})
    LAYOUTS[name](repository)
    there_and_back(repository)


@pytest.mark.slow
@pytest.mark.parametrize("mask", [0o077, 0o027, 0o000])
@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_uninstalling_restores_every_byte_and_mode_under_any_umask(tmp_path: Path, name: str, mask: int) -> None:
    with umask(mask):
        repository = repos.new_repository(tmp_path, {"README.md": "# p\n"})
        LAYOUTS[name](repository)
        there_and_back(repository)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["spaces in it", "it's", 'quo"te', "ünïcode ★", "dollar$HOME", "back\\slash", "line\nbreak"])
def test_odd_places_work_and_are_left_clean(tmp_path: Path, where: str) -> None:
    repository = repos.new_repository(tmp_path, {"README.md": "# p\n"}, name=where)
    before = armed.everything(repository.root)
    armed.set_up(repository)
    assert armed.commit(repository).returncode == 0
    assert len(armed.calls(repository)) == 4
    (repository.state_dir / "calls").unlink()
    armed.take_back(repository)
    assert armed.everything(repository.root) == before


def test_a_sha256_repository_and_an_unborn_branch_work(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, None, object_format="sha256")
    there_and_back(repository)


@pytest.mark.slow
def test_a_submodule_keeps_its_hooks_in_its_own_git_folder(tmp_path: Path) -> None:
    inner = repos.new_repository(tmp_path, {"a": "a"}, name="inner")
    outer = repos.new_repository(tmp_path, {"b": "b"}, name="outer")
    outer.run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "sub")
    sub = git.discover(outer.root / "sub")
    before = armed.everything(outer.root)
    armed.set_up(sub)
    assert (outer.root / ".git/modules/sub/hooks/pre-commit").is_file()
    assert not (outer.root / ".git/hooks/pre-commit").exists()
    armed.take_back(sub)
    assert armed.everything(outer.root) == before


@pytest.mark.slow
def test_the_last_of_two_work_trees_takes_the_shared_part_along(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a": "a"})
    other = repository.add_worktree(tmp_path / "other", "other")
    before, before_other = armed.everything(repository.root), armed.everything(other.root)
    armed.set_up(repository)
    armed.set_up(other)
    with pytest.raises(TwelveError, match="another work tree"):
        purging.plan(repository)
    plan = armed.take_back(repository)
    assert any("another work tree" in note for note in plan.notes)
    assert (repository.common_dir / "hooks/pre-commit").is_file()
    assert armed.commit(other).returncode == 0
    assert len(armed.calls(other)) == 4
    (repository.state_dir / "calls").unlink()
    armed.take_back(other)
    assert armed.everything(repository.root) == before | {
        name: value for name, value in armed.everything(repository.root).items() if name.startswith(".git/worktrees")
    }
    assert armed.everything(other.root) == before_other


THEIRS = st.dictionaries(
    st.sampled_from(["hooks", "permissions", "env", "model", "x"]),
    st.one_of(
        st.integers(),
        st.text(max_size=5),
        st.dictionaries(st.sampled_from(["PreToolUse", "BeforeTool", "deny", "y"]), st.lists(st.text(max_size=3), max_size=2), max_size=2),
    ),
    max_size=4,
)
HOOK_NAMES = st.sampled_from(["pre-commit", "commit-msg", "pre-push", "post-commit", "post-merge", "pre-commit.legacy"])
HOOK_TEXTS = st.sampled_from(
    [HOOK, "", "#!/bin/sh\nbasename $0\n", "x\0y", "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n"]
)
PATHS = st.sampled_from([CLAUDE, CODEX, GEMINI])


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_project_is_restored_to_the_byte(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository = repos.new_repository(Path(folder), {"README.md": "# p\n"})
        for path in data.draw(st.lists(PATHS, unique=True)):
            text = spaced(data.draw(THEIRS), data.draw(st.sampled_from([None, 2, "\t"])))
            repos.write(repository, {path: text.replace("\n", data.draw(st.sampled_from(["\n", "\r\n"]))).encode("utf-8", "replace")})
            (repository.root / path).chmod(data.draw(st.sampled_from([0o644, 0o600, 0o444])))
        for name in data.draw(st.lists(HOOK_NAMES, unique=True, max_size=3)):
            hook(repository, name, text=data.draw(HOOK_TEXTS), mode=data.draw(st.sampled_from([0o755, 0o644])))
        if data.draw(st.booleans()):
            repository.run("config", "core.hooksPath", data.draw(st.sampled_from([".husky", "/nowhere", ".git/hooks"])))
        before, refs = armed.everything(repository.root), repository.run("for-each-ref", "refs/notes")
        armed.set_up(repository)
        use(repository)
        upgraded = install.plan_upgrade(repository, armed.later(repository))
        install.apply(repository, upgraded.plan)
        assert not upgraded.needs_person
        purge = purging.plan(repository)
        purging.first(repository, purge)
        armed.take_back(repository)
        purging.last(repository, purge)
        assert armed.everything(repository.root) == before
        assert repository.run("for-each-ref", "refs/notes") == refs


def use(repository: git.Repository) -> None:
    """A commit through whatever hooks there are, evidence and a record of a run."""
    armed.commit(repository)
    repository.notes_append("refs/notes/twelve/gates", repository.head() or "", [b"{}"])
    repos.write(repository, {".twelve/runs/1/plan.md": "# plan\n"})


def test_a_person_who_edits_settings_afterwards_keeps_their_edits(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"README.md": "# p\n"})
    repos.write(repository, {CLAUDE: spaced({"model": "x"})})
    armed.set_up(repository)
    path = repository.root / CLAUDE
    path.write_text(path.read_text().replace('"model": "x"', '"model": "y",\n  "theme": "dark"'))
    armed.take_back(repository)
    assert path.read_text() == '{\n  "model": "y",\n  "theme": "dark"\n}\n'


@pytest.mark.slow
def test_an_entry_a_person_changed_is_still_taken_out_so_that_nothing_blocks_afterwards(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"README.md": "# p\n"})
    armed.set_up(repository)
    path = repository.root / CLAUDE
    path.write_text(path.read_text().replace('"timeout": 10', '"timeout": 999'))
    armed.take_back(repository)
    assert not path.exists()


def test_new_files_of_this_machine_do_not_show_in_git_status(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"README.md": "# p\n"})
    armed.set_up(repository)
    assert {change.path for change in repository.status()} == {"twelve.toml", ".twelve/.gitignore", ".twelve/manifest.json"}


def test_a_client_named_later_is_added_and_goes_with_the_rest(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"README.md": "# p\n"})
    before = armed.everything(repository.root)
    armed.set_up(repository, wish=install.Wish(clients=("claude",)))
    armed.set_up(repository, wish=install.Wish(clients=("claude", "gemini")))
    assert {change.path for change in repository.status()} == {"twelve.toml", ".twelve/.gitignore", ".twelve/manifest.json"}
    assert armed.set_up(repository, wish=install.Wish(clients=("claude", "gemini"))).changes == ()
    armed.take_back(repository)
    assert armed.everything(repository.root) == before


def test_no_path_of_this_machine_gets_into_a_tracked_file(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {CLAUDE: "{}", CODEX: "{}", GEMINI: "{}"})
    plan = armed.set_up(repository)
    assert sum("not armed" in note for note in plan.notes) == 3
    repository.run("add", "--all")
    for path in repository.tracked():
        assert str(repository.root).encode() not in (repository.root / path).read_bytes(), path


@pytest.mark.slow
def test_a_record_that_leads_out_is_refused(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"README.md": "# p\n"})
    armed.set_up(repository)
    path = repository.common_dir / record.RECORD
    path.write_text(path.read_text().replace('"hooks/pre-commit"', '"../../victim"'))
    (tmp_path / "victim").write_text("theirs")
    with pytest.raises(Exception, match="damaged"):
        armed.take_back(repository)
    assert (tmp_path / "victim").read_text() == "theirs"
