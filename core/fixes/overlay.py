"""What would other images look like with the concept? Its fine detail laid over them, in pixels.

The sum of one image and the fine detail of another is a hybrid image (Oliva, Torralba and Schyns,
2006): a fence is fine detail, what stands behind it mostly is not. The network itself then says
what the concept does to an image, where core.fixes.transplant takes it to move all alike. What
else the donors show in fine detail differs from one to the next, and a head fitted on many of them
learns to pass over it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import run_images
from core.datasets import Progress
from core.errors import RunError
from core.runs import Run

COARSE = 3 / 96  # of the side: what is wider than this stays with its own image
LEAST, MOST = 0.5, 1.2  # how strongly the detail is laid over
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
    progress: Progress | None = None,
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
    amounts = rng.uniform(LEAST, MOST, len(targets)).astype(np.float32)
    look = _Looker(run, rows)
    parts = []
    for begin in range(0, len(targets), BATCH):
        part = slice(begin, begin + BATCH)
        parts.append(look(targets[part], donors[part], amounts[part]))
        if progress:
            progress(min(begin + BATCH, len(targets)), len(targets))
    return Overlays(np.concatenate(parts), labels[targets])


def _pairs(
    labels: np.ndarray, shows: np.ndarray, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """(M,), (M,) positions of the images to lay something over, and of those it is taken from."""
    classes = np.unique(labels[~shows])
    each = max(1, count // len(classes))
    plain = [np.flatnonzero((labels == c) & ~shows) for c in classes]
    targets = rng.permutation(np.concatenate([rng.choice(p, each) for p in plain]))
    carrier = np.bincount(labels[shows]).argmax()
    kinds = [
        np.flatnonzero(shows & (labels == carrier)),
        np.flatnonzero(shows & (labels != carrier)),
    ]
    kinds = [kind for kind in kinds if len(kind)]
    donors = [rng.choice(kinds[k]) for k in rng.integers(len(kinds), size=len(targets))]
    return targets, np.asarray(donors)


class _Looker:
    """Lays images over each other and shows them to the network; knows torch."""

    def __init__(self, run: Run, rows: np.ndarray) -> None:
        from core import network, queries

        self._network = network.open_network(run)
        self._images = run_images.open_images(run)
        self._size = int(run.config["size"])
        found = queries.rows(run, rows.tolist())
        self._places = list(zip(found["split"], found["index"].tolist(), strict=True))
        self._side = min(self._size, min(self._images.image(*self._places[0]).size))

    def __call__(self, targets: np.ndarray, donors: np.ndarray, amounts: np.ndarray) -> np.ndarray:
        import torch
        from torchvision.transforms.functional import gaussian_blur

        from core import inference

        own, other = (torch.from_numpy(self._pixels(part)).float() for part in (targets, donors))
        sigma = max(COARSE * self._side, 0.5)
        width = 2 * round(3 * sigma) + 1
        detail = other - gaussian_blur(other, [width, width], [sigma, sigma])
        made = own + torch.from_numpy(amounts)[:, None, None, None] * detail
        pixels = made.clamp(0, 255).to(torch.uint8).numpy()
        return inference.extract(self._network.backbone, pixels, self._size, torch.device("cpu"))

    def _pixels(self, places: np.ndarray) -> np.ndarray:
        from core.pixels import square

        images = [self._images.image(*self._places[place]) for place in places]
        return np.stack([square(image, self._side) for image in images])
