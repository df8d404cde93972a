"""What `train.py --check` says of a data set, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from core.datasets import examination, load_dataset
from core.datasets.examination import FEW, Examination
from core.training import estimate
from core.training.config import TrainConfig
from core.training.jobs.progress import duration

CLASSES = 20  # that are listed
NAMED = 5  # of other things
MODES = ("finetune", "head")


def lines(config: TrainConfig) -> Iterator[str]:
    """All of it.

    Raises:
        DatasetError: the data set cannot be opened; says why.
    """
    found = examination.examine(load_dataset(config.dataset))
    dataset = found.dataset
    yield f"{dataset.name}: {_n(len(dataset.classes), 'class', 'es')}, {_splits(found)}"
    yield from (f"  {line}" for line in _classes(found))
    yield from said(found)
    yield from dataset.notes
    yield from dataset.refused[: 4 * NAMED]
    yield from times(found, config)


def said(found: Examination) -> Iterator[str]:
    """Of sizes and modes, of classes with few images, of images that are there twice."""
    if len(found.sizes):
        yield f"Sizes: {sizes(found)}; modes: {_listed(found.modes.items())}."
    if found.damaged:
        yield (
            f"{_n(len(found.damaged), 'image')} of {found.looked_at:,} looked at cannot be read: "
            f"{found.damaged[0]}{' ...' if len(found.damaged) > 1 else ''}"
        )
    if few := found.few():
        some = ", ".join(f"{name!r} ({n:,})" for name, n in few[:NAMED])
        more = " ..." if len(few) > NAMED else ""
        yield f"{_n(len(few), 'class', 'es')} with fewer than {FEW} train images: {some}{more}."
    if found.twins is None:
        yield "Whether images of test are in train too was not asked: too many, or no files."
    elif found.twins:
        one, other = found.twins[0]
        where = (found.dataset.train.where(one), found.dataset.test.where(other))
        example = f", such as {where[1]} and {where[0]}" if all(where) else ""
        verb = "is" if len(found.twins) == 1 else "are"
        yield (
            f"{_n(len(found.twins), 'test image')} {verb} in train too, byte for byte{example}: "
            "accuracy on test will look better than it is."
        )


def times(found: Examination, config: TrainConfig) -> Iterator[str]:
    """What a training may take, in each mode."""
    seconds = {mode: estimate.seconds(found, replace(config, mode=mode)) for mode in MODES}
    told = [f"{duration(n)} in mode {mode}" for mode, n in seconds.items() if n is not None]
    if told:
        yield f"Expected time with {config.model}, roughly: {', '.join(told)}."


def sizes(found: Examination) -> str:
    """The smallest, the middle and the largest of the images looked at."""
    area = found.sizes.prod(axis=1)
    order = np.argsort(area, kind="stable")
    least, middle, most = (found.sizes[order[k]] for k in (0, len(order) // 2, -1))
    of = f" (of {found.looked_at:,} looked at)" if found.looked_at < _total(found) else ""
    if (least == most).all():
        return f"all {_by(least)}{of}"
    return f"{_by(least)} to {_by(most)}, {_by(middle)} in the middle{of}"


def _total(found: Examination) -> int:
    return len(found.dataset.train) + len(found.dataset.test)


def _splits(found: Examination) -> str:
    return ", ".join(f"{len(found.dataset.split(name)):,} {name}" for name in found.counts)


def _classes(found: Examination) -> Iterator[str]:
    names: Sequence[str] = found.dataset.classes
    for k, name in enumerate(names[:CLASSES]):
        yield f"{name}: {', '.join(f'{n[k]:,} {split}' for split, n in found.counts.items())}"
    if len(names) > CLASSES:
        yield f"and {len(names) - CLASSES:,} more"


def _by(size: np.ndarray) -> str:
    return f"{size[0]:,} x {size[1]:,}"


def _listed(pairs: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{n:,} {name}" for name, n in pairs)


def _n(n: int, noun: str, plural: str = "s") -> str:
    return f"{n:,} {noun}{'' if n == 1 else plural}"
