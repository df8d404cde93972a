"""What a training tells of its steps and epochs, and the rows of history.parquet made of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.runs.table.predictions import SPLITS

MOST = 2.0**53  # steps, and whatever is counted beyond loses its last digits
HISTORY = ["step", "epoch", "split", "loss", "accuracy", "lr", "images_per_second"]


@dataclass(frozen=True)
class StepMetrics:
    """The training curve's points: loss and accuracy since the epoch began."""

    step: int
    epoch: int
    loss: float
    accuracy: float
    lr: float
    images_per_second: float


@dataclass(frozen=True)
class EpochMetrics:
    """One finished epoch: running figures of train, and those of the split that chooses.

    `data_wait` is the seconds that its steps waited for images.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    held_loss: float
    held_accuracy: float
    lr: float
    images_per_second: float
    data_wait: float
    best: bool


def history_rows(metrics: StepMetrics | EpochMetrics, held_out: str) -> dict:
    """A row of history.parquet: `train` for a step, the split that chooses for an epoch."""
    if isinstance(metrics, StepMetrics):
        return asdict(metrics) | {"split": "train"}
    return {
        "step": metrics.step,
        "epoch": metrics.epoch,
        "split": held_out,
        "loss": metrics.held_loss,
        "accuracy": metrics.held_accuracy,
        "lr": metrics.lr,
        "images_per_second": metrics.images_per_second,
    }


def read_history(path: Path) -> pd.DataFrame:
    """The rows of a history.parquet whose split, step and epoch can be; empty where none was kept.

    Of their figures, those that can be none are missing.
    """
    try:
        kept = pq.read_table(path).to_pandas(ignore_metadata=True)
        kept = kept[[name for name in HISTORY if name in kept]]
        numbers = kept.columns.difference(["split"])
        kept[numbers] = kept[numbers].apply(pd.to_numeric, errors="coerce").astype(float)
        counted = kept[["step", "epoch"]].apply(lambda each: each.between(0, MOST)).all(axis=1)
        kept = kept[counted & kept["split"].map(_is_split).astype(bool)].reset_index(drop=True)
    except (OSError, ValueError, TypeError, KeyError, ArithmeticError, pa.ArrowException):
        return pd.DataFrame(columns=HISTORY)
    for name, most in (("accuracy", 1), ("loss", MOST)):
        if name in kept:
            kept[name] = kept[name].where(kept[name].between(0, most))
    return kept


def _is_split(value: object) -> bool:
    return isinstance(value, str) and value in SPLITS
