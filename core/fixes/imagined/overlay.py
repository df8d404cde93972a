"""What would other images look like with the concept? Its fine detail pasted over them, in pixels.

Where the fine detail of an image that shows the concept stands out from what is around it, that
image is pasted over others, lighter or darker than it was: few donors have few of the tones that
a fence may have. The network itself then says what the concept does to an image, where `transplant`
takes it to move all alike. What else the donors show in fine detail differs
from one to the next, and a head fitted on many of them learns to pass over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core import queries
from core.datasets import ProgressCallback
from core.errors import RunError
from core.models.lazy_torch import load_torch
from core.runs import Run
from core.runs import images as run_images

if TYPE_CHECKING:
    import torch

DARKEST, LIGHTEST = 0.35, 2.2  # times as light as the donor
MOST = 200  # donors of a kind, which all are kept in memory
BATCH = 64
FEWEST = 5


@dataclass(frozen=True)
class Overlays:
    """`features` (M, D) raw, as the run's network sees the images made; `labels` (M,)."""

    features: np.ndarray
    labels: np.ndarray


def overlays(
    run: Run,
    rows: np.ndarray,
    labels: np.ndarray,
    shows: np.ndarray,
    *,
    count: int,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> Overlays:
    """`count` images without the concept, every class as often, under the detail of those with it.

    Donors are drawn evenly from the class that shows it most and from all others together: the few
    counter-examples often show another kind of it.

    Args:
        rows, labels, shows: (N,) of the training images: rows of the table, class ids, bool.

    Raises:
        RunError: too few images show the concept.
        DatasetError, ModelError: the images or the network are gone.
    """
    if shows.sum() < FEWEST:
        raise RunError(
            f"{shows.sum()} training images show the concept, and {FEWEST} are needed: pick more "
            "images for it, or lower its threshold."
        )
    rng = np.random.default_rng(seed)
    targets, donors = _pairs(labels, shows, count, rng)
    light = np.exp(rng.uniform(np.log(DARKEST), np.log(LIGHTEST), len(targets)))
    look = _Looker(run, rows, np.unique(donors), np.union1d(targets, donors))
    parts = []
    for begin in range(0, len(targets), BATCH):
        part = slice(begin, begin + BATCH)
        parts.append(look(targets[part], donors[part], light[part].astype(np.float32)))
        if progress:
            progress(min(begin + BATCH, len(targets)), len(targets))
    return Overlays(np.concatenate(parts), labels[targets])


def _pairs(
    labels: np.ndarray, shows: np.ndarray, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """(M,), (M,) positions of the images to paste something over, and of those it is taken from."""
    classes = np.unique(labels[~shows])
    each = max(1, count // len(classes))
    plain = [np.flatnonzero((labels == c) & ~shows) for c in classes]
    # Sorted, so that an image drawn twice stands in one batch and is read once.
    targets = np.sort(np.concatenate([rng.choice(p, each) for p in plain]))
    carrier = np.bincount(labels[shows]).argmax()
    kinds = [
        np.flatnonzero(shows & (labels == carrier)),
        np.flatnonzero(shows & (labels != carrier)),
    ]
    kinds = [rng.permutation(kind)[:MOST] for kind in kinds if len(kind)]
    donors = [rng.choice(kinds[k]) for k in rng.integers(len(kinds), size=len(targets))]
    return targets, np.asarray(donors)


class _Looker:
    """Pastes images over each other and shows them to the network; knows torch.

    `donors`, `shown`: ascending positions in `rows` of all images that are ever pasted, and of
    these and all that something is ever pasted over.
    """

    def __init__(self, run: Run, rows: np.ndarray, donors: np.ndarray, shown: np.ndarray) -> None:
        self._images = run_images.open_images(run)
        self._run = run
        found = queries.rows(run, rows[shown].tolist())
        places = zip(found["split"], found["index"].tolist(), strict=True)
        self._places = dict(zip(shown.tolist(), places, strict=True))
        load_torch()
        from core.fixes.imagined.pasting import standing_out
        from core.inference import network

        self._view, self._shown = run_images.view_of(run), network.shown
        self._donors, self._given = donors, self._pixels(donors)
        self._where = standing_out(self._given)

        self._network = network.open_classifier(run)

    def __call__(self, targets: np.ndarray, donors: np.ndarray, light: np.ndarray) -> np.ndarray:
        import torch

        from core.fixes.imagined.pasting import pasted
        from core.inference import extraction

        each, copies = np.unique(targets, return_inverse=True)
        which = np.searchsorted(self._donors, donors)
        own, other = self._pixels(each)[copies], self._given[which]
        made = pasted(own, other, self._where[which], torch.from_numpy(light)).numpy()
        return extraction.extract(self._network.backbone, made, self._view, torch.device("cpu"))

    def _pixels(self, places: np.ndarray) -> torch.Tensor:
        """(n, 3, S, S) float, 0..255."""
        import torch

        images = (self._images.image(*self._places[place]) for place in places)
        return torch.from_numpy(self._shown(self._run, images)).float()
