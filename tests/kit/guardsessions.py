"""Sessions of the real clients in a guarded world: what the model asked for, call by call, and what came of it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from kit import clients, guardcalls
from kit.guardcalls import Forbidden, Step
from kit.guardworld import World, plain
from kit.watching import Look, WatchedModel
from twelve.workflow.install.doctor import trust as digests

TIMEOUT_S = 280
RULE = re.compile(r"\[(?!tampered|unverified-claim|guard-)([a-z]+(?:-[a-z]+)+)\]")
"""A rule's name in a refusal. A guard that failed refuses everything; that proves nothing, so it does not count."""
CLIENTS_OWN = re.compile(
    r"has been denied|denied by your permission settings|denied by policy|Path not in workspace|Dangerous rm operation"
)
"""What the clients' own permissions say; some of them were registered by `twelve init`."""
RUNNING = re.compile(r"running with session ID (\d+)")
REQUEST = re.compile(r"change-[0-9a-f]{8,}")
DENIED, CAUGHT, NOTHING, UNDETECTED = "denied", "caught after", "no effect", "undetected"


class Came(Struct, frozen=True, kw_only=True):
    """What came of one forbidden action."""

    id: str
    rule: str
    what: str
    by: tuple[str, ...]
    """Rules that refused it; `client` for the client's own permissions."""
    effects: tuple[str, ...]
    told: str


class Done(Struct, frozen=True, kw_only=True):
    """A session that ended."""

    code: int
    out: str
    err: str
    told: tuple[str, ...]
    """What the model was told after each call."""


def command(client: str, program: str, flags: Sequence[str] = ()) -> list[str]:
    """The client without any question of its own: only the hooks stand between the model and the machine.

    `flags` come last; a sandbox named there replaces none.
    """
    if client == "claude":
        usual = ["--output-format", "stream-json", "--verbose", "--include-hook-events", "--dangerously-skip-permissions"]
        return [program, "-p", "Do the work.", *usual, *flags]
    if client == "codex":
        sandbox = [] if "--sandbox" in flags else ["--sandbox", "danger-full-access"]
        return [program, "exec", "--json", "--skip-git-repo-check", *sandbox, *flags, "Do the work."]
    return [program, "-p", "Do the work.", "--output-format", "stream-json", "--yolo", *flags]


def attempt(
    world: World, client: str, actions: Sequence[Forbidden], *, flags: Sequence[str] = (), trusted: bool = True
) -> tuple[list[Came], Done]:
    """One session that tries them all, each from the same start."""
    steps = [(action, step) for action in actions for step in action.steps]
    last = {id(action): number for number, (action, _) in enumerate(steps)}
    came: list[Came] = []
    told: list[str] = []
    kept: dict[str, Any] = {"seals": {}, "tampers": world.tampers()}

    def look(number: int, text: str) -> None:
        if number >= len(steps):
            return
        action = steps[number][0]
        told.append(text)
        if number != last[id(action)]:
            return
        whole = "\n".join(told)
        came.append(_judge(world, action, whole, world.tampers() - kept["tampers"]))
        if world.effects(whole):
            world.restore()
            world.put_seals(kept["seals"])
        kept["seals"], kept["tampers"] = kept["seals"] or world.seals(), world.tampers()
        told.clear()

    done = session(world, client, [step for _, step in steps], look, flags=flags, trusted=trusted)
    return came, done


def session(
    world: World, client: str, steps: Sequence[Step], look: Look, *, words: str = "Done.", flags: Sequence[str] = (), trusted: bool = True
) -> Done:
    """One process of the client that makes these calls one after the other."""
    given = {"url": world.url, "token": world.token, "home": str(world.home), "root": str(world.root)}
    turns = [{"tools": [guardcalls.calls(client, step, given)]} for step in steps]
    subs = [step.text for step in steps if step.kind == "agent"]
    lanes = [_lane(client, f"sub{number}", text) for number, text in enumerate(subs)]

    def looking(number: int, told: str) -> None:
        if running := RUNNING.search(told):
            _address(turns, int(running[1]))
        look(number, told)

    with WatchedModel({"turns": [*turns, {"text": words}], "lanes": lanes, "default": {"text": "Well then."}}, looking) as model:
        env = {**plain(), **clients.ENVIRONMENTS[client](world.home, model.url), **world.environment, "IS_SANDBOX": "1"}
        if trusted:
            trust(world, client)
        out, err = world.base / "home/tmp/out.log", world.base / "home/tmp/err.log"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            done = subprocess.run(
                command(client, clients.need(client), flags), cwd=world.root, env=env, stdin=subprocess.DEVNULL,
                stdout=stdout, stderr=stderr, timeout=TIMEOUT_S, check=False,
            )  # fmt: skip
        told = tuple(json.dumps(request["body"], ensure_ascii=False) for request in model.requests("main")[-1:])
    return Done(code=done.returncode, out=out.read_text(errors="replace"), err=err.read_text(errors="replace"), told=told)


def _address(turns: Sequence[dict[str, Any]], process: int) -> None:
    """Text that is typed goes to the program that was started last."""
    for turn in turns:
        for tool in turn["tools"]:
            if "session_id" in tool["input"]:
                tool["input"]["session_id"] = process


def _lane(client: str, name: str, command: str) -> dict[str, Any]:
    """A sub-agent that runs one command."""
    turns = [{"tools": [clients.shell_call(client, command)]}, {"text": "Sub done."}]
    return {"name": name, "first_user": "SUBAGENT: " + re.escape(command), "turns": turns}


def trust(world: World, client: str) -> None:
    """A person's act in their own settings: this project is trusted, and in Codex exactly these hooks."""
    if client == "gemini":
        (world.home / ".gemini/trustedFolders.json").write_text(json.dumps({str(world.root): "TRUST_FOLDER"}))
    path = world.root / ".codex/hooks.json"
    if client != "codex" or not path.exists():
        return
    lines = [f'\n[projects."{world.root}"]\ntrust_level = "trusted"\n']
    for key, digest in digests.entries(path, json.loads(path.read_text())["hooks"]):
        lines.append(f'[hooks.state."{key}"]\ntrusted_hash = "{digest}"\n')
    with (world.home / ".codex/config.toml").open("a") as config:
        config.writelines(lines)


def _judge(world: World, action: Forbidden, told: str, tampers: set[str]) -> Came:
    effects = tuple(effect for effect in world.effects(told) if not effect.startswith(action.spared or ("\0",)))
    by = tuple(dict.fromkeys((*RULE.findall(told), *(("client",) if CLIENTS_OWN.search(told) else ()))))
    if not effects:
        what = DENIED if by else NOTHING
    else:
        what = CAUGHT if "[tampered]" in told and tampers and _caught_later(world, action.id, effects) else UNDETECTED
    return Came(id=action.id, rule=action.rule, what=what, by=by, effects=effects, told=told)


def _caught_later(world: World, id: str, effects: Sequence[str]) -> bool:
    """Whether every effect that can leave this machine is refused where the work is merged."""
    changed = [effect.partition(" shop/")[2] for effect in effects if " shop/" in effect]
    leaving = [
        name for name in changed if not name.startswith(".git/") and world.run("git", "check-ignore", "-q", name, check=False).returncode
    ]
    if len(changed) != len(effects):
        return False
    if not leaving:
        shown = world.twelve("status", "--json", check=False).stdout
        return all(name in shown for name in changed)
    return red_where_merged(world, f"probe/{id}", leaving)


def red_where_merged(world: World, branch: str, names: Sequence[str]) -> bool:
    """Push these files as they are now, clone the remote afresh and let `twelve verify` judge."""
    writing, reading = world.base / "home/tmp/writing", world.base / "home/tmp/reading"
    world.git("clone", "-q", "-b", "feature", str(world.remote), str(writing), cwd=world.base)
    for name in names:
        source, target = world.root / name, writing / name
        target.unlink(missing_ok=True)
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    world.git("add", "-A", cwd=writing)
    world.commit("fix: tidy up", "it was in the way here.", cwd=writing)
    world.git("push", "-q", "origin", f"HEAD:{branch}", cwd=writing)
    code = verify(world, branch, reading).returncode
    world.git("push", "-q", "origin", f":{branch}", cwd=writing)
    world.run("rm", "-rf", str(writing), str(reading))
    return code != 0


def verify(world: World, branch: str, place: Path) -> subprocess.CompletedProcess[str]:
    """`twelve verify` in a fresh clone, as CI would."""
    world.git("clone", "-q", "-b", branch, str(world.remote), str(place), cwd=world.base)
    world.git("fetch", "-q", "origin", "+refs/notes/twelve/*:refs/notes/twelve/*", cwd=place, check=False)
    return world.twelve("verify", cwd=place, check=False)


def table(came: Sequence[Came]) -> str:
    """Action, rule, what came of it."""
    rows = [f"{item.id:26}{item.rule:20}{item.what:14}{', '.join(item.by)} {'; '.join(item.effects)[:110]}" for item in came]
    return "\n".join(rows)


def disturbances(world: World, client: str, steps: Sequence[Step], *, words: str) -> tuple[list[str], list[str], Done]:
    """(what stood in the way, calls that failed by themselves) in an ordinary session."""
    stood, failed = [], []

    def look(number: int, text: str) -> None:
        where = f"{steps[number].kind} {steps[number].path or steps[number].text[:60]!r}" if number < len(steps) else "the end"
        news = text.rpartition('"role": "assistant"')[2] if client == "claude" else text
        if DISTURBED.search(news):
            stood.append(f"{where}: {DISTURBED.search(news)} in {news[:600]}")
        elif '"is_error": true' in news or re.search(r"exited with code [1-9]|Exit Code: [1-9]", news):
            failed.append(f"{where}: {news[:600]}")

    known = world.tampers()
    done = session(world, client, steps, look, words=words)
    stood += [f"tampering recorded: {name}" for name in world.tampers() - known]
    stood += [
        f"{event['event']} {event.get('tool')}: {event['decision']} {event.get('rules')}"
        for event in journal(world)
        if event["decision"] in ("deny", "ask")
    ]
    return stood, failed, done


DISTURBED = re.compile(
    r"\[(?:tampered|unverified-claim|guard-[a-z]+|[a-z]+(?:-[a-z]+)+)\]\. Why|has been denied|denied by your permission"
    r"|hook feedback|hook blocking error|hook additional context"
)


def journal(world: World) -> list[dict[str, Any]]:
    """Answers the hooks gave, oldest first."""
    files = sorted((world.root / ".git/twelve/state/journal").glob("*.jsonl"))
    lines = [json.loads(line) for path in files for line in path.read_text().splitlines()]
    return [line for line in lines if line.get("name") == "hook.answered"]
