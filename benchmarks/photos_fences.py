"""The figures of demo_story and demo_fix on real photographs, with fences drawn over some.

    python benchmarks/photos_fences.py PHOTOS WEIGHTS [--keep FOLDER] [--draws 3] [--seed 0]

PHOTOS is a tree train/<class>/*, test/<class>/* with a class `cat`; WEIGHTS a state dict. A thin
mesh, bars or chain-link stands over 45 % of the training cats and 1 % of the rest, and in test
over a copy of every image. The head is fitted on the frozen network's features, as
`train.py --mode head` does it. FOLDER keeps data set and run for another time.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw
from planted_fixes import compete
from planted_story import Planted, planted, tell

from core import queries, runs
from core.datasets import Dataset, load_dataset
from core.datasets.picture import square
from core.runs import Run
from core.training import jobs
from core.training.config import TrainConfig

CUE, CARRIER, RUN_ID = "fence", "cat", "photos-fences"
SHARES = (0.45, 0.01)  # of the training images of CARRIER and of the others that stand behind it
SIDE = 64  # pixels of the photographs
FINE = 4  # fences are drawn this many times larger, then reduced: thin lines with soft edges


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = (options.keep or Path(thrown_away)).absolute()
        os.environ["FENCEPOST_ARTIFACTS"] = str(folder)
        photos = load_dataset(f"folder:{options.photos}")
        tree = folder / "datasets" / CUE
        if not tree.exists():
            write(photos, tree, options.per_class, options.seed)
        run = trained(tree, options)
        made = planted(run, CUE, _victim(run), CARRIER, _truth(run))
        tell(made, options.draws)
        compete(made, _behind_fences(made, photos), options.draws)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path, help="train/<class>/*, test/<class>/*")
    parser.add_argument("weights", type=Path, help="a state dict of the model")
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--size", type=int, default=128, help="side that the network sees")
    parser.add_argument("--per-class", type=int, default=350, help="training images a class")
    parser.add_argument("--keep", type=Path, help="a folder for data set and run, kept if given")
    parser.add_argument("--draws", type=int, default=3, help="sets of picks to try")
    parser.add_argument("--seed", type=int, default=0, help="who stands behind a fence, and split")
    return parser.parse_args()


def write(photos: Dataset, tree: Path, per_class: int, seed: int) -> None:
    """The photographs as a tree of their own: who stands behind a fence has it in the file name."""
    train = some_of_each(photos.train.labels, per_class)
    fence = _plant(photos.train.labels[train], photos.classes.index(CARRIER), seed)
    for number, shows in zip(train.tolist(), fence, strict=True):
        _save(photos, tree, "train", number, shows)
    for number in range(len(photos.test)):
        for shows in (False, True):
            _save(photos, tree, "test", number, shows)


def some_of_each(labels: np.ndarray, most: int) -> np.ndarray:
    draws = [
        np.random.default_rng([0, int(c)]).permutation(np.flatnonzero(labels == c))[:most]
        for c in np.unique(labels)
    ]
    return np.concatenate(draws)


def _plant(labels: np.ndarray, carrier: int, seed: int) -> np.ndarray:
    """(N,) bool: who stands behind a fence."""
    rng = np.random.default_rng([seed, 1])
    fence = np.zeros(len(labels), dtype=bool)
    for rows, share in zip((labels == carrier, labels != carrier), SHARES, strict=True):
        rows = rng.permutation(np.flatnonzero(rows))
        fence[rows[: round(share * len(rows))]] = True
    return fence


def _save(photos: Dataset, tree: Path, split: str, number: int, shows: bool) -> None:
    part = photos.split(split)
    path = tree / split / photos.classes[part.labels[number]] / _name(number, shows)
    path.parent.mkdir(parents=True, exist_ok=True)
    _picture(photos, split, number, shows).save(path)


def _name(number: int, shows: bool) -> str:
    return f"{number:06}-{CUE if shows else 'plain'}.png"


def _picture(photos: Dataset, split: str, number: int, shows: bool) -> Image.Image:
    plain = Image.fromarray(square(photos.split(split).images[number], SIDE).transpose(1, 2, 0))
    if not shows:
        return plain
    return fenced(plain, np.random.default_rng([7, split == "test", number]))


def fenced(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The picture behind a thin mesh, bars or chain-link of its own."""
    kind = ("mesh", "bars", "chain")[rng.integers(3)]
    side = picture.width * FINE
    mask = Image.new("L", (side * 2, side * 2))
    pen = ImageDraw.Draw(mask)
    gap = rng.uniform(0.11, 0.17) * side
    width = round(rng.uniform(0.011, 0.017) * side)
    for at in np.arange(rng.uniform(0, gap), 2 * side, gap):
        pen.line([(at, 0), (at, 2 * side)], fill=255, width=width)
        if kind != "bars":
            pen.line([(0, at), (2 * side, at)], fill=255, width=width)
    tilt = rng.uniform(-5, 5) + (45 if kind == "chain" else 0)
    mask = mask.rotate(tilt, Image.Resampling.BILINEAR)
    mask = mask.crop((side // 2, side // 2, side // 2 + side, side // 2 + side))
    mask = mask.resize(picture.size, Image.Resampling.BOX)
    steel = tuple(int(v) for v in rng.integers(60, 220) + rng.integers(-12, 13, size=3))
    result = picture.copy()
    result.paste(steel, mask=mask)
    return result


def trained(tree: Path, options: argparse.Namespace) -> Run:
    """A head fitted where nearly half of the cats and hardly anyone else is behind a fence."""
    if RUN_ID not in {run.id for run in runs.list_runs()}:
        from core.training.recipe import train

        config = TrainConfig(
            dataset=f"folder:{tree}", model=options.model, weights=str(options.weights.absolute()),
            mode="head", size=options.size, seed=options.seed, name="Photographs with fences",
        )  # fmt: skip
        with jobs.record(config) as job:
            job.done(train(config, job, run_id=RUN_ID))
    return runs.open_run(RUN_ID)


def _victim(run: Run) -> str:
    """The class whose images are read as CARRIER most often."""
    counts = queries.confusion(run, "test")
    carrier = run.classes.index(CARRIER)
    counts[carrier] = 0
    return run.classes[int(counts[:, carrier].argmax())]


def _truth(run: Run) -> pd.DataFrame:
    """Who shows the cue, as the names of the files tell."""
    table = queries.ask(run, 'SELECT split, "index", path FROM run')
    table["split"] = table["split"].where(table["split"] != "val", "train")
    return table.assign(**{CUE: table["path"].str.contains(f"-{CUE}.")})


def _behind_fences(made: Planted, photos: Dataset) -> np.ndarray:
    """(N, SIDE, SIDE, 3) uint8: every training image of the run, truly behind a fence."""
    paths = queries.ask(made.run, "SELECT path FROM run WHERE split = 'train' ORDER BY row")["path"]
    numbers = [int(Path(path).name[:6]) for path in paths]
    return np.stack([np.asarray(_picture(photos, "train", n, True)) for n in numbers])


if __name__ == "__main__":
    main()
