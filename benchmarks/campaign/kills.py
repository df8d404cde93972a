"""Kill -9: at every write of every change, at random moments, and around a run's publishing."""

from __future__ import annotations

import contextlib
import io
import os
import random
import shutil
from pathlib import Path

from benchmarks.campaign import changes, forks, refusals, world
from benchmarks.campaign.figures import Figures
from benchmarks.campaign.writes import watched
from core import artifacts, runs
from tests import flags

MOST = 60  # writes of one change
TINY = [*flags.TINY, "--name=killed"]
SURE = 10  # writes before its end within which a training publishes its run


def at_writes(place: Path, short: bool) -> Figures:
    """A process killed at each write of each change, and what the next one finds."""
    found = Figures("killed at each write")
    whole = _made(place)
    for name in [*changes.CHANGES][1::5] if short else changes.CHANGES:
        for first in range(1, MOST, 3 if short else 1):
            _copied(whole, place / "copy")
            if not forks.killed(lambda name=name, first=first: _change(name, first)):
                break
            found.end("killed")
            _looked_at(found, f"{name}, killed at write {first}")
    found.show()
    return found


def at_random(place: Path, short: bool) -> Figures:
    """Processes that change one thing after another, killed at random moments, one after another.

    All of them work on the same artifacts, which so gather whatever kills leave.
    """
    found, draw = Figures("killed at random"), random.Random(0)
    whole = _made(place)
    _copied(whole, place / "copy")
    for number in range(3 if short else 60):
        seconds = draw.uniform(0.05, 3)
        forks.killed(lambda number=number: _change_for_ever(number), seconds)
        found.end("killed")
        # One table is brought again and again there.
        _looked_at(found, f"number {number}, killed after {seconds:.2f} s", doubled=False)
    found.show()
    return found


def trainings(place: Path, short: bool) -> Figures:
    """Trainings killed at each write from shortly before their run is there on, and resumed."""
    found = Figures("trainings killed")
    os.environ["FENCEPOST_ARTIFACTS"] = str(place / "artifacts")
    options = [flags.write(place / "flags"), *TINY]
    writes = forks.told(lambda: _train(options, 0))
    firsts = range(writes - SURE, writes + 1, 4) if short else range(writes - 3 * SURE, writes + 1)
    for first in firsts:
        shutil.rmtree(artifacts.root(), ignore_errors=True)
        if not forks.killed(lambda first=first: _train(options, first)):
            found.end("ended before")
            continue
        again = forks.told(lambda: _train(["--resume"], 0) if _resumes() else _train(options, 0))
        found.end("resumed" if again else "done already")
        for problem in forks.told(lambda: _of_one_training()):
            found.say(f"killed at write {first} of {writes}: {problem}")
    found.show()
    return found


def _made(place: Path) -> Path:
    os.environ["FENCEPOST_ARTIFACTS"] = str(place / "artifacts")
    forks.told(lambda: world.make(place).id)
    return artifacts.root()


def _copied(whole: Path, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(whole, place)
    os.environ["FENCEPOST_ARTIFACTS"] = str(place)


def _change(name: str, first: int) -> None:
    run = runs.open_run(world.RUN)
    with watched(str(artifacts.root()), first):
        changes.CHANGES[name](run)


def _change_for_ever(seed: int) -> None:
    draw = random.Random(seed)
    while True:
        name = draw.choice(list(changes.CHANGES))
        with contextlib.suppress(Exception):  # the bin lacks what another change put there
            changes.CHANGES[name](runs.open_run(world.RUN))


def _looked_at(found: Figures, label: str, *, doubled: bool = True) -> None:
    """Say what a new process finds wrong after a kill."""

    def look() -> list[str]:
        seen = Figures("")
        with contextlib.redirect_stdout(io.StringIO()):
            refusals.check(seen, label, halves=False, doubled=doubled)
        if not (artifacts.runs_dir() / world.RUN).is_dir():
            runs.restore(world.RUN)
        return seen.wrong

    for problem in forks.told(look):
        found.say(problem)


def _train(options: list[str], first: int) -> int:
    """Train, killed at a write; how many writes it made."""
    import train

    with watched(str(artifacts.root()), first) as watch, open(os.devnull, "w") as nowhere:
        with contextlib.redirect_stdout(nowhere):
            train.main(options)
        return watch.seen


def _resumes() -> bool:
    from core.training import jobs

    return any(job.checkpoint.is_file() for job in jobs.list_jobs())


def _of_one_training() -> list[str]:
    from core.training import jobs

    found = world.problems_of_files()
    if len(runs.list_runs()) != 1:
        found.append(f"{len(runs.list_runs())} runs of one training")
    ids = {run.id for run in runs.list_runs()}
    newest = jobs.list_jobs()[0]
    return found if newest.run_id in ids else [*found, f"job {newest.id} is {newest.state}"]
