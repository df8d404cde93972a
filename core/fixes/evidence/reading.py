"""A source through the run's network, once; torch is loaded only where nothing is kept."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core import artifacts
from core.concepts.stored import features_digest
from core.datasets import ProgressCallback
from core.errors import DatasetError
from core.fixes.evidence.pool import Pool, facts_file, forget, opened
from core.fixes.evidence.sources import MOST, Listed, listed
from core.inference import cache
from core.issues.duplicates import twins
from core.models.lazy_torch import load_torch
from core.models.preprocessing import Preprocessing
from core.runs import Run
from core.runs import images as run_images

if TYPE_CHECKING:  # all of them load torch
    from core.inference.batches import Streamed
    from core.inference.decoding import Pixels
    from core.models.classifier import Classifier

ROOM = 1 << 28  # bytes of decoded images: beyond, each is read again for the network
Stage = Callable[[str], None]


def read(
    run: Run,
    source: str,
    *,
    most: int = MOST,
    workers: int = 0,
    progress: ProgressCallback | None = None,
    stage: Stage = lambda words: None,
) -> Pool:
    """Images from elsewhere as the run's network sees them; at once where that is kept.

    From a script, with `deer` and `cat` as class ids and a concept of the run:

        pool = pools.read(run, "folder:/data/more")
        scores = concept.scores(pool.features)
        rows = fixes.candidates(pool.features, scores, run.head(), deer, carriers=[cat], top=60)
        step = fixes.Step("evidence", pool.options(rows, [deer] * len(rows)))
        preview = fixes.apply(run, [step], pools={pool.name: pool.features})

    A person would look through the rows first. A call that was killed goes on where it stopped.

    Args:
        source: `folder:/path`, a tree of any shape; another kind of data set, such as
            `csv:/path/more.csv`; or `stl10:unlabelled`.
        most: images that are looked at, drawn at random where there are more.
        stage: told in words what is done next; `progress` then counts from 0 again.

    Raises:
        DatasetError: the source is missing, or holds nothing to look at.
        ConceptError, ModelError: the run kept no features, or no network.
    """
    stage("Listing the images")
    space = features_digest(run)
    found = listed(run, source, most)
    key = cache.key(space=space, size=run.config.get("size"), source=found.fingerprint)
    if pool := opened(key):
        return pool
    stage("Loading the network")
    load_torch()
    from core.inference import network

    model = network.open_classifier(run)
    decoded, own = _decoded(run, found, workers, progress, stage)
    facts = {"name": found.name, "place": str(found.location), "space": space}
    artifacts.write_json(facts_file(key), facts | {"total": found.total, "own": found.own + own})
    stage("Showing them to the network")
    _show(model, run_images.view_of(run), key, decoded, progress)
    forget()
    if (pool := opened(key)) is None:
        raise DatasetError(f"The features of {found.name} could not be kept: try again.")
    return pool


def _decoded(
    run: Run, found: Listed, workers: int, progress: ProgressCallback | None, stage: Stage
) -> tuple[Pixels, int]:
    """The images that can be read and are not the run's, and how many of these there were."""
    from core.inference import decoding, network
    from core.models import device

    stage("Reading the images")
    room = min(ROOM, device.room(device.choose("auto")))
    view, side = run_images.view_of(run), network.stored_side(run)
    split = found.split.with_levels(run_images.levels_of(run))
    decoded = decoding.decode_splits({"pool": split}, view, side, workers, progress, room=room)
    again = twins(run, decoded.images, found.split)
    if again.all():
        raise DatasetError(
            f"No image of {found.name} is left to look at: {len(again):,} are the run's own, "
            f"{len(decoded.unreadable):,} cannot be read."
        )
    return _without(decoded, again), int(again.sum())


def _show(
    model: Classifier,
    view: Preprocessing,
    key: str,
    decoded: Pixels,
    progress: ProgressCallback | None,
) -> None:
    """Every image through the backbone, into the cache."""
    from core.inference import extraction
    from core.models import device

    where = device.choose("auto")
    # The network may be in use by other threads, so the one that moves to a device is a copy.
    backbone = device.move(copy.deepcopy(model.backbone), where)

    def extract(images: np.ndarray | Streamed, **options) -> np.ndarray:
        return extraction.extract(backbone, images, view, where, **options)

    cache.compute(key, decoded, model.head.in_features, extract, progress)


def _without(decoded: Pixels, again: np.ndarray) -> Pixels:
    """The decoded images but for those of the run."""
    kept = np.flatnonzero(~again)
    if len(kept) == len(again):
        return decoded
    values = decoded.values
    some = values[kept] if isinstance(values, np.ndarray) else values.select(kept)
    images = decoded.images.iloc[kept].reset_index(drop=True)
    return replace(decoded, values=some, images=images, rows=np.arange(len(kept)))
