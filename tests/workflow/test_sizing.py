"""Ceremony follows risk and size, and is only ever raised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.model.phase import Size
from twelve.model.risk import Risk
from twelve.model.settings import RunSettings
from twelve.workflow import sizing

RUN = RunSettings()


@pytest.mark.parametrize(
    ("task", "size"),
    [
        ("fix a typo in the readme", Size.TINY),
        ("add a parser for dates", Size.NORMAL),
        ("change the login form", Size.NORMAL),
        ("migrate the database to new ids", Size.CRITICAL),
        ("fix a typo in the production config", Size.CRITICAL),
    ],
)
def test_a_task_is_sized_by_its_words_while_nothing_else_is_known(task: str, size: Size) -> None:
    assert sizing.measure(RUN, task=task).size is size


@pytest.mark.parametrize(
    ("lines", "paths", "size"),
    [
        (40, ["a", "b", "c"], Size.TINY),
        (41, ["a"], Size.NORMAL),
        (1, ["a", "b", "c", "d"], Size.NORMAL),
        (1, [".github/workflows/ci.yml"], Size.CRITICAL),
        (1, ["uv.lock"], Size.NORMAL),
    ],
)
def test_an_estimate_or_diff_is_sized_by_lines_files_and_paths(lines: int, paths: list[str], size: Size) -> None:
    found = sizing.measure(RUN, task="x", paths=paths, lines=lines)
    assert found.size is size
    assert found.why


@given(
    st.sampled_from(list(Size)),
    st.sampled_from(list(Size)),
    st.one_of(st.none(), st.integers(0, 200)),
    st.lists(st.sampled_from(["a", "b", "x.sql", "uv.lock"]), max_size=5),
)
def test_what_is_asked_for_only_raises(asked: Size, least: Size, lines: int | None, paths: list[str]) -> None:
    plain = sizing.measure(RunSettings(), paths=paths, lines=lines)
    raised = sizing.measure(RunSettings(minimum_size=least), paths=paths, lines=lines, asked=asked)
    assert raised.size.rank == max(plain.size.rank, asked.rank, least.rank)
    assert raised.risk is plain.risk


def test_a_stateful_resource_in_the_diff_is_critical() -> None:
    found = sizing.measure(RUN, paths=["app/db.yaml"], lines=2, manifests={"app/db.yaml": "kind: StatefulSet\n"})
    assert (found.size, found.risk) == (Size.CRITICAL, Risk.HIGH)
