"""A job as the training process tells of it: one at a time, its end written whatever ends it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core import artifacts
from core.errors import FencepostError, JobError
from core.training.config import TrainConfig
from core.training.jobs import jobfolder, line, published
from core.training.jobs.lock import only_training, writable

FAREWELL = 15  # seconds for the first of several processes to write its end
RESERVE, RESERVED = ".reserve", 65_536  # bytes
THROTTLED = ("progress", "step")


class Recorder:
    """What the training process says about itself."""

    def __init__(self, folder: Path, config: TrainConfig) -> None:
        self.folder, self.config = folder, config
        self._ended = False
        self._started = time.monotonic()
        self._last: dict[str, float] = {}

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def reason(self) -> str:
        """What a process beside this one left as the reason of its end, if it left one."""
        for path in sorted(self.folder.glob("process-*.txt")):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                return f"process {path.stem[8:]}: {path.read_text(encoding='utf-8')}"
        return ""

    def begin(self, resumed: bool) -> None:
        """Write that it runs, and who runs it."""
        halves = self.folder.glob(f".{self.checkpoint.name}-*")  # large, where a kill left one
        old = [self.folder / name for name in ("cancel", published.FILE)]
        for left in [*old, *self.folder.glob("process-*.txt"), *halves]:
            left.unlink(missing_ok=True)
        # Given back at the end, so that a full disk still takes the word of how it ended; first, so
        # that a disk without as much room is known before the record says that it runs.
        with artifacts.replacing(self.folder / RESERVE) as reserve:
            reserve.write_bytes(bytes(RESERVED))
        jobfolder.write_process(self.folder, os.getpid())
        jobfolder.write_record(self.folder, self.config, "running")
        _mend(self.folder / "events.jsonl")
        self.event("resumed" if resumed else "started")

    def event(self, event: str, **values: Any) -> None:
        """Append one event; progress and steps that follow too soon are dropped."""
        if event in THROTTLED and self._too_soon(event, values):
            return
        line = json.dumps({"event": event, "time": round(time.time(), 3), **values}, default=float)
        # A disk too full for a line of progress is no reason to lose the training.
        with contextlib.suppress(OSError), (self.folder / "events.jsonl").open("ab") as file:
            file.write(f"{line}\n".encode())

    def _too_soon(self, event: str, values: dict[str, Any]) -> bool:
        now = time.monotonic()
        if event == "progress" and values.get("done") == values.get("total"):
            return False
        # 4 a second at first, fewer as the hours pass, so that readers never face a huge file.
        interval = min(2, max(0.25, (now - self._started) / 1000))
        if now - self._last.get(event, -interval) < interval:
            return True
        self._last[event] = now
        return False

    def publishing(self, run_id: str) -> None:
        """Note the run that is about to be there, so that no kill after that makes a second one."""
        published.note(self.folder, run_id)

    def done(self, run_id: str) -> None:
        """It has left this run; what it would have resumed from is no longer needed."""
        self.end("done", run_id=run_id)
        self.checkpoint.unlink(missing_ok=True)

    def end(self, state: str, **others: str) -> None:
        """Write how it ended, once: whatever came after its run, it is done."""
        if self._ended:
            return
        self._ended = True
        if left := published.run_of(self.folder):
            state, others = "done", {"run_id": left}
        finished = datetime.now(UTC).isoformat(timespec="seconds")
        with contextlib.suppress(OSError):
            (self.folder / RESERVE).unlink(missing_ok=True)
            jobfolder.write_record(self.folder, self.config, state, finished=finished, **others)


class Helper(Recorder):
    """What a process says that torchrun started beside the first: nothing, unless it fails.

    Its folder is that of the first one's job, once they have met.
    """

    def event(self, event: str, **values: Any) -> None:
        pass

    def done(self, run_id: str) -> None:
        pass

    def end(self, state: str, **others: str) -> None:
        """Leave the reason to the first process, which tells it."""
        with contextlib.suppress(OSError):
            path = self.folder / f"process-{os.environ['RANK']}.txt"
            path.write_text(others.get("error", state), encoding="utf-8")

    def left_alone(self) -> bool:
        """Whether the first process was killed, and this one is the next to tell."""
        if os.environ["RANK"] != "1" or not self.folder.is_dir():
            return False
        stop = time.monotonic() + FAREWELL
        while (job := jobfolder.open_job(self.id)).active and time.monotonic() < stop:
            time.sleep(0.05)
        return job.state == "interrupted"


def helping() -> bool:
    """Whether torchrun started this process beside a first one, which records the job."""
    return int(os.environ.get("WORLD_SIZE", 1)) > 1 and int(os.environ.get("RANK", 0)) > 0


def _mend(path: Path) -> None:
    """End the half line that a kill left, so that the next event has a line of its own."""
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")


@contextlib.contextmanager
def record(
    config: TrainConfig, resume: str | None = None, wait: bool = False
) -> Generator[Recorder]:
    """Record this process as the one job that trains; the exception that ends it goes on.

    A process that helps the first one of several records nothing; see Helper.

    Args:
        resume: the job to go on with, by its id or `last`; its folder is used again.
        wait: stand in line where another training runs; what the dashboard starts always does.

    Raises:
        JobError: another training runs, or there is nothing to resume.
    """
    if helping():
        yield from _help(config)
        return
    ours = _in_line(config, resume) if wait or jobfolder.JOB_VARIABLE in os.environ else None
    with only_training(patient=ours is not None):
        with writable():
            job = _begun(config, resume, ours)
        with _interruptible():
            try:
                yield job
            except FencepostError as error:
                job.end("failed", error=str(error))
                raise
            except KeyboardInterrupt:
                job.end("cancelled")
                raise
            except BaseException as error:
                message = jobfolder.one_line(f"{type(error).__name__}: {error}")
                job.end("failed", error=message)
                raise
            job.end("failed", error="It ended without leaving a run.")


def _in_line(config: TrainConfig, resume: str | None) -> Path:
    """The folder of a job whose turn it is."""
    if int(os.environ.get("WORLD_SIZE", 1)) > 1:  # the others would give up on the first one
        raise JobError("Under torchrun no training can wait its turn: leave out --wait.")
    with writable():
        folder = _folder(resume)
        if jobfolder.JOB_VARIABLE not in os.environ:
            jobfolder.write_record(folder, config, "starting", queued=line.now())
        jobfolder.write_process(folder, os.getpid())
    try:
        with _interruptible():
            line.wait_in(folder, config)
    except KeyboardInterrupt:
        Recorder(folder, config).end("cancelled")
        raise
    return folder


def _begun(config: TrainConfig, resume: str | None, folder: Path | None) -> Recorder:
    """The job, which now says that it runs; a new one that cannot begin leaves no folder."""
    job = Recorder(folder or _folder(resume), config)
    try:
        job.begin(resumed=resume is not None)
    except OSError:
        if not resume and jobfolder.JOB_VARIABLE not in os.environ:
            shutil.rmtree(job.folder, ignore_errors=True)
        raise
    return job


def _help(config: TrainConfig) -> Iterator[Recorder]:
    job = Helper(artifacts.jobs_dir() / "none", config)
    try:
        yield job
    except FencepostError as error:
        if job.left_alone():
            raise
        job.end("failed", error=str(error))
        sys.exit(1)
    except Exception as error:
        job.end("failed", error=jobfolder.one_line(f"{type(error).__name__}: {error}"))
        raise


def _folder(resume: str | None) -> Path:
    given = os.environ.get(jobfolder.JOB_VARIABLE)
    if given:
        return jobfolder.open_job(given).folder
    return jobfolder.resumable(resume).folder if resume else jobfolder.make_folder()


@contextlib.contextmanager
def _interruptible() -> Generator[None]:
    """SIGINT interrupts, even where a shell started the server's group with it ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
