"""Seeded weakenings: every way to make a red check green that the gate kind `integrity` claims to see, planted in real and self-made files.

Each one is a pair of contents, before and after. They are made by rules of their own: syntax positions for Python, line shapes for
JavaScript and Go, literal replacements for settings. None of them uses the analysis under test.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from planted import GONE, PLANTED, Edit

FIXTURES = Path(__file__).with_suffix(".txt")
"""A small shop in several languages with its tests and pipelines, in one file: `=== path` starts each."""
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Weakening:
    """One planted change. `family` is counted, `name` says how it was done."""

    family: str
    name: str
    path: str
    before: Files
    after: Files


@dataclass(frozen=True)
class Function:
    """One Python test by its lines, decorators included."""

    name: str
    first: int
    """0-based line of the first decorator or the `def`."""
    defined: int
    body: int
    """First line of the body after a docstring."""
    end: int
    """Line after the last."""
    indent: str
    method: bool
    calls: tuple[str, ...]


Lines = list[str]
Mutator = Callable[[Lines, Function, random.Random], Lines | None]


def all_weakenings(
    python_suites: Mapping[str, str], script_suites: Mapping[str, str], per_operation: int, seed: int, *, planted: bool = True
) -> Iterator[Weakening]:
    """Every weakening, over Python suites, JavaScript suites (path -> text) and the fixtures of this folder."""
    chance = random.Random(seed)
    yield from _python(python_suites, per_operation, chance)
    yield from _blocks(script_suites, _SCRIPT_TEST, _SCRIPT, per_operation, chance)
    if not planted:
        return
    shop = fixtures()
    go = {path: text for path, text in shop.items() if path.endswith("_test.go")}
    yield from _blocks(go, _GO_TEST, _GO, per_operation, chance)
    yield from _literal(shop)


def fixtures() -> dict[str, str]:
    """Path -> text of the self-made shop."""
    parts = re.split(r"^=== (.+)\n", FIXTURES.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _python(suites: Mapping[str, str], count: int, chance: random.Random) -> Iterator[Weakening]:
    places = [(path, text.split("\n"), function) for path, text in sorted(suites.items()) for function in _functions(text)]
    for (family, name), mutate in _PYTHON.items():
        done = 0
        for path, lines, function in chance.sample(places, len(places)):
            changed = mutate(list(lines), function, chance)
            if changed is None or changed == lines or not _parses("\n".join(changed)):
                continue
            yield Weakening(family, f"python: {name}", path, _one(path, lines), _one(path, changed))
            done += 1
            if done == count:
                break


def _one(path: str, lines: Lines) -> Files:
    return {path: "\n".join(lines).encode()}


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _functions(text: str) -> Iterator[Function]:
    for holder in ast.walk(ast.parse(text)):
        if not isinstance(holder, ast.Module | ast.ClassDef):
            continue
        for node in holder.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test"):
                continue
            plain = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
            if (plain and len(node.body) < 2) or not _asserts(node):
                continue
            start = node.body[1 if plain else 0].lineno - 1
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)]) - 1
            called = tuple(
                inner.func.attr
                for inner in ast.walk(node)
                if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and isinstance(inner.func.value, ast.Name)
            )
            if start > node.lineno - 1:
                yield Function(
                    node.name,
                    first,
                    node.lineno - 1,
                    start,
                    node.end_lineno or start,
                    " " * node.col_offset,
                    isinstance(holder, ast.ClassDef),
                    called,
                )


def _asserts(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Assert) for inner in ast.walk(node))


def _before_def(text: str) -> Mutator:
    return lambda lines, at, _chance: [*lines[: at.first], f"{at.indent}{text}", *lines[at.first :]]


def _at_start(text: str) -> Mutator:
    return lambda lines, at, _chance: [*lines[: at.body], f"{at.indent}    {text}", *lines[at.body :]]


def _body(make: Callable[[Lines, str], Lines]) -> Mutator:
    return lambda lines, at, _chance: [*lines[: at.body], *make(lines[at.body : at.end], at.indent + "    "), *lines[at.end :]]


def _deeper(body: Lines) -> Lines:
    return [f"    {line}" if line.strip() else line for line in body]


def _delete(lines: Lines, at: Function, _chance: random.Random) -> Lines | None:
    return [*lines[: at.first], *lines[at.end :]]


def _rename(to: str) -> Mutator:
    def change(lines: Lines, at: Function, _chance: random.Random) -> Lines | None:
        lines[at.defined] = lines[at.defined].replace(f"def {at.name}", f"def {to}{at.name.removeprefix('test')}", 1)
        return lines

    return change


def _commented(lines: Lines, at: Function, _chance: random.Random) -> Lines | None:
    return [*lines[: at.first], *(f"# {line}" for line in lines[at.first : at.end]), *lines[at.end :]]


def _nested(lines: Lines, at: Function, _chance: random.Random) -> Lines | None:
    if at.method:
        return None
    return [*lines[: at.first], "def _unused():", *_deeper(lines[at.first : at.end]), *lines[at.end :]]


def _on_assert(change: Callable[[str, random.Random], str | None]) -> Mutator:
    """Change one single-line assertion of the test."""

    def mutate(lines: Lines, at: Function, chance: random.Random) -> Lines | None:
        ready = [
            (number, changed) for number in range(at.body, at.end) if (changed := _asserted(lines[number], change, chance)) is not None
        ]
        if not ready:
            return None
        number, changed = chance.choice(ready)
        return [*lines[:number], *([changed] if changed else []), *lines[number + 1 :]]

    return mutate


def _asserted(line: str, change: Callable[[str, random.Random], str | None], chance: random.Random) -> str | None:
    bare = line.strip()
    if not bare.startswith("assert ") or not _parses(bare):
        return None
    changed = change(bare, chance)
    indent = line[: len(line) - len(line.lstrip())]
    return None if changed is None or changed == bare else f"{indent}{changed}" if changed else ""


def _equal(template: str) -> Callable[[str, random.Random], str | None]:
    def change(line: str, _chance: random.Random) -> str | None:
        node = ast.parse(line).body[0]
        if not isinstance(node, ast.Assert) or not isinstance(node.test, ast.Compare) or not isinstance(node.test.ops[0], ast.Eq):
            return None
        if len(node.test.ops) != 1 or (
            isinstance(node.test.comparators[0], ast.Constant) and node.test.comparators[0].value in (None, True, False)
        ):
            return None
        return template.format(left=ast.unparse(node.test.left), right=ast.unparse(node.test.comparators[0]))

    return change


def _explained(line: str) -> bool:
    """Whether the assertion has a message, which an addition at its end would change instead."""
    node = ast.parse(line).body[0]
    return isinstance(node, ast.Assert) and node.msg is not None


def _expected(line: str, chance: random.Random) -> str | None:
    node = ast.parse(line).body[0]
    if not isinstance(node, ast.Assert) or not isinstance(node.test, ast.Compare) or not isinstance(node.test.ops[0], ast.Eq):
        return None
    right = node.test.comparators[0]
    if isinstance(right, ast.Constant) and isinstance(right.value, str | int) and not isinstance(right.value, bool):
        node.test.comparators[0] = ast.Constant(right.value + (f"{chance.randint(0, 9)}" if isinstance(right.value, str) else 1))  # type: ignore[operator]
        return ast.unparse(node)
    return None


def _negated(line: str, _chance: random.Random) -> str | None:
    for old, new in (
        (" == ", " != "),
        (" is not None", " is None"),
        (" is None", " is not None"),
        (" not in ", " in "),
        (" in ", " not in "),
    ):
        if line.count(old) == 1 and " and " not in line and " for " not in line:
            return line.replace(old, new)
    bare = line.removeprefix("assert ")
    return f"assert not {bare}" if re.fullmatch(r"[\w.]+\([^()]*\)|[\w.]+", bare) else None


def _regex(pattern: str, replacement: str) -> Mutator:
    """Change one line of the test, decorators included, by its shape."""

    def mutate(lines: Lines, at: Function, chance: random.Random) -> Lines | None:
        ready = [number for number in range(at.first, at.end) if re.search(pattern, lines[number])]
        if not ready:
            return None
        number = chance.choice(ready)
        lines[number] = re.sub(pattern, replacement, lines[number], count=1)
        return lines

    return mutate


def _fewer_rows(lines: Lines, at: Function, chance: random.Random) -> Lines | None:
    """Take one row out of a parametrize table written one row a line."""
    marks = "\n".join(lines[at.first : at.defined])
    if "parametrize" not in marks:
        return None
    rows = [number for number in range(at.first + 1, at.defined) if re.fullmatch(r"\s+[(\"'\d].*\),?|\s+[\"'].*[\"'],", lines[number])]
    rows = [number for number in rows if not re.match(r'\s+\(?"[\w, ]+"(?:, "\w+")*\)?,$', lines[number]) or number > rows[0]]
    if len(rows) < 3:
        return None
    number = chance.choice(rows[1:])
    return [*lines[:number], *lines[number + 1 :]]


def _patched(lines: Lines, at: Function, chance: random.Random) -> Lines | None:
    """Patch something the test calls itself and compares the result of."""
    tree = ast.parse("\n".join(lines))
    modules = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    function = next(
        (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == at.name and node.lineno - 1 == at.defined),
        None,
    )
    compared = [node.test for node in ast.walk(function) if isinstance(node, ast.Assert)] if function else []
    targets = sorted(
        {
            f"{modules[call.func.value.id]}.{call.func.attr}"
            for test in compared
            for call in ast.walk(test)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in modules
            and not modules[call.func.value.id].startswith(("pathlib", "unittest", "datetime", "kit"))
        }
    )
    if not targets:
        return None
    return _at_start(f"__import__('unittest.mock').mock.patch({chance.choice(targets)!r}, return_value=1).start()")(lines, at, chance)


_T, _S, _E, _A = "tests deleted", "tests skipped", "tests emptied", "assertions weakened"
_PYTHON: dict[tuple[str, str], Mutator] = {
    (_T, "function deleted"): _delete,
    (_T, "renamed with an underscore"): _rename("_test"),
    (_T, "renamed to check"): _rename("check"),
    (_T, "commented out"): _commented,
    (_T, "put inside an unused function"): _nested,
    (_S, "mark skip"): _before_def('@pytest.mark.skip(reason="flaky")'),
    (_S, "mark skip without call"): _before_def("@pytest.mark.skip"),
    (_S, "skipif true"): _before_def('@pytest.mark.skipif(True, reason="flaky")'),
    (_S, "skipif in CI"): _before_def('@pytest.mark.skipif(os.environ.get("CI") == "1", reason="slow")'),
    (_S, "xfail"): _before_def("@pytest.mark.xfail"),
    (_S, "xfail not strict"): _before_def('@pytest.mark.xfail(strict=False, reason="later")'),
    (_S, "unittest skip"): _before_def('@unittest.skip("later")'),
    (_S, "expected failure"): _before_def("@unittest.expectedFailure"),
    (_S, "skip call"): _at_start('pytest.skip("later")'),
    (_S, "skip under a condition"): _at_start('if os.environ.get("CI"): pytest.skip("later")'),
    (_S, "platform skip"): _before_def('@pytest.mark.skipif(sys.platform == "linux", reason="later")'),
    (_E, "body is pass"): _body(lambda _body_lines, indent: [f"{indent}pass"]),
    (_E, "body is a docstring"): _body(lambda _body_lines, indent: [f'{indent}"""Later."""']),
    (_E, "return first"): _at_start("return"),
    (_E, "if False"): _body(lambda body, indent: [f"{indent}if False:", *_deeper(body)]),
    (_E, "while 0"): _body(lambda body, indent: [f"{indent}while 0:", *_deeper(body)]),
    (_E, "try except Exception"): _body(
        lambda body, indent: [f"{indent}try:", *_deeper(body), f"{indent}except Exception:", f"{indent}    pass"]
    ),
    (_E, "try except AssertionError"): _body(
        lambda body, indent: [f"{indent}try:", *_deeper(body), f"{indent}except AssertionError as e:", f"{indent}    print(e)"]
    ),
    (_E, "suppress"): _body(lambda body, indent: [f"{indent}with contextlib.suppress(AssertionError):", *_deeper(body)]),
    (_E, "guarded by the environment"): _body(lambda body, indent: [f'{indent}if os.environ.get("FULL"):', *_deeper(body)]),
    (_E, "asserts taken out"): _body(lambda body, _indent: [re.sub(r"^(\s*)assert .*$", r"\1pass", line) for line in body]),
    (_E, "assert True"): _body(lambda body, _indent: [re.sub(r"^(\s*)assert .*$", r"\1assert True", line) for line in body]),
    (_A, "one assert removed"): _on_assert(lambda _line, _chance: ""),
    (_A, "or True"): _on_assert(lambda line, _chance: None if _explained(line) else f"{line} or True"),
    (_A, "a tuple with a message"): _on_assert(
        lambda line, _chance: None if _explained(line) else f"assert ({line.removeprefix('assert ')}, 'wrong')"
    ),
    (_A, "inverted"): _on_assert(_negated),
    (_A, "equal to truthy"): _on_assert(_equal("assert {left}")),
    (_A, "equal to not None"): _on_assert(_equal("assert {left} is not None")),
    (_A, "equal to in"): _on_assert(_equal("assert {left} in ({right}, None)")),
    (_A, "equal to either"): _on_assert(_equal("assert {left} == {right} or {left} is None")),
    (_A, "equal to approx"): _on_assert(_equal("assert {left} == pytest.approx({right}, rel=0.5)")),
    (_A, "equal to isinstance"): _on_assert(_equal("assert isinstance({left}, object)")),
    (_A, "equal to at least"): _on_assert(_equal("assert {left} >= {right}")),
    (_A, "equal to length"): _on_assert(_equal("assert len({left}) > 0")),
    (_A, "compared with itself"): _on_assert(_equal("assert {left} == {left}")),
    (_A, "raises Exception"): _regex(r"pytest\.raises\(\w*\.?[A-Z]\w+", "pytest.raises(Exception"),
    (_A, "raises one more"): _regex(r"pytest\.raises\((\w*\.?[A-Z]\w+)", r"pytest.raises((\1, OSError)"),
    (_A, "match dropped"): _regex(r"(pytest\.raises\([\w.]+), match=[^)]*\)", r"\1)"),
    (_A, "parametrize row removed"): _fewer_rows,
    (_A, "fewer examples"): _regex(r"max_examples=\d+", "max_examples=1"),
    (_A, "fewer rounds"): _regex(r"^(\s*for \w+ in )range\((?:[2-9]|\d\d+)\):", r"\1range(1):"),
    ("mocks of the subject", "patched what it asserts on"): _patched,
    ("expectations changed", "expected value"): _on_assert(_expected),
}

_SCRIPT_TEST = re.compile(r"^(?P<indent>[ \t]*)(?P<call>it|test)(?P<rest>\((?P<quote>['\"`]).*)$")
_GO_TEST = re.compile(r"^(?P<indent>)func (?P<call>Test\w+)(?P<rest>\(t \*testing\.T\) \{)$")
Block = Callable[[Lines, "re.Match[str]", random.Random], Lines | None]


def _blocks(
    suites: Mapping[str, str], start: re.Pattern[str], table: Mapping[tuple[str, str], Block], count: int, chance: random.Random
) -> Iterator[Weakening]:
    """Mutate tests of brace languages: from a start line to the line that closes it at the same indentation."""
    places = []
    for path, text in sorted(suites.items()):
        lines = text.split("\n")
        for number, line in enumerate(lines):
            if found := start.match(line):
                end = next((at for at in range(number + 1, len(lines)) if re.match(rf"{found['indent']}\}}\)?;?,?", lines[at])), 0)
                if end > number + 1:
                    places.append((path, lines, number, end, found))
    for (family, name), mutate in table.items():
        done = 0
        for path, lines, first, end, found in chance.sample(places, len(places)):
            changed = mutate(lines[first : end + 1], found, chance)
            if changed is None or changed == lines[first : end + 1]:
                continue
            kind = path.rpartition(".")[2]
            yield Weakening(family, f"{kind}: {name}", path, _one(path, lines), _one(path, [*lines[:first], *changed, *lines[end + 1 :]]))
            done += 1
            if done == count:
                break


def _head(template: str) -> Block:
    return lambda block, found, _chance: [template.format(**found.groupdict()), *block[1:]]


def _inside(*added: str) -> Block:
    return lambda block, found, _chance: [block[0], *(f"{found['indent']}{_step(block)}{line}" for line in added), *block[1:]]


def _step(block: Lines) -> str:
    return "\t" if block[1].startswith("\t") else "  "


def _around(before: str, after: str) -> Block:
    return lambda block, found, _chance: [block[0], f"{found['indent']}  {before}", *block[1:-1], f"{found['indent']}  {after}", block[-1]]


def _one_line(pattern: str, replacement: str) -> Block:
    def mutate(block: Lines, _found: re.Match[str], chance: random.Random) -> Lines | None:
        ready = [number for number in range(1, len(block) - 1) if re.search(pattern, block[number])]
        if not ready:
            return None
        number = chance.choice(ready)
        changed = re.sub(pattern, replacement, block[number], count=1)
        return [*block[:number], *([changed] if changed.strip() else []), *block[number + 1 :]]

    return mutate


_CHECK = r"^\s*(?:await )?(?:expect\(|assert[.(]|t\.(?:is|deepEqual|true|false|regex|throws|truthy)\().*;$"
_SCRIPT: dict[tuple[str, str], Block] = {
    (_T, "deleted"): lambda _block, _found, _chance: [],
    (_T, "commented out"): lambda block, _found, _chance: [f"// {line}" for line in block],
    (_T, "in a block comment"): lambda block, _found, _chance: ["/*", *block, "*/"],
    (_S, "skip"): _head("{indent}{call}.skip{rest}"),
    (_S, "x"): _head("{indent}x{call}{rest}"),
    (_S, "todo"): _head("{indent}{call}.todo{rest}"),
    (_S, "only"): _head("{indent}{call}.only{rest}"),
    (_S, "failing"): _head("{indent}{call}.failing{rest}"),
    (_S, "skipIf"): _head("{indent}{call}.skipIf(process.env.CI){rest}"),
    (_S, "this.skip"): _inside("this.skip();"),
    (_E, "empty"): lambda block, _found, _chance: [block[0], block[-1]] if block[0].endswith("{") else None,
    (_E, "return first"): _inside("return;"),
    (_E, "if false"): _around("if (false) {", "}"),
    (_E, "try catch"): _around("try {", "} catch {}"),
    (_E, "try catch log"): _around("try {", "} catch (error) { console.log(error); }"),
    (_E, "if environment"): _around("if (process.env.FULL) {", "}"),
    (_A, "check removed"): _one_line(_CHECK, ""),
    (_A, "to be defined"): _one_line(r"\.(?:toBe|toEqual|toStrictEqual)\([^;]*\);$", ".toBeDefined();"),
    (_A, "to be truthy"): _one_line(r"\.(?:toBe|toEqual|toStrictEqual|toMatch|toContain)\([^;]*\);$", ".toBeTruthy();"),
    (_A, "strictEqual to ok"): _one_line(r"assert\.(?:strictEqual|deepStrictEqual|equal)\(([^,]+), .*\);$", r"assert.ok(\1);"),
    (_A, "is to truthy"): _one_line(r"t\.(?:is|deepEqual)\((.+), [^,]+\);$", r"t.truthy(\1);"),
    (_A, "not"): _one_line(r"\)\.(toBe|toEqual|toStrictEqual|toContain|toMatch)\(", r").not.\1("),
    (_A, "is to not"): _one_line(r"\bt\.is\(", "t.not("),
    (_A, "toThrow without reason"): _one_line(r"\.toThrow\([^)]+\)", ".toThrow()"),
    (_A, "throws without reason"): _one_line(r"\.throws\(([^;]*), (?:[A-Z]\w+|\{[^}]*\})\);$", r".throws(\1);"),
    (_A, "status dropped"): _one_line(r"^(\s*)\.expect\(['\"]Content-Type['\"].*\)$", ""),
    (_A, "true"): _one_line(r"expect\(.*\)\.(?:toBe|toEqual)\(.*\);$", "expect(true).toBe(true);"),
    ("expectations changed", "expected value"): _one_line(r"\.(toBe|toEqual)\((\d+|'[^']*')\);$", r".\1(41);"),
    ("expectations changed", "expected value of ava"): _one_line(r"t\.is\((.+), (\d+|'[^']*')\);$", r"t.is(\1, 43);"),
}

_GO: dict[tuple[str, str], Block] = {
    (_T, "deleted"): lambda _block, _found, _chance: [],
    (_T, "renamed"): lambda block, found, _chance: [block[0].replace(found["call"], f"no{found['call']}"), *block[1:]],
    (_T, "commented out"): lambda block, _found, _chance: [f"// {line}" for line in block],
    (_S, "t.Skip"): _inside('t.Skip("flaky")'),
    (_S, "t.SkipNow"): _inside("t.SkipNow()"),
    (_S, "skip when short"): _inside("if testing.Short() {", '\tt.Skip("slow")', "}"),
    (_S, "skip in CI"): _inside('if os.Getenv("CI") != "" {', '\tt.Skip("slow")', "}"),
    (_E, "empty"): lambda block, _found, _chance: [block[0], block[-1]],
    (_E, "return first"): _inside("return"),
    (_E, "if false"): lambda block, _found, _chance: [block[0], "\tif false {", *(f"\t{line}" for line in block[1:-1]), "\t}", block[-1]],
    (_E, "errors become logs"): lambda block, _found, _chance: (
        [re.sub(r"t\.(?:Errorf|Fatalf|Error|Fatal)\(", "t.Log(", line) for line in block]
        if any(".Error" in line or ".Fatal" in line for line in block)
        else None
    ),
    (_A, "check removed"): _one_line(r"^\s*(?:assert|require)\..*$", ""),
    (_A, "inverted"): _one_line(r" != (tt\.want|\d+) \{", r" == \1 {"),
    (_A, "Equal to NotNil"): _one_line(r"assert\.Equal\(t, [^,]+, (.*)\)$", r"assert.NotNil(t, \1)"),
    (_A, "ErrorIs to Error"): _one_line(r"assert\.ErrorIs\(t, (.*), \w+\)$", r"assert.Error(t, \1)"),
    (_A, "row removed"): _one_line(r'^\s*\{"[a-z]+", .*\},$', ""),
    (_A, "and false"): _one_line(r"^(\s*if (?:.*; )?)(.*!= .*) \{$", r"\1false && \2 {"),
    ("expectations changed", "expected value"): _one_line(r'^(\s*\{"[a-z]+", .*, )\d+\},$', r"\g<1>99},"),
}


def _literal(shop: Mapping[str, str]) -> Iterator[Weakening]:
    """The table of literal edits, applied to the fixtures."""
    for family, changes in PLANTED.items():
        for edits in changes:
            before = {path: shop[path].encode() for path, _old, _new in edits}
            path, old, new = edits[0]
            name = f"{path}: {(new or f'without {old.strip()}').strip()[:60]!r}" if new != GONE else f"{path}: deleted"
            yield Weakening(family, name, path, before, _edited(shop, edits))


def _edited(shop: Mapping[str, str], edits: tuple[Edit, ...]) -> Files:
    texts = {path: shop[path] for path, _old, _new in edits}
    for path, old, new in edits:
        if old not in texts[path]:
            raise ValueError(f"{path} does not hold {old!r}")
        if new == GONE:
            del texts[path]
        elif not old and new.startswith(">"):
            texts[new[1:]] = texts.pop(path)
        else:
            texts[path] = texts[path].replace(old, new, 1)
    return {path: text.encode() for path, text in texts.items()}
