"""A network and data sets of your own program, as a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.errors import FencepostError
from core.models.lazy_torch import load_torch
from core.runs import Run
from fencepost import notebook
from fencepost.looking import confusions, open_run
from fencepost.progress import bar

if TYPE_CHECKING:
    from torch import nn


class Evaluated(Run):
    """The run of a network that was brought: like any other, and drawn in a notebook."""

    def __str__(self) -> str:
        return "\n".join([str(confusions(self)), *self.notes])

    def _repr_html_(self) -> str:
        return confusions(self)._repr_html_() + notebook.page("What to know", *self.notes)


def evaluate(
    model: nn.Module,
    test: Any,
    *,
    train: Any = None,
    val: Any = None,
    images: Any = None,
    classes: Sequence[str] = (),
    arch: str = "",
    name: str = "",
    batch_size: int = 64,
    workers: int = 0,
) -> Evaluated:
    """Every image of your data sets through your network, once: a run with features and head.

    Args:
        model: any module that answers (images, classes); where it lies, it stays.
        test, train, val: map-style data sets that give (tensor, label). Fixes refit the head on
            train, and choose their strength on val.
        images: pictures in the order of test, or a mapping of them by split, where the data sets
            have no files of their own.
        classes: their names, one for each output; by default those of test's `classes`.
        arch: the network's name where it is torchvision's or `timm/<name>`: then it is kept to be
            opened again, for maps and for images from elsewhere.

    Raises:
        FencepostError: what the network answers, or a data set gives, cannot be used; says why.
    """
    load_torch()
    from core.bringing.evaluated import Brought, publish

    given = {"train": train, "val": val, "test": test}
    splits = {split: dataset for split, dataset in given.items() if dataset is not None}
    brought = Brought(
        model,
        splits,
        _by_split(images, splits),
        tuple(classes) or _classes_of(test),
        arch,
        batch_size,
        workers,
    )
    made = open_run(publish(brought, name, bar)[0])
    return Evaluated(made.id, made.folder, made.name, made.meta)


def _by_split(images: Any, splits: Mapping[str, Any]) -> dict[str, Any]:
    """Pictures by the name of their split, for all splits or for none."""
    if images is None:
        return {}
    found = dict(images) if isinstance(images, Mapping) else {"test": images}
    if found.keys() != splits.keys():
        raise FencepostError(
            f"images= are of {', '.join(found)}, and the data sets are {', '.join(splits)}: give "
            "images={split: pictures} for each."
        )
    return found


def _classes_of(dataset: Any) -> tuple[str, ...]:
    """The class names that a data set of torchvision knows, also as a part of another one."""
    named = getattr(dataset, "classes", None)
    if named is None and hasattr(dataset, "dataset"):
        return _classes_of(dataset.dataset)
    return tuple(map(str, named)) if isinstance(named, Sequence) else ()
