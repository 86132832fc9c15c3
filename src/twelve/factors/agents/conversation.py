"""Run one client process, keep its redacted transcript, and hand its events to the adapter as they come."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from twelve.factors.agents import symptoms
from twelve.factors.agents.harness import OnEvent, Probe, Turn, TurnEvent, TurnResult, TurnStatus
from twelve.model.settings import HarnessSettings
from twelve.model.verdict import Outcome
from twelve.system import async_processes, files, processes, redact

OUTPUT_KEPT = 12_500_000
"""Bytes of raw output kept in memory; eight times as much ends the client as a flood. Long event streams stay well below."""
LINE_LIMIT = 16_000_000
"""Bytes of one event; a longer line is dropped and counted."""
DEPTH_LIMIT = 200
"""Nesting of an event that is still read; no client comes near it."""
TRANSCRIPT_LIMIT = 50_000_000
"""Bytes of transcript kept per turn."""
PROBE_TIMEOUT_S = 30
CANNOT_START = (126, 127)
TEXT_LIMIT = 20_000
"""Characters of one text that is kept or shown."""
NOISE_LINES = 400
"""Lines of non-event output kept: the first ones in the transcript, the last ones for the diagnosis."""
PARENT_SESSION = re.compile(
    r"CLAUDECODE|CLAUDE_CODE_(?:SESSION_ID|CHILD_SESSION|ENTRYPOINT|SSE_PORT)|CLAUDE_PROJECT_DIR|AI_AGENT"
    r"|CODEX_(?:THREAD_ID|SESSION_ID|CI|VERSION|SANDBOX\w*)|GEMINI_CLI"
)
"""Marks a client leaves for its children; inherited, they make a fresh client believe it is nested."""
OWN_SETTINGS = "TWELVE__"
"""Beginning of our settings in the environment; the address of a run database is no business of an agent."""


def writable(text: str) -> str:
    """The text without lone surrogates, which JSON can smuggle in and no file or pipe can carry."""
    return text.encode("utf-8", "replace").decode()


class Veil:
    """Hides secrets in everything that is kept or shown."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._values = redact.values_of(env)

    def text(self, text: str) -> str:
        return redact.redact(writable(redact.hide(text, self._values)))

    def event(self, event: dict[str, Any]) -> dict[str, Any]:
        """The event with every text redacted, keys included where they give a value away."""
        known = self._known(event) if self._values else event
        redacted: dict[str, Any] = redact.redact_value(known)
        return redacted

    def _known(self, value: Any) -> Any:
        if isinstance(value, str):
            return redact.hide(value, self._values)
        if isinstance(value, list):
            return [self._known(item) for item in value]
        if isinstance(value, dict):
            return {key: self._known(item) for key, item in value.items()}
        return value


class Ending(Struct, frozen=True, kw_only=True):
    """How the process ended, apart from anything the client said."""

    execution: processes.Execution
    transcript: Path
    noise: str
    """Output that was no event, and standard error; redacted, the last 20 000 characters."""
    veil: Veil
    spoke: bool
    """True when at least one event came."""
    stopped: bool
    capped: bool
    """True when the adapter asked for the end (its own cap was reached)."""


def environment(turn: Turn, settings: HarnessSettings) -> dict[str, str]:
    """The client's environment: ours without marks of a parent agent session, then settings, then the turn."""
    inherited = processes.environment()
    fresh = {name: value for name, value in inherited.items() if not PARENT_SESSION.fullmatch(name) and not name.startswith(OWN_SETTINGS)}
    return {**fresh, **settings.env, **turn.environment()}


def nesting(value: Any) -> int:
    """Depth of lists and objects inside each other, counted without recursion."""
    depth, level = 0, [value]
    while level := [
        inner for outer in level if isinstance(outer, list | dict) for inner in (outer.values() if isinstance(outer, dict) else outer)
    ]:
        depth += 1
    return depth


def given(args: Sequence[str], *flags: str) -> bool:
    """Whether the user's own arguments already decide what `flags` decide."""
    return any(arg == flag or arg.startswith(f"{flag}=") for arg in args for flag in flags)


class Lines:
    """Cuts a byte stream into lines, of which none may grow without bound."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._held = 0
        self._skipping = False
        self.dropped = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        first, *others = chunk.split(b"\n")
        self._hold(first)
        whole = []
        for part in others:
            whole += self._take()
            self._hold(part)
        return whole

    def end(self) -> list[bytes]:
        return [line for line in self._take() if line.strip()]

    def _hold(self, part: bytes) -> None:
        if self._skipping:
            return
        self._parts.append(part)
        self._held += len(part)
        if self._held > LINE_LIMIT:
            self._parts, self._skipping, self.dropped = [], True, self.dropped + 1

    def _take(self) -> list[bytes]:
        """The finished line, or nothing when it had to be dropped; ready for the next one."""
        line = [] if self._skipping else [b"".join(self._parts)]
        self._parts, self._held, self._skipping = [], 0, False
        return line


class Listener:
    """Receives the output while the client runs: transcript, live events, and the adapter's own reading."""

    def __init__(self, transcript: Path, veil: Veil, read: Callable[[dict[str, Any]], Iterable[TurnEvent]], on_event: OnEvent) -> None:
        self._transcript, self._veil, self._read, self._on_event = transcript, veil, read, on_event
        self._lines = Lines()
        self._kept = 0
        self._noisy = 0
        self.spoke = False
        self.noise: deque[str] = deque(maxlen=NOISE_LINES)

    def chunk(self, data: bytes) -> None:
        for line in self._lines.feed(data):
            self._line(line)

    def end(self) -> None:
        for line in self._lines.end():
            self._line(line)

    def _line(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").strip()
        event = _event(text)
        if event is None:
            if text:
                self._noise(text[:TEXT_LIMIT])
            return
        self.spoke = True
        self._keep(json.dumps(self._veil.event(event), ensure_ascii=False))
        for seen in self._read(event):
            self._on_event(TurnEvent(kind=seen.kind, text=self._veil.text(seen.text[:TEXT_LIMIT]), fields=self._veil.event(seen.fields)))

    def _noise(self, text: str) -> None:
        self.noise.append(text)
        self._noisy += 1
        if self._noisy <= NOISE_LINES:
            self._keep(json.dumps({"type": "output", "text": self._veil.text(text)}, ensure_ascii=False))

    def complained(self, stderr: str) -> None:
        """Keep the end of standard error, which is read only after the client has ended."""
        for line in self._veil.text(stderr).splitlines()[-NOISE_LINES:]:
            if line.strip():
                self._keep(json.dumps({"type": "stderr", "text": line[:TEXT_LIMIT]}, ensure_ascii=False))

    def _keep(self, text: str) -> None:
        data = writable(text).encode() + b"\n"
        if self._kept <= TRANSCRIPT_LIMIT < self._kept + len(data):
            data = b'{"type": "transcript.cut"}\n'
            self._kept = TRANSCRIPT_LIMIT
        if self._kept <= TRANSCRIPT_LIMIT:
            files.append_line(self._transcript, data)
        self._kept += len(data)


def _event(text: str) -> dict[str, Any] | None:
    """A JSON object with a type, or None: hostile or broken lines are noise, not errors."""
    if not text.startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    known = isinstance(value, dict) and isinstance(value.get("type"), str)
    return value if known and nesting(value) <= DEPTH_LIMIT else None


async def hold(
    argv: Sequence[str],
    turn: Turn,
    *,
    env: Mapping[str, str],
    read: Callable[[dict[str, Any]], Iterable[TurnEvent]],
    on_event: OnEvent,
    stop: asyncio.Event | None,
    full: Callable[[], bool] = lambda: False,
    stdin: bytes | None = None,
) -> Ending:
    """Run `argv` in the turn's work tree until it ends, is stopped, times out or `full()` says enough."""
    veil = Veil(env)
    turn.logs.mkdir(parents=True, exist_ok=True)
    transcript = _fresh(turn)
    files.write_atomic(transcript.with_suffix(".prompt.md"), veil.text(turn.prompt), mode=0o600)
    listener = Listener(transcript, veil, read, on_event)
    halt = asyncio.Event()
    capped = False

    def receive(data: bytes) -> None:
        nonlocal capped
        listener.chunk(data)
        if full() and not capped:
            capped = True
            halt.set()

    on_event(TurnEvent(kind="started", text=veil.text(" ".join(argv))[:500], fields={"transcript": str(transcript)}))
    relay = asyncio.create_task(_relay(stop, halt)) if stop is not None else None
    try:
        execution = await async_processes.run(
            argv,
            cwd=turn.workdir,
            env=env,
            timeout_s=turn.timeout_s,
            stdin=writable(turn.prompt).encode() if stdin is None else stdin,
            output_limit=OUTPUT_KEPT,
            on_output=receive,
            stop=halt,
        )
    finally:
        if relay is not None:
            relay.cancel()
    listener.end()
    stderr = execution.stderr.decode("utf-8", "replace")[-TEXT_LIMIT:]
    listener.complained(stderr)
    noise = veil.text("\n".join(filter(None, [*listener.noise, stderr]))[-TEXT_LIMIT:])
    stopped = stop is not None and stop.is_set() and not capped
    return Ending(execution=execution, transcript=transcript, noise=noise, veil=veil, spoke=listener.spoke, stopped=stopped, capped=capped)


def _fresh(turn: Turn) -> Path:
    """A transcript of its own for each start: one that a crash cut short is not overwritten by its repetition."""
    for number in itertools.count(1):
        path = turn.logs / (f"{turn.label}.jsonl" if number == 1 else f"{turn.label}-again{number}.jsonl")
        if files.create_exclusive(path, b""):
            path.chmod(0o600)
            return path
    raise AssertionError  # count() has no end


async def _relay(stop: asyncio.Event, halt: asyncio.Event) -> None:
    await stop.wait()
    halt.set()


def process_trouble(ending: Ending, turn: Turn, *, last_error: str = "") -> tuple[TurnStatus, str] | None:
    """What the process itself says about the turn; None when the client's own events decide.

    `last_error` is what the client was last busy retrying: a client that retries for ever is not
    hung, it is kept out, and the person needs to know by what.
    """
    execution = ending.execution
    if ending.stopped:
        return TurnStatus.STOPPED, "stopped on request"
    if execution.exit_code in CANNOT_START and not ending.spoke:
        return TurnStatus.MISSING_CLIENT, f"it, or a program it needs, cannot be started here: {ending.noise[-500:]}"
    if execution.outcome is not Outcome.ERROR:
        return None
    if execution.timed_out:
        cause = symptoms.from_text(last_error) if last_error else TurnStatus.FAILED
        status = TurnStatus.HUNG if cause is TurnStatus.FAILED else cause
        waited = f"no end after {turn.timeout_s:g} s; everything it started was killed"
        return status, f"{waited}; last error: {last_error[-500:]}" if last_error else waited
    flooded = execution.truncated and "bytes of output" in execution.reason
    return TurnStatus.FAILED if flooded else TurnStatus.CRASHED, execution.reason


def concluded(ending: Ending, result: TurnResult) -> TurnResult:
    """The adapter's result with everything the process adds, and every text redacted."""
    veil = ending.veil
    return structs.replace(
        result,
        detail=veil.text(result.detail[:TEXT_LIMIT]).strip(),
        text=veil.text(result.text[-TEXT_LIMIT:]),
        transcript=str(ending.transcript),
        duration_s=ending.execution.duration_s,
        exit_code=ending.execution.exit_code,
    )


def located(argv: Sequence[str], turn: Turn, env: Mapping[str, str], *, install: str) -> TurnResult | None:
    """None when the turn can start; otherwise why it cannot."""
    if not turn.workdir.is_dir():
        return TurnResult(status=TurnStatus.FAILED, detail=f"the work tree {turn.workdir} does not exist")
    if processes.which(argv[0], cwd=turn.workdir, path=env.get("PATH")) is None:
        return TurnResult(status=TurnStatus.MISSING_CLIENT, detail=f"{argv[0]} was not found on PATH; {install}")
    return None


def probe(argv: Sequence[str], *, install: str, env: Mapping[str, str] | None = None) -> Probe:
    """Find the program and ask for its version; no model is called."""
    path = processes.which(argv[0])
    if path is None:
        return Probe(found=False, reason=f"{argv[0]} was not found on PATH; {install}")
    execution = processes.run([*argv, "--version"], cwd=Path.cwd(), env=env, timeout_s=PROBE_TIMEOUT_S)
    found = re.search(r"\d+(?:\.\d+)+", execution.text)
    if execution.outcome is not Outcome.PASS or found is None:
        return Probe(
            found=False, path=path, reason=f"{argv[0]} --version did not answer with a version: {execution.reason or execution.text[:200]}"
        )
    return Probe(found=True, path=path, version=found.group(0))
