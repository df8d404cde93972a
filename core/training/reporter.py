"""What training tells while it runs: progress bars in the terminal, events for the dashboard."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from tqdm import tqdm

from core.runs.history import EpochMetrics, StepMetrics
from core.training.jobs.progress import duration

LONG = 60  # seconds; what is shorter needs no warning


class EventLog(Protocol):
    """Where events go; see core.training.jobs."""

    def event(self, event: str, **values: Any) -> None: ...


class Reporter:
    """Tells a job and, where there is one, the person at the terminal."""

    def __init__(
        self, job: EventLog, epochs: int, stages: Sequence[str] = (), silent: bool = False
    ) -> None:
        """`stages`: the names of those that are known to come, in their order."""
        self.job, self.epochs, self.stages, self.silent = job, epochs, stages, silent
        self.timings: dict[str, float] = {}
        self.waited = 0.0  # seconds that training steps waited for images
        self._bar: tqdm | None = None
        self._stage, self._started = "", time.perf_counter()
        self._first_step: tuple[int, float] | None = None

    def stage(self, name: str, text: str) -> None:
        """Begin a stage; the one before it is over."""
        self.close()
        self._stage, self._started = name, time.perf_counter()
        number = self.stages.index(name) + 1 if name in self.stages else None
        self.job.event("stage", stage=name, text=text, number=number, stages=len(self.stages))
        self._say(text)

    def close(self) -> None:
        """End the stage: its seconds go into `timings`."""
        if self._stage:
            spent = time.perf_counter() - self._started
            self.timings[self._stage] = round(self.timings.get(self._stage, 0) + spent, 3)
        if self._bar is not None:
            self._bar.close()
        self._bar, self._stage = None, ""

    def so_far(self) -> dict[str, float]:
        """Seconds of each stage so far, the one that runs included; `waited` beside them."""
        now = time.perf_counter() - self._started
        running = {self._stage: self.timings.get(self._stage, 0) + now} if self._stage else {}
        return {**self.timings, **running, "waited": self.waited}

    def go_on(self, before: Mapping[str, float]) -> None:
        """Add what `so_far` gave before an interruption."""
        for stage, seconds in before.items():
            if stage == "waited":
                self.waited += seconds
            else:
                self.timings[stage] = round(self.timings.get(stage, 0) + seconds, 3)

    def _say(self, text: str) -> None:
        if not self.silent:
            tqdm.write(text)

    def note(self, text: str) -> None:
        self.job.event("note", text=text)
        self._say(text)

    def expect(self, seconds_per_image: float, images: int, advice: str) -> None:
        """Say beforehand how long it will take on a CPU, where it is long."""
        seconds = seconds_per_image * images
        if seconds > LONG:
            speed = f"{1 / seconds_per_image:.1f} images/s"
            text = f"About {duration(seconds)} on this CPU ({speed}). {advice}"
            self.job.event("expected", text=text)
            self._say(text)

    def foretelling(self, advice: str) -> Callable[[int, int], None]:
        """`progress` that also says, from its first two calls, how long the rest will take."""
        calls: list[tuple[int, float]] = []

        def progress(done: int, total: int) -> None:
            if len(calls) < 2:
                calls.append((done, time.perf_counter()))
                if len(calls) == 2:
                    (before, then), (_, now) = calls
                    self.expect((now - then) / (done - before), total - done, advice)
            self.progress(done, total)

        return progress

    def progress(self, done: int, total: int) -> None:
        """(done, total) of the stage: images, bytes or fits."""
        self._advance(done, total)
        self.job.event("progress", stage=self._stage, done=done, total=total)

    def _advance(self, done: int, total: int) -> None:
        if self._bar is None:
            # A stage that goes on where a killed one stopped starts its rate from there.
            unit = {"download": "B", "train": "step"}.get(self._stage, "it")
            self._bar = tqdm(
                total=total, initial=done, unit=unit, unit_scale=unit == "B",
                disable=self.silent or None,
                desc=self._stage, leave=False,
            )  # fmt: skip
        self._bar.update(done - self._bar.n)

    def step(self, metrics: StepMetrics, total_steps: int) -> None:
        left = self._seconds_left(metrics.step, total_steps)
        self._advance(metrics.step, total_steps)
        if self._bar is not None:
            self._bar.set_postfix(loss=f"{metrics.loss:.3f}", accuracy=f"{metrics.accuracy:.1%}")
        self.job.event(
            "step",
            step=metrics.step,
            steps=total_steps,
            epoch=metrics.epoch,
            epochs=self.epochs,
            loss=metrics.loss,
            accuracy=metrics.accuracy,
            lr=metrics.lr,
            images_per_second=metrics.images_per_second,
            seconds_left=left,
        )

    def _seconds_left(self, step: int, total: int) -> float | None:
        """From the pace so far, the evaluations between the epochs included."""
        now = time.perf_counter()
        if self._first_step is None:
            self._first_step = (step, now)
            return None
        first, then = self._first_step
        return (now - then) / max(step - first, 1) * (total - step)

    def epoch(self, metrics: EpochMetrics, held_out: str) -> None:
        self.waited += metrics.data_wait
        self.job.event(
            "epoch",
            epoch=metrics.epoch,
            epochs=self.epochs,
            step=metrics.step,
            split=held_out,
            loss=metrics.held_loss,
            accuracy=metrics.held_accuracy,
            train_loss=metrics.train_loss,
            train_accuracy=metrics.train_accuracy,
            images_per_second=metrics.images_per_second,
            data_wait=metrics.data_wait,
        )
        self._say(
            f"epoch {metrics.epoch:>3}/{self.epochs}  "
            f"train loss {metrics.train_loss:.4f} accuracy {metrics.train_accuracy:.2%}  "
            f"{held_out} loss {metrics.held_loss:.4f} accuracy {metrics.held_accuracy:.2%}  "
            f"{metrics.images_per_second:,.0f} images/s, {metrics.data_wait:.1f} s waited for data"
            f"{'  best' if metrics.best else ''}"
        )
