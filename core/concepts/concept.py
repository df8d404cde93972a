"""What a concept is: a direction in feature space, a score an image, a threshold on it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.concepts.held_out import HeldOut
from core.errors import ConceptError
from core.inference.scoring import logits
from core.runs.features import finite

REAL = 0.05  # the p-value from which on a concept counts as chance


@dataclass(frozen=True, eq=False)
class Concept:
    """scores = features @ direction + offset; an image shows it from `threshold` on.

    `direction` (D,) float32 has unit length on standardised features, folded back to raw ones.
    `auc` is cross-validated on the picks; `p_value` that of picks drawn at random doing as well.
    Of picks that errors suggested, both come from other errors, see `HeldOut.test`.
    They are nan where nothing was picked, or nothing is left to test on. `origin` says what it
    was made from.
    """

    name: str
    direction: np.ndarray
    offset: float
    threshold: float
    auc: float
    p_value: float
    n_shows: int
    n_without: int
    origin: Mapping[str, Any] = field(default_factory=dict)

    def scores(self, features: np.ndarray) -> np.ndarray:
        """(N,) float32, higher = shows it; features (N, D), raw as the run keeps them."""
        if features.shape[1] != len(self.direction):
            raise ConceptError(
                f"Concept {self.name} has {len(self.direction)} channels, but these features have "
                f"{features.shape[1]}: learn it again on this run."
            )
        with np.errstate(invalid="ignore"):
            found = logits(features, self.direction[None], np.array([self.offset]))[:, 0]
        return finite(found, ConceptError)

    def shown(self, features: np.ndarray) -> np.ndarray:
        """(N,) bool."""
        return self.scores(features) >= self.threshold

    @property
    def key(self) -> str:
        """In short what its scores depend on: of two concepts with one key they are the same."""
        made_of = self.direction.tobytes() + np.float64(self.offset).tobytes()
        return hashlib.sha256(made_of).hexdigest()[:16]

    @property
    def real(self) -> bool:
        """Whether picks share more than random ones, or other errors show what was suggested."""
        return bool(self.p_value < REAL)

    @property
    def held_out(self) -> HeldOut | None:
        """Which images suggested the picks and which test them; None where no error suggested."""
        return HeldOut.from_json(self.origin.get("held_out"))

    def unseen(self, rows: np.ndarray) -> np.ndarray:
        """(n,) bool: which of these rows may be counted, as they did not choose the concept."""
        held_out = self.held_out
        return np.ones(len(rows), dtype=bool) if held_out is None else held_out.unseen(rows)

    @property
    def figures(self) -> str:
        """The AUC and p behind its verdict; empty where there are none."""
        known = not (np.isnan(self.p_value) or np.isnan(self.auc))
        return f"AUC {self.auc:.2f}, {_p(self.p_value)}" if known else ""

    def verdict(self, *, figures: bool = True) -> str:
        """How much it is to be trusted, in a sentence; with its AUC and p, or in words alone."""
        if (held_out := self.held_out) is not None:
            return self._tested_verdict(len(held_out.errors), len(held_out.right), figures)
        area = f"AUC {self.auc:.2f}, " if figures else ""
        if np.isnan(self.p_value):
            return "Not learned from picks, so nothing says how well it can be recognised."
        if self.real:
            return (
                "Recognisable: an image that shows it scores higher than one that does not "
                f"{100 * self.auc:.0f} times in 100 ({area}cross-validated over {self.n_shows} and "
                f"{self.n_without} images). Random picks rarely have as much in common"
                + (f" (p = {self.p_value:.3f})." if figures else ".")
            )
        remedy = (
            "Pick some that do not show it too: random others may show it as often."
            if self.origin.get("without", True) is None
            else "Pick more images, or images that share something plainer."
        )
        return (
            "Not a concept yet: random picks do as well"
            + (f" ({area}p = {self.p_value:.2f})" if figures else "")
            + f". {remedy}"
        )

    def _tested_verdict(self, errors: int, right: int, figures: bool) -> str:
        if not errors:
            return (
                "Nothing is left to test it on: every error there is went into the picks. Look at "
                "them; do not build on it."
            )
        told = f"{errors} errors that did not suggest it against {right} right images"
        if figures:
            told = f"AUC {self.auc:.2f}, {told}, {_p(self.p_value)}"
        if self.real:
            return (
                f"Recognisable: an error shows more of it than a right image of its class "
                f"{100 * self.auc:.0f} times in 100 ({told})."
            )
        return (
            f"Nothing is shown: errors have no more of it than right images of their class "
            f"({told}). Look for something else."
        )


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def of_channel(features: np.ndarray, channel: int, *, name: str) -> Concept:
    """A concept that is one channel; the strongest twentieth of the images shows it."""
    if not 0 <= channel < features.shape[1]:
        raise ConceptError(f"There is no channel {channel}: there are {features.shape[1]}.")
    values = finite(np.asarray(features[:, channel], dtype=np.float32), ConceptError)
    std = max(float(values.std()), 1e-6)
    direction = np.zeros(features.shape[1], dtype=np.float32)
    direction[channel] = 1 / std
    offset = -float(values.mean()) / std
    threshold = float(np.quantile(values / std + offset, 0.95))
    origin = {"kind": "channel", "channel": int(channel)}
    return Concept(name, direction, offset, threshold, np.nan, np.nan, 0, 0, origin)


def strongest(scores: np.ndarray, among: np.ndarray, top: int) -> np.ndarray:
    """The `top` rows of `among` that show it most, most first; scores (N,)."""
    return among[np.argsort(-scores[among], kind="stable")[:top]]


def weakest(scores: np.ndarray, among: np.ndarray, top: int) -> np.ndarray:
    """The `top` rows of `among` that show it least, least first."""
    return among[np.argsort(scores[among], kind="stable")[:top]]


def borderline(scores: np.ndarray, among: np.ndarray, threshold: float, top: int) -> np.ndarray:
    """The `top` rows of `among` nearest to the threshold: where a pick teaches most."""
    return among[np.argsort(np.abs(scores[among] - threshold), kind="stable")[:top]]
