"""JSON lines: one line per value, whatever the value holds."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from twelve.render import jsonl


@given(st.lists(st.dictionaries(st.text(), st.text(alphabet=st.characters(codec=None)))))
def test_one_line_per_value_and_each_reads_back(values: list[dict[str, str]]) -> None:
    lines = jsonl.lines(values).splitlines()
    assert [json.loads(line) for line in lines] == values
