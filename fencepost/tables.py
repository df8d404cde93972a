"""A table of predictions, made anywhere by anything, as a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.bringing.tables import measuring, publishing, reading
from core.bringing.tables.columns import SAID
from core.bringing.tables.understood import Asked, Understood
from core.errors import FencepostError
from core.models import lazy_torch
from core.runs import Run
from core.runs import open_run as opened
from fencepost import notebook
from fencepost.notebook import share
from fencepost.progress import bar


@dataclass(frozen=True)
class Imported:
    """A run that was made of a table.

    Attributes:
        understood: what each column was taken for, and what a reader should know; a line each.
    """

    run: Run
    understood: tuple[str, ...] = field(repr=False)

    def __str__(self) -> str:
        test = self.run.metrics["test"]
        right = share(test["right"], test["n"])
        return f"Run {self.run.id}, {self.run.name!r}: {right} right on test"

    def _repr_html_(self) -> str:
        return notebook.page(str(self), *self.understood)


def from_table(
    table: Any,
    *,
    images: str = "",
    name: str = "",
    columns: Mapping[str, str] | None = None,
    classes: str | Sequence[str] = (),
    logits: bool = False,
    features: np.ndarray | str = "",
    features_by: str = "",
    again: bool = False,
    tell: Callable[[str], Any] = lambda line: None,
) -> Imported:
    """A table of predictions as a run: a frame of pandas or of datasets, or a file.

    Brightness, contrast and sharpness of the images are measured afterwards, in the background.

    Args:
        images: the folder that the paths are below.
        columns: role (path, label, split, pred, confidence, probs, features) -> column, where the
            names do not say it.
        classes: their names, in the order of the probabilities, where the columns do not say them.
        logits: whether softmax is still to be taken.
        features: (N, D), or an .npy file of them.
        features_by: where there are none, a published network that gives them, MODEL or
            MODEL=WEIGHTS; it needs torch, and every image.
        again: also where this very table is a run already.
        tell: is given each line of what was understood, before anything is written.

    Raises:
        FencepostError: the table cannot be understood, or contradicts itself; says in which rows.
    """
    given = classes if isinstance(classes, str) else [*classes]
    asked = Asked(table, str(images), columns or {}, given, logits, features)
    found = reading.read(asked)
    understood = (*found.lines(), *found.notes, *found.data_notes)
    for line in understood:
        tell(line)
    if features_by:
        found = with_features(found, features_by)
    run = opened(publishing.publish(found, name, again=again))
    measuring.start(run)
    return Imported(run, understood)


def with_features(found: Understood, by: str) -> Understood:
    """The table with what another network sees in its images.

    Raises:
        FencepostError: it has features of its own, there is no such network, or an image cannot be
            read.
    """
    if found.features.shape[1]:
        raise FencepostError("The table has features of its own: leave out --features-by.")
    lazy_torch.load_torch()
    from core.bringing.tables import seen  # brings torch

    return seen.with_features(found, by, bar(by))


def pairs(said: Sequence[str]) -> dict[str, str]:
    """`["path=file", "label=y"]` as role -> column.

    Raises:
        FencepostError: there is no such role.
    """
    found = dict(each.partition("=")[::2] for each in said)
    for role, column in found.items():
        if role not in SAID or not column:
            raise FencepostError(
                f"--columns cannot mean {role!r}: say ROLE=NAME, of the roles {', '.join(SAID)}."
            )
    return found
