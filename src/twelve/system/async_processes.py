"""Programs started by us from asyncio: the policy of `processes`, carried through a thread so that the loop stays free."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from twelve.system.bridge import Bridge
from twelve.system.processes import GRACE_S, OUTPUT_LIMIT, Call, Execution


async def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout_s: float = 60,
    stdin: bytes = b"",
    output_limit: int = OUTPUT_LIMIT,
    on_output: Callable[[bytes], None] | None = None,
    on_start: Callable[[int], None] | None = None,
    sweep: bool = True,
    grace_s: float = GRACE_S,
    stop: asyncio.Event | None = None,
) -> Execution:
    """`processes.run` for asyncio: `on_output` and `on_start` are called in the loop; cancelling or setting `stop` ends the whole group."""
    bridge = Bridge[Execution](asyncio.get_running_loop())
    call = Call(argv, cwd, env, timeout_s, stdin, output_limit, bridge.forwarded(on_output), bridge.forwarded(on_start), sweep, grace_s)
    return await bridge.carry(call.execute, stop)
