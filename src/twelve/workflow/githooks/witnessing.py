"""The second witness: git's hooks run the installed package, and look whether the guard of clients is still what it was.

A person is told and goes on, an agent's session is refused; either way a record waits for a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress

from twelve.factors.guardrails.actions.action import DELETE, WRITE, Action
from twelve.factors.guardrails.policy import judging
from twelve.factors.guardrails.policy.decision import DENY, Finding
from twelve.model.errors import TwelveError
from twelve.system import files, git, journal
from twelve.workflow import guarding
from twelve.workflow.fastpath import tampering, witness
from twelve.workflow.githooks import staged
from twelve.workflow.githooks.occasion import Answer, Occasion, refusal
from twelve.workflow.install import arm

POLICY = "twelve.toml"
PUSH = "pre-push"
STOPPING = ("pre-commit", "commit-msg", PUSH)
RULES = ("protect-policy",)
"""Rules of the guard that are asked again about what is committed; the others concern the moment of writing."""
CHECKED = "checked.json"
MOST_CHECKED = 200
MOST_OUTGOING = 500
"""Commits of one push whose paths are looked at (ours)."""
SHOWN = 5


def installed(repository: git.Repository) -> bool:
    """Whether this machine was armed, whatever the work tree says."""
    return witness.installed(repository)


def answer(occasion: Occasion, name: str, *, ruled: bool) -> Answer:
    """What is wrong with the guard itself. `ruled`: this work tree has a policy."""
    lines = [*_damaged(occasion, name), *([] if ruled else _without_policy(occasion, name))]
    if name == PUSH and not lines and ruled:
        lines += _stale(occasion)
    return Answer(code=1 if lines and occasion.agent and name in STOPPING else 0, lines=tuple(lines))


def _damaged(occasion: Occasion, name: str) -> list[str]:
    found = witness.differences(occasion.repository)
    state = occasion.repository.state_dir
    for item in found:
        with suppress(TwelveError):
            tampering.note(state, path=item.path, change=item.change, after=item.after, root=occasion.repository.root, tool=name)
    if not found:
        return []
    named = ", ".join(f"{item.path} was {item.change}" for item in found[:SHOWN])
    why = "what answers the calls of agents here is not what twelve wrote"
    return [refusal(f"the guard was tampered with: {named}", why=why, next=_whom(occasion, "twelve doctor names the cause and mends it"))]


def _without_policy(occasion: Occasion, name: str) -> list[str]:
    """This machine is armed and the tree has no policy: it was taken away, or this is an older line that never had one."""
    if name not in STOPPING:
        return []
    if not occasion.agent:
        return [f"there is no {POLICY} in this work tree, so nothing but the guard itself was looked at"]
    repository = occasion.repository
    removed = repository.head() and repository.ask("rev-list", "--max-count=1", "HEAD", "--", POLICY).out.strip()
    if removed or POLICY in staged.paths(occasion):
        why = f"{occasion.agent}; what binds agents is not theirs to take away"
        return [
            refusal(f"{POLICY} was taken out of this line of history", why=why, next="bring it back as it was, or leave this to a person")
        ]
    found = protected(occasion, staged.paths(occasion)) if name == "pre-commit" else ()
    return [refusal(f"{finding.what} [{finding.rule}]", why=finding.why, next=finding.next) for finding in found[:SHOWN]]


def _stale(occasion: Occasion) -> list[str]:
    """Built anew the guard would be another one: the policy moved on, or somebody edited all traces alike. Costs a second."""
    if not occasion.env.get("HOME") or not installed(occasion.repository):
        return []
    arming = arm.of(occasion.repository, occasion.settings)
    if arming.written() in ("", arming.digest):
        return []
    why = "the policy or twelve changed since it was generated, or somebody edited it"
    return [
        refusal("the guard of this machine is not the one of this policy", why=why, next=_whom(occasion, "twelve upgrade writes it anew"))
    ]


def _whom(occasion: Occasion, remedy: str) -> str:
    return f"stop and tell the person; {remedy}" if occasion.agent else remedy


def protected(occasion: Occasion, paths: Iterable[str]) -> tuple[Finding, ...]:
    """What the guard says of a commit that changes these paths."""
    root = occasion.repository.root
    here = {path: (root / path).exists() for path in paths}
    actions = tuple(Action(WRITE if exists else DELETE, path=str(root / path), verb="commit") for path, exists in here.items())
    decision = judging.judge(actions, guarding.policy_of(occasion.repository, occasion.settings), judging.Circumstances())
    return tuple(finding for finding in decision.findings if finding.rule in RULES and finding.decision == DENY)


def passed(occasion: Occasion) -> None:
    """Remember that the hook before commits saw this content."""
    tree = occasion.repository.run("write-tree", env=occasion.index).decode().strip()
    known = _checked(occasion.repository)
    kept = [*[item for item in known if item != tree], tree][-MOST_CHECKED:]
    with suppress(TwelveError):
        files.write_atomic(occasion.repository.state_dir / CHECKED, json.dumps(kept), mode=0o600)


def _checked(repository: git.Repository) -> list[str]:
    path = repository.state_dir / CHECKED
    try:
        found = json.loads(files.read_bounded(path)) if path.is_file() else []
    except (TwelveError, ValueError):
        return []
    return [str(item) for item in found] if isinstance(found, list) else []


def committed(occasion: Occasion) -> tuple[str, ...]:
    """After an agent's commit: whether the hook before it was left out, and whether it changed what binds agents."""
    repository = occasion.repository
    head = repository.head()
    if not occasion.agent or occasion.driver or not head or occasion.underway.startswith("rebase"):
        return ()
    told = []
    word = repository.ask("reflog", "-1", "--format=%gs", "HEAD").out.decode("utf-8", "replace")
    plain = word.startswith(("commit: ", "commit (amend): ", "commit (initial): "))
    if plain and repository.resolve("HEAD^{tree}") not in _checked(repository):
        told.append(_note(occasion, head, "committed without the hook before commits"))
    touched = repository.lines("diff-tree", "--root", "--no-commit-id", "--name-only", "-r", "-z", "HEAD")
    if found := protected(occasion, touched):
        told.append(_note(occasion, head, f"committed with a change of what binds agents: {found[0].what}"))
    return tuple(told)


def _note(occasion: Occasion, commit: str, change: str) -> str:
    state = occasion.repository.state_dir
    tampering.note(state, path=f"commit {commit}", change=change, root=occasion.repository.root, tool="post-commit", after=commit)
    return refusal(f"{commit[:12]} was {change}", why="it is recorded for a person", next="stop and tell the person what happened")


def outgoing(occasion: Occasion, tip: str, *, held: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Commits no remote has, each with the paths it changes; those of a merge are its parents'. `held`: what the other side has there."""
    known = (held,) if held.strip("0") and occasion.repository.resolve(f"{held}^{{commit}}") else ()
    words = (
        "log",
        f"--max-count={MOST_OUTGOING}",
        "--format=%x01%H",
        "--name-only",
        "--no-renames",
        "-z",
        tip,
        "--not",
        "--remotes",
        *known,
    )
    text = occasion.repository.run(*words).decode("utf-8", "surrogateescape")
    for block in text.split("\x01")[1:]:
        commit, _, rest = block.partition("\0")
        yield commit.strip(), tuple(name.lstrip("\n") for name in rest.split("\0") if name.strip())


def by_person(occasion: Occasion, commit: str) -> bool:
    """Whether the hook after commits saw a person make it. The journal is this machine's word and no proof."""
    events = journal.read_all(occasion.repository.state_dir / "journal").events
    return any(event.get("commit") == commit and event.get("by") in ("person", "driver") for event in events)
