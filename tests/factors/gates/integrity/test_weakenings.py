"""One negative control for every family and spelling that is claimed; the generator in `benchmarks/` plants many more."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twelve.factors.gates import integrity
from twelve.factors.gates.integrity import rules
from twelve.model.finding import Severity

_PY = """import pytest
from shop import add, load


def test_adds():
    found = add(1, 2)
    assert found == 3
    assert load("x") is None


@pytest.mark.parametrize("value", [
    1,
    2,
    3,
])
def test_keeps(value):
    assert add(value, 0) == pytest.approx(value, rel=1e-6)


def test_refuses():
    with pytest.raises(TypeError, match="number"):
        add("1", 2)
"""
_JS = """import { add } from '../src/shop.js';

describe('add', () => {
  it('adds', () => {
    const found = add(1, 2);
    expect(found).toBe(3);
    expect(add).not.toThrow();
  });
});
"""
_GO = """package shop

func TestAdd(t *testing.T) {
\tgot := Add(1, 2)
\tif got != 3 {
\t\tt.Errorf("got %d", got)
\t}
}
"""


def _rules(path: str, before: str | None, after: str | None, **more: tuple[str, str]) -> set[tuple[str, str]]:
    old = {path: before.encode()} if before is not None else {}
    new = {path: after.encode()} if after is not None else {}
    for other, (was, now) in more.items():
        old[f"{other}.py"], new[f"{other}.py"] = was.encode(), now.encode()
    return {(one.rule, one.severity.value) for one in integrity.compare(old, new)}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("def test_adds", "def adds", "test-uncollected"),
        ("def test_adds", "@pytest.mark.skip\ndef test_adds", "test-skipped"),
        ("def test_adds", "@pytest.mark.xfail\ndef test_adds", "test-expected-to-fail"),
        ("def test_adds", '@pytest.mark.skipif("CI" in os.environ, reason="")\ndef test_adds', "test-skipped"),
        ("    found = add(1, 2)", "    return\n    found = add(1, 2)", "assertion-unreachable"),
        ("    assert found == 3", "    if False:\n        assert found == 3", "assertion-unreachable"),
        ("    assert found == 3", "    try:\n        assert found == 3\n    except Exception:\n        pass", "assertion-swallowed"),
        ('    assert found == 3\n    assert load("x") is None\n', "    pass\n", "test-emptied"),
        ("    assert found == 3\n", "", "assertion-removed"),
        ("found == 3", "found != 3", "assertion-inverted"),
        ("is None", "is not None", "assertion-inverted"),
        ("found == 3", "found", "assertion-loosened"),
        ("found == 3", "found is not None", "assertion-loosened"),
        ("found == 3", "found in (3, 4)", "assertion-loosened"),
        ("found == 3", "found == 3 or True", "assertion-removed"),
        ("rel=1e-6", "rel=0.5", "assertion-loosened"),
        ("raises(TypeError", "raises(Exception", "assertion-loosened"),
        ("raises(TypeError", "raises((TypeError, OSError)", "assertion-loosened"),
        (', match="number"', "", "assertion-loosened"),
        ("    2,\n", "", "cases-removed"),
        ("def test_adds():\n", 'def test_adds(mocker):\n    mocker.patch("shop.add", return_value=3)\n', "mock-of-subject"),
    ],
)
def test_weakened_python_is_red(old: str, new: str, rule: str) -> None:
    assert old in _PY
    assert (rule, "error") in _rules("tests/test_shop.py", _PY, _PY.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("it('adds'", "it.skip('adds'", "test-skipped"),
        ("it('adds'", "xit('adds'", "test-skipped"),
        ("it('adds'", "it.only('adds'", "test-focused"),
        ("describe('add'", "describe.skip('add'", "test-skipped"),
        ("    const found", "    return;\n    const found", "assertion-unreachable"),
        ("    expect(found).toBe(3);", "    try { expect(found).toBe(3); } catch {}", "assertion-swallowed"),
        ("    expect(found).toBe(3);\n", "", "assertion-removed"),
        ("toBe(3)", "toBeDefined()", "assertion-loosened"),
        (".toBe(3)", ".not.toBe(3)", "assertion-inverted"),
        ("describe('add'", "vi.mock('../src/shop');\ndescribe('add'", "mock-of-subject"),
    ],
)
def test_weakened_javascript_is_red(old: str, new: str, rule: str) -> None:
    assert old in _JS
    for suffix in ("js", "ts", "tsx"):
        assert (rule, "error") in _rules(f"test/shop.test.{suffix}", _JS, _JS.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("func TestAdd", "func noTestAdd", "test-uncollected"),
        ("\tgot := Add", '\tt.Skip("later")\n\tgot := Add', "test-skipped"),
        ("got != 3", "got == 3", "assertion-inverted"),
        ("got != 3", "false && got != 3", "assertion-loosened"),
        ("\tgot := Add", "\treturn\n\tgot := Add", "assertion-unreachable"),
    ],
)
def test_weakened_go_is_red(old: str, new: str, rule: str) -> None:
    found = _rules("shop_test.go", _GO, _GO.replace(old, new, 1))
    assert any(severity == "error" for _rule, severity in found)
    assert (rule, "error") in found or rule == "assertion-loosened"


def test_tests_that_go_are_red_by_file_and_by_name() -> None:
    assert ("test-deleted", "error") in _rules("tests/test_shop.py", _PY, None)
    assert ("test-deleted", "error") in _rules("test/shop.test.js", _JS, None)
    assert ("test-deleted", "error") in _rules("shop_test.go", _GO, None)


def test_a_changed_expectation_is_shown_and_a_regenerated_snapshot_blocks() -> None:
    code = ("def add(a, b):\n    return a + b\n", "def add(a, b):\n    return a - b\n")
    assert ("expectation-changed", "warning") in _rules("tests/test_shop.py", _PY, _PY.replace("found == 3", "found == -1"), shop=code)
    assert ("snapshot-regenerated", "error") in _rules("tests/golden/out.txt", "a\n", "b\n", shop=code)
    assert _rules("tests/golden/out.txt", "a\n", "b\n") == set()


_WORKFLOW = """on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Tests
        run: pytest --cov-fail-under=90
      - name: Types
        run: mypy src
"""


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("=90", "=90 || true", "failure-ignored"),
        ("      - name: Tests", "      - name: Tests\n        continue-on-error: true", "failure-ignored"),
        ("  test:\n", "  test:\n    if: false\n", "check-disabled"),
        ("[push, pull_request]", "[push]", "check-disabled"),
        ("      - name: Types\n        run: mypy src\n", "", "check-removed"),
        ("run: mypy src", "run: echo fine", "check-removed"),
        ("=90", "=50", "threshold-lowered"),
        ("=90", "=90 -k fast", "check-narrowed"),
    ],
)
def test_a_weakened_pipeline_is_red(old: str, new: str, rule: str) -> None:
    assert (rule, "error") in _rules(".github/workflows/ci.yml", _WORKFLOW, _WORKFLOW.replace(old, new, 1))


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [
        ("pyproject.toml", "[tool.coverage.report]\nfail_under = 90\n", "[tool.coverage.report]\nfail_under = 50\n", "threshold-lowered"),
        ("pyproject.toml", '[tool.ruff.lint]\nignore = ["E501"]\n', '[tool.ruff.lint]\nignore = ["E501", "F"]\n', "lint-disabled"),
        ("setup.cfg", "[mypy]\nstrict = True\n", "[mypy]\nstrict = False\n", "lint-disabled"),
        (
            "package.json",
            '{"jest": {"coverageThreshold": {"global": {"lines": 90}}}}',
            '{"jest": {"coverageThreshold": {"global": {"lines": 9}}}}',
            "threshold-lowered",
        ),
        ("tsconfig.json", '{"compilerOptions": {"strict": true}}', '{"compilerOptions": {"strict": false}}', "lint-disabled"),
        ("Makefile", "test:\n\tpytest\n", "test:\n\t-pytest\n", "failure-ignored"),
        (".gitlab-ci.yml", "unit:\n  script: [pytest]\n", "unit:\n  script: [pytest]\n  allow_failure: true\n", "failure-ignored"),
        (".pre-commit-config.yaml", "repos:\n- repo: x\n  hooks:\n  - id: mypy\n", "repos: []\n", "hook-touched"),
        ("twelve.toml", "a = 1\n", "a = 2\n", "policy-touched"),
        ("src/a.py", "x = 1\n", "# ruff: noqa\nx = 1\n", "suppression-broad"),
    ],
)
def test_weakened_settings_are_red(path: str, old: str, new: str, rule: str) -> None:
    assert (rule, "error") in _rules(path, old, new)


def test_a_setting_that_moves_to_another_file_is_the_same_setting() -> None:
    before = {
        "setup.cfg": b"[coverage:report]\nfail_under = 90\n\n[flake8]\nextend-ignore = E203\n",
        "pyproject.toml": b"[project]\nname = 'x'\n",
    }
    moved = b"[project]\nname = 'x'\n[tool.coverage.report]\nfail_under = 90\n"
    found = integrity.compare(before, {"setup.cfg": b"[flake8]\nextend-ignore = E203\n", "pyproject.toml": moved})
    assert [one for one in found if one.severity is Severity.ERROR] == []


def test_a_broken_file_is_read_by_its_lines_and_says_so() -> None:
    found = _rules("tests/test_shop.py", _PY, _PY.replace("def test_adds():", "def test_adds(:").replace("    assert found == 3\n", ""))
    assert ("read-by-lines", "info") in found
    assert ("assertion-removed", "error") in found


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe\x00bad", b"\x00\x01", b"", b"def test_a():\n    assert 'caf\xe9' == x\n", b"(" * 50_000],
)
@pytest.mark.parametrize(
    "path", ["tests/test_a.py", "test/a.test.js", "a_test.go", ".github/workflows/a.yml", "pyproject.toml", "package.json", "Makefile"]
)
def test_hostile_content_is_survived(path: str, data: bytes) -> None:
    integrity.compare({path: data}, {path: data + b"\n"})
    integrity.compare({path: b"x"}, {path: data})
    integrity.compare({path: data}, {})


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_a.py",
        "test/a.test.js",
        "a_test.go",
        pytest.param(".github/workflows/a.yml", marks=pytest.mark.slow),
        "pyproject.toml",
        "package.json",
        "Makefile",
    ],
)
def test_content_nested_deeper_than_any_program_is_survived(path: str) -> None:
    test_hostile_content_is_survived(path, b"[" * 5_000 + b"]" * 5_000)


def test_a_pipeline_nested_deeper_than_any_program_is_survived() -> None:
    integrity.compare({".github/workflows/a.yml": b"x"}, {".github/workflows/a.yml": b"[" * 1_500 + b"]" * 1_500})


@given(
    st.dictionaries(
        st.sampled_from(["tests/test_a.py", "a.test.ts", "b_test.go", ".gitlab-ci.yml", "tox.ini", "x.sh"]),
        st.text(max_size=200).map(str.encode),
    )
)
@settings(max_examples=40, deadline=None)
def test_nothing_changed_is_no_finding_and_anything_is_an_answer(files: dict[str, bytes]) -> None:
    assert integrity.compare(files, files) == ()
    for one in integrity.compare({}, files) + integrity.compare(files, {}):
        assert one.rule in rules.RULES


def test_no_rule_tells_how_to_get_round_it() -> None:
    for rule in rules.RULES.values():
        assert not any(word in rule.fix for word in ("--no-verify", "note_only", "--force", "skip the"))


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [
        ("tests/conftest.py", "import pytest\n", 'import pytest\ncollect_ignore = ["test_a.py"]\n', "check-narrowed"),
        ("vitest.config.ts", "x({\n  lines: 90,\n})\n", "x({\n  lines: 20,\n})\n", "threshold-lowered"),
        ("eslint.config.js", "x({\n  'no-undef': 'error',\n})\n", "x({\n  'no-undef': 'off',\n})\n", "lint-disabled"),
    ],
)
def test_settings_that_are_programs_are_read_as_far_as_they_are_written_out(path: str, old: str, new: str, rule: str) -> None:
    assert (rule, "error") in _rules(path, old, new)


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        pytest.param(
            "tests/test_a.py",
            "def test_a():\n" + "    assert f(1) == 2\n" * 3_000,
            "def test_a():\n" + "    assert g(1, x) == 3\n" * 3_000,
            marks=pytest.mark.slow,
        ),
        (
            "tests/test_a.py",
            "".join(f"def test_{n}():\n    assert f({n}) == {n}\n" for n in range(1_500)),
            "".join(f"def test_x{n}():\n    assert g({n}) >= {n}\n" for n in range(1_500)),
        ),
        ("a.py", "".join(f"def f{n}(): return a{n}\n" for n in range(2_000)), "".join(f"def g{n}(): return b{n}\n" for n in range(2_000))),
        ("run.sh", "x\n", "; echo" * 20_000 + "\n" + "|| " * 20_000),
        ("a_test.go", "x\n", "func TestA(t *testing.T) {\n" + "\tif a != b {\n" * 3_000 + "\t\tt.Error(1)\n" * 3_000 + "}\n"),
        ("test/a.test.js", "x\n", "it('a', () => { " + "expect(a).toBe(1);" * 3_000 + "})"),
        ("test/a.test.js", "x\n", "expect" + "(a).b" * 4_000),
    ],
)
def test_large_changes_are_judged_in_bounded_time(path: str, before: str, after: str) -> None:
    start = time.process_time()
    integrity.compare({path: before.encode()}, {path: after.encode()})
    integrity.compare({path: after.encode()}, {path: before.encode()})
    assert time.process_time() - start < 15
