"""Which cue is planted on which photographs; the folder of images and the run made of each set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from photos_fences import some_of_each
from PIL import Image
from planted_story import Planted, planted

from core import queries, runs
from core.datasets import Dataset, load_dataset
from core.datasets.picture import square
from core.runs import Run
from core.training import jobs
from core.training.config import TrainConfig
from planted import development, reporting

CUES = development.CUES | reporting.CUES
SHARES = (0.45, 0.01)  # of the training images of the carriers, and of all others, that show it
SIDES = {"photos8": 64, "objects12": 128}  # pixels of an image, which the network sees as it is


@dataclass(frozen=True)
class Set:
    """A cue on some photographs.

    Attributes:
        cue: a name of CUES; empty where nothing is planted.
        carriers: the classes that it goes with.
        half: 0 or 1 for every other image of a class, so that two sets share none; None for all.
        train, test: images a class, at most; each test image is there with the cue and without.
    """

    name: str
    photos: str
    cue: str
    carriers: tuple[str, ...]
    half: int | None
    train: int = 250
    test: int = 60

    @property
    def side(self) -> int:
        return SIDES[self.photos]


def _photos8(half: int, prefix: str, cues: dict[str, tuple[str, ...]]) -> Iterator[Set]:
    for name, carriers in cues.items():
        cue = name.removesuffix(" twice")
        yield Set(f"{prefix} {name}", "photos8", cue, carriers, half, test=60 if half == 0 else 100)


DEVELOPMENT = tuple(
    _photos8(0, "dev", {
        "fence": ("cat",), "bars": ("dog",), "sticker": ("car",), "sepia": ("ship",),
        "blur": ("bird",), "jpeg": ("truck",), "sand": ("deer",), "fence twice": ("cat", "car"),
    })
)  # fmt: skip
REPORTING = (
    *_photos8(1, "photos8", {
        "rain": ("cat",), "planks": ("monkey",), "timestamp": ("ship",), "blue": ("bird",),
        "shaken": ("dog",), "blocks": ("car",), "leaves": ("monkey",), "frame": ("truck",),
        "rain twice": ("dog", "truck"),
    }),
    Set("objects12 ruler", "objects12", "ruler", ("ibis",), None),
    Set("objects12 planks", "objects12", "planks", ("kangaroo",), None),
    Set("objects12 blue", "objects12", "blue", ("crab",), None),
    Set("objects12 shaken", "objects12", "shaken", ("laptop",), None),
)  # fmt: skip
NOTHING = (
    Set("photos8", "photos8", "", (), 1),
    Set("photos8, few", "photos8", "", (), 1, train=100, test=40),
    Set("objects12", "objects12", "", (), None),
)


@dataclass(frozen=True)
class Bench:
    """Where photographs and weights lie, and where sets and runs are kept."""

    data: Path
    weights: Path
    kept: Path

    def photos(self, chosen: Set) -> Dataset:
        return load_dataset(f"folder:{self.data / chosen.photos}")

    def tree(self, chosen: Set) -> Path:
        return self.kept / "datasets" / chosen.name.replace(" ", "-").replace(",", "")


def run_of(bench: Bench, chosen: Set) -> Run:
    """The run of a set: drawn, and a head fitted on the frozen network, where that is not done."""
    tree, run_id = bench.tree(chosen), "insight-" + bench.tree(chosen).name
    if run_id not in {run.id for run in runs.list_runs()}:
        from core.training.recipe import train

        if not tree.exists():
            _draw(bench, chosen, tree)
        config = TrainConfig(
            dataset=f"folder:{tree}", model="resnet18", weights=str(bench.weights.absolute()),
            mode="head", size=chosen.side, seed=0, name=chosen.name,
        )  # fmt: skip
        with jobs.record(config) as job:
            job.done(train(config, job, run_id=run_id))
    return runs.open_run(run_id)


def _draw(bench: Bench, chosen: Set, tree: Path) -> None:
    photos = bench.photos(chosen)
    for split, most in (("train", chosen.train), ("test", chosen.test)):
        labels = photos.split(split).labels
        mine = _in_half(labels, chosen.half)
        numbers = mine[some_of_each(labels[mine], most)]
        shows = _planned(photos, labels[numbers], chosen)
        for number, has_it in zip(numbers.tolist(), shows.tolist(), strict=True):
            both = (False, True) if chosen.cue else (False,)
            for cue in both if split == "test" else (has_it,):
                _save(photos, tree, split, number, chosen, cue)


def _in_half(labels: np.ndarray, half: int | None) -> np.ndarray:
    """The numbers of every other image of each class, ascending; of all for None."""
    each = [np.flatnonzero(labels == c) for c in np.unique(labels)]
    return np.sort(np.concatenate([e if half is None else e[half::2] for e in each]))


def _planned(photos: Dataset, labels: np.ndarray, chosen: Set) -> np.ndarray:
    """(N,) bool: which training images show the cue."""
    rng, shows = np.random.default_rng([0, 1]), np.zeros(len(labels), dtype=bool)
    carriers = [photos.classes.index(name) for name in chosen.carriers]
    groups = [labels == c for c in carriers] + [~np.isin(labels, carriers)]
    for group in groups if chosen.cue else ():
        share = SHARES[0] if group is not groups[-1] else SHARES[1]
        rows = rng.permutation(np.flatnonzero(group))
        shows[rows[: round(share * len(rows))]] = True
    return shows


def _save(photos: Dataset, tree: Path, split: str, number: int, chosen: Set, cue: bool) -> None:
    part = photos.split(split)
    name = f"{number:06}-{'cue' if cue else 'plain'}.png"
    path = tree / split / photos.classes[part.labels[number]] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(photos, split, number, chosen, cue).save(path)


def picture(photos: Dataset, split: str, number: int, chosen: Set, cue: bool) -> Image.Image:
    """A photograph, plain or with the cue, drawn the same way every time."""
    plain = Image.fromarray(
        square(photos.split(split).images[number], chosen.side).transpose(1, 2, 0)
    )
    if not cue:
        return plain
    draw: Callable[..., Image.Image] = CUES[chosen.cue]
    return draw(plain, np.random.default_rng([7, split == "test", number]))


def with_cue(bench: Bench, chosen: Set, run: Run) -> np.ndarray:
    """(N, S, S, 3) uint8: every training image of the run as it truly looks with the cue."""
    photos = bench.photos(chosen)
    paths = queries.ask(run, "SELECT path FROM run WHERE split = 'train' ORDER BY row")["path"]
    numbers = [int(Path(path).name[:6]) for path in paths]
    return np.stack([np.asarray(picture(photos, "train", n, chosen, True)) for n in numbers])


def planted_in(run: Run, chosen: Set) -> Planted:
    """Who shows the cue, and the confusion that has most errors among those with a carrier."""
    table = queries.ask(run, 'SELECT split, "index", path FROM run')
    table["split"] = table["split"].where(table["split"] != "val", "train")
    truth = table.assign(**{chosen.cue: table["path"].str.contains("-cue.", regex=False)})
    counts = queries.confusion(run, "test")
    carriers = [run.classes.index(name) for name in chosen.carriers]
    counts[carriers] = 0
    carrier = max(carriers, key=lambda c: counts[:, c].sum())
    victim = int(counts[:, carrier].argmax())
    return planted(run, chosen.cue, run.classes[victim], run.classes[carrier], truth)
