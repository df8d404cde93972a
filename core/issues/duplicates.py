"""Images that are there twice."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from PIL import Image

from core import queries
from core.datasets import Split
from core.datasets.picture import square
from core.errors import DatasetError
from core.runs import Run
from core.runs import images as run_images

MEASURES = ["brightness", "contrast", "sharpness"]
CLOSE = 1e-5  # of a measure: another machine may round its last digit otherwise


def twins(run: Run, measured: pd.DataFrame, split: Split) -> np.ndarray:
    """(n,) bool: which images have the very pixels of one that the run has, under another name.

    Only images of the same brightness, contrast and sharpness are opened to compare their pixels.

    Args:
        measured: index (in `split`) and measures of the images.
    """
    own = queries.ask(run, f'SELECT split, "index", {", ".join(MEASURES)} FROM run ORDER BY 3')
    values, wanted = own[MEASURES].to_numpy(), measured[MEASURES].to_numpy()
    first, last = (np.searchsorted(values[:, 0], wanted[:, 0] + d) for d in (-CLOSE, CLOSE))
    found = np.zeros(len(measured), dtype=bool)
    for k in np.flatnonzero(last > first):
        alike = np.abs(values[first[k] : last[k]] - wanted[k]).max(axis=1) <= CLOSE
        rows = own.iloc[first[k] : last[k]][alike]
        found[k] = len(rows) > 0 and _is_one_of(run, rows, split, int(measured["index"].iloc[k]))
    return found


def _is_one_of(run: Run, rows: pd.DataFrame, split: Split, index: int) -> bool:
    try:
        pixels = _pixels(split.images[index])
        images = run_images.open_images(run)
        pairs = zip(rows["split"], rows["index"], strict=True)
        return any(_pixels(images.image(name, int(n))) == pixels for name, n in pairs)
    except (DatasetError, OSError):  # the run's images are gone: what measures alike counts
        return True


def _pixels(image: Image.Image) -> bytes:
    return hashlib.sha256(square(image, min(image.size)).tobytes()).digest()
