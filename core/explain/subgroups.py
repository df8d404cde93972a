"""Kinds of images among the errors of a class: a mixture over features and what the model said.

After Domino (Eyuboglu et al., 2022): a Gaussian mixture over where an image of the class lies and
how probable the model found the wrong class, so that a group is alike *and* fails alike.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from core import queries
from core.errors import ExplainError
from core.evaluation.intervals import wilson
from core.evaluation.statistics import effect_interval, effect_size
from core.explain.channels import features_of
from core.runs import Run
from core.runs.features import finite
from core.runs.table.schema import prob_column

MOST = 6
FEW = 10  # errors, below which a group may be chance
FEWEST = 10  # images of the class to look for groups in
DIRECTIONS = 8
ERROR_WEIGHT = 2.0  # of P(wrong class), in standard deviations of the first direction


@dataclass(frozen=True)
class Subgroup:
    """Images of a class that lie together.

    Attributes:
        rows: the errors among them, most typical first; reference: the rows predicted correctly.
        n: images; errors: those of the confusion; rate, low, high: errors / n, 95 % interval.
        nearest: the known concept that sets the errors most apart from correct images, or "".
        effect: its Cohen's d.
    """

    rows: np.ndarray
    n: int
    errors: int
    rate: float
    low: float
    high: float
    nearest: str = ""
    effect: float = float("nan")

    @property
    def caution(self) -> str:
        """What to keep in mind; empty for a group of some size."""
        if self.errors >= FEW:
            return ""
        return f"Only {self.errors} errors: look at the images before you trust this group."


@threadpool_limits.wrap(limits=1, user_api="blas")
def subgroups(
    run: Run,
    label: int,
    pred: int,
    *,
    split: str = "test",
    scores: Mapping[str, np.ndarray] | None = None,
    seed: int = 0,
) -> list[Subgroup]:
    """The groups that hold the errors label -> pred, most errors first; one where all are alike.

    The number of groups is the one with the least BIC, 1 to 6; nobody chose the features for it,
    so a group is a hint at where to look.

    Args:
        scores: concept -> (N,) scores of the whole run, to describe the groups with.

    Raises:
        ExplainError: no features, no such errors, or too few images of the class.
    """
    features = features_of(run)
    sql = f"SELECT row, pred, {queries.column(run, prob_column(run.classes[pred]))} AS p FROM run "
    found = queries.ask(run, sql + "WHERE split = ? AND label = ? ORDER BY row", [split, label])
    rows, error = found["row"].to_numpy(), (found["pred"] == pred).to_numpy()
    name = run.classes[label]
    if not error.any():
        raise ExplainError(
            f"No image of {name} is predicted as {run.classes[pred]} in {split}: nothing to group."
        )
    if len(rows) < FEWEST:
        raise ExplainError(
            f"{split} has {len(rows)} images of {name}: too few to look for groups, "
            f"at least {FEWEST} are needed."
        )
    points = _points(
        finite(features[rows], ExplainError).astype(np.float64), found["p"].to_numpy(np.float64)
    )
    member, typical = _mixture(points, seed)
    correct = rows[(found["pred"] == label).to_numpy()]
    groups = []
    for group in np.unique(member[error]):
        inside = np.flatnonzero((member == group) & error)
        inside = inside[np.argsort(-typical[inside], kind="stable")]
        n = int((member == group).sum())
        nearest, effect = _nearest(rows[inside], correct, scores or {})
        interval = wilson(len(inside), n)
        groups.append(
            Subgroup(rows[inside], n, len(inside), len(inside) / n, *interval, nearest, effect)
        )
    return sorted(groups, key=lambda g: (-g.errors, int(g.rows[0])))


def _points(features: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """(n, R + 1): the leading directions of the standardised features, and P(wrong class)."""
    std = features.std(axis=0)
    z = (features - features.mean(axis=0)) / np.where(std > 0, std, 1)
    wanted = min(DIRECTIONS, max(1, len(z) // 5))
    left, singular, _ = np.linalg.svd(z, full_matrices=False)
    leading = left[:, :wanted] * singular[:wanted]
    scale = max(float(leading[:, 0].std()), 1e-12)
    spread = float(wrong.std())
    said = (wrong - wrong.mean()) / spread if spread > 0 else np.zeros(len(wrong))
    return np.column_stack([leading / scale, ERROR_WEIGHT * said])


def _mixture(points: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(n,) the component of each image, and its log density under it."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    most = max(1, min(MOST, len(points) // FEWEST))
    models = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for k in range(1, most + 1):
            model = GaussianMixture(
                k, covariance_type="diag", reg_covar=1e-2, n_init=3, random_state=seed
            )
            models.append(model.fit(points))
    best = min(models, key=lambda model: model.bic(points))
    return best.predict(points), best.score_samples(points)


def _nearest(
    rows: np.ndarray, correct: np.ndarray, scores: Mapping[str, np.ndarray]
) -> tuple[str, float]:
    """The concept that the rows show most clearly more of than the correct images."""
    if min(len(rows), len(correct)) < 2:
        return "", float("nan")
    effects = {name: float(effect_size(s[rows], s[correct])) for name, s in scores.items()}
    n, m = len(rows), len(correct)
    clear = {name: d for name, d in effects.items() if effect_interval(d, n, m)[0] > 0}
    if not clear:
        return "", float("nan")
    name = max(clear, key=lambda key: clear[key])
    return name, clear[name]
