"""The embedded data set: scenes of STL-10's ten classes, drawn from a seed within seconds.

It is stored as the official STL-10 is, with one file more: truth.parquet says what was planted.
That table is for checking what a user finds; nothing trains on it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock

from core import artifacts
from core.datasets.dataset import Progress
from core.datasets.scenes import scene
from core.datasets.scenes.canvas import SIDE
from core.datasets.scenes.planting import CLASSES, SPLITS, TRAITS, plan

VERSION = 1  # raised when the drawings change
SEED = 1


def render(
    folder: Path,
    *,
    seed: int = SEED,
    train: int = 2000,
    test: int = 1000,
    progress: Progress | None = None,
) -> None:
    """Draw everything into `folder`, which appears at once and whole.

    A folder that holds this very set already is left as it is; an older one is replaced.

    Args:
        progress: called as progress(done, total) after each image.
    """
    made_of = {"version": VERSION, "seed": seed, "train": train, "test": test}
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{folder.name}.lock")):
        if _holds(folder, made_of):
            return
        hidden = folder.with_name(f".{folder.name}.writing")
        shutil.rmtree(hidden, ignore_errors=True)
        hidden.mkdir()
        try:
            _draw_into(hidden, seed, plan(seed, train, test), progress or _silent)
            artifacts.write_json(hidden / "demo.json", made_of)
            shutil.rmtree(folder, ignore_errors=True)
            artifacts.publish(hidden, folder)
        except BaseException:
            shutil.rmtree(hidden, ignore_errors=True)
            raise


def _holds(folder: Path, made_of: dict[str, Any]) -> bool:
    try:
        return artifacts.read_json(folder / "demo.json") == made_of
    except ValueError:
        return False


def _draw_into(folder: Path, seed: int, planted: pd.DataFrame, progress: Progress) -> None:
    pictures = np.empty((len(planted), 3, SIDE, SIDE), dtype=np.uint8)
    details = []
    for row, (picture, detail) in enumerate(_pictures(seed, planted)):
        # STL-10 keeps each image as channel, column, row.
        pictures[row] = picture.transpose(2, 1, 0)
        details.append(detail)
        progress(row + 1, len(planted))
    for split in SPLITS:
        rows = (planted["split"] == split).to_numpy()
        pictures[rows].tofile(folder / f"{split}_X.bin")
        (planted["label"][rows] + 1).to_numpy(np.uint8).tofile(folder / f"{split}_y.bin")
    (folder / "class_names.txt").write_text("\n".join(CLASSES) + "\n", encoding="utf-8")
    truth = pd.concat([planted, pd.DataFrame(details)], axis=1)
    truth.to_parquet(folder / "truth.parquet", index=False)


def _pictures(seed: int, planted: pd.DataFrame) -> Iterator[tuple[np.ndarray, dict[str, Any]]]:
    """Every picture in the order of the plan; each depends on nothing but its own row."""
    originals = planted[planted["split"] == "train"].set_index("index").to_dict("index")
    for row in planted.to_dict("records"):
        if row["duplicate_of"] < 0:
            yield scene.draw(_brief(row), _stream(seed, row["split"], row["index"]))
            continue
        original = originals[row["duplicate_of"]]
        rng = _stream(seed, "train", row["duplicate_of"])
        picture, detail = scene.draw(_brief(original), rng)
        yield scene.near_copy(picture, _stream(seed, row["split"], row["index"])), detail


def _brief(row: dict[str, Any]) -> scene.Brief:
    return scene.Brief(
        subject=CLASSES[row["true_class"]],
        fence_kind=row["fence_kind"],
        second_object=row["second_object"],
        **{trait: row[trait] for trait in TRAITS},
    )


def _stream(seed: int, split: str, index: int) -> np.random.Generator:
    return np.random.default_rng([seed, SPLITS.index(split), index])


def _silent(done: int, total: int) -> None:
    """What to do with progress that nobody asked for."""
