"""Kill a driving process in the middle of a run, again and again, and count what went wrong.

    PYTHONPATH=src:tests python benchmarks/crash.py --kills 100
    PYTHONPATH=src:tests python benchmarks/crash.py --every-commit
    … add --database postgres for a PostgreSQL server of its own in a temporary folder

Two experiments on real repositories, the real engine and the replay agent in a child process of its own:

random    kill -9 after a random time, then start another driver, until the run is over; then the next run.
commits   die just before the engine's N-th database commit, for every N, then one more driver to the end;
          --segment 1 until the run waits for a person, --segment 2 from the answer to the end.

Counted, all have to be 0: effects begun again although their checkpoint was in the database, commits and
requests of ours that exist twice, runs that did not end as they should, left-over processes, and changes
to the person's own files. Raw results are written below benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from msgspec import Struct, to_builtins

from kit import loop, postgres
from kit.forked import Child, note
from twelve.factors.approvals import record
from twelve.model.phase import Preset
from twelve.system import config, git
from twelve.workflow import compose
from twelve.workflow.drive import driver, effects, engine, launch, strays
from twelve.workflow.drive.flow import Json
from twelve.workflow.drive.projection import RunState

RESULTS = Path(__file__).parent / "results"
EXECUTORS = Path(tempfile.gettempdir()) / f"twelve-crash-{os.getpid()}"
"""Names of all drivers of this benchmark."""


class Tally(Struct, kw_only=True):
    """What one experiment came to. Everything under `wrong` has to be 0."""

    experiment: str
    database: str
    runs: int = 0
    kills: int = 0
    effects: int = 0
    interrupted_effects_repeated: int = 0
    wrong: dict[str, int] = {}
    details: list[str] = []
    seconds: float = 0

    def blame(self, what: str, count: int, detail: str = "") -> None:
        self.wrong[what] = self.wrong.get(what, 0) + count
        if count and detail:
            self.details.append(f"{what}: {detail}"[:500])


class Watched(effects.DriveEffects):
    """The real effects; each begin is noted outside the repository with its time."""

    log: Path

    async def perform(self, run: str, key: str, told: Json) -> Json:
        note(self.log, f"{key} {time.time() * 1000:.0f}")
        return await super().perform(run, key, told)


class Case:
    """One repository with one run in it."""

    def __init__(self, folder: Path, url: str, preset: Preset) -> None:
        self.folder = folder
        self.url = url
        self.repository = loop.project(folder)
        (self.repository.root / "notes.txt").write_text("the person is in the middle of something\n", encoding="utf-8")
        self.settings = config.load(self.repository.root).settings
        script = loop.script(folder, loop.honest(asking=True))
        order = compose.Order(task="make add return the sum", agent="replay", script=script, preset=preset)
        self.run = compose.create(self.repository, self.settings, order).run
        self.before = loop.visible(self.repository)
        self.database = engine.database(self.repository.state_dir, url, compose.application(self.repository))
        self.runs = compose.runs(self.repository)

    def drive(self, *, die_at: int = 0) -> None:
        """What a forked child does: drive the run until it rests. `die_at`: exit before that database commit."""
        if die_at:
            _die_at(die_at)

        def make(executor: str) -> Watched:
            made = Watched(compose.desk(self.repository, self.settings, executor, lambda _text: None))
            made.log = self.folder / "begun"
            note(EXECUTORS, executor)
            return made

        with driver.driving(self.database, self.runs, make, lambda: None) as driving:
            launch.drive(driving, self.run, reclaim=True)
            os._exit(0)

    def answer(self) -> None:
        """The person: grants what is asked, from outside, with nobody driving."""
        for standing in record.pending(self.repository.state_dir, run=self.run):
            record.answer(self.repository.state_dir, standing.request.id, granted=True, reason="fine", by="benchmark")

    @property
    def over(self) -> bool:
        return self.runs.status(self.run).state.over

    def audit(self, tally: Tally) -> None:
        """Count what must not have happened."""
        tally.runs += 1
        status = self.runs.status(self.run)
        tally.blame("runs lost", int(status.state is not RunState.DONE), f"{self.run} is {status.state}: {status.detail}")
        branch = f"twelve/{self.run}"
        commits = self.repository.log(f"main..{branch}") if self.repository.resolve(branch) else ()
        steps = Counter(line for commit in commits for line in commit.body.splitlines() if line.startswith("Step: "))
        subjects = Counter(commit.subject for commit in commits)
        twice = [name for name, count in (*steps.items(), *subjects.items()) if count > 1]
        tally.blame("commits made twice", len(twice), ", ".join(twice))
        asked = Counter((item.request.kind, item.request.subject) for item in record.standings(self.repository.state_dir, run=self.run))
        tally.blame("requests made twice", sum(count - 1 for count in asked.values()))
        tally.blame("evidence lines twice", sum(_doubles(self.repository)))
        self._repeated(tally)
        fixed = self.repository.show(branch, "calc.py") == b"def add(a, b):\n    return a + b\n"
        tally.blame("wrong content", int(not fixed))
        tally.blame("person's files changed", int(loop.visible(self.repository) != self.before))
        tally.blame("damaged repositories", int(self.repository.ask("fsck", "--no-dangling").code != 0))
        tally.blame("work trees left behind", max(0, len(self.repository.worktrees()) - 1))

    def _repeated(self, tally: Tally) -> None:
        """Begins of an effect after its checkpoint was recorded, and begins before that: the interrupted ones."""
        begun: dict[str, list[int]] = {}
        for line in (self.folder / "begun").read_text(encoding="utf-8").splitlines():
            key, moment = line.split()
            begun.setdefault(key, []).append(int(moment))
        finished = dict(self._checkpoints())
        tally.effects += len(begun)
        for key, moments in begun.items():
            late = [moment for moment in moments if key in finished and moment > finished[key]]
            tally.blame("finished effects repeated", len(late), f"{self.run} {key}")
            tally.interrupted_effects_repeated += len(moments) - 1 - len(late)

    def _checkpoints(self) -> Iterator[tuple[str, int]]:
        """Effect key -> when its checkpoint was complete. Decisions and effects alternate in a segment's recorded steps."""
        schema = "dbos." if self.database.shared else ""
        columns = "workflow_uuid, function_id, function_name, completed_at_epoch_ms"
        handle = sqlalchemy.create_engine(self.database.url)
        with handle.connect() as connection:
            query = f"SELECT {columns} FROM {schema}operation_outputs ORDER BY workflow_uuid, function_id"  # noqa: S608
            rows = connection.exec_driver_sql(query).fetchall()
        handle.dispose()
        turns: Counter[str] = Counter()
        for workflow, _number, name, completed in rows:
            if not workflow.startswith(f"{self.database.application}:{self.run}."):
                continue
            segment = workflow.rpartition(".")[2]
            turns[segment] += name == "decide"
            if name not in ("decide", "park", "DBOS.sleep"):
                yield f"{segment}-{turns[segment]}", int(completed)


def _doubles(repository: git.Repository) -> Iterator[int]:
    for lines in repository.notes_all("refs/notes/twelve/gates").values():
        yield len(lines) - len(set(lines))


def _die_at(number: int) -> None:
    """Exit like a killed process just before the engine's `number`-th commit, whichever connection makes it."""
    seen = 0

    def commit(_connection: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os._exit(137)

    sqlalchemy.event.listen(sqlalchemy.Engine, "commit", commit)


def random_kills(tally: Tally, fresh: Callable[[], Case], kills: int, seed: int) -> None:
    """Kill at random moments until `kills` is reached; every run is carried to its end."""
    dice = random.Random(seed)
    while tally.kills < kills:
        case = fresh()
        while not case.over:
            child = Child(case.drive)
            limit = time.monotonic() + dice.uniform(0.05, 3.5) if tally.kills < kills else time.monotonic() + 120
            while (ended := _ended(child)) is None and time.monotonic() < limit:
                time.sleep(0.01)
            if ended is None:
                child.kill()
                tally.kills += 1
            case.answer()
        finish(case, tally)


def every_commit(tally: Tally, fresh: Callable[[], Case], start: int, stride: int, segment: int) -> None:
    """Die at commit `start`, `start + stride` and so on of one segment, until it ends untouched.

    The run has two segments: up to the question for a person, and from the answer to the end.
    """
    number = start
    while True:
        case = fresh()
        if segment == 2:
            Child(case.drive).wait(180)
            case.answer()
        child = Child(lambda at=number, case=case: case.drive(die_at=at))
        untouched = child.wait(180) != 137
        tally.kills += not untouched
        for _ in range(10):
            case.answer()
            if case.over:
                break
            Child(case.drive).wait(180)
        finish(case, tally)
        if untouched:
            return
        number += stride


def finish(case: Case, tally: Tally) -> None:
    case.audit(tally)
    print(f"{tally.experiment} {tally.database}: {tally.runs} runs, {tally.kills} kills, wrong {sum(tally.wrong.values())}", flush=True)


def _ended(child: Child) -> int | None:
    if child.status is None:
        pid, status = os.waitpid(child.pid, os.WNOHANG)
        if pid:
            child.status = os.waitstatus_to_exitcode(status)
    return child.status


def leftovers(tally: Tally) -> None:
    """Processes that still carry the mark of a driver of ours, once everything is over."""
    time.sleep(0.5)
    ours = [pid for executor in EXECUTORS.read_text(encoding="utf-8").split() for pid in strays.find(executor)]
    tally.blame("processes left behind", len(ours))
    for pid in ours:
        os.kill(pid, signal.SIGKILL)


@contextmanager
def _server(wanted: bool) -> Iterator[Callable[[], str]]:
    """A function that gives each case its database URL; "" for SQLite."""
    if not wanted:
        yield lambda: ""
        return
    bin_dir = postgres.binaries()
    if bin_dir is None:
        sys.exit("SKIP: no PostgreSQL server binaries on this machine")
    with postgres.server(bin_dir) as server:
        yield server.database


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--kills", type=int, default=0, help="random kills")
    parser.add_argument("--every-commit", action="store_true", help="die at every database commit")
    parser.add_argument("--start", type=int, default=1, help="first commit to die at")
    parser.add_argument("--stride", type=int, default=1, help="die at every so-manieth commit")
    parser.add_argument("--segment", type=int, choices=(1, 2), default=1, help="1: before the person's answer, 2: after it")
    parser.add_argument("--preset", choices=[*map(str, Preset)], default="full")
    parser.add_argument("--seed", type=int, default=20261120)
    options = parser.parse_args()
    os.environ.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull)
    failed = False
    EXECUTORS.touch()
    if not (options.kills or options.every_commit):
        parser.error("choose --kills N, --every-commit, or both")
    with _server(options.database == "postgres") as url:
        for experiment in ("random",) * bool(options.kills) + ("commits",) * options.every_commit:
            tally = Tally(experiment=experiment, database=options.database)
            started = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="twelve-crash-") as scratch:
                count = iter(range(1_000_000))

                def fresh(scratch: str = scratch, count: Iterator[int] = count) -> Case:
                    folder = Path(scratch) / str(next(count))
                    folder.mkdir()
                    return Case(folder, url(), Preset(options.preset))

                if experiment == "random":
                    random_kills(tally, fresh, options.kills, options.seed)
                else:
                    every_commit(tally, fresh, options.start, options.stride, options.segment)
                leftovers(tally)
            tally.seconds = round(time.monotonic() - started, 1)
            failed |= bool(sum(tally.wrong.values()))
            _keep(tally, options)
    return int(failed)


def _keep(tally: Tally, options: argparse.Namespace) -> None:
    RESULTS.mkdir(exist_ok=True)
    part = f"-{options.segment}" if tally.experiment == "commits" else ""
    name = f"crash-{tally.experiment}{part}-{tally.database}.json"
    told = {**to_builtins(tally), "options": vars(options), "python": sys.version.split()[0]}
    (RESULTS / name).write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1, sort_keys=True))


if __name__ == "__main__":
    sys.exit(main())
