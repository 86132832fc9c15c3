"""Ways to have dishonest work verified, each of them tried: the clone, the tree and the notes are all the attacker's to write."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.repos import new_repository, snapshot, write
from kit.verifying import HONEST, POLICY, PROJECT, PYTHON, Project, red, said
from twelve.factors.approvals import decision, notes
from twelve.factors.gates import ledger
from twelve.model.errors import Trouble, TwelveError
from twelve.system import clock, git
from twelve.workflow.verify import verification
from twelve.workflow.verify.verification import Verification

BROKEN = "def add(a, b):\n    return a - b\n"
CI = {"GITHUB_BASE_REF": "main"}


def _verify(clone: git.Repository) -> Verification:
    return verification.verify(clone, env=CI)


def _raw(project: Project, entries: Mapping[str, tuple[str, bytes]], message: str = "feat: raw") -> None:
    """A commit of index entries (mode, content) that no work tree here could hold."""
    repository = project.repository
    for path, (mode, content) in entries.items():
        oid = content.decode() if mode == "160000" else repository.run("hash-object", "-w", "--stdin", stdin=content).decode().strip()
        # NUL-terminated and from standard input: a path is bytes.
        line = f"{mode} {oid}\t".encode() + os.fsencode(path) + b"\0"
        repository.run("update-index", "-z", "--index-info", stdin=line)
    tree = repository.run("write-tree").decode().strip()
    parent = str(repository.head())
    commit = repository.run("commit-tree", tree, "-p", parent, "-m", message).decode().strip()
    repository.run("update-ref", "refs/heads/work", commit)
    repository.run("reset", "--quiet", "--hard", "work", check=False)


OTHER = b"1" * 40
LOOKING_LIKE_SOMETHING_ELSE: dict[str, dict[str, tuple[str, bytes]]] = {
    "a submodule": {"vendor": ("160000", OTHER)},
    "a submodule git is told to ignore": {
        "vendor": ("160000", OTHER),
        ".gitmodules": ("100644", b'[submodule "vendor"]\n\tpath = vendor\n\turl = ./x\n\tignore = all\n'),
    },
    "a link out of the tree": {"data": ("120000", b"../../outside")},
    "a link to an absolute place": {"data": ("120000", b"/etc")},
    "a link into .git": {"data": ("120000", b".GIT/config")},
    "a link in place of a client's folder": {".claude": ("120000", b"docs/client")},
    "a link in place of a module": {"pytest": ("120000", b"vendor/mine")},
    "our own folder as a link": {".twelve": ("120000", b"docs")},
    "attributes that rewrite content": {".gitattributes": ("100644", b"*.py working-tree-encoding=UTF-7\n")},
    "attributes that hide from archives": {"sub/.gitattributes": ("100644", b"* export-ignore -diff\n")},
    "a name that differs by case": {"APP.py": ("100644", BROKEN.encode())},
    "a folder that differs by case": {"Tests/test_more.py": ("100644", b"x = 1\n")},
    "a name that differs by composition": {"caf\u00e9.py": ("100644", b""), "cafe\u0301.py": ("100644", b"x = 1\n")},
    "a policy by another case": {"Twelve.toml": ("100644", b"")},
    "a pipeline by another case": {".GitHub/workflows/x.yml": ("100644", b"on: push\n")},
    "a module in place of the library's": {"unittest.py": ("100644", b"")},
    "a module in place of the test runner": {"src/pytest/__init__.py": ("100644", b"")},
    "a start-up module": {"sitecustomize.py": ("100644", b"")},
    "a name that is no text": {"\udcff/twelve.toml": ("100644", b""), ".claude/\udcff.json": ("100644", b"{}")},
}


@pytest.mark.parametrize("entries", LOOKING_LIKE_SOMETHING_ELSE.values(), ids=LOOKING_LIKE_SOMETHING_ELSE)
def test_what_looks_like_something_else_needs_a_person(tmp_path: Path, entries: Mapping[str, tuple[str, bytes]]) -> None:
    project = Project(tmp_path)
    _raw(project, entries)
    asked = {item.path for needed in project.needed().requirements if needed.approvers for item in needed.files}
    assert asked & set(entries), asked


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ('["sh", "ci/check.sh"]', "ci/check.sh"),
        ('["sh", "-c", "exec ./check.sh --all"]', "check.sh"),
        ('["python3", "-m", "tools.check"]', "tools/check.py"),
        ('["make", "test"]', "Makefile"),
        ('["tox"]', "tox.ini"),
    ],
)
def test_what_a_gate_runs_needs_a_person_also_when_it_is_new(tmp_path: Path, command: str, path: str) -> None:
    project = Project(tmp_path)
    project.policy = f"[gates.check]\ncommand = {command}\n"
    project.work({path: "x\n"})
    asked = {item.path: needed.kind for needed in project.needed().requirements for item in needed.files}
    assert asked == {path: "gate-scripts"}


@pytest.mark.slow
@pytest.mark.parametrize("entries", LOOKING_LIKE_SOMETHING_ELSE.values(), ids=LOOKING_LIKE_SOMETHING_ELSE)
def test_what_looks_like_something_else_is_not_merged_without_people(tmp_path: Path, entries: Mapping[str, tuple[str, bytes]]) -> None:
    project = Project(tmp_path)
    _raw(project, entries)
    found = project.verify()
    assert "approvals" in red(found), said(found)


def test_a_submodule_that_moves_is_seen(tmp_path: Path) -> None:
    modules = '[submodule "vendor"]\n\tpath = vendor\n\turl = ./x\n\tignore = all\n'
    project = Project(tmp_path, {**PROJECT, ".gitmodules": modules})
    _raw(project, {"vendor": ("160000", OTHER)})
    project.repository.run("update-ref", "refs/heads/main", "work")
    _raw(project, {"vendor": ("160000", b"2" * 40)})
    assert "approvals" in red(project.verify())


def test_content_is_judged_as_the_commits_hold_it(tmp_path: Path) -> None:
    """In UTF-7 `+-` is written for `+`: what lies in a work tree would add, what is committed subtracts."""
    project = Project(tmp_path, {**PROJECT, ".gitattributes": "app.py working-tree-encoding=UTF-7\n"})
    _raw(project, {"app.py": ("100644", b"def add(a, b):\n    return a +- b\n")})
    assert "gates" in red(project.verify())


def test_attributes_and_filters_of_the_clone_are_not_heard(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"app.py": BROKEN})
    clone = project.clone()
    (clone.git_dir / "info").mkdir(exist_ok=True)
    (clone.git_dir / "info/attributes").write_text("app.py filter=mend\n")
    clone.run("config", "filter.mend.smudge", "sed s/a-b/a+b/;s/a.-.b/a+b/")
    clone.run("config", "core.autocrlf", "true")
    assert "gates" in red(_verify(clone))


def test_a_sparse_clone_hides_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path, {**PROJECT, "sub/x.py": "", "check.py": "import os\nraise SystemExit(os.path.exists('bad/x.py'))\n"})
    project.work({"bad/x.py": "x = 1\n"})
    clone = project.clone()
    clone.run("sparse-checkout", "set", "sub")
    assert "gates" in red(_verify(clone))


def test_grafts_and_shallow_marks_of_the_clone_are_not_heard(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"check.py": "", "app.py": BROKEN})
    bad = project.work(HONEST)
    project.work({"app.py": HONEST["app.py"] + "\n"})
    clone = project.clone()
    main, head = clone.resolve("origin/main"), clone.head()
    (clone.git_dir / "info").mkdir(exist_ok=True)
    (clone.git_dir / "info/grafts").write_text(f"{main} {bad}\n{head} {main}\n")
    assert "approvals" in red(_verify(clone))


def test_changes_in_the_clones_work_tree_do_not_matter(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"app.py": BROKEN})
    clone = project.clone()
    write(clone, {"app.py": PROJECT["app.py"], "twelve.toml": "", "check.py": "", "conftest.py": "x", "json.py": "x"})
    clone.run("add", "--all")
    assert red(_verify(clone)) == {"gates"}


def test_a_partial_clone_is_told_to_become_whole(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(HONEST)
    project.repository.run("config", "uploadpack.allowFilter", "true")
    target = tmp_path / "partial"
    project.repository.run("clone", "--quiet", "--filter=blob:none", f"file://{project.repository.root}", str(target))
    clone = git.discover(target)
    clone.run("checkout", "--quiet", "--detach", "origin/work")
    with pytest.raises(TwelveError, match="partial") as caught:
        _verify(clone)
    assert caught.value.kind is Trouble.CONFIG


def test_variables_of_git_and_twelve_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path)
    project.work({"app.py": BROKEN})
    clone = project.clone()
    (tmp_path / "decoy").mkdir()
    decoy = Project(tmp_path / "decoy")
    for name, value in (
        ("GIT_DIR", str(decoy.repository.git_dir)),
        ("GIT_WORK_TREE", str(decoy.repository.root)),
        ("GIT_INDEX_FILE", str(tmp_path / "index")),
        ("GIT_GRAFT_FILE", str(tmp_path / "grafts")),
        ("GIT_REPLACE_REF_BASE", "refs/heads/"),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.autocrlf"),
        ("GIT_CONFIG_VALUE_0", "true"),
        ("TWELVE__GATES__SUMS__NEED", "optional"),
        ("TWELVE__GATES__SUMS__COMMAND", '["true"]'),
    ):
        monkeypatch.setenv(name, value)
    assert red(_verify(clone)) == {"gates"}


def test_programs_of_the_branch_are_not_found_by_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path)
    project.work({"bin/ssh-keygen": "#!/bin/sh\nexit 0\n"})
    clone = project.clone()
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", f"{clone.root}/bin{os.pathsep}{path}")
    with pytest.raises(TwelveError, match="PATH leads into the content"):
        _verify(clone)
    monkeypatch.setenv("PATH", f"{clone.root}/.venv/bin{os.pathsep}{path}")
    assert _verify(clone).passed


def test_the_default_branch_of_the_clone_is_named_and_the_pipelines_word_wins(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"twelve.toml": "", "app.py": BROKEN})
    project.repository.run("branch", "easy")
    project.work({"app.py": BROKEN + "\n"})
    clone = project.clone()
    clone.run("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/easy")
    assert verification.verify(clone, env={}).called == "refs/remotes/origin/HEAD"
    assert verification.verify(clone, env={}).target == clone.resolve("origin/easy")
    assert {"gates", "approvals"} <= red(_verify(clone))


@pytest.mark.parametrize("named", ["main", "origin/main"])
def test_a_branch_is_meant_where_a_tag_has_its_name(tmp_path: Path, named: str) -> None:
    project = Project(tmp_path)
    project.work({"twelve.toml": "", "app.py": BROKEN})
    clone = project.clone()
    clone.run("branch", "--force", "main", "origin/main")
    clone.run("tag", named, "HEAD")
    assert {"gates", "approvals"} <= red(verification.verify(clone, base=named, env={}))


def test_a_missing_target_says_what_to_fetch(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(HONEST)
    with pytest.raises(TwelveError, match="not in this clone") as caught:
        verification.verify(project.clone(), env={"GITHUB_BASE_REF": "release"})
    assert "git fetch origin" in caught.value.next
    assert caught.value.kind is Trouble.CONFIG


def _merged(project: Project, *others: str, files: Mapping[str, str]) -> None:
    """A merge whose content is what somebody wrote by hand."""
    repository = project.repository
    write(repository, files)
    repository.run("add", "--all")
    tree = repository.run("write-tree").decode().strip()
    parents = [word for other in ("HEAD", *others) for word in ("-p", other)]
    commit = repository.run("commit-tree", tree, *parents, "-m", "Merge branch 'main' into work").decode().strip()
    repository.run("reset", "--quiet", "--hard", commit)


def _advance(project: Project, files: Mapping[str, str], branch: str = "main") -> None:
    project.repository.run("checkout", "--quiet", branch)
    write(project.repository, files)
    project.repository.commit("chore: go on")
    project.repository.run("checkout", "--quiet", "work")


def test_a_merge_that_adds_what_neither_side_has_is_seen(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(HONEST)
    _advance(project, {"more.txt": "1\n"})
    _merged(project, "main", files={"more.txt": "1\n", "tests/test_app.py": "", "app.py": BROKEN})
    assert {"gates", "approvals"} <= red(project.verify())


def test_a_merge_that_takes_the_target_back_is_seen(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(HONEST)
    stricter = {"tests/test_more.py": "def test_more():\n    assert 1 + 1 == 2\n"}
    _advance(project, stricter)
    _merged(project, "main", files={})
    found = project.verify()
    assert not (project.repository.root / "tests/test_more.py").exists()
    assert "approvals" in red(found), said(found)


def test_crosswise_merges_are_to_be_untangled_first(tmp_path: Path) -> None:
    project = Project(tmp_path)
    repository = project.repository
    project.work(HONEST)
    _advance(project, {"tests/test_more.py": "def test_more():\n    assert 1 + 1 == 2\n"})
    ours, theirs = str(repository.head()), str(repository.resolve("main"))
    repository.run("checkout", "--quiet", "main")
    repository.run("merge", "--quiet", "--no-ff", "-m", "Merge work", ours)
    repository.run("checkout", "--quiet", "work")
    # The work's side of the cross drops the test the target had gained.
    _merged(project, theirs, files={})
    with pytest.raises(TwelveError, match="several places"):
        project.verify()


def test_octopus_and_orphan_roots_are_judged_by_their_content(tmp_path: Path) -> None:
    project = Project(tmp_path)
    repository = project.repository
    project.work(HONEST)
    empty = repository.run("mktree").decode().strip()
    orphan = repository.run("commit-tree", empty, "-m", "chore: root").decode().strip()
    other = repository.run("commit-tree", "work^{tree}", "-p", "main", "-m", "chore: side").decode().strip()
    _merged(project, orphan, other, files={"app.py": BROKEN})
    found = project.verify()
    assert (red(found), found.commits) == ({"gates"}, 4)


def test_an_orphan_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    project = Project(tmp_path)
    repository = project.repository
    orphan = repository.run("commit-tree", "main^{tree}", "-m", "chore: root").decode().strip()
    repository.run("update-ref", "refs/heads/work", orphan)
    with pytest.raises(TwelveError, match="no common history"):
        project.verify()


@pytest.mark.parametrize("name", [".GIT/config", "a/.git/hooks/x", "git~1/config"])
def test_a_tree_that_no_git_would_check_out_is_never_fit(tmp_path: Path, name: str) -> None:
    project = Project(tmp_path)
    repository = project.repository
    blob = repository.run("hash-object", "-w", "--stdin", stdin=b"x").decode().strip()
    inner = f"100644 blob {blob}\t{name.rpartition('/')[2]}\n"
    for part in reversed(name.split("/")[:-1]):
        tree = repository.run("mktree", stdin=inner.encode()).decode().strip()
        inner = f"040000 tree {tree}\t{part}\n"
    top = repository.run("ls-tree", "HEAD") + inner.encode()
    tree = repository.run("mktree", stdin=top).decode().strip()
    commit = repository.run("commit-tree", tree, "-p", "HEAD", "-m", "feat: odd").decode().strip()
    repository.run("update-ref", "refs/heads/work", commit)
    clone = git.discover(repository.root)
    with pytest.raises(TwelveError, match="checkout failed"):
        verification.verify(clone, base="main", range="work", env={})


def test_work_that_is_merged_already_is_nothing_to_verify(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(HONEST)
    project.repository.run("update-ref", "refs/heads/main", "work")
    with pytest.raises(TwelveError, match="nothing to verify"):
        project.verify()


def test_commits_without_content_are_judged_like_any(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({})
    project.work({})
    found = project.verify()
    assert (found.passed, found.commits) == (True, 2), said(found)


WEAK_TEST = "from app import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"


def test_consent_to_the_same_content_elsewhere_does_not_count(tmp_path: Path) -> None:
    project = Project(tmp_path, {**PROJECT, "tests/test_b.py": PROJECT["tests/test_app.py"]})
    project.work({"tests/test_b.py": WEAK_TEST})
    project.approve("ana")
    assert project.verify().passed
    project.work({"tests/test_b.py": PROJECT["tests/test_app.py"], "tests/test_app.py": WEAK_TEST})
    assert "approvals" in red(_verify(project.clone("later")))


def test_consent_ends_with_its_time_and_fits_no_other_kind(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"tests/test_app.py": WEAK_TEST})
    (needed,) = project.needed().requirements
    notes.write(project.repository, [project.dated("ana", needed.subject, valid_until=clock.now() - timedelta(seconds=1))])
    assert "its time is over" in said(project.verify())


HUGE = b"x" * 20_000_000


@pytest.mark.parametrize("kind", ["symbolic", "huge", "binary", "blob"])
def test_a_strange_reference_for_notes_hides_no_consent_and_gives_none(tmp_path: Path, kind: str) -> None:
    project = Project(tmp_path)
    project.work({"tests/test_app.py": WEAK_TEST})
    clone = project.clone()
    if kind == "symbolic":
        clone.run("symbolic-ref", notes.REF, "refs/heads/main")
    elif kind == "blob":
        clone.run("update-ref", notes.REF, "HEAD:app.py")
    else:
        blob = clone.run("hash-object", "-w", "--stdin", stdin=HUGE if kind == "huge" else bytes(range(256))).decode().strip()
        tree = clone.run("mktree", stdin=f"100644 blob {blob}\t{'ab' * 20}\n".encode()).decode().strip()
        text = f"tree {tree}\nauthor m <m@x> 0 +0000\ncommitter m <m@x> 0 +0000\n\nx\n"
        commit = clone.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode()).decode().strip()
        clone.run("update-ref", notes.REF, commit)
    found = _verify(clone)
    assert red(found) == {"approvals", "integrity"}
    assert found.waiting


WRITES = {
    "settings": "subprocess.run(['git', 'config', 'core.hooksPath', '/tmp'], check=True)",
    "references": "subprocess.run(['git', 'update-ref', 'refs/heads/main', 'HEAD'], check=True)",
    "notes": "subprocess.run(['git', 'update-ref', 'refs/notes/twelve/approvals', 'HEAD'], check=True)",
    "work trees": "subprocess.run(['git', 'worktree', 'add', '-q', '--detach', '../more'], check=True)",
    "hooks": "import pathlib\n"
    "top = subprocess.run(['git', 'rev-parse', '--git-common-dir'], capture_output=True, text=True).stdout.strip()\n"
    "(pathlib.Path(top) / 'hooks').mkdir(exist_ok=True)\n"
    "(pathlib.Path(top) / 'hooks/post-checkout').write_text('#!/bin/sh')",
}


@pytest.mark.parametrize(
    "script", [WRITES["settings"], *(pytest.param(text, marks=pytest.mark.slow) for text in list(WRITES.values())[1:])], ids=WRITES
)
def test_a_gate_that_writes_into_git_writes_into_what_is_thrown_away(tmp_path: Path, script: str) -> None:
    project = Project(tmp_path)
    project.work({"app.py": f"import subprocess\n{script}\n" + PROJECT["app.py"]})
    clone = project.clone()
    before = snapshot(clone.git_dir)
    found = _verify(clone)
    assert snapshot(clone.git_dir) == before
    assert found.passed, said(found)


def test_a_gate_that_changes_what_the_next_one_judges_is_found_out(tmp_path: Path) -> None:
    """The first gate's code hides a repaired file from git; the second gate sees the repaired one."""
    second = f'[gates.zsecond]\ncommand = ["{PYTHON}", "second.py"]\ncost = "integration"\n'
    start = {
        **PROJECT,
        "twelve.toml": POLICY + second,
        "second.py": "import sys\nsys.exit('bad' in open('data.txt').read())\n",
        "data.txt": "",
    }
    project = Project(tmp_path, start)
    hiding = (
        "import pathlib, subprocess\n"
        "pathlib.Path('data.txt').write_text('good')\n"
        "subprocess.run(['git', 'config', 'filter.hide.clean', 'printf bad'], check=True)\n"
        "pathlib.Path('.git/info/attributes').write_text('data.txt filter=hide')\n"
    )
    project.work({"app.py": hiding + PROJECT["app.py"], "data.txt": "bad"})
    found = project.verify()
    assert "gates" in red(found)
    assert "hidden from git: data.txt" in str([verdict.report.reason for verdict in found.gates])


def test_a_change_too_large_to_read_waits_for_a_person_and_not_for_ever(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"tests/test_big.py": "# " + "x" * 1_100_000 + "\n"})
    found = project.verify()
    assert "was not read whole" in said(found)
    assert (red(found), found.waiting) == ({"approvals", "integrity"}, True)
    project.approve("ana")
    assert _verify(project.clone("later")).passed


@pytest.mark.parametrize("kind", ["diff_review", "integrity"])
def test_a_gate_that_asks_a_person_is_answered_by_a_signature(tmp_path: Path, kind: str) -> None:
    more = {
        "diff_review": '[gates.read]\nkind = "diff_review"\n[gates.read.options]\nmode = "human"\n',
        "integrity": '[gates.read]\nkind = "integrity"\n',
    }
    project = Project(tmp_path, {**PROJECT, "twelve.toml": POLICY + more[kind]})
    project.policy = POLICY + more[kind]
    project.work({"tests/test_app.py": WEAK_TEST} if kind == "integrity" else HONEST)
    found = project.verify()
    assert "gates" in red(found)
    assert found.waiting, said(found)
    project.approve("mallory")
    assert not _verify(project.clone("stranger")).passed
    project.approve("ana")
    found = _verify(project.clone("later"))
    assert found.passed, said(found)


def test_a_signature_over_the_diff_itself_answers_too(tmp_path: Path) -> None:
    policy = POLICY + '[gates.read]\nkind = "diff_review"\n[gates.read.options]\nmode = "human"\n'
    project = Project(tmp_path, {**PROJECT, "twelve.toml": policy})
    project.work(HONEST)
    (asks,) = {verdict.report.asks for verdict in project.verify().gates} - {""}
    notes.write(project.repository, [project.signed("ana", asks)])
    assert "gates" not in red(_verify(project.clone("later")))


def test_work_of_high_risk_rests_on_gates_that_were_seen_red(tmp_path: Path) -> None:
    unproven = '[gates.never]\ncommand = ["true"]\ncost = "unit"\n'
    project = Project(tmp_path, {**PROJECT, "twelve.toml": POLICY + unproven})
    project.policy = POLICY + unproven
    project.work(HONEST)
    found = project.verify()
    assert found.passed
    assert "never seen red here: sums, never" in found.checks[0].report.summary
    project.work({"migrations/1.py": "x = 1\n", "docs/decisions/1.md": "# Why\n"})
    project.approve("ana")
    found = _verify(project.clone("risky"))
    assert "these gates were not seen red: never" in said(found)
    assert "sums" not in found.checks[0].report.summary.partition("never seen red")[2]
    project.approve("ana", unproven=("never",))
    found = _verify(project.clone("agreed"))
    assert found.passed, said(found)


def test_warnings_are_shown_and_stop_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"tests/test_app.py": PROJECT["tests/test_app.py"] + "\n\ndef helper(:\n"})
    found = project.verify()
    (integrity,) = [check for check in found.checks if check.id == "integrity"]
    assert any(finding.rule == "read-by-lines" for finding in integrity.report.findings)


def test_what_this_machine_says_about_itself_is_shown_and_not_believed(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work(HONEST)
    clone = project.clone()
    folder = clone.state_dir / "tamper"
    folder.mkdir(parents=True)
    (folder / "1.json").write_text("{")
    found = _verify(clone)
    assert found.passed
    assert len(found.notices) == 1


LINES = st.one_of(
    st.binary(max_size=60).filter(lambda line: b"\n" not in line),
    st.sampled_from(["claim", "rejected", "granted", "evidence", "other key"]),
)


@pytest.fixture(scope="module")
def undecided(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, git.Repository, Verification, Verification]:
    """A branch that lacks one approval, and the same with it."""
    policy = '[gates.quick]\ncommand = ["true"]\n'
    project = Project(tmp_path_factory.mktemp("undecided"), {**PROJECT, "twelve.toml": policy})
    project.policy = policy
    project.work({"tests/test_app.py": WEAK_TEST})
    clone = project.clone()
    without = _verify(clone)
    project.approve("ana")
    agreed = _verify(project.clone("with"))
    assert (without.waiting, agreed.passed) == (True, True)
    return project, clone, without, agreed


@settings(max_examples=5)
@given(
    lines=st.lists(LINES, max_size=4),
    target=st.sampled_from(["HEAD", "HEAD^", "HEAD^{tree}"]),
    ref=st.sampled_from([notes.REF, ledger.REF]),
)
def test_nothing_unsigned_in_the_notes_changes_the_verdict(
    undecided: tuple[Project, git.Repository, Verification, Verification], lines: list[bytes | str], target: str, ref: str
) -> None:
    project, clone, without, agreed = undecided
    subject = project.needed().requirements[0].subject
    clone.notes_append(ref, target, [line if isinstance(line, bytes) else _forged(project, subject, line) for line in lines])
    assert _verdict(_verify(clone)) == _verdict(without)
    second = git.discover(project.tmp / "with")
    second.notes_append(ref, target, [line if isinstance(line, bytes) else _forged(project, subject, line) for line in lines])
    assert _verdict(_verify(second)) == _verdict(agreed)


def _verdict(found: Verification) -> tuple[object, ...]:
    return (found.passed, found.waiting, sorted(red(found)))


def _forged(project: Project, subject: str, what: str) -> bytes:
    """Lines nobody on the list signed."""
    base = project.signed("mallory", subject, granted=what != "rejected")
    if what == "evidence":
        return b'{"schema":"twelve.gate-evidence.v1","gate":"sums","outcome":"PASS"}'
    if what == "other key":
        return decision.canonical(base)
    named = msgspec.structs.replace(base.decision, by="ana@example.org")
    kept = {"claim": {"signature": "", "format": ""}, "granted": {}, "rejected": {}}[what]
    return decision.canonical(msgspec.structs.replace(base, decision=named, **kept))


@pytest.mark.parametrize("name", ['quo"te \\ line\nbreak', os.fsdecode(b"#\xff")], ids=ascii)
def test_a_clone_may_lie_anywhere(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    project = Project(tmp_path)
    project.work(HONEST)
    assert _verify(project.clone(f"{name}/ci")).passed


def test_a_linked_work_tree_is_verified_like_its_clone(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.work({"app.py": BROKEN})
    linked = project.clone().add_worktree(tmp_path / "linked", "side", "origin/work")
    assert red(_verify(linked)) == {"gates"}


def test_longer_object_names_are_verified_too(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, PROJECT, object_format="sha256")
    repository.run("checkout", "--quiet", "-b", "work")
    write(repository, {"app.py": BROKEN})
    repository.commit("feat: subtract")
    assert red(verification.verify(repository, base="main", env={})) == {"gates"}


def test_that_twelve_itself_comes_from_the_judged_tree_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path)
    project.work({"twelve/version.py": "x = 1\n"})
    clone = project.clone()
    monkeypatch.setattr("twelve.workflow.verify.history.OURS", clone.root / "twelve/version.py")
    assert any("Twelve itself" in notice for notice in _verify(clone).notices)
