from __future__ import annotations

from twelve.factors.gates.parsers import cobertura


def _report(*classes: str) -> bytes:
    return f'<coverage line-rate="1.0"><packages><package><classes>{"".join(classes)}</classes></package></packages></coverage>'.encode()


def _class(path: str, *hits: int) -> str:
    lines = "".join(f'<line number="{number}" hits="{count}"/>' for number, count in enumerate(hits, 1))
    methods = '<methods><method><lines><line number="1" hits="0"/></lines></method></methods>'
    return f'<class filename="{path}">{methods}<lines>{lines}</lines></class>'


def test_coverage_is_counted_from_lines_not_from_the_claimed_rate() -> None:
    coverage = cobertura.parse(_report(_class("a.py", 1, 0, 3, 0)), "c")
    assert (coverage.lines, coverage.covered, coverage.percent) == (4, 2, 50.0)


def test_a_file_in_several_classes_counts_each_line_once() -> None:
    coverage = cobertura.parse(_report(_class("a.py", 1, 0), _class("a.py", 0, 1)), "c")
    assert (coverage.lines, coverage.covered) == (2, 2)


def test_the_threshold_itself_is_enough_and_less_is_not() -> None:
    coverage = cobertura.parse(_report(_class("a.py", 1, 0), _class("b.py", 1, 1)), "c")
    assert cobertura.below(coverage, 75) == ()
    (finding,) = cobertura.below(coverage, 75.1)
    assert "75.0 %" in finding.message
    assert "a.py (1 lines)" in finding.fix


def test_a_shortfall_is_known_again_when_the_figure_moves() -> None:
    low, lower = (cobertura.parse(_report(_class("a.py", *hits)), "c") for hits in ((1, 0), (1, 0, 0)))
    assert cobertura.below(low, 90)[0].fingerprint == cobertura.below(lower, 90)[0].fingerprint


def test_no_lines_is_no_coverage() -> None:
    assert cobertura.parse(_report(), "c").percent == 0
