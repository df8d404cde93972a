"""Whatever changes the artifacts, one call each, and the state that it leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

import fencepost as fp
from benchmarks.campaign import world
from core import artifacts, fixes, queries, runs
from core.concepts import columns, store
from core.exports.exporting import export
from core.inference import cache
from core.inference.decoding import Pixels
from core.runs.annotations import channel_marks, looks_at_test
from core.training import jobs
from core.training.config import TrainConfig

Change = Callable[[runs.Run], object]


def _draft(run: runs.Run) -> None:
    artifacts.write_json(artifacts.root() / "unsaved" / run.id / "concept.json", {"shows": [1]})


def _table(run: runs.Run) -> pd.DataFrame:
    names = ", ".join(f'"p_{name}"' for name in run.classes)
    found = queries.ask(run, f"SELECT path, split, label, {names} FROM run ORDER BY row")
    return found.assign(label=[run.classes[k] for k in found["label"]])


def _bring(run: runs.Run) -> None:
    photos = run.dataset.removeprefix("folder:")
    fp.from_table(_table(run), images=photos, name="brought", again=True)


def _fix(run: runs.Run) -> None:
    fixes.save(fixes.apply(run, [fixes.Step("mistakes", {}, 0.5)]), "fixed")


def _features(run: runs.Run) -> None:
    values = run.features()
    assert values is not None
    images = pd.DataFrame({"row": range(len(values))})
    cache.keep("key", values, Pixels(values, images, [], values))


def _job(run: runs.Run) -> None:
    with jobs.record(TrainConfig(dataset=run.dataset, name="a job")) as job:
        job.event("stage", stage="train")
        job.done(run.id)


def _report(run: runs.Run) -> None:
    artifacts.write_bytes(artifacts.root() / "report.html", b"<html>")


CHANGES: Mapping[str, Change] = {
    "rename a run": lambda run: runs.rename(run.id, "Another name"),
    "delete a run, bring it back": lambda run: (runs.delete(run.id), runs.restore(run.id)),
    "save a concept": lambda run: store.save(run, world.learned(run, "cage")),
    "save it again": lambda run: store.save(run, world.learned(run, "fence")),
    "rename a concept": lambda run: (store.rename(run, "fence", "mesh"),),
    "delete a concept": lambda run: store.delete(run, "fence"),
    "bring it back": lambda run: (store.delete(run, "fence"), store.undo(run, "fence")),
    "scores of a concept": lambda run: columns.scores_file(run, "fence"),
    "mark a channel": lambda run: channel_marks.mark(run, 0, 1, channel_marks.SPURIOUS),
    "look at test": looks_at_test.record,
    "keep a draft": _draft,
    "save a fix": _fix,
    "bring a table": _bring,
    "export a head": lambda run: export(run, "head", proof=False),
    "cache features": _features,
    "record a job": _job,
    "write a report": _report,
}
