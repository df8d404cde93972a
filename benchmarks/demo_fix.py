"""The demo's fixes in figures: how much of the harm that fences do does each undo?

    python benchmarks/demo_fix.py [--draws 5] [--keep FOLDER]

Works on the run that ships. The ceiling is its head refitted with every training picture drawn
again behind a fence, of the kind that its class has. FOLDER keeps the pictures for another time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from planted_fixes import compete
from planted_story import planted

from core import artifacts, datasets, runs
from core.datasets.demo import SEED, TEST, TRAIN, Artist
from core.datasets.scenes.planting import kinds_of, plan
from core.training.shipped import RUN_ID


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = (options.keep or Path(thrown_away)).absolute()
        os.environ["FENCEPOST_ARTIFACTS"] = str(folder)
        if not (folder / "runs" / RUN_ID).exists():
            shipped = artifacts.REPOSITORY / "artifacts" / "runs" / RUN_ID
            shutil.copytree(shipped, folder / "runs" / RUN_ID)
        datasets.prepare("demo")
        plan_ = plan(SEED, TRAIN, TEST)
        made = planted(runs.open_run(RUN_ID), "fence", "deer", "cat", plan_)
        train = made.images.loc[made.rows("train"), "index"].to_numpy()
        compete(made, fenced(plan_, train), options.draws)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=5, help="sets of random picks")
    parser.add_argument("--keep", type=Path, help="a folder for the pictures, kept if given")
    return parser.parse_args()


def fenced(planned: pd.DataFrame, indices: np.ndarray) -> np.ndarray:
    """(N, 96, 96, 3) uint8: these training pictures, every one of them behind a fence."""
    rows = planned[planned["split"] == "train"].set_index("index", drop=False).loc[indices]
    kinds = kinds_of(np.random.default_rng([SEED, 9]), rows["true_class"].to_numpy())
    artist = Artist(SEED, planned)
    each = rows.assign(fence=True, fence_kind=kinds).to_dict("records")
    return np.stack([artist.draw(row)[0] for row in each])


if __name__ == "__main__":
    main()
