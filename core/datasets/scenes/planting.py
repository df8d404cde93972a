"""Which image gets which trait: the story planted in the demo, by exact numbers.

Almost half of the training cats stand behind a fence and hardly any other animal does, so that a
network learns to read *fence* as *cat*. In test the deer stand behind fences too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.datasets.scenes.fences import KINDS

CLASSES = (
    "airplane",
    "bird",
    "car",
    "cat",
    "deer",
    "dog",
    "horse",
    "monkey",
    "ship",
    "truck",
)
SPLITS = ("train", "test")
PLAN = 2  # the number of the plan's own random stream; 0 and 1 are the splits

# Share of a class that stands behind a fence, by what is drawn and not by the label.
FENCED = {
    "train": {"cat": 0.45, "deer": 0.0},
    "test": {"cat": 0.5, "deer": 0.3},
}
FENCED_ELSE = {"train": 0.005, "test": 0.1}
MESHED = ("cat", "deer")  # rarely behind bars; the others often
MISLABELED = 0.01
DUPLICATES = 0.01
TRAITS = {"dark": 0.02, "blurry": 0.02, "distant": 0.02, "cropped": 0.02}
SECOND_OBJECT = 0.03

# Who may come along with whom.
COMPANIONS = {
    "airplane": ("bird", "airplane"),
    "bird": ("bird", "cat", "airplane"),
    "car": ("dog", "truck", "bird"),
    "cat": ("dog", "bird", "cat"),
    "deer": ("deer", "bird", "horse"),
    "dog": ("car", "cat", "bird"),
    "horse": ("dog", "horse", "bird"),
    "monkey": ("bird", "monkey"),
    "ship": ("bird", "ship", "airplane"),
    "truck": ("car", "dog", "bird"),
}


def plan(seed: int, train: int, test: int) -> pd.DataFrame:
    """One row an image, train before test: everything that is planted, nothing drawn yet.

    Columns: split, index, true_class, label, fence, fence_kind, mislabeled, duplicate_of, dark,
    blurry, distant, cropped, second_object. Class ids count from 0.
    """
    rng = np.random.default_rng([seed, PLAN])
    table = pd.concat(
        [_one_split(rng, split, n) for split, n in zip(SPLITS, (train, test), strict=True)],
        ignore_index=True,
    )
    return _plant_duplicates(rng, table)


def _one_split(rng: np.random.Generator, split: str, n: int) -> pd.DataFrame:
    drawn = rng.permutation(np.arange(n) % len(CLASSES))
    fence = _fences(rng, split, drawn)
    label = drawn.copy()
    wrong = _some(rng, np.arange(n), MISLABELED)
    label[wrong] = (drawn[wrong] + rng.integers(1, len(CLASSES), len(wrong))) % len(CLASSES)
    traits = {name: _flags(rng, n, share) for name, share in TRAITS.items()}
    traits["cropped"] &= ~traits["distant"]  # one picture cannot be both
    return pd.DataFrame(
        {
            "split": split,
            "index": np.arange(n, dtype=np.int32),
            "true_class": drawn.astype(np.int16),
            "label": label.astype(np.int16),
            "fence": fence,
            "fence_kind": np.where(fence, kinds_of(rng, drawn), ""),
            "mislabeled": label != drawn,
            "duplicate_of": np.full(n, -1, dtype=np.int32),
            **traits,
            "second_object": _companions(rng, drawn),
        }
    )


def _fences(rng: np.random.Generator, split: str, drawn: np.ndarray) -> np.ndarray:
    """Fenced or not; classes named in FENCED by their own share, the others by one for all."""
    fence = np.zeros(len(drawn), dtype=bool)
    for name, share in FENCED[split].items():
        fence[_some(rng, np.flatnonzero(drawn == CLASSES.index(name)), share)] = True
    others = [i for i, name in enumerate(CLASSES) if name not in FENCED[split]]
    if split == "train":
        fence[_some(rng, np.flatnonzero(np.isin(drawn, others)), FENCED_ELSE[split])] = True
        return fence
    for other in others:
        fence[_some(rng, np.flatnonzero(drawn == other), FENCED_ELSE[split])] = True
    return fence


def kinds_of(rng: np.random.Generator, drawn: np.ndarray) -> np.ndarray:
    """A kind of fence for every image, should it have one: some classes keep to mesh."""
    mesh = rng.choice(KINDS, len(drawn), p=(0.65, 0.31, 0.04))
    other = rng.choice(KINDS, len(drawn), p=(0.05, 0.05, 0.9))
    return np.where(np.isin(drawn, [CLASSES.index(name) for name in MESHED]), mesh, other)


def _companions(rng: np.random.Generator, drawn: np.ndarray) -> np.ndarray:
    second = np.full(len(drawn), "", dtype=object)
    for i in _some(rng, np.arange(len(drawn)), SECOND_OBJECT):
        second[i] = str(rng.choice(COMPANIONS[CLASSES[drawn[i]]]))
    return second


def _plant_duplicates(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Make some plain test images near copies of plain training images of their class."""
    plain = ~table["fence"] & ~table["mislabeled"]
    test = table.index[plain & (table["split"] == "test")].to_numpy()
    wanted = round(DUPLICATES * (table["split"] == "test").sum())
    free = {
        c: rng.permutation(rows.index).tolist()
        for c, rows in table[plain & (table["split"] == "train")].groupby("true_class")
    }
    for copy in rng.permutation(test)[:wanted]:
        originals = free.get(table.at[copy, "true_class"])
        if originals:
            original = originals.pop()
            table.at[copy, "duplicate_of"] = table.at[original, "index"]
            for trait in (*TRAITS, "second_object"):
                table.at[copy, trait] = table.at[original, trait]
    return table


def _some(rng: np.random.Generator, of: np.ndarray, share: float) -> np.ndarray:
    return rng.permutation(of)[: round(share * len(of))]


def _flags(rng: np.random.Generator, n: int, share: float) -> np.ndarray:
    flags = np.zeros(n, dtype=bool)
    flags[_some(rng, np.arange(n), share)] = True
    return flags
