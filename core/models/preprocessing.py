"""What a network is shown of an image: its own size, cut, interpolation and normalisation.

A network's own are those that it was trained with. They stand in each run, for whoever opens its
network again; a run that keeps none was made with `notebook`'s.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import ModelError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
SIZE = 224
LARGEST = 16_384  # pixels a side
CUTS = ("square", "centre", "squash", "border")
INTERPOLATIONS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")


class WrongSize(ModelError):
    """A network cannot be built for images of a size; says why."""


@dataclass(frozen=True)
class Preprocessing:
    """What a network is shown.

    Attributes:
        size: the side of what it sees, in pixels.
        resize: what the image is resized to, before its centre of `size` is cut out.
        cut: what is resized to that: its centre `square`, as the notebook has it; else all of it,
            by its shorter side (`centre`), by both sides alike (`squash`), or by its longer side,
            with a border in the colour of the mean (`border`).
        interpolation: one of INTERPOLATIONS, as Pillow has it.
        mean, std: of each channel in 0..1, which become zero and one.
    """

    size: int = SIZE
    resize: int = SIZE
    cut: str = "square"
    interpolation: str = "bilinear"
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD

    def sized(self, size: int) -> Preprocessing:
        """The same for another size, with as large a part of the image cut away."""
        if size in (0, self.size):
            return self
        if self.cut == "square":
            return replace(self, size=size, resize=size)
        return replace(self, size=size, resize=max(size, round(size * self.resize / self.size)))

    def seen(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what the network sees of an image, in its pixels."""
        part = self.size / self.resize
        if self.cut == "squash":
            wide, high = width * part, height * part
        else:
            of = max if self.cut == "border" else min
            wide = high = of(width, height) * part
        left, top = (width - wide) / 2, (height - high) / 2
        return left, top, left + wide, top + high

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def notebook(size: int = SIZE) -> Preprocessing:
    """The centre square, bilinear, with ImageNet's mean: for what no other network says of itself.

    Every run that keeps no preprocessing was made with it.
    """
    return Preprocessing().sized(size)


def of_run(config: Mapping[str, Any], kept: Mapping[str, Any] | None) -> Preprocessing:
    """What a run's network is shown, from what its run.json keeps.

    Raises:
        ModelError: that is of another version, or damaged.
    """
    try:
        if kept is None:
            return notebook(int(config.get("size") or SIZE))
        colours: dict[str, Any] = {name: tuple(map(float, kept[name])) for name in ("mean", "std")}
        found = Preprocessing(**{**kept, **colours})
        if not _is_possible(found):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise ModelError(
            "run.json does not say in a way known here what its network is shown: update "
            "Fencepost, or train again."
        ) from None
    return found


def _is_possible(found: Preprocessing) -> bool:
    colours = len(found.mean) == len(found.std) == 3 and min(found.std) > 0
    sides = all(type(side) is int for side in (found.size, found.resize))
    known = found.cut in CUTS and found.interpolation in INTERPOLATIONS
    return colours and sides and known and 1 <= found.size <= found.resize <= LARGEST


def of_network(name: str, weights: str = "default", size: int = 0) -> Preprocessing:
    """What a network was made for; where that is not known, the notebook's.

    Args:
        weights: where these are a file that torchvision offers, that file's own.
        size: another side, or 0 for the network's own.
    """
    if name == "small":
        return notebook().sized(size)
    own = _timm(name.removeprefix("timm/")) if name.startswith("timm/") else None
    own = own or _torchvision(name, weights)
    return (own or notebook()).sized(size)


def _known(interpolation: str) -> str:
    return interpolation if interpolation in INTERPOLATIONS else "bilinear"


def _torchvision(name: str, weights: str) -> Preprocessing | None:
    from torchvision import models  # brings torch

    if name not in models.list_models(module=models):
        return None
    offered = models.get_model_weights(name)
    by_file = {Path(each.url).name: each for each in offered}
    shown = by_file.get(Path(weights).name, offered["DEFAULT"]).transforms()
    return Preprocessing(
        size=int(shown.crop_size[0]),
        resize=int(shown.resize_size[0]),
        cut="centre",
        interpolation=_known(shown.interpolation.value),
        mean=tuple(shown.mean),
        std=tuple(shown.std),
    )


def _timm(name: str) -> Preprocessing | None:
    try:
        from timm import get_pretrained_cfg, is_model
    except ImportError:
        return None
    own = get_pretrained_cfg(name, allow_unregistered=True) if is_model(name) else None
    if own is None:
        return None
    size = int(own.input_size[-1])
    return Preprocessing(
        size=size,
        resize=max(size, math.floor(size / own.crop_pct)),
        cut={"center": "centre"}.get(own.crop_mode, own.crop_mode),
        interpolation=_known(own.interpolation),
        mean=tuple(own.mean),
        std=tuple(own.std),
    )
