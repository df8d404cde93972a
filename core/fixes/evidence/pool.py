"""A pool: other images and their features in a run's own feature space, kept by a key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from core import artifacts
from core.concepts.stored import features_digest
from core.datasets import bounds
from core.datasets.picture import open_upright
from core.datasets.stl10 import BinaryImages
from core.errors import DatasetError, FencepostError, RunError
from core.fixes.evidence.sources import UNLABELLED
from core.inference import cache
from core.runs import Run
from core.runs import images as run_images
from core.runs.annotations import beside

if TYPE_CHECKING:  # it loads scikit-learn, which the dashboard starts without
    from core.fixes.steps import Step

KEY = re.compile(r"[0-9a-f]{20}")


@dataclass(frozen=True)
class Pool:
    """Images that a run has not seen, and how its network sees them.

    Attributes:
        features: (N, D) float16, memory-mapped.
        paths: (N,) below the folder, numbers in STL-10's file, or `train/7` in a data set.
        location: the folder, or a file of the data set.
        total: how many the source has; own: how many were left out because the run has them.
        unreadable: a line for each file left out.
        space: a digest of the run's features, which says whose network it was.
    """

    name: str
    key: str
    features: np.ndarray
    paths: Sequence[str]
    location: Path
    total: int
    own: int
    unreadable: tuple[str, ...]
    space: str

    def image(self, row: int) -> Image.Image:
        """One image.

        Raises:
            DatasetError: it is gone, or cannot be read.
        """
        path = self.paths[row]
        if self.name != UNLABELLED and self.location.is_file():
            split, _, number = path.partition("/")
            return run_images.dataset(self.name).image(split, int(number))
        # Of a file that was downloaded here, the bounds say nothing.
        if self.name != UNLABELLED and (problem := bounds.folder_problem(self.location)):
            raise DatasetError(problem)
        try:
            if self.name == UNLABELLED:
                return BinaryImages(self.location)[int(path)]
            if problem := bounds.file_problem(self.location, path):
                raise DatasetError(f"{path} {problem}.")
            return open_upright(self.location / path)
        except (OSError, ValueError, IndexError) as error:
            raise DatasetError(f"{path} of {self.name} cannot be read: {error}") from None

    def options(self, rows: Sequence[int], labels: Sequence[int]) -> dict[str, Any]:
        """What an `evidence` step needs to add these rows under these labels, also years later."""
        rows = [int(row) for row in rows]
        return {
            "pool": self.name,
            "key": self.key,
            "rows": rows,
            "labels": [int(label) for label in labels],
            "images": [self.paths[row] for row in rows],
        }


def facts_file(key: str) -> Path:
    """What is known of a pool beside its features."""
    return artifacts.root() / "pools" / f"{key}.json"


def opened(key: str) -> Pool | None:
    """The pool under this key; None where it is not kept, or not whole."""
    if not KEY.fullmatch(key) or not facts_file(key).is_file():
        return None
    return _opened(key, str(artifacts.root()))


@lru_cache(maxsize=8)
def _opened(key: str, root: str) -> Pool | None:
    found = cache.load(key)
    if found is None:
        return None
    facts = beside.read(facts_file(key))
    try:
        return Pool(
            name=str(facts["name"]),
            key=key,
            features=found.values,
            paths=tuple(found.images["path"].astype(str)),
            location=Path(facts["place"]),
            total=int(facts["total"]),
            own=int(facts["own"]),
            unreadable=tuple(found.unreadable),
            space=str(facts["space"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def forget() -> None:
    """Open pools anew when they are next asked for."""
    _opened.cache_clear()


def known(run: Run) -> dict[str, str]:
    """The sources that this run's network has seen, newest first, each with its newest key."""
    try:
        space = features_digest(run)
    except FencepostError:
        return {}
    files = sorted(facts_file("*").parent.glob("*.json"), key=lambda p: -p.stat().st_mtime)
    found: dict[str, str] = {}
    for file in files:
        facts = beside.read(file)
        if facts.get("space") == space and (artifacts.features_dir() / file.stem).is_dir():
            found.setdefault(str(facts.get("name", "")), file.stem)
    return found


def of_steps(run: Run, steps: Sequence[Step]) -> dict[str, np.ndarray]:
    """The features that `evidence` steps take images from, by the name of their pool.

    Raises:
        RunError: they are not kept, are of another network, or the source has changed meanwhile.
    """
    keys: dict[str, str] = {}
    for step in (step for step in steps if step.fix.needs == "pool"):
        name, key = str(step.options.get("pool", "")), str(step.options.get("key", ""))
        if keys.setdefault(name, key) != key:
            raise RunError(
                f"Two steps add images of {name}, which has changed between them: remove one step."
            )
    return {name: _features(run, name, key) for name, key in keys.items()}


def _features(run: Run, name: str, key: str) -> np.ndarray:
    pool = opened(key)
    if pool is None:
        raise RunError(
            f"The features of {name} are not kept here: open it on the Evidence page first, and "
            "accept its images there."
        )
    if pool.name != name or pool.space != features_digest(run):
        raise RunError(
            f"The features of {name} do not belong to run {run.name}: open it on the Evidence page."
        )
    return pool.features
