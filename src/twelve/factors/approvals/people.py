"""Who is who: one person has one identity however their name is written, and an author is not their own approver."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import takewhile

from twelve.factors.approvals.signature import Checked
from twelve.system import git, signing


def identity(who: str) -> str:
    """What makes two mentions the same person: the e-mail address when there is one, else the whole text, in lower case."""
    address = who[who.rfind("<") + 1 :].partition(">")[0].strip() if "<" in who and ">" in who else ""
    return (address or who).strip().casefold()


def authors(repository: git.Repository, range: str) -> tuple[str, ...]:
    """Everybody who wrote or committed in a range, and the ssh keys its commits are signed with: e-mails and fingerprints.

    Names in commits are claims, and so is a signature nobody checks; both can only take people out of the approvers.
    """
    found = repository.run(
        "log", "-z", "--format=%ae%x00%ce%x00%(trailers:key=Co-authored-by,valueonly,separator=%x00)", "--end-of-options", range
    )
    words = found.decode("utf-8", "replace").split("\0")
    return tuple(sorted({identity(word) for word in words if word.strip()} | set(_keys(repository, range))))


def independent(checked: Iterable[Checked], authors: Collection[str]) -> tuple[str, ...]:
    """The different people whose valid signatures these are, without the authors; sorted."""
    made = {identity(author) for author in authors}
    return tuple(
        sorted({identity(item.who) for item in checked if item.valid and identity(item.who) not in made and identity(item.key) not in made})
    )


def _keys(repository: git.Repository, range: str) -> Iterator[str]:
    commits = repository.run("rev-list", "--end-of-options", range)
    for block in repository.run("cat-file", "--batch", stdin=commits).split(b"\ngpgsig ")[1:]:
        # Every line of a header but its first begins with a blank.
        lines = block.split(b"\n")
        more = takewhile(lambda line: line.startswith(b" "), lines[1:])
        text = b"\n".join([lines[0], *(line[1:] for line in more)]).decode("ascii", "replace")
        parsed = signing.ssh_parse(text)
        if parsed:
            yield identity(signing.ssh_fingerprint(parsed.key))
