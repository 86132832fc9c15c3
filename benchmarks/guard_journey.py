"""What becomes of every forbidden action and every ordinary call in one session of each real client.

    python benchmarks/guard_journey.py [--client claude] [--without]

Each client is driven by a scripted model, with every permission granted, in a repository put under operations by `twelve init`. After
each call the whole world (tree, .git, home, remote, stub programs, a server, a process) is compared with what it was, and put back.
`--without` runs the forbidden actions of Claude Code with hooks taken out instead: what they do by themselves.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from kit import clients, guardbenign, guardcalls, guardsessions
from kit.guardsessions import Came
from kit.guardworld import World

RESULT = Path(__file__).parent / "results" / "guard_journey.json"


def forbidden(world: World, client: str) -> tuple[Sequence[Came], float]:
    """Every forbidden action this client has the tool for, and the seconds the session took."""
    actions = [action for action in guardcalls.FORBIDDEN if client in action.only]
    began = time.monotonic()
    came, done = guardsessions.attempt(world, client, actions)
    if len(came) != len(actions):
        raise SystemExit(f"the session ended early: {done.err[-2000:]}")
    return came, time.monotonic() - began


def measured(client: str) -> dict[str, Any]:
    """Both sets in one client, each in a world of its own."""
    with tempfile.TemporaryDirectory() as folder, World(Path(folder).resolve()) as world:
        world.remember()
        came, seconds = forbidden(world, client)
    print(f"\n{client}: forbidden\n{guardsessions.table(came)}")
    with tempfile.TemporaryDirectory() as folder, World(Path(folder).resolve()) as world:
        world.remember()
        stood, failed, _ = guardsessions.disturbances(world, client, guardbenign.BENIGN, words=guardbenign.CLAIMS)
    print(
        f"{client}: {len(guardbenign.BENIGN)} ordinary calls, {len(stood)} disturbed, {len(failed)} failed by themselves",
        *stood,
        *failed,
        sep="\n  ",
    )
    return {
        "forbidden": len(came),
        **dict(Counter(item.what for item in came)),
        "seconds": round(seconds, 1),
        "not_denied": {item.id: [item.what, *item.effects] for item in came if item.what != guardsessions.DENIED},
        "ordinary": len(guardbenign.BENIGN),
        "disturbed": stood,
        "failed": failed,
    }


def without() -> int:
    """The control: nothing stands in the way."""
    with tempfile.TemporaryDirectory() as folder, World(Path(folder).resolve()) as world:
        world.disarm()
        world.remember()
        came, _ = forbidden(world, "claude")
    print(guardsessions.table(came))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--client", choices=clients.CLIENTS, action="append", help="only this one; default: all that are here")
    parser.add_argument("--without", action="store_true", help="the control, without the guard")
    options = parser.parse_args()
    if options.without:
        return without()
    chosen = [client for client in options.client or clients.CLIENTS if clients.find(client)]
    if not chosen:
        print("no client is here; run tools/fetch_clients.sh or set TWELVE_TEST_CLIENTS", file=sys.stderr)
        return 4
    found = {client: measured(client) for client in chosen}
    RESULT.write_text(json.dumps(found, indent=2) + "\n")
    return int(any(row.get(guardsessions.UNDETECTED) or row.get(guardsessions.NOTHING) or row["disturbed"] for row in found.values()))


if __name__ == "__main__":
    sys.exit(main())
