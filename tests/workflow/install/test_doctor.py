"""Every check is seen red on exactly what it is for, green otherwise, and every repair mends it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kit import armed, repos
from kit import clients as real_clients
from twelve.model.errors import TwelveError
from twelve.system import git
from twelve.workflow import install
from twelve.workflow.install import clients, doctor, record
from twelve.workflow.install.doctor import repairs, trust

CLAUDE, CODEX, GEMINI = (clients.CLIENTS[name].path for name in ("claude", "codex", "gemini"))


class Ward:
    """An armed repository with a home of its own where nothing is wrong."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.programs = folder / "bin"
        for path in (self.home, self.programs):
            path.mkdir()
        for name in clients.CLIENTS:
            (self.programs / name).write_text("#!/bin/sh\n")
            (self.programs / name).chmod(0o755)
        self.repository = repos.new_repository(folder, {"README.md": "# p\n", ".twelve/allowed_signers": f"a@b {KEY}\n"})
        armed.set_up(self.repository)
        self.environ = {"HOME": str(self.home), "PATH": f"{self.programs}:{os.environ['PATH']}"}
        self.trust()

    @property
    def root(self) -> Path:
        return self.repository.root

    def trust(self) -> None:
        """What Codex writes when a person trusts the project and its hooks."""
        hooks = json.loads((self.root / CODEX).read_text())["hooks"]
        lines = [f'[projects."{self.root}"]', 'trust_level = "trusted"']
        for key, digest in trust.entries(self.root / CODEX, hooks):
            lines += [f'[hooks.state."{key}"]', f'trusted_hash = "{digest}"']
        (self.home / ".codex").mkdir(exist_ok=True)
        (self.home / ".codex/config.toml").write_text("\n".join(lines) + "\n")

    def look(self) -> doctor.Look:
        return doctor.look(self.repository, armed.arm(self.repository, None), self.environ)

    def found(self) -> list[doctor.Ailment]:
        return list(doctor.run(self.look()))

    def checks(self) -> list[str]:
        return sorted({ailment.check for ailment in self.found()})

    def mend(self) -> None:
        """`twelve doctor --fix --yes`."""
        tried: set[tuple[str, str]] = set()
        while True:
            look = self.look()
            open_ones = [item for item in doctor.run(look) if item.repair and (item.check, item.path) not in tried]
            if not open_ones:
                return
            tried.add((open_ones[0].check, open_ones[0].path))
            for plan in repairs.planned(look, open_ones[0]):
                install.apply(self.repository, plan)

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.root / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ+ZbHJjHrVYJhnRBUFdNVrs3rrIY8iX9kGXPpIYcPvN"
Sabotage = Callable[[Ward], None]
SABOTAGES: dict[str, tuple[str, bool, Sabotage]] = {}
"""What is done -> (the check that must see it, whether it can be mended, how it is done)."""


def sabotage(check: str, *, mended: bool = True) -> Callable[[Sabotage], Sabotage]:
    def register(do: Sabotage) -> Sabotage:
        SABOTAGES[do.__name__.strip("_").replace("_", " ")] = (check, mended, do)
        return do

    return register


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Ward:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GLOBAL", "SYSTEM"):
            patch.setenv(f"GIT_CONFIG_{name}", "/dev/null")
        folder = tmp_path_factory.mktemp("ward")
        (folder / "now").mkdir()
        made = Ward(folder / "now")
    shutil.copytree(folder / "now", folder / "pristine", symlinks=True)
    return made


@pytest.fixture
def ward(healthy: Ward) -> Ward:
    """The healthy one again, at the same place: everything registered names it."""
    folder = healthy.home.parent
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("pristine"), folder, symlinks=True)
    healthy.environ["PATH"] = f"{healthy.programs}:{os.environ['PATH']}"
    return healthy


@sabotage("git-hook-missing")
def _a_hook_is_removed(ward: Ward) -> None:
    (ward.repository.common_dir / "hooks/pre-push").unlink()


@sabotage("git-hook-edited")
def _a_hook_is_emptied(ward: Ward) -> None:
    (ward.repository.common_dir / "hooks/pre-commit").write_text("#!/bin/sh\nexit 0 # twelve: begin git hook\n")


@sabotage("git-hook-edited")
def _a_hook_manager_puts_its_own_there(ward: Ward) -> None:
    folder = ward.repository.common_dir / "hooks"
    (folder / "pre-commit").rename(folder / "pre-commit.old")
    (folder / "pre-commit").write_text('#!/bin/sh\ncall_lefthook()\n{\n  :\n}\ncall_lefthook run "pre-commit" "$@"\n')
    (folder / "pre-commit").chmod(0o755)


@sabotage("git-hook-mode")
def _a_hook_is_not_executable(ward: Ward) -> None:
    (ward.repository.common_dir / "hooks/commit-msg").chmod(0o644)


@sabotage("git-hook-mode")
def _a_hook_anybody_may_write(ward: Ward) -> None:
    (ward.repository.common_dir / "hooks/commit-msg").chmod(0o777)


@sabotage("hooks-bypassed")
def _git_is_sent_elsewhere(ward: Ward) -> None:
    ward.repository.run("config", "core.hooksPath", ".husky/_")


@sabotage("bundle-missing")
def _the_generated_hook_is_removed(ward: Ward) -> None:
    (ward.repository.state_dir / "hook.py").unlink()


@sabotage("bundle-stale")
def _the_generated_hook_is_edited(ward: Ward) -> None:
    (ward.repository.state_dir / "hook.py").write_text("raise SystemExit(0)\n")


@sabotage("permissions")
def _the_generated_hook_may_be_written_by_anybody(ward: Ward) -> None:
    (ward.repository.state_dir / "hook.py").chmod(0o666)


@sabotage("client-registration")
def _an_event_is_misspelt(ward: Ward) -> None:
    ward.edit(CLAUDE, '"PreToolUse"', '"PreTooluse"')


@sabotage("client-registration")
def _a_matcher_lets_everything_past(ward: Ward) -> None:
    ward.edit(CLAUDE, '"matcher": "*"', '"matcher": "bash"')


@sabotage("client-registration")
def _seconds_where_milliseconds_are_meant(ward: Ward) -> None:
    ward.edit(GEMINI, '"timeout": 10000', '"timeout": 10')


@sabotage("client-registration")
def _another_command_line_is_registered(ward: Ward) -> None:
    ward.edit(CODEX, " -I -S ", " -S ")


@sabotage("client-registration")
def _the_hooks_are_emptied(ward: Ward) -> None:
    (ward.root / CLAUDE).write_text('{"model": "x"}')


@sabotage("deny-rules")
def _a_refusal_of_the_client_is_taken_out(ward: Ward) -> None:
    ward.edit(CLAUDE, '"Edit(/twelve.toml)",', "")


@sabotage("client-settings", mended=False)
def _settings_that_cannot_be_read(ward: Ward) -> None:
    with (ward.root / CLAUDE).open("a") as stream:
        stream.write("}")


@sabotage("client-settings")
def _settings_that_are_gone(ward: Ward) -> None:
    (ward.root / CLAUDE).unlink()


@sabotage("hooks-disabled", mended=False)
def _hooks_switched_off_in_the_project(ward: Ward) -> None:
    repos.write(ward.repository, {".claude/settings.json": '{"disableAllHooks": true}'})


@sabotage("hooks-disabled", mended=False)
def _hooks_switched_off_by_the_person(ward: Ward) -> None:
    (ward.home / ".claude").mkdir()
    (ward.home / ".claude/settings.json").write_text('{"disableAllHooks": true}')


@sabotage("hooks-disabled", mended=False)
def _hooks_switched_off_in_gemini(ward: Ward) -> None:
    ward.edit(GEMINI, "{\n", '{\n  "hooksConfig": {"enabled": false},\n')


@sabotage("codex-trust", mended=False)
def _codex_was_never_asked(ward: Ward) -> None:
    (ward.home / ".codex/config.toml").unlink()


@sabotage("codex-trust", mended=False)
def _codex_trusts_an_earlier_entry(ward: Ward) -> None:
    config = ward.home / ".codex/config.toml"
    config.write_text(config.read_text().replace('trusted_hash = "sha256:', 'trusted_hash = "sha256:0'))


@sabotage("path-shadowing", mended=False)
def _a_git_inside_the_tree(ward: Ward) -> None:
    repos.write(ward.repository, {"bin/git": "#!/bin/sh\n"})
    ward.environ["PATH"] = f"{ward.root}/bin:{ward.environ['PATH']}"


@sabotage("path-shadowing", mended=False)
def _a_relative_entry_in_path(ward: Ward) -> None:
    repos.write(ward.repository, {"bin/twelve": "#!/bin/sh\n"})
    ward.environ["PATH"] = f"bin:{ward.environ['PATH']}"


@sabotage("allowed-signers", mended=False)
def _nobody_may_sign(ward: Ward) -> None:
    (ward.root / ".twelve/allowed_signers").write_text("# nobody yet\n")


@sabotage("notes-fetch", mended=False)
def _evidence_of_a_remote_is_not_fetched(ward: Ward) -> None:
    ward.repository.run("remote", "add", "origin", "https://example.invalid/x")


@sabotage("client-missing", mended=False)
def _a_client_is_uninstalled(ward: Ward) -> None:
    (ward.programs / "gemini").unlink()


@sabotage("policy", mended=False)
def _a_gate_of_no_kind(ward: Ward) -> None:
    path = ward.root / "twelve.toml"
    path.write_text(f'{path.read_text() if path.exists() else ""}\n[gates.odd]\nkind = "tml"\n')


@sabotage("tracked-registration", mended=False)
def _a_settings_file_goes_into_git(ward: Ward) -> None:
    ward.repository.ask("add", "--force", ".claude/settings.local.json")


@sabotage("version")
def _another_version_wrote_the_hooks(ward: Ward) -> None:
    rewrite(ward, twelve="0.0.1")


@sabotage("interrupted")
def _an_init_was_killed(ward: Ward) -> None:
    rewrite(ward, finished=False)


@sabotage("installed", mended=False)
def _a_fresh_clone(ward: Ward) -> None:
    (ward.repository.common_dir / record.RECORD).unlink()


def rewrite(ward: Ward, **changes: object) -> None:
    found = record.load(ward.repository)
    assert found is not None
    data = msgspec.json.encode(msgspec.structs.replace(found, **changes))
    (ward.repository.common_dir / record.RECORD).write_bytes(data)


def test_nothing_is_found_where_nothing_is_wrong(ward: Ward) -> None:
    assert ward.found() == []


QUICK = (
    "a hook is removed", "git is sent elsewhere", "the generated hook is edited", "seconds where milliseconds are meant",
    "hooks switched off in the project", "codex was never asked",
)  # fmt: skip


@pytest.mark.parametrize("name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in sorted(SABOTAGES)])
def test_a_sabotage_is_named_and_mended(ward: Ward, name: str) -> None:
    check, mended, do = SABOTAGES[name]
    do(ward)
    assert check in ward.checks()
    ward.mend()
    left = ward.checks()
    assert (check not in left) if mended else (check in left)
    if mended and check != "interrupted":
        ward.trust()
        assert ward.checks() == []


def test_every_check_is_seen_red() -> None:
    seen = {check for check, _, _ in SABOTAGES.values()} | {"interpreter", "not-armed"}
    assert seen == {name if name != "bundle" else "bundle-stale" for name in doctor.CHECKS} | {"bundle-missing"}


def test_an_interpreter_that_is_gone_is_named_and_replaced(ward: Ward) -> None:
    for path in (CLAUDE, CODEX, GEMINI):
        (ward.root / path).write_text((ward.root / path).read_text().replace(sys.executable, "/gone/python3"))
    found = record.load(ward.repository)
    assert found is not None
    text = msgspec.json.encode(found).decode().replace(json.dumps(sys.executable)[1:-1], "/gone/python3")
    (ward.repository.common_dir / record.RECORD).write_text(text)
    assert "interpreter" in ward.checks()
    ward.mend()
    ward.trust()
    assert ward.checks() == []


def test_a_tracked_settings_file_is_said_to_be_not_armed(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {CLAUDE: "{}\n"})
    armed.set_up(repository)
    look = doctor.look(repository, armed.arm(repository, None), {"HOME": str(tmp_path), "PATH": os.environ["PATH"]})
    found = list(doctor.run(look, ["not-armed"]))
    assert [ailment.path for ailment in found] == [CLAUDE]
    assert "tracked" in found[0].why


@pytest.mark.slow
def test_git_hooks_follow_when_the_person_gets_a_hook_manager_later(ward: Ward) -> None:
    _git_is_sent_elsewhere(ward)
    husky = ward.root / ".husky/_/pre-commit"
    husky.parent.mkdir(parents=True)
    husky.write_text("#!/bin/sh\necho husky > ../husky\n")
    husky.chmod(0o755)
    ward.mend()
    assert armed.commit(ward.repository).returncode == 0
    assert (ward.root.parent / "husky").read_text() == "husky\n"
    assert len(armed.calls(ward.repository)) == 4
    assert not (ward.repository.common_dir / "hooks/pre-commit").exists()


@pytest.mark.slow
@pytest.mark.parametrize("path", ["", ".husky"])
def test_a_repository_that_was_moved_is_mended_and_still_taken_back(tmp_path: Path, path: str) -> None:
    repository = repos.new_repository(tmp_path, {"README.md": "# p\n"})
    repos.write(repository, {CLAUDE: '{"model": "x"}'})
    if path:
        repository.run("config", "core.hooksPath", path)
    before = armed.everything(repository.root)
    armed.set_up(repository)
    repository.root.rename(tmp_path / "moved")
    ward = Ward.__new__(Ward)
    ward.repository = git.discover(tmp_path / "moved")
    ward.environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    ward.mend()
    assert not {"client-registration", "git-hook-edited", "hooks-bypassed"} & set(ward.checks())
    assert armed.commit(ward.repository).returncode == 0
    assert len(armed.calls(ward.repository)) == 4
    (ward.repository.state_dir / "calls").unlink()
    armed.take_back(ward.repository)
    assert armed.everything(ward.root) == before


def test_mending_never_replaces_what_a_person_wrote_beside_ours(ward: Ward) -> None:
    ward.edit(CLAUDE, "{\n", '{\n  "model": "x",\n')
    ward.edit(CLAUDE, '"PreToolUse"', '"PreTooluse"')
    ward.mend()
    assert '"model": "x"' in (ward.root / CLAUDE).read_text()
    assert "PreTooluse" not in (ward.root / CLAUDE).read_text()


@pytest.mark.slow
def test_no_advice_leads_round_a_check(ward: Ward) -> None:
    said = []
    for name, (_, _, do) in SABOTAGES.items():
        if name not in ("a fresh clone", "an init was killed"):
            with suppress(AssertionError, OSError):  # some leave nothing for the next
                do(ward)
    for ailment in ward.found():
        said.append(f"{ailment.what} {ailment.why} {ailment.next}")
    assert len(said) > 15
    for word in ("no-verify", "--force", "uninstall", "-c core.hooksPath", "bypass-hook-trust"):
        assert not any(word in text for text in said), word


def test_a_check_that_cannot_look_says_so(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_look: doctor.Look) -> list[doctor.Ailment]:
        raise TwelveError("the disk is on fire")

    monkeypatch.setattr(doctor.checks, "CHECKS", {"x": broken})
    assert [(item.check, item.what) for item in ward.found()] == [("x", "could not look: the disk is on fire")]


def codex_hooks(codex: str, ward: Ward) -> list[dict[str, Any]]:
    """What the real client says about the hooks of a project."""
    home = ward.home / ".codex"
    config = home / "config.toml"
    config.write_text("check_for_update_on_startup = false\n" + config.read_text() + "[analytics]\nenabled = false\n")
    asked = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"clientInfo": {"name": "t", "version": "1"}}},
        {"jsonrpc": "2.0", "method": "initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "hooks/list", "params": {"cwds": [str(ward.root)]}},
    ]
    env = {**os.environ, **real_clients.base_environment(ward.home), "CODEX_HOME": str(home)}
    server = subprocess.Popen(
        [codex, "app-server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, text=True
    )
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write("".join(json.dumps(item) + "\n" for item in asked))
        server.stdin.flush()
        answer = next(found for line in server.stdout if (found := json.loads(line)).get("id") == 2)
        server.kill()
    hooks: list[dict[str, Any]] = answer["result"]["data"][0]["hooks"]
    return hooks


@pytest.mark.client
@pytest.mark.timeout(60)
def test_the_digest_of_an_entry_is_the_one_codex_computes(ward: Ward) -> None:
    codex = real_clients.need("codex")
    told = codex_hooks(codex, ward)
    hooks = json.loads((ward.root / CODEX).read_text())["hooks"]
    assert dict(trust.entries(ward.root / CODEX, hooks)) == {item["key"]: item["currentHash"] for item in told}
    assert {item["trustStatus"] for item in told} == {"trusted"}


@pytest.mark.slow
def test_the_clients_folder_is_left_alone(ward: Ward) -> None:
    before = repos.snapshot(ward.home)
    ward.found()
    ward.mend()
    assert repos.snapshot(ward.home) == before
    shutil.rmtree(ward.home)
    ward.found()
    assert not ward.home.exists()
