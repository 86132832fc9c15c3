"""What must be true of a run that has ended, whichever client it was."""

from __future__ import annotations

from msgspec import structs

from kit import slugs
from kit.journeys import Ended
from twelve.model.verdict import Outcome


def assert_worked_through(ended: Ended, *, hooks: str = "armed") -> None:
    """All five phases, one transient failure and one red gate on the way, and nobody's files touched."""
    assert ended.code == 0, ended.said
    assert ended.answer["state"] == "done"
    assert ended.turns == [
        ("prime", 1, 1, ""),
        ("research", 1, 1, "transient"),
        ("research", 1, 2, ""),
        ("plan", 1, 1, ""),
        ("implement", 1, 1, ""),
        ("implement", 2, 1, ""),
        ("learn", 1, 1, ""),
    ]
    assert not {entry.move for entry in ended.entries} & {"discard", "regress"}, "the client left nothing beside its work"
    assert ended.unused == (), "the model was asked for everything in its script"
    assert ended.answer["hooks"] == hooks
    assert {entry.data["hooks"] for entry in ended.entries if entry.move in ("write", "work")} == {hooks}


def assert_told_what_was_red(ended: Ended) -> None:
    """The finding reached the model, and nothing else was ever sent back."""
    red = [entry for entry in ended.entries if entry.move == "gates" and not entry.ok]
    assert [entry.step for entry in red] == [slugs.STEP]
    (back,) = [prompt for prompt in ended.prompts if "was refused" in prompt]
    assert "tests: FAIL" in back
    assert slugs.TEST in back
    assert "AssertionError: 'one--two' != 'one-two'" in back
    assert f"validation:{slugs.STEP}:0: FAIL" in back
    assert any("tests were run" in prompt for prompt in ended.prompts), "the model saw its own tests pass before it claimed so"


def assert_recorded(ended: Ended) -> None:
    """The branch holds the work, the five artefacts and the evidence; the person's side holds what it held."""
    kinds = [subject.split(":")[0] for subject in ended.subjects]
    assert kinds == ["docs(prime)", "docs(research)", "docs(plan)", f"feat({slugs.STEP})", "docs(implement)", "docs(learn)"]
    assert ended.artefacts == {f"{phase}.md" for phase in slugs.PHASES}
    assert "red_first: FAIL" in ended.show(f".twelve/runs/{ended.run}/implement.md")
    assert ended.show("address/slug.py") == slugs.RIGHT
    assert ended.show("tests/test_slug.py") == slugs.PROJECT["tests/test_slug.py"]
    passed = {item.gate for item in ended.evidence if item.outcome is Outcome.PASS and item.run == ended.run}
    assert passed == {"syntax", "markers", "secrets", "tests"}
    assert {item.subject for item in ended.evidence if item.gate == "tests"} == {ended.repository.subject_of(ended.branch)}
    assert ended.untouched
    assert len(ended.repository.worktrees()) == 1
    assert ended.repository.merge_base("main", ended.branch) == ended.repository.head() == ended.answer["base"], "nothing is merged"


def assert_counted_once(ended: Ended) -> None:
    """The run spent what the model server delivered, token for token."""
    assert ended.counted.output > 0
    assert structs.replace(ended.usage, cost_usd=0.0) == ended.counted
    read, written = zip(*ended.journalled, strict=True)
    assert (sum(read), sum(written), len(read)) == (ended.counted.prompt, ended.counted.output, len(ended.turns))


def assert_key_was_seen_by_the_agent(ended: Ended, client: str) -> None:
    """Its shell printed the key: what comes after shows that we hide it, not that it never passed by."""
    assert any(slugs.SECRETS[slugs.KEYS[client]] in prompt for prompt in ended.prompts)


def assert_no_key(ended: Ended) -> None:
    """No key in anything that was shown, logged or recorded."""
    for name, secret in slugs.SECRETS.items():
        assert secret not in ended.kept(), f"the value of {name} was kept or shown"


def assert_stopped(ended: Ended, *, phase: str = "implement", kept: int = 3, kind: str = "rounds", about: str) -> None:
    """Every allowed round was spent on claims; then a person is asked, and only the first `kept` phases are on the branch."""
    assert ended.code == 5, ended.said
    assert ended.answer["state"] == "waiting"
    assert ended.turns[-2:] == [(phase, 1, 1, ""), (phase, 2, 1, "")]
    # A client whose claim its hook sent back once says it twice in one turn.
    said = [entry.data["said"] for entry in ended.entries if entry.phase == phase and "said" in entry.data]
    assert [text.replace(slugs.CLAIM, "") for text in said] == ["", ""]
    assert about in ended.answer["detail"]
    (asked,) = ended.answer["waiting_on"]
    assert asked["kind"] == kind
    assert [subject.split(":")[0] for subject in ended.subjects] == [f"docs({closed})" for closed in slugs.PHASES[:kept]]
    assert ended.artefacts == {f"{closed}.md" for closed in slugs.PHASES[:kept]}
    assert {path: ended.show(path) for path in slugs.PROJECT} == slugs.PROJECT
    assert ended.untouched


def assert_given_up_at_once(ended: Ended, *, because: str) -> None:
    """One turn, no retry, a reason and a way on."""
    assert ended.code == 6, ended.said
    assert ended.answer["state"] == "escalated", ended.said
    assert ended.turns == [("prime", 1, 1, "halt")], ended.answer["detail"]
    assert because in ended.answer["detail"]
    assert any("twelve resume" in step for step in ended.answer["next"])
    assert ended.answer["commits"] == []
    assert "Traceback" not in ended.said
    assert ended.untouched
