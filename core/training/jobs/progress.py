"""How far a job is: its events folded into what a progress bar says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.runs.run_json import number

MAX_NOTES = 20
OF_IMAGES = ("images", "features", "predict")  # the stages that count images


@dataclass
class Progress:
    """Where a job stands; None is what is not known (yet).

    Attributes:
        part: which of how many stages it is in, from 1.
        fraction: of the stage, 0 to 1.
        accuracy: on the training images of this epoch so far.
        held_out: accuracy after the last finished epoch, on the images the epoch is chosen by.
        expected: how long it may take, in words, until `seconds_left` is known.
        first: (done, time) of the first count of this stage.
    """

    stage: str = ""
    text: str = "Starting"
    part: tuple[int, int] | None = None
    fraction: float | None = None
    epoch: int | None = None
    epochs: int | None = None
    loss: float | None = None
    accuracy: float | None = None
    held_out: float | None = None
    images_per_second: float | None = None
    seconds_left: float | None = None
    notes: tuple[str, ...] = ()
    expected: str = ""
    first: tuple[float, float] | None = None


def fold(events: Iterable[dict[str, Any]]) -> Progress:
    """What all these events come to."""
    progress = Progress()
    for event in events:
        kind = event.get("event")
        if kind == "resumed":
            progress = Progress(text="Resuming", held_out=progress.held_out)
        elif kind == "stage":
            _enter(progress, event)
        elif kind == "progress":
            _count(progress, event)
        elif kind == "step":
            _step(progress, event)
        elif kind == "epoch":
            _epoch(progress, event)
        elif kind == "expected":
            progress.expected = str(event.get("text", ""))[:500]
        elif kind == "note":
            progress.notes = (*progress.notes, str(event.get("text", ""))[:500])[-MAX_NOTES:]
    return progress


def _enter(progress: Progress, event: dict[str, Any]) -> None:
    stage = str(event.get("stage", ""))[:40]
    progress.stage = stage
    progress.text = str(event.get("text") or stage)[:200]
    progress.part = _part(event)
    progress.fraction = progress.seconds_left = progress.images_per_second = None
    progress.first = None
    progress.expected = ""


def _count(progress: Progress, event: dict[str, Any]) -> None:
    done, total, now = (number(event.get(name)) for name in ("done", "total", "time"))
    progress.fraction = _share(done, total)
    if done is None or total is None or now is None:
        return
    progress.first = progress.first or (done, now)
    before, then = progress.first
    if done > before and now > then:
        speed = (done - before) / (now - then)
        progress.seconds_left = max(total - done, 0) / speed
        progress.images_per_second = speed if progress.stage in OF_IMAGES else None
        progress.expected = ""


def _step(progress: Progress, event: dict[str, Any]) -> None:
    for name in ("loss", "accuracy", "images_per_second", "seconds_left"):
        setattr(progress, name, number(event.get(name)))
    progress.expected = ""
    _set_epoch(progress, event)
    progress.fraction = _share(event.get("step"), event.get("steps"))


def _epoch(progress: Progress, event: dict[str, Any]) -> None:
    _set_epoch(progress, event)
    progress.held_out = number(event.get("accuracy"))
    progress.fraction = _share(event.get("epoch"), event.get("epochs"))


def _set_epoch(progress: Progress, event: dict[str, Any]) -> None:
    epoch, epochs = number(event.get("epoch")), number(event.get("epochs"))
    progress.epoch = None if epoch is None else int(epoch)
    progress.epochs = None if epochs is None else int(epochs)


def _part(event: dict[str, Any]) -> tuple[int, int] | None:
    at, of = number(event.get("number")), number(event.get("stages"))
    return (int(at), int(of)) if at and of else None


def _share(part: Any, whole: Any) -> float | None:
    part, whole = number(part), number(whole)
    return min(1.0, max(0.0, part / whole)) if part is not None and whole else None


def curve_of(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """at, epoch, split, loss, accuracy: train within each epoch, the split that chooses after it.

    `at` counts epochs: 2.5 is half-way through the third.
    """
    rows: list[dict[str, Any]] = []
    for event in events:
        kind = event.get("event")
        if kind == "resumed":  # what the last attempt did after its last checkpoint is done again
            finished = max((row["at"] for row in rows if row["split"] != "train"), default=0)
            rows = [row for row in rows if row["at"] <= finished]
        elif kind in ("step", "epoch") and (at := _epochs_done(event)) is not None:
            split = "train" if kind == "step" else str(event.get("split", ""))[:20]
            loss, accuracy = number(event.get("loss")), number(event.get("accuracy"))
            row = {"at": at, "epoch": number(event.get("epoch")), "split": split}
            rows.append(row | {"loss": loss, "accuracy": accuracy})
    return rows


def _epochs_done(event: dict[str, Any]) -> float | None:
    if event["event"] == "epoch":
        return number(event.get("epoch"))
    share, epochs = _share(event.get("step"), event.get("steps")), number(event.get("epochs"))
    return None if share is None or epochs is None else share * epochs


def duration(seconds: float) -> str:
    """Seconds for people: `42 s`, `3 min 20 s`, `5 h 10 min`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def when(moment: str) -> str:
    """An ISO time in this machine's zone, which it names; the text itself where it is none."""
    try:
        found = datetime.fromisoformat(moment).astimezone()
    except (ValueError, OverflowError, OSError):
        return moment
    return f"{found.day} {found:%b %Y, %H:%M %Z}"
