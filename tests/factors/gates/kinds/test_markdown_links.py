from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from kit import judging, repos
from twelve.factors.gates.prove import Result
from twelve.model.verdict import Outcome, Report

_TREE: dict[str, str | bytes] = {
    "README.md": "# Start here\n\n## Use it\n",
    "docs/guide.md": "# Guide\n\n## Step one\n",
    "docs/with space.md": "# X\n",
    "src/code.py": "a = 1\nb = 2\n",
    "img/logo.png": b"\x89PNG\0",
}


def _ask(tmp_path: Path, text: str, **options: object) -> Report:
    return judging.ask(repos.new_repository(tmp_path, {**_TREE, "docs/page.md": text}), "markdown_links", options)


@pytest.mark.parametrize(
    "target",
    [
        "guide.md",
        "./guide.md#step-one",
        "../README.md#use-it",
        "/README.md",
        "../img/logo.png",
        "../src/code.py#L2",
        "../src",
        "..",
        "/",
        "#own-heading",
        "<with space.md>",
        "with%20space.md",
        "guide.md?plain=1",
        "https://example.com/no#where",
        "mailto:pat@example.invalid",
        "//example.com/x",
        "data:text/plain,hi",
    ],
)
def test_links_that_lead_somewhere_pass(tmp_path: Path, target: str) -> None:
    report = _ask(tmp_path, f"# Own heading\n\n[x]({target})\n")
    assert report.findings == ()
    assert report.outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        ("gone.md", "link-missing-file"),
        ("Guide.md", "link-missing-file"),
        ("/docs/gone.md", "link-missing-file"),
        ("guide.md#step-two", "link-missing-anchor"),
        ("#step-one", "link-missing-anchor"),
        ("../../outside.md", "link-leaves-repository"),
        ("../../../../../etc/passwd", "link-leaves-repository"),
        ("../link/passwd", "link-leaves-repository"),
    ],
)
def test_links_that_lead_nowhere_are_named_with_their_line(tmp_path: Path, target: str, rule: str) -> None:
    repository = repos.new_repository(tmp_path, {**_TREE, "docs/page.md": f"# Page\n\n![x]({target})\n"})
    (repository.root / "link").symlink_to("/etc")
    report = judging.ask(repository, "markdown_links")
    assert [(finding.rule, finding.path, finding.line) for finding in report.findings] == [(rule, "docs/page.md", 3)]


def test_an_undefined_reference_is_a_warning(tmp_path: Path) -> None:
    report = _ask(tmp_path, "[x][nowhere]\n")
    assert (report.outcome, judging.rules(report)) == (Outcome.PASS, ["link-undefined-reference"])


def test_targets_can_be_left_alone_by_policy(tmp_path: Path) -> None:
    assert _ask(tmp_path, "[x](generated/api.md)\n", ignore_targets=["generated/**"]).outcome is Outcome.PASS


def test_pages_that_are_not_utf8_or_huge(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"latin.md": b"# caf\xe9\n[x](gone.md)\n", "huge.md": "x" * 3_000}
    report = judging.ask(repos.new_repository(tmp_path, files), "markdown_links", {"max_bytes": 2_000})
    assert sorted(judging.rules(report)) == ["link-missing-file", "page-unreadable"]


def test_an_odd_target_is_a_finding_not_a_crash(tmp_path: Path) -> None:
    report = _ask(tmp_path, "[a](%00) [b](%ff%fe.md) [c](a\x00b) [d](" + "x" * 900 + ")\n")
    assert report.outcome is Outcome.FAIL
    assert len(report.findings) == 4
    assert msgspec.json.encode(report)


def test_no_page_is_an_error(tmp_path: Path) -> None:
    assert judging.ask(repos.new_repository(tmp_path, {"a.py": "x"}), "markdown_links").outcome is Outcome.ERROR


def test_the_seed_turns_it_red(tmp_path: Path) -> None:
    assert judging.trial(repos.new_repository(tmp_path, _TREE), "markdown_links").result is Result.PROVEN
