"""The embedded data set: scenes of STL-10's ten classes, drawn from a seed within seconds.

It is stored as the official STL-10 is, with one file more: truth.parquet says what was planted.
That table is for checking what a user finds; nothing trains on it.
"""

from __future__ import annotations

import shutil
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock
from PIL import Image

from core import artifacts
from core.datasets import stl10
from core.datasets.dataset import Dataset, ProgressCallback, Split
from core.datasets.scenes import scene
from core.datasets.scenes.canvas import SIDE
from core.datasets.scenes.planting import CLASSES, SPLITS, TRAITS, plan

VERSION = 1  # raised when the drawings change
SEED, TRAIN, TEST = 1, 2000, 1000


def read(folder: Path) -> Dataset:
    """The pictures that are stored in a folder, else the same ones drawn as they are asked for.

    Raises:
        DatasetError: what is stored is damaged.
    """
    made_of = _stored(folder)
    if made_of.get("version") != VERSION:
        return _drawn_when_asked()
    return stl10.read(folder, "demo", _fingerprint(made_of))


def is_stored(folder: Path) -> bool:
    """Whether the pictures are there, drawn by this version."""
    return _stored(folder).get("version") == VERSION


def _stored(folder: Path) -> dict[str, Any]:
    try:
        return artifacts.read_json(folder / "demo.json")
    except ValueError:
        return {}


def _drawn_when_asked() -> Dataset:
    planted = plan(SEED, TRAIN, TEST)
    train, test = (
        Split(DrawnImages(planted, split), planted["label"][planted["split"] == split].to_numpy())
        for split in SPLITS
    )
    return Dataset("demo", CLASSES, train, test, _fingerprint(_made_of(SEED, TRAIN, TEST)))


def _made_of(seed: int, train: int, test: int) -> dict[str, Any]:
    return {"version": VERSION, "seed": seed, "train": train, "test": test}


def _fingerprint(made_of: dict[str, Any]) -> str:
    # Of what they were made, not of their bytes: another Pillow rounds a pixel differently.
    return "-".join(["demo", *map(str, made_of.values())])


class DrawnImages:
    """The images of one split, each drawn when it is asked for: a few milliseconds."""

    def __init__(self, planted: pd.DataFrame, split: str) -> None:
        self._artist = Artist(SEED, planted)
        self._rows = planted[planted["split"] == split].to_dict("records")

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Image.Image:
        return Image.fromarray(self._artist.draw(self._rows[index])[0])


def render(
    folder: Path,
    *,
    seed: int = SEED,
    train: int = TRAIN,
    test: int = TEST,
    progress: ProgressCallback | None = None,
) -> None:
    """Draw everything into `folder`, which appears at once and whole.

    A folder that holds this very set already is left as it is; an older one is replaced.

    Args:
        progress: called as progress(done, total) after each image.
    """
    made_of = _made_of(seed, train, test)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{folder.name}.lock")):
        if _stored(folder) == made_of:
            return
        needed = (train + test) * 3 * SIDE**2 + 1_000_000
        artifacts.require_space(folder, needed, "To store the demo's pictures")
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


def _draw_into(folder: Path, seed: int, planted: pd.DataFrame, progress: ProgressCallback) -> None:
    pictures = np.empty((len(planted), 3, SIDE, SIDE), dtype=np.uint8)
    details = []
    artist = Artist(seed, planted)
    for row, (picture, detail) in enumerate(map(artist.draw, planted.to_dict("records"))):
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


class Artist:
    """Draws any picture of a plan; each depends on nothing but the seed and its own row."""

    def __init__(self, seed: int, planted: pd.DataFrame) -> None:
        self._seed, self._planted = seed, planted

    @cached_property
    def _originals(self) -> dict[int, dict[str, Any]]:
        train = self._planted[self._planted["split"] == "train"]
        return train.set_index("index").to_dict("index")

    def draw(self, row: dict[str, Any]) -> tuple[np.ndarray, dict[str, Any]]:
        """The (96, 96, 3) uint8 picture of a row, and what the drawing itself decided."""
        own = _stream(self._seed, row["split"], row["index"])
        if row["duplicate_of"] < 0:
            return scene.draw(_brief(row), own)
        first = _brief(self._originals[row["duplicate_of"]])
        picture, detail = scene.draw(first, _stream(self._seed, "train", row["duplicate_of"]))
        return scene.near_copy(picture, own), detail


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
