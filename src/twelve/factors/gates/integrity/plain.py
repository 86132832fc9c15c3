"""Tests of any language, by the look of its lines: where a test starts, what is indented below it, which lines assert."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct, structs

from twelve.factors.gates.integrity import cases, places, relations
from twelve.factors.gates.integrity.cases import Case, Check, Held, Reading, Skip
from twelve.factors.gates.integrity.places import Language

_STARTS: dict[Language, str] = {
    Language.GO: r"func\s+(?:\([^)]*\)\s*)?((?:Test|Fuzz|Benchmark|Example)\w*)\s*\(",
    Language.RUST: r"(?:pub\s+)?(?:async\s+)?fn\s+(\w+)\s*[(<]",
    Language.JVM: r"(?:(?:public|protected|private|static|final|suspend|override|internal|@\w+(?:\([^)]*\))?)\s+)*"
    r"(?:void|fun|def|\w+)\s+(`[^`]+`|\w+)\s*\([^;]*$",
    Language.RUBY: r"(?:def\s+(test_\w+)|(?:x?it|x?specify|x?test|scenario|fit)\s*\(?\s*['\"](.+?)['\"])",
    Language.CSHARP: r"(?:(?:public|private|internal|static|async|override)\s+)+(?:void|Task|ValueTask|Task<\w+>)\s+(\w+)\s*\(",
    Language.C: r"(?:TEST(?:_[FPG]|_CASE|_METHOD)?|SCENARIO|BOOST_AUTO_TEST_CASE)\s*\(\s*(.+?)\s*\)",
    Language.PHP: r"(?:(?:public|final)\s+)*function\s+(test\w*)\s*\(|(?:it|test)\s*\(\s*['\"](.+?)['\"]",
    Language.SWIFT: r"(?:@\w+\s+)*func\s+(test\w*)\s*\(",
    Language.SHELL: r"@test\s+[\"'](.+?)[\"']|(?:function\s+)?(test_?\w*)\s*\(\)|test_expect_(?:success|failure)\s+(?:\w+\s+)?'(.+?)'",
    Language.PYTHON: r"(?:async\s+)?def\s+(test\w*)\s*\(",
    Language.JAVASCRIPT: r"(?:x|f)?(?:it|test|specify)(?:\.\w+)*\s*\(\s*['\"`](.+?)['\"`]",
}
_MARKED: dict[Language, str] = {
    Language.RUST: r"#\[(?:\w+::)*(?:test|rstest|test_case|quickcheck)\b",
    Language.JVM: r"@(?:\w+\.)*(?:Test|ParameterizedTest|RepeatedTest|Property)\b",
    Language.CSHARP: r"\[(?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod)\b",
}
_START = {language: re.compile(rf"^\s*{pattern}") for language, pattern in _STARTS.items()}
_MARK = {language: re.compile(pattern) for language, pattern in _MARKED.items()}
_SKIP = re.compile(
    r"""@Disabled | @Ignore | \#\[ignore | \[Ignore | Skip\s*= | \.skip\b | \bxit\b | \bxtest\b | \bDISABLED_ | markTestSkipped
      | markTestIncomplete
      | XCTSkip | \bt\.Skip | \bb\.Skip | ^\s*skip\b | ^\s*pending\b | Assume\. | assumeTrue | GTEST_SKIP | test_expect_failure
      | \bpytest\.skip | skipTest
      | \.todo\b | @pytest\.mark\.(?:skip|xfail)""",
    re.VERBOSE,
)
_PLATFORM = re.compile(r"GOOS|GOARCH|platform|OS\.|windows|linux|darwin|macos|cfg_attr|LookPath|Version|version", re.IGNORECASE)
_DEFINED = re.compile(
    r"^\s*(?:(?:export|default|pub(?:\([a-z]+\))?|public|private|protected|internal|static|final|abstract|async|unsafe|sealed|open"
    r"|override)\s+)*"
    r"(?:func(?:tion)?\*?\s+(?:\([^)]*\)\s*)?|fn\s+|def\s+(?:self\.)?|class\s+|struct\s+|enum\s+"
    r"|interface\s+|trait\s+|module\s+|type\s+|fun\s+|(?:const|let|var)\s+)([A-Za-z_$][\w$]*)"
)
_FUNCTION = re.compile(r"\b(?:func|fn|def|fun|function|void|async|let|const)\b|\)\s*\{?$")
_HOLDER = re.compile(r"^\s*(?:[\w@]+\s+)*(?:class|struct|enum|interface|trait|module|impl|namespace|object)\s+[A-Z]")
_BUILD = re.compile(r"^//go:build\s+(?P<tags>.+)$|^// \+build\s+(?P<old>.+)$", re.MULTILINE)
_NEVER_BUILT = re.compile(r"\b(?:ignore|never|skip|skipped|disabled|none|false)\b")
_ASSERTS = re.compile(
    r"""(?<![\w.])(?: (?P<member>(?:assert|require|expect|assertions?|Assert|is|qt|check)\.(?:\w+\.)*(?P<name>\w+))
      | (?P<macro>(?:EXPECT|ASSERT|CHECK|REQUIRE|XCTAssert|assert|expect|refute|verify|should|must|check|debug_assert)\w*!?) )
        (?:<[^<>]*>)?(?!\s*(?::?=|,|\)|\]|;))\s*[({\s]
      | (?<!\w)(?P<fail>(?:t|b|tb|s\.T\(\))\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow))\b | \bpanic!\((?P<panic>)""",
    re.VERBOSE,
)
_BRACKETS = re.compile(r"^\s*(?:\[\[?\s+(.+?)\s+\]\]?|test\s+(?=[\"$-])(.+))\s*$")
_COMMENT = re.compile(r"^\s*(?://|\#(?!\[)|--|/?\*+(?!\w))")
_CONDITION = re.compile(r"^\s*(?:\}\s*else\s+)?if\s*\(?(?P<test>.*?)\)?\s*\{?\s*$")
_INITIAL = re.compile(r"""^[^;"'`]*:?=[^;"'`]*(?:"[^"]*"[^;"'`]*|'[^']*'[^;"'`]*|`[^`]*`[^;"'`]*)*;""")
"""The statement before the condition of Go's `if`."""
_NEVER = re.compile(r"^\s*(?:if|while)\s*\(?\s*(?:false|0|False)\s*\)?\s*[{:]?\s*$")
_ENDS = re.compile(r"^\s*(?:return\b|t\.(?:Skip\w*|SkipNow)\(|panic\()")
_ROW = re.compile(r"^\s*(?:\{|@(?:InlineData|CsvSource|ValueSource)|\[(?:InlineData|TestCase|DataRow)\b|#\[(?:case|test_case))")
_ARGUMENT = re.compile(r"^(?:t|b|tb|s\.T\(\)|self|ctx\.T)$")


class _Line(Struct, frozen=True):
    number: int
    indent: int
    text: str


def read(path: str, text: str, *, fallback: str = "") -> Reading:
    """Cases and symbols by line. Never raises."""
    lines = [_Line(number, len(raw) - len(raw.lstrip()), raw) for number, raw in enumerate(text.split("\n"), 1) if raw.strip()]
    symbols = {}
    for place, line in enumerate(lines):
        if found := _DEFINED.match(line.text[:400]):
            symbols[found[1]] = cases.words("\n".join(inner.text[:400] for inner in _block(lines, place)[1:200]))
    found_cases = tuple(_cases(path, lines)) if places.is_test(path) else ()
    if (left_out := _built(text)) is not Skip.NO:
        found_cases = tuple(structs.replace(case, skip=max(case.skip, left_out, key=lambda skip: skip.rank)) for case in found_cases)
    return Reading(path=path, cases=found_cases, symbols=symbols, fallback=fallback)


def _built(text: str) -> Skip:
    """Whether build tags leave the file out."""
    found = _BUILD.search(text[:4_000])
    if not found:
        return Skip.NO
    tags = found["tags"] or found["old"]
    return Skip.SKIPPED if _NEVER_BUILT.search(tags) else Skip.PLATFORM


def _block(lines: Sequence[_Line], place: int) -> list[_Line]:
    """A line and all that is indented deeper below it."""
    end = place + 1
    while end < len(lines) and (lines[end].indent > lines[place].indent or lines[end].text.strip()[0] in ")]{"):
        end += 1
    return list(lines[place:end])


def _cases(path: str, lines: Sequence[_Line]) -> Iterator[Case]:
    language = places.language(path) or Language.SHELL
    language = Language.JAVASCRIPT if language in (Language.TYPESCRIPT, Language.TSX) else language
    start, mark = _START[language], _MARK.get(language)
    taken = 0
    for place, line in enumerate(lines):
        if place < taken or _COMMENT.match(line.text):
            continue
        found = start.match(line.text[:400])
        if _HOLDER.match(line.text[:400]):
            continue
        defined = None if found else _DEFINED.match(line.text[:400])
        if not found and not (defined and language is not Language.JAVASCRIPT and _FUNCTION.search(line.text[:400])):
            continue
        above = _above(lines, place)
        collected = bool(found) and (mark is None or any(mark.search(upper.text) for upper in (*above, line)))
        name = next((part for part in (found or defined).groups() if part), "") if found or defined else ""  # type: ignore[union-attr]
        block = _block(lines, place)
        case = _case(path, name, above, block, collected and places.is_named_test(path))
        if collected or case.checks:
            taken = place + len(block)
            yield case


def _above(lines: Sequence[_Line], place: int) -> list[_Line]:
    found = []
    while place > 0 and lines[place - 1].text.strip().startswith(("@", "#[", "[")):
        place -= 1
        found.append(lines[place])
    return found


def _case(path: str, name: str, above: Sequence[_Line], block: Sequence[_Line], collected: bool) -> Case:
    body = [line for line in block if not _COMMENT.match(line.text)]
    return Case(
        path=path,
        name=name,
        line=block[0].number,
        checks=tuple(_checks(body)),
        skip=max((_skip(line, body) for line in (*above, *body)), key=lambda skip: skip.rank, default=Skip.NO),
        rows=1 + sum(bool(_ROW.match(line.text)) for line in (*above, *body[1:])),
        table=tuple(" ".join(line.text.split()) for line in (*above, *body[1:]) if _ROW.match(line.text) and len(line.text.strip()) > 2),
        words=cases.words("\n".join(line.text[:1000] for line in body)),
        collected=collected,
    )


def _skip(line: _Line, body: Sequence[_Line]) -> Skip:
    if not _SKIP.search(line.text[:400]):
        return Skip.NO
    if line not in body[1:]:
        return Skip.PLATFORM if "cfg_attr" in line.text or "OnOs" in line.text else Skip.SKIPPED
    condition = _condition_above(line, body)
    if condition is None:
        return Skip.SKIPPED if line.indent == min(inner.indent for inner in body[1:]) else Skip.CONDITION
    return Skip.PLATFORM if _PLATFORM.search(condition) else Skip.CONDITION


def _condition_above(line: _Line, body: Sequence[_Line]) -> str | None:
    """The `if` a line stands under."""
    place = body.index(line)
    indent = line.indent
    for upper in reversed(body[:place]):
        if upper.indent < indent:
            indent = upper.indent
            if found := _CONDITION.match(upper.text[:400]):
                return found["test"]
            return None
    return None


def _checks(body: Sequence[_Line]) -> Iterator[Check]:
    base = min((line.indent for line in body[1:]), default=0)
    held, never = Held.NO, -1
    for line in body[1:] if len(body) > 1 else body:
        if never >= 0 and line.indent <= never:
            never = -1
        if _NEVER.match(line.text):
            never = line.indent
        state = Held.UNREACHABLE if never >= 0 else held
        for check in _checks_in(line, body):
            yield structs.replace(check, held=state)
        if line.indent == base and _ENDS.match(line.text) and line is not body[-1]:
            held = Held.UNREACHABLE


def _checks_in(line: _Line, body: Sequence[_Line]) -> Iterator[Check]:
    if shell := _BRACKETS.match(line.text[:1000]):
        yield Check(relation="equal", subject=shell[1].strip(), negated=False, line=line.number)
        return
    found = _ASSERTS.search(line.text[:1000])
    if not found or line.text.count('"', 0, found.start()) % 2:
        return
    if found["fail"] is not None or found["panic"] is not None:
        condition = _condition_above(line, body)
        for part in re.split(r"\s*\|\|\s*", _INITIAL.sub("", condition or "").strip()) if condition else [""]:
            yield structs.replace(_failed_when(part.strip()), line=line.number)
        return
    name = (found["name"] or found["macro"] or "").rstrip("!")
    name = re.sub(r"^(?:EXPECT|ASSERT|CHECK|REQUIRE|XCTAssert)_?", "", name) or "truthy"
    relation, negated = relations.named(name)
    yield _claimed(relation, negated, name, _arguments(line.text[found.end() - 1 : 1000]), line.number)


def _claimed(relation: str, negated: bool, name: str, arguments: list[str], line: int) -> Check:
    arguments = [part for part in arguments if not _ARGUMENT.match(part)]
    if relation == "raises" and arguments and re.fullmatch(r"[\w:.]+(?:\.class)?", arguments[0]) and arguments[0][:1].isupper():
        raised = f"{arguments[0].removesuffix('.class')}; "
        return Check(relation=relation, subject=", ".join(arguments[1:]), expected=raised, negated=negated, line=line)
    if len(arguments) >= 2 and relation not in ("truthy", "none", "other", "ran"):
        subject, expected = arguments[0], arguments[1]
        if cases.is_literal(subject) and not cases.is_literal(expected):
            subject, expected = expected, subject
        return Check(relation=relation, subject=subject, expected=expected, negated=negated, line=line)
    subject = ", ".join(arguments[:1] if relation in ("truthy", "none", "ran") else arguments)
    if relation == "truthy" and (found := _OPERATOR.match(subject)):
        kind = "order" if "<" in found[2] or ">" in found[2] else "equal"
        return Check(relation=kind, subject=found[1], expected=found[3], negated=negated != found[2].startswith("!"), line=line)
    if relation == "truthy" and subject in ("true", "1", "True"):
        return Check(relation="vacuous", subject=subject, line=line)
    return Check(relation=relation, subject=f"{name}({subject})" if relation == "other" else subject, negated=negated, line=line)


_OPERAND = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[^=!<>&|"'`])"""
_OPERATOR = re.compile(rf"^({_OPERAND}+?)\s*(===?|!==?|<=?|>=?)\s*({_OPERAND}+)$")


def _failed_when(condition: str) -> Check:
    """`if got != want { t.Error() }` claims that they are equal."""
    if condition.startswith("false &&"):
        return Check(relation="vacuous", subject=condition)
    if found := _OPERATOR.match(condition):
        relation = "order" if "<" in found[2] or ">" in found[2] else "equal"
        negated = relation == "equal" and not found[2].startswith("!")
        return Check(relation=relation, subject=found[1], expected=found[3], negated=negated)
    negated = not condition.startswith("!")
    inner = condition.removeprefix("!").strip()
    if call := re.match(r"(?:\w+\.)*(\w+)\((.*)\)$", inner):
        relation, flipped = relations.named(call[1])
        if relation not in ("other", "truthy"):
            return _claimed(relation, negated != flipped, call[1], _arguments(f"({call[2]})"), 0)
    if not inner:
        return Check(relation="other", subject="fail")
    return Check(relation="truthy", subject=inner, negated=negated)


def _arguments(text: str) -> list[str]:
    """Arguments up to the closing bracket, split at top-level commas; the rest of the line when there is no bracket."""
    text = text.strip()
    if not text.startswith(("(", "{")):
        return [part.strip() for part in text.split(",")]
    found, depth, start, quote, place = [], 0, 1, "", 0
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote and text[place - 1] != "\\" else quote
        elif sign in "\"'`":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if depth == 0:
                break
        elif sign == "," and depth == 1:
            found.append(text[start:place].strip())
            start = place + 1
    rest = text[start : place if depth == 0 else len(text)].strip()
    return [part for part in (*found, rest) if part]
