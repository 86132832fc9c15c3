"""Upgrading: what nobody touched is replaced, what fits is merged, what a person decided stays and is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import armed, repos
from twelve.model.errors import TwelveError
from twelve.system import files, git
from twelve.workflow import install
from twelve.workflow.install import policy, record, scripts
from twelve.workflow.install.arming import Arming
from twelve.workflow.install.outcomes import Outcome, Verdict
from twelve.workflow.install.upgrading import Upgrade

CLAUDE = ".claude/settings.local.json"


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    repository = repos.new_repository(tmp_path, {"README.md": "# p\n"})
    armed.set_up(repository, with_make=True)
    return repository


def upgrade(repository: git.Repository, arming: Arming) -> Upgrade:
    found = install.plan_upgrade(repository, arming)
    install.apply(repository, found.plan)
    return found


def told(found: Upgrade, path: str) -> Outcome:
    return next(outcome for outcome in found.outcomes if outcome.path.endswith(path))


def test_nothing_changes_when_nothing_changed(repository: git.Repository) -> None:
    before = armed.everything(repository.root)
    found = upgrade(repository, armed.arm(repository, None))
    assert {outcome.verdict for outcome in found.outcomes} == {Verdict.UNCHANGED}
    assert found.plan.changes == ()
    assert armed.everything(repository.root) == before


def test_untouched_files_become_what_a_fresh_install_writes(repository: git.Repository, tmp_path: Path) -> None:
    fresh = repos.new_repository(tmp_path / "fresh", {"README.md": "# p\n"})
    arming = armed.later(repository)
    found = upgrade(repository, arming)
    assert told(found, CLAUDE).verdict is Verdict.REPLACED
    assert told(found, "hooks/pre-commit").verdict is Verdict.REPLACED
    assert not found.needs_person
    text = (repository.root / CLAUDE).read_text()
    armed.set_up(fresh, arm=lambda _repository, _settings: arming)
    assert text == (fresh.root / CLAUDE).read_text()
    assert '"Stop"' not in text


@pytest.mark.slow
def test_after_an_upgrade_everything_is_still_taken_back_to_the_byte(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"README.md": "# p\n"})
    repos.write(repository, {CLAUDE: '{\n\t"hooks": {"PreToolUse": [{"hooks": []}]}\n}'})
    before = armed.everything(repository.root)
    armed.set_up(repository)
    upgrade(repository, armed.later(repository))
    armed.take_back(repository)
    assert armed.everything(repository.root) == before


@pytest.mark.slow
def test_an_interrupted_upgrade_is_taken_back_too(tmp_path: Path) -> None:
    for stop in range(1, 12):
        repository = repos.new_repository(tmp_path, {"README.md": "# p\n"}, name=f"p{stop}")
        repos.write(repository, {CLAUDE: '{\n\t"hooks": {"PreToolUse": [{"hooks": []}]}\n}'})
        before = armed.everything(repository.root)
        armed.set_up(repository)
        found = install.plan_upgrade(repository, armed.later(repository))
        install.apply(repository, install.Plan(changes=found.plan.changes[:stop]))
        armed.take_back(repository)
        assert armed.everything(repository.root) == before, stop
        if stop >= len(found.plan.changes):
            break


def test_a_persons_own_settings_are_merged(repository: git.Repository) -> None:
    path = repository.root / CLAUDE
    path.write_text(path.read_text().replace("{\n", '{\n  "model": "x",\n', 1))
    found = upgrade(repository, armed.later(repository))
    assert told(found, CLAUDE).verdict is Verdict.MERGED
    assert '"model": "x"' in path.read_text()
    assert '"timeout": 30' in path.read_text()
    assert '"timeout": 10' not in path.read_text()


def test_an_edited_entry_is_kept_and_shown(repository: git.Repository) -> None:
    path = repository.root / CLAUDE
    edited = path.read_text().replace('"timeout": 10', '"timeout": 11', 1)
    path.write_text(edited)
    found = upgrade(repository, armed.later(repository))
    assert (told(found, CLAUDE).verdict, found.needs_person) == (Verdict.KEPT, True)
    assert '-            "timeout": 11' in told(found, CLAUDE).difference
    assert path.read_text() == edited


@pytest.mark.slow
def test_an_edited_hook_is_kept_and_shown(repository: git.Repository) -> None:
    path = repository.common_dir / "hooks/pre-commit"
    path.write_text(path.read_text() + "echo mine\n")
    found = upgrade(repository, armed.later(repository))
    assert (told(found, "hooks/pre-commit").verdict, found.needs_person) == (Verdict.KEPT, True)
    assert "-echo mine" in told(found, "hooks/pre-commit").difference
    assert path.read_text().endswith("echo mine\n")


@pytest.mark.slow
@pytest.mark.parametrize("name", [CLAUDE, ".git/hooks/commit-msg"])
def test_what_a_person_removed_stays_removed_and_is_said(repository: git.Repository, name: str) -> None:
    (repository.root / name).unlink()
    found = upgrade(repository, armed.later(repository))
    assert (told(found, name).verdict, told(found, name).person) == (Verdict.KEPT, True)
    assert not (repository.root / name).exists()


@pytest.mark.slow
def test_generated_files_are_always_made_anew(repository: git.Repository) -> None:
    (repository.state_dir / "hook.py").write_text("raise SystemExit(0)\n")
    found = upgrade(repository, armed.arm(repository, None))
    assert told(found, "hook.py").verdict is Verdict.REPLACED
    assert files.digest(repository.state_dir / "hook.py") == files.digest_bytes(armed.HOOK)


def policy_of(monkeypatch: pytest.MonkeyPatch, change: tuple[str, str]) -> None:
    compose = policy.compose
    monkeypatch.setattr(policy, "compose", lambda root, paths: compose(root, paths).replace(*change))


@pytest.mark.slow
def test_an_untouched_policy_is_replaced(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    policy_of(monkeypatch, ("quick = []", 'quick = ["toml"]'))
    assert told(upgrade(repository, armed.arm(repository, None)), "twelve.toml").verdict is Verdict.REPLACED
    assert 'quick = ["toml"]' in (repository.root / "twelve.toml").read_text()
    armed.take_back(repository)
    assert not (repository.root / "twelve.toml").exists()


@pytest.mark.slow
def test_edits_of_the_policy_elsewhere_are_merged(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    path = repository.root / "twelve.toml"
    path.write_text("# mine\n" + path.read_text())
    policy_of(monkeypatch, ("quick = []", 'quick = ["toml"]'))
    assert told(upgrade(repository, armed.arm(repository, None)), "twelve.toml").verdict is Verdict.MERGED
    assert path.read_text().startswith("# mine\n")
    assert 'quick = ["toml"]' in path.read_text()


def test_edits_of_the_same_lines_are_kept_and_shown(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    path = repository.root / "twelve.toml"
    path.write_text(path.read_text().replace("quick = []", 'quick = ["secrets"]'))
    policy_of(monkeypatch, ("quick = []", 'quick = ["toml"]'))
    found = upgrade(repository, armed.arm(repository, None))
    assert (told(found, "twelve.toml").verdict, found.needs_person) == (Verdict.KEPT, True)
    assert '+quick = ["toml"]' in told(found, "twelve.toml").difference
    assert 'quick = ["secrets"]' in path.read_text()


@pytest.mark.slow
def test_a_policy_nobody_changed_in_a_later_version_asks_nobody(repository: git.Repository) -> None:
    path = repository.root / "twelve.toml"
    path.write_text(path.read_text() + "# mine\n")
    assert not upgrade(repository, armed.arm(repository, None)).needs_person


@pytest.mark.slow
def test_a_version_of_its_own_is_recorded(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twelve.workflow.install.upgrading.__version__", "99.0")
    upgrade(repository, armed.arm(repository, None))
    found = record.load(repository)
    assert found is not None
    assert (found.twelve, found.finished) == ("99.0", True)


def test_without_an_installation_there_is_nothing_to_upgrade(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a": "a"})
    with pytest.raises(TwelveError, match="not armed"):
        install.plan_upgrade(repository, armed.arm(repository, None))


@pytest.mark.slow
def test_hooks_in_our_own_folder_follow_as_well(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a": "a"})
    repository.run("config", "core.hooksPath", ".husky")
    before = armed.everything(repository.root)
    armed.set_up(repository)
    found = upgrade(repository, armed.later(repository))
    assert {told(found, f"twelve/hooks/{name}").verdict for name in scripts.NAMES} == {Verdict.REPLACED}
    assert "-X utf8" in (repository.common_dir / "twelve/hooks/pre-push").read_text()
    armed.take_back(repository)
    assert armed.everything(repository.root) == before
