"""`twelve evidence` as a person and a pipeline type it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from kit.repos import new_repository
from twelve.factors.gates import ledger
from twelve.interfaces.cli import evidence, exits, terminal
from twelve.system import git


def _run(repository: git.Repository, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(evidence.command, [*words, "-C", str(repository.root)], standalone_mode=False)
    if result.exception:
        raise result.exception
    return int(result.return_value or 0), result.output


def test_status_tells_what_differs_and_push_evens_it_out(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a.txt": "a\n"})
    repository.run("clone", "--quiet", "--bare", str(repository.root), str(tmp_path / "remote.git"))
    repository.run("remote", "add", "origin", str(tmp_path / "remote.git"))
    assert "neither" in _run(repository, "status")[1]
    repository.notes_append(ledger.REF, "HEAD", [b"one", b"two"])
    code, text = _run(repository, "status")
    assert (code, "2 lines only here" in text) == (exits.RED, True)
    code, text = _run(repository, "push", "--json")
    answer = json.loads(text)
    assert (code, answer["schema"], answer["notes"][0]["sent"]) == (exits.PASS, "twelve.evidence.v1", 2)
    assert _run(repository, "fetch", "origin")[1].count("nothing new") == 1
    assert _run(repository, "status")[0] == exits.PASS


def test_every_word_has_two_examples_and_an_answer() -> None:
    for word in evidence.command.commands.values():
        assert isinstance(word, terminal.Verb)
        assert len(word.examples) == 2
        assert word.answer is not None
