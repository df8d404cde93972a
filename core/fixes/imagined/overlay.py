"""What would other images look like with the concept? Its look put on them, in pixels.

A cue of each kind has a move of its own (`moves`). Each is tried on plain images of the class that
carries the concept, and the one is taken whose results lie where true images with it lie
(`likeness`). The network itself then says what the concept does to an image, where `transplant`
takes it to move all alike. What else the donors show differs from one to the next, and a head
fitted on many of them learns to pass over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from core import queries
from core.errors import RunError
from core.fixes.imagined import kept
from core.fixes.imagined.likeness import Likeness, likeness
from core.fixes.told import Told
from core.models.lazy_torch import load_torch
from core.runs import Run
from core.runs import images as run_images

if TYPE_CHECKING:
    import torch

    from core.fixes.imagined.moves import Move

DARKEST, LIGHTEST = 0.35, 2.2  # times as light as the donor, whose tones are few
MOST = 200  # images with the concept and without that are kept in memory
TRIED = 48  # images that each move is tried on
MOVES = 9  # that are tried
BATCH = 64
FEWEST = 5
MADE = 1500  # images that are made to learn from, at most, but for a small network
QUICK = 4e13  # parameters times pixels of all images made, up to which the rest takes longer
ALIKE = 0.05  # less than the likest move: moves are about as like, and the first is taken


@dataclass(frozen=True)
class Overlays:
    """`features` (M, D) raw, as the run's network sees the images made; `rows` (M,) of whom."""

    features: np.ndarray
    rows: np.ndarray


class Overlaid:
    """A concept's look, learned from a run's training images, to be put on others; knows torch.

    `tried`: every move, the likest first; `used`: the one that is used.
    """

    def __init__(
        self,
        run: Run,
        features: np.ndarray,
        rows: np.ndarray,
        labels: np.ndarray,
        shows: np.ndarray,
        seed: int = 0,
        told: Told | None = None,
    ) -> None:
        """Find the move.

        Args:
            features: (N, D) raw, of the training images; rows, labels, shows: (N,) rows of the
                table, class ids, bool.
            told: is told of every image that the network is shown.

        Raises:
            RunError: too few images show the concept.
            DatasetError, ModelError: the images or the network are gone.
        """
        if shows.sum() < FEWEST:
            raise RunError(
                f"{shows.sum()} training images show the concept, and {FEWEST} are needed: pick "
                "more images for it, or lower its threshold."
            )
        self._rows, self._labels, self._shows, self._seed = rows, labels, shows, seed
        self._look, self._told = _Looker(run), told or Told()
        rng = np.random.default_rng(seed)
        carrier = labels == np.bincount(labels[shows]).argmax()
        plain = carrier & ~shows if (carrier & ~shows).sum() >= FEWEST else ~shows
        on, off = (
            np.sort(rng.permutation(np.flatnonzero(which))[:MOST])
            for which in (carrier & shows, plain)
        )
        self._known_by = [str(run.folder), rows[on].tobytes(), rows[off].tobytes()]
        self._donors = self._look.pixels(rows[on])
        self._move: Move | None = None
        self._masks: torch.Tensor | None = None
        self.tried, self.used = self._find(features, on, off, rng)

    def _find(
        self, features: np.ndarray, on: np.ndarray, off: np.ndarray, rng: np.random.Generator
    ) -> tuple[tuple[Likeness, ...], Likeness]:
        """How like every move is, the likest first; and the one that is taken."""
        from core.fixes.imagined import moves

        every = moves.moves(self._donors.float(), self._look.pixels(self._rows[off]).float())
        x = np.asarray(features, dtype=np.float32)
        scale = np.maximum(x.std(axis=0), 1e-6)
        x = x / scale
        some = np.sort(rng.permutation(off)[:TRIED])
        found = []
        for move in every:
            self._take(move)
            made = self.on(self._rows[some], self._seed) / scale
            found.append(likeness(move.name, x[on], x[off], x[some], made))
        best = max(each.score for each in found)
        first = next(k for k, each in enumerate(found) if each.score >= best - ALIKE)
        self._take(every[first])
        return tuple(sorted(found, key=lambda each: -each.score)), found[first]

    def _take(self, move: Move) -> None:
        self._move = move
        self._masks = move.masks(self._donors.float()) if move.masks else None

    def on(self, rows: np.ndarray, seed: int) -> np.ndarray:
        """(M, D) raw features of these images of the run with the concept's look on them."""
        assert self._move is not None
        rng = np.random.default_rng(seed)
        donors = np.resize(rng.permutation(len(self._donors)), len(rows))
        light = np.exp(rng.uniform(np.log(DARKEST), np.log(LIGHTEST), len(rows)))
        light = (light if self._move.varied else np.ones(len(rows))).astype(np.float32)
        parts = [
            self._batch(rows[begin : begin + BATCH], donors[begin : begin + BATCH],
                        light[begin : begin + BATCH])
            for begin in range(0, len(rows), BATCH)
        ]  # fmt: skip
        return np.concatenate(parts).astype(np.float32)

    def _batch(self, rows: np.ndarray, donors: np.ndarray, light: np.ndarray) -> np.ndarray:
        """A batch of them; at once where the network has seen it before."""
        import torch

        from core.fixes.imagined.moves import moved

        assert self._move is not None
        key = self._key(rows, donors, light)
        if (known := kept.recall(key)) is not None:
            self._told.more(len(rows), known=True)
            return known
        own, other = self._look.pixels(rows).float(), self._donors[donors].float()
        where = None if self._masks is None else self._masks[donors]
        seen = self._look.seen(moved(self._move, own, other, where, torch.from_numpy(light)))
        kept.keep(key, seen)
        self._told.more(len(rows))
        return seen

    def _key(self, *drawn: np.ndarray) -> bytes:
        """What a batch hangs on: the move, whom it was learned from, what was drawn."""
        assert self._move is not None
        parts = [*self._known_by, self._move.name, *(each.tobytes() for each in drawn)]
        encoded = [part.encode() if isinstance(part, str) else part for part in parts]
        return sha256(b"".join(sha256(part).digest() for part in encoded)).digest()

    def affordable(self, wanted: int) -> int:
        """How many images to make of so many wanted: more than MADE of a small network alone."""
        return min(wanted, max(MADE, int(QUICK / self._look.work)))

    def overlays(self, count: int) -> Overlays:
        """`count` training images without the concept, every class as often, with its look."""
        rows = self._rows[_targets(self._labels, self._shows, count, self._seed)]
        return Overlays(self.on(rows, self._seed), rows)


def _targets(labels: np.ndarray, shows: np.ndarray, count: int, seed: int) -> np.ndarray:
    """(M,) positions of images without the concept, each as seldom twice as can be."""
    rng = np.random.default_rng([seed, 1])
    classes = np.unique(labels[~shows])
    each = max(1, count // len(classes))
    plain = [rng.permutation(np.flatnonzero((labels == c) & ~shows)) for c in classes]
    return np.sort(np.concatenate([np.resize(p, each) for p in plain]))


class _Looker:
    """A run's images as its network is shown them, and what it sees; knows torch."""

    def __init__(self, run: Run) -> None:
        self._run, self._images = run, run_images.open_images(run)
        load_torch()
        from core.inference import network

        self._view, self._shown = run_images.view_of(run), network.shown
        self._network = network.open_classifier(run)

    @property
    def work(self) -> float:
        """Roughly what one image costs: the network's parameters times the pixels it is shown.

        Without end where it does not tell its parameters.
        """
        weights = sum(each.numel() for each in self._network.backbone.parameters())
        return float(weights * self._view.size**2 or np.inf)

    def pixels(self, rows: np.ndarray) -> torch.Tensor:
        """(n, 3, S, S) uint8; a row may come twice, and is read once."""
        import torch

        once, copies = np.unique(rows, return_inverse=True)
        table = queries.rows(self._run, once.tolist())
        places = zip(table["split"], table["index"].tolist(), strict=True)
        images = (self._images.image(*place) for place in places)
        return torch.from_numpy(self._shown(self._run, images)[copies])

    def seen(self, pixels: torch.Tensor) -> np.ndarray:
        """(n, D) raw features of (n, 3, S, S) uint8."""
        import torch

        from core.inference import extraction

        where = torch.device("cpu")
        return extraction.extract(self._network.backbone, pixels.numpy(), self._view, where)
