"""What fixes work on: standardised features, labels and weights of the training images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.inference.scoring import probabilities
from core.runs.features import finite


@dataclass(frozen=True)
class Scale:
    """z = (features - mean) / std, and `floor` (D,), the least value that z can take."""

    mean: np.ndarray
    std: np.ndarray
    floor: np.ndarray

    def standardise(self, features: np.ndarray) -> np.ndarray:
        """(N, D) raw -> (N, D) float32, standardised."""
        return (np.asarray(features, dtype=np.float32) - self.mean) / self.std

    def head_in(self, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A head on raw features as one on standardised features."""
        return weight * self.std, bias + weight @ self.mean

    def head_out(self, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A head on standardised features as one on raw features, float32."""
        # safetensors writes the bytes as they lie, so they must lie row by row.
        folded = np.ascontiguousarray(weight / self.std)
        return folded.astype(np.float32), (bias - folded @ self.mean).astype(np.float32)


def scale_of(features: np.ndarray) -> Scale:
    """The scale of the training features (N, D).

    Raises:
        RunError: they are not all finite numbers.
    """
    x = np.asarray(features, dtype=np.float32)
    with np.errstate(invalid="ignore"):
        mean, std = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    finite(std)  # no number either where the mean is none
    # What follows a ReLU is never negative, so no imagined image may be either.
    least = 0 if x.min() >= 0 else -np.inf
    return Scale(mean, std, np.asarray((least - mean) / std, dtype=np.float32))


@dataclass(frozen=True)
class Cut:
    """z - (z - centre) @ across * along: one direction taken out; (D,) each."""

    along: np.ndarray
    across: np.ndarray
    centre: np.ndarray

    def apply(self, z: np.ndarray) -> np.ndarray:
        return z - ((z - self.centre) @ self.across)[:, None] * self.along

    def fold(self, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The head that gives on z what this one gives on apply(z)."""
        lost = weight @ self.along
        return weight - np.outer(lost, self.across), bias + lost * (self.across @ self.centre)


@dataclass(frozen=True)
class Mask:
    """Channels times `keep` (D,): 0 leaves a channel at its mean over the training images."""

    keep: np.ndarray

    def apply(self, z: np.ndarray) -> np.ndarray:
        return z * self.keep

    def fold(self, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return weight * self.keep, bias


@dataclass(frozen=True)
class Material:
    """The training images as the steps so far have left them, and the head fitted on them.

    Attributes:
        z: (N, D) standardised features, with every change applied.
        labels, weights: (N,).
        rows: (N,) rows of the table; -1 for images that a step made up or brought along.
        weight, bias: the head on z, (K, D) and (K,).
        changes: what was done to z, in order; to be folded into the head.
    """

    z: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    rows: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    changes: tuple[Cut | Mask, ...] = ()

    @property
    def n_classes(self) -> int:
        return len(self.weight)

    def folded(self) -> tuple[np.ndarray, np.ndarray]:
        """The head on standardised features without any change."""
        weight, bias = self.weight, self.bias
        for change in reversed(self.changes):
            weight, bias = change.fold(weight, bias)
        return weight, bias

    def own_probabilities(self) -> np.ndarray:
        """(N,) what the head gives the label of each image."""
        p = probabilities(self.z, self.weight, self.bias)
        return p[np.arange(len(p)), self.labels]

    def changed(self, change: Cut | Mask) -> Material:
        """With a change on z; the head is as it was, and wants a refit."""
        return replace(self, z=change.apply(self.z), changes=(*self.changes, change))

    def added(self, z: np.ndarray, labels: np.ndarray, weight: float = 1.0) -> Material:
        """With more images, (M, D) and (M,), that no row of the table stands for."""
        return replace(
            self,
            z=np.concatenate([self.z, z.astype(np.float32)]),
            labels=np.concatenate([self.labels, labels]),
            weights=np.concatenate([self.weights, np.full(len(z), weight)]),
            rows=np.concatenate([self.rows, np.full(len(z), -1)]),
        )

    def taken(self, which: np.ndarray | Sequence[int]) -> Material:
        """Only these images, by position or mask."""
        which = np.asarray(which)
        return replace(
            self,
            z=self.z[which],
            labels=self.labels[which],
            weights=self.weights[which],
            rows=self.rows[which],
        )
