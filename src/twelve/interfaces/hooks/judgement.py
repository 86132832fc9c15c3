"""A tool is about to run: what it would do, what the policy says of it, and the answer in the client's words."""

from __future__ import annotations

import posix

from twelve.factors.guardrails.actions.action import Action, Surroundings
from twelve.factors.guardrails.actions.calls import Call, call_of
from twelve.factors.guardrails.actions.reading import actions_of
from twelve.factors.guardrails.policy.decision import ALLOW, ASK, DENY, HINT, Decision
from twelve.factors.guardrails.policy.judging import Circumstances, judge
from twelve.interfaces.hooks import exempting, masking, notation, occasion, phases, relocating, requests, trail
from twelve.interfaces.hooks.dialects import claude, codex, gemini, portable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.interfaces.hooks.entry import Answer, Site
    from twelve.interfaces.hooks.occasion import Occasion

DIALECTS = {"claude": claude, "codex": codex, "gemini": gemini}
EXEMPT = "exempt"
HINT_LIMIT = 240
"""Characters of a hint: 60 tokens at four characters each."""


def answer(seen: Occasion, site: Site) -> tuple[Answer, str, tuple[str, ...], str]:
    """Answer, decision, rules that spoke, digest of the call."""
    judged = weigh(seen, site)[2]
    decision, aside = exempting.applied(judged, seen, site)
    rules = tuple(dict.fromkeys(found.rule for found in judged.findings)) + aside
    digest = trail.short(seen.tool + notation.write(seen.tool_input))
    told, word = _told(decision, seen, site)
    if word == requests.GRANTED or (aside and word == ALLOW):
        requests.let(site, seen)
    return told, EXEMPT if aside and word == ALLOW else word, rules, digest


def weigh(seen: Occasion, site: Site) -> tuple[Call, tuple[Action, ...], Decision]:
    """The call, the actions it would take and the policy's decision about them."""
    call = call_of(seen.client, seen.tool, seen.tool_input)
    actions = actions_of(call, surroundings(seen, site))
    return call, actions, judge(actions, relocating.policy(seen.root, actions, site), circumstances(seen, site))


def surroundings(seen: Occasion, site: Site) -> Surroundings:
    """Where the call would happen: the client's environment is the one its shell inherits."""
    variables = {name.decode("utf-8", "surrogateescape"): value.decode("utf-8", "surrogateescape") for name, value in posix.environ.items()}
    home = variables.get("HOME") or site.config["home"]
    return Surroundings(root=seen.root or site.config["root"], cwd=seen.cwd, home=home, variables=variables)


def circumstances(seen: Occasion, site: Site) -> Circumstances:
    """Who asks, and where the work stands."""
    return Circumstances(
        client=seen.client,
        event=seen.native,
        tool=seen.tool,
        session=seen.session,
        agent=seen.agent,
        interactive=_interactive(seen),
        phase=phases.standing(site.state, seen.root),
        band="",
    )


def _interactive(seen: Occasion) -> bool:
    entrypoint = occasion.variable("CLAUDE_CODE_ENTRYPOINT")
    return bool(DIALECTS[seen.client].interactive(seen.mode, entrypoint, occasion.variable("TWELVE_RUN")))


def _told(decision: Decision, seen: Occasion, site: Site) -> tuple[Answer, str]:
    if decision.verdict == ALLOW:
        return (0, b"", b""), ALLOW
    if decision.verdict == HINT:
        return DIALECTS[seen.client].hint(seen.native, decision.reason[:HINT_LIMIT]), HINT
    if decision.verdict == ASK:
        return _asked(decision, seen, site)
    return portable.block(decision.reason), DENY


def _asked(decision: Decision, seen: Occasion, site: Site) -> tuple[Answer, str]:
    """Claude with a person in front puts the question itself; elsewhere it waits in a file, and the call is refused."""
    if _interactive(seen):
        return claude.ask(decision.reason), ASK
    shown = notation.write(seen.tool_input)
    digest = requests.subject(seen.tool, shown, seen.root)
    question = f"May {seen.client} run {trail.plain(seen.tool)}? {masking.masked(_text(seen), 600)} — {_summary(decision)}"
    about = f"guard:{_rules(decision)} run:{trail.plain(occasion.variable('TWELVE_RUN')) or 'none'}"
    state, id = requests.settle(site, digest, run=f"session-{trail.short(seen.session)}", question=question, about=about)
    if state == requests.GRANTED:
        return (0, b"", b""), requests.GRANTED
    if state == requests.REJECTED:
        return portable.block(f"{decision.reason}\nA person was asked ({id}) and said no."), DENY
    return portable.block(f"{decision.reason}\nA person can decide this: the question is open as {id}."), DENY


def _text(seen: Occasion) -> str:
    for name in ("command", "file_path", "path", "url", "notebook_path"):
        value = seen.tool_input.get(name)
        if isinstance(value, str):
            return value
    return notation.write(seen.tool_input)


def _rules(decision: Decision) -> str:
    return ",".join(dict.fromkeys(found.rule for found in decision.findings))


def _summary(decision: Decision) -> str:
    return masking.masked("; ".join(f"{found.what} [{found.rule}]" for found in decision.findings[:3]), 900)
