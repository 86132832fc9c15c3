"""What is not a weakening: moves, renames, merges, conversions, stronger checks, tests that leave with their feature."""

from __future__ import annotations

import random
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twelve.factors.gates import integrity
from twelve.model.finding import Severity

_SUITE = dedent(
    """
    import pytest
    from shop import add, load, total


    def test_adds():
        assert add(1, 2) == 3


    def test_adds_nothing():
        assert add(0, 0) == 0


    def test_total_of_some():
        items = load("items.json")
        assert total(items) == 12
        assert len(items) == 3


    def test_refuses_text():
        with pytest.raises(TypeError, match="number"):
            add("1", 2)
    """
)
_UNITTEST = dedent(
    """
    import unittest
    from shop import add, total


    class ShopTest(unittest.TestCase):
        def test_adds(self):
            self.assertEqual(add(1, 2), 3)
            self.assertTrue(add(1, 0))
            self.assertIn(2, total([1, 2]))

        def test_refuses_text(self):
            with self.assertRaises(TypeError):
                add("1", 2)
    """
)
_JS = dedent(
    """
    import { add } from '../src/shop.js';

    describe('add', () => {
      it('adds', () => {
        expect(add(1, 2)).toBe(3);
        expect(add(0, 0)).toBe(0);
      });

      it('refuses text', () => {
        expect(() => add('1', 2)).toThrow(TypeError);
      });
    });
    """
)
_GO = dedent(
    """
    package shop

    func TestAdd(t *testing.T) {
    \tif got := Add(1, 2); got != 3 {
    \t\tt.Errorf("got %d", got)
    \t}
    }

    func TestNothing(t *testing.T) {
    \tassert.Equal(t, 0, Add(0, 0))
    }
    """
)


def _alarms(before: dict[str, str], after: dict[str, str]) -> list[str]:
    found = integrity.compare({path: text.encode() for path, text in before.items()}, {path: text.encode() for path, text in after.items()})
    return [f"{one.rule}: {one.message}" for one in found if one.severity is Severity.ERROR]


def _one(before: str, after: str, path: str = "tests/test_shop.py") -> list[str]:
    return _alarms({path: before}, {path: after})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def test_adds():", "def test_one_and_two_are_three():"),
        ("== 3\n", "== 3, 'wrong sum'\n"),
        ("    items = load", "    loaded = load"),
        ("assert total(items) == 12", "assert total(items) == 12\n    assert total([]) == 0"),
        ('match="number"', 'match="a number"'),
        ("pytest.raises(TypeError", "pytest.raises(ShopError"),
        ("def test_adds():", '@pytest.mark.slow\ndef test_adds():\n    """Adds."""'),
    ],
)
def test_small_honest_edits(old: str, new: str) -> None:
    assert _one(_SUITE, _SUITE.replace(old, new)) == []


def test_a_moved_file() -> None:
    assert _alarms({"tests/test_shop.py": _SUITE}, {"tests/unit/test_sums.py": _SUITE}) == []


def test_a_test_moved_to_another_file() -> None:
    moved = "def test_adds():\n    assert add(1, 2) == 3\n"
    rest = _SUITE.replace(f"\n\n{moved}", "")
    assert moved not in rest
    assert (
        _alarms({"tests/test_shop.py": _SUITE}, {"tests/test_shop.py": rest, "tests/test_more.py": f"from shop import add\n\n\n{moved}"})
        == []
    )


def test_several_tests_become_one_parametrized() -> None:
    merged = _SUITE.replace(
        "def test_adds():\n    assert add(1, 2) == 3\n\n\ndef test_adds_nothing():\n    assert add(0, 0) == 0\n",
        '@pytest.mark.parametrize(("a", "b", "sum"), [(1, 2, 3), (0, 0, 0)])\ndef test_adds(a, b, sum):\n    assert add(a, b) == sum\n',
    )
    assert merged != _SUITE
    assert _one(_SUITE, merged) == []


def test_a_helper_is_taken_out() -> None:
    helped = _SUITE.replace(
        '    items = load("items.json")\n    assert total(items) == 12\n    assert len(items) == 3\n',
        '    check_items(load("items.json"))\n',
    ).replace(
        "def test_adds():", "def check_items(items):\n    assert total(items) == 12\n    assert len(items) == 3\n\n\ndef test_adds():"
    )
    assert _one(_SUITE, helped) == []


def test_unittest_becomes_pytest() -> None:
    converted = dedent(
        """
        import pytest
        from shop import add, total


        def test_adds():
            assert add(1, 2) == 3
            assert add(1, 0)
            assert 2 in total([1, 2])


        def test_refuses_text():
            with pytest.raises(TypeError):
                add("1", 2)
        """
    )
    assert _one(_UNITTEST, converted) == []
    assert _one(converted, _UNITTEST) == []


def test_a_class_is_split() -> None:
    split = _UNITTEST.replace("    def test_refuses", "\nclass RefusalTest(unittest.TestCase):\n    def test_refuses")
    assert _one(_UNITTEST, split) == []


def test_a_test_leaves_with_its_feature() -> None:
    before = {"shop.py": "def add(a, b):\n    return a + b\n\n\ndef total(items):\n    return sum(items)\n", "tests/test_shop.py": _SUITE}
    start = _SUITE.index("def test_total_of_some")
    rest = _SUITE[:start] + _SUITE[_SUITE.index("def test_refuses") :]
    assert _alarms(before, {"shop.py": "def add(a, b):\n    return a + b\n", "tests/test_shop.py": rest}) == []
    assert _alarms(before, {"shop.py": before["shop.py"] + "\n", "tests/test_shop.py": rest}) != []


def test_a_renamed_function_does_not_take_its_tests_along() -> None:
    source = "def total(items):\n    found = load(items)\n    checked = verify(found)\n    return sum(checked)\n"
    start = _SUITE.index("def test_total_of_some")
    rest = _SUITE[:start] + _SUITE[_SUITE.index("def test_refuses") :]
    before = {"shop.py": source, "tests/test_shop.py": _SUITE}
    assert _alarms(before, {"shop.py": source.replace("def total", "def grand_total"), "tests/test_shop.py": rest}) != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("it('adds'", "it('adds two numbers'"),
        ("it('adds'", "test('adds'"),
        ("expect(add(0, 0)).toBe(0);", "expect(add(0, 0)).toBe(0);\n    expect(add(2, 2)).toBe(4);"),
        ("toThrow(TypeError)", "toThrow(new TypeError('no number'))"),
        ("describe('add'", "describe('sums'"),
        ("() => {\n    expect(add(1, 2))", "async () => {\n    expect(await add(1, 2))"),
    ],
)
def test_honest_edits_of_javascript(old: str, new: str) -> None:
    assert old in _JS
    assert _one(_JS, _JS.replace(old, new), "test/shop.test.js") == []


def test_javascript_tests_become_a_table() -> None:
    table = _JS.replace(
        "  it('adds', () => {\n    expect(add(1, 2)).toBe(3);\n    expect(add(0, 0)).toBe(0);\n  });",
        "  it.each([\n    [1, 2, 3],\n    [0, 0, 0],\n  ])('adds %d and %d', (a, b, sum) => {\n    expect(add(a, b)).toBe(sum);\n  });",
    )
    assert table != _JS
    assert _one(_JS, table, "test/shop.test.js") == []


@pytest.mark.parametrize(("old", "new"), [("TestNothing", "TestZero"), ('t.Errorf("got %d", got)', 't.Fatalf("got %d, want 3", got)')])
def test_honest_edits_of_go(old: str, new: str) -> None:
    assert _one(_GO, _GO.replace(old, new), "shop_test.go") == []


def test_line_ends_and_marks_are_no_change() -> None:
    assert (
        integrity.compare(
            {"tests/test_a.py": _SUITE.encode()}, {"tests/test_a.py": b"\xef\xbb\xbf" + _SUITE.replace("\n", "\r\n").encode()}
        )
        == ()
    )


@given(st.integers())
@settings(max_examples=25, deadline=None)
def test_the_order_of_tests_does_not_matter(seed: int) -> None:
    head, *tests = _SUITE.split("\n\n\n")
    shuffled = random.Random(seed).sample(tests, len(tests))
    half = seed % (len(tests) + 1)
    after = {"tests/test_shop.py": "\n\n\n".join([head, *shuffled[:half]]), "tests/test_b.py": "\n\n\n".join([head, *shuffled[half:]])}
    assert _alarms({"tests/test_shop.py": _SUITE}, after) == []
