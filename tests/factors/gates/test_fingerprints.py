from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kit import gating, repos
from twelve.factors.gates import fingerprints
from twelve.model.finding import Finding
from twelve.model.verdict import Outcome, Report, Verdict

FINDINGS = st.lists(
    st.builds(
        Finding,
        rule=st.sampled_from(["r1", "r2"]),
        message=st.sampled_from(["m", "n"]),
        path=st.sampled_from(["a", "b"]),
        line=st.integers(0, 9),
    ),
    max_size=8,
)


@given(FINDINGS, FINDINGS)
def test_every_finding_is_counted_exactly_once(previous: list[Finding], current: list[Finding]) -> None:
    changes = fingerprints.compare(previous, current)

    def prints(findings: tuple[Finding, ...] | list[Finding]) -> Counter[str]:
        return Counter(found.fingerprint for found in findings)

    assert prints(changes.new) + prints(changes.recurring) == prints(current)
    assert prints(changes.fixed) + prints(changes.recurring) == prints(previous)
    assert not set(prints(changes.new)) & set(prints(changes.fixed))


@given(FINDINGS, st.integers(1, 1000))
def test_moving_lines_makes_nothing_new(findings: list[Finding], shift: int) -> None:
    moved = [msgspec.structs.replace(found, line=found.line + shift) for found in findings]
    changes = fingerprints.compare(findings, moved)
    assert not changes.new
    assert not changes.fixed


def _verdict(outcome: Outcome, *findings: Finding) -> Verdict:
    report = Report(outcome=outcome, summary="", findings=findings)
    return Verdict(gate="g", kind="k", required=True, report=report, definition="d", subject="s", inputs="i", started="t", duration_s=0)


A, B = Finding(rule="a", message="a"), Finding(rule="b", message="b")


def test_each_branch_remembers_its_own_last_run(tmp_path: Path) -> None:
    fingerprints.since_last(tmp_path, "main", [_verdict(Outcome.FAIL, A)])
    assert fingerprints.since_last(tmp_path, "other", [_verdict(Outcome.FAIL, A)])["g"].new == (A,)
    assert fingerprints.since_last(tmp_path, "main", [_verdict(Outcome.FAIL, B)])["g"] == fingerprints.Changes(new=(B,), fixed=(A,))


def test_an_error_neither_fixes_nor_forgets(tmp_path: Path) -> None:
    fingerprints.since_last(tmp_path, "main", [_verdict(Outcome.FAIL, A)])
    assert fingerprints.since_last(tmp_path, "main", [_verdict(Outcome.ERROR)]) == {}
    assert fingerprints.since_last(tmp_path, "main", [_verdict(Outcome.FAIL, A)])["g"].recurring == (A,)


def test_a_damaged_memory_is_no_memory(tmp_path: Path) -> None:
    fingerprints.since_last(tmp_path, "main", [_verdict(Outcome.FAIL, A)])
    for file in (tmp_path / "findings").iterdir():
        file.write_bytes(b"\xff{")
    assert fingerprints.since_last(tmp_path, "main", [_verdict(Outcome.FAIL, A)])["g"].new == (A,)


def test_a_finding_of_a_real_tool_survives_a_line_shift(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.txt": "x\nTODO later\n"})
    table = gating.command("grep", "-Hn", "TODO", "a.txt", parser="regex", pattern="^(?P<path>[^:]+):(?P<line>\\d+):(?P<message>.*)")
    (gate,) = gating.gates(todo=table)
    before = gating.judge(repository, gate)["todo"].report
    assert [(found.path, found.line) for found in before.findings] == [("a.txt", 2)]
    repos.write(repository, {"a.txt": "new\nlines\nx\nTODO later\n"})
    after = gating.judge(repository, gate)["todo"].report
    assert after.findings[0].line == 4
    assert fingerprints.compare(before.findings, after.findings).recurring == after.findings
