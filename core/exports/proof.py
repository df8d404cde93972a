"""Does what was exported say what the run says? 200 test images, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core import queries
from core.errors import DatasetError, RunError
from core.exports.forms import Form
from core.runs import Run
from core.runs.images import FileRunImages, open_images

IMAGES = 200
EQUAL = 1e-3
SECONDS = 600
LISTED = 3


@dataclass(frozen=True)
class Proof:
    """What the comparison came to.

    Attributes:
        n: images compared; differ: those of which a probability differs by more than 0.001.
        most: the largest difference; words: all of it in a sentence.
    """

    n: int
    differ: int
    most: float
    words: str

    @property
    def holds(self) -> bool:
        return self.n > 0 and self.differ == 0


def prove(run: Run, form: Form, folder: Path) -> Proof:
    """Run load.py on test images, and compare its probabilities with the run's table."""
    [n] = queries.ask(run, "SELECT count(*) n FROM run WHERE split = 'test'")["n"]
    places = np.unique(np.linspace(0, n - 1, min(IMAGES, n)).astype(int))
    rows = _rows(run, places)
    with tempfile.TemporaryDirectory() as place:
        try:
            given, rows = _given(run, form, rows, Path(place))
        except DatasetError as error:
            return Proof(0, 0, 0.0, f"Not proved: {error}")
        found = _asked(folder, given, Path(place) / "found.npy")
    if isinstance(found, str):
        return Proof(0, 0, 0.0, f"Not proved: {found}")
    return _compared(rows, found, _table(run, rows))


def _rows(run: Run, places: np.ndarray) -> pd.DataFrame:
    """row, index and path of the test images at these places."""
    asked = queries.ask(
        run, "SELECT row, \"index\", path FROM run WHERE split = 'test' ORDER BY row"
    )
    return asked.iloc[places].reset_index(drop=True)


def _table(run: Run, rows: pd.DataFrame) -> np.ndarray:
    images = (queries.image(run, int(row)) for row in rows["row"])
    return np.array([queries.probabilities(run, image) for image in images])


def _given(run: Run, form: Form, rows: pd.DataFrame, place: Path) -> tuple[list[str], pd.DataFrame]:
    """What load.py is given, and the rows that it is of: files that are gone are left out."""
    if form.by_features:
        features = run.features()
        if features is None:
            raise DatasetError("the run keeps no features.")
        np.save(place / "features.npy", features[rows["row"].to_numpy()])
        return [str(place / "features.npy")], rows
    images, given, kept = open_images(run), [], []
    for number, index in enumerate(rows["index"].tolist()):
        try:
            if isinstance(images, FileRunImages):
                given.append(str(images.file("test", index)))
            else:
                images.image("test", index).save(place / f"{number}.png")
                given.append(str(place / f"{number}.png"))
            kept.append(number)
        except DatasetError:
            continue
    if not kept:
        raise DatasetError("none of the test images is there any more.")
    return given, rows.iloc[kept].reset_index(drop=True)


def _asked(folder: Path, given: list[str], out: Path) -> np.ndarray | str:
    """The probabilities that load.py writes, or why there are none."""
    command = [sys.executable, str(folder / "load.py"), *given, "--out", str(out)]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
            return f"load.py failed ({last})."
        return np.load(out, allow_pickle=False)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return f"load.py could not be run ({type(error).__name__})."


def _compared(rows: pd.DataFrame, found: np.ndarray, table: np.ndarray) -> Proof:
    if found.shape != table.shape:
        raise RunError(f"load.py gave probabilities {found.shape}, not {table.shape}.")
    differ = np.abs(found - table).max(axis=1)
    most, n = float(differ.max()), len(rows)
    wrong = np.flatnonzero(differ > EQUAL)
    if not len(wrong):
        words = f"Proved on {n} test images in a process of its own: all probabilities are those "
        return Proof(n, 0, most, f"{words}of the run, to {EQUAL:g} (at most {most:.1e} away).")
    worst = wrong[np.argsort(-differ[wrong])][:LISTED]
    names = ", ".join(
        f"{rows['path'][k] or 'test ' + str(rows['index'][k])} ({differ[k]:.3f})" for k in worst
    )
    same = int((found.argmax(axis=1) == table.argmax(axis=1)).sum())
    return Proof(
        n,
        len(wrong),
        most,
        f"Of {n} test images, {len(wrong)} get a probability that is more than {EQUAL:g} from the "
        f"run's, {names} most; {same} get the same class.",
    )
