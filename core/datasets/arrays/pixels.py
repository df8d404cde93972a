"""The images of an array by number, and what is white in them: one rule for all of a data set."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from core.datasets import levels
from core.datasets.arrays.members import Member, values
from core.datasets.picture import to_rgb
from core.errors import DatasetError

CHUNK = 1 << 26  # bytes of an array that are looked at together
CHANNELS = (1, 3, 4)


@dataclass(frozen=True)
class ArrayImages:
    """(N, H, W), (N, H, W, C) or (N, C, H, W) as images, C being 1, 3 or 4.

    Attributes:
        numbers: which of them; all where None.
        white: the value that is shown as white.
    """

    member: Member
    white: float = 255
    numbers: np.ndarray | None = None
    _array: list[np.ndarray] = field(default_factory=list, compare=False, repr=False)

    def __len__(self) -> int:
        return self.member.shape[0] if self.numbers is None else len(self.numbers)

    def __getitem__(self, index: int) -> Image.Image:
        return picture(self._values(index), self.white)

    def raw(self, index: int) -> bytes:
        return self._values(index).tobytes()

    def _values(self, index: int) -> np.ndarray:
        if not self._array:
            try:
                self._array.append(values(self.member))
            except DatasetError as error:
                raise OSError(str(error)) from None
        array, member = self._array[0], self.member
        if member.offset >= 0 and os.path.getsize(member.path) < member.offset + member.nbytes:
            raise OSError(f"{member.path.name} has been cut short")  # to read on kills a process
        return array[index if self.numbers is None else self.numbers[index]]

    @property
    def path(self) -> str:
        return str(self.member.path)

    def files(self) -> list[str]:
        return [self.path]

    def __reduce__(self):
        return ArrayImages, (self.member, self.white, self.numbers)


def picture(values: np.ndarray, white: float) -> Image.Image:
    """One image of an array as RGB."""
    if values.ndim == 3 and channels_first(values.shape):
        values = values.transpose(1, 2, 0)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]
    if values.dtype != np.uint8:
        scaled = np.nan_to_num(values.astype(np.float32)) * (255 / white)
        values = np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)
    return to_rgb(Image.fromarray(np.ascontiguousarray(values)))


def channels_first(shape: tuple[int, ...]) -> bool:
    """Whether (C, H, W) is what these three are, not (H, W, C)."""
    return shape[0] in CHANNELS and shape[2] not in CHANNELS


def require_images(member: Member) -> None:
    """Raise DatasetError where an array has no shape or values of images."""
    shape = member.shape
    channels = len(shape) == 4 and (shape[3] in CHANNELS or channels_first(shape[1:]))
    if (len(shape) != 3 and not channels) or 0 in shape:
        spelled = " x ".join(map(str, shape)) or "a single value"
        raise DatasetError(
            f"{member.name} in {member.path} is {spelled}: images are N x H x W, N x H x W x 3 "
            "or N x 3 x H x W."
        )
    if member.dtype.kind not in "buif":
        raise DatasetError(
            f"{member.name} in {member.path} holds {member.dtype}: images are numbers."
        )


def white_of(found: Iterable[Member]) -> float:
    """What is white in all of these arrays.

    Raises:
        DatasetError: no usual value is.
    """
    deep = [member for member in found if member.dtype != np.uint8]
    if not deep:
        return 255
    least, most = np.inf, -np.inf
    for member in deep:
        array = values(member)
        step = max(1, CHUNK // max(1, member.nbytes // len(array)))
        for start in range(0, len(array), step):
            part = np.nan_to_num(array[start : start + step])
            least, most = min(least, float(part.min())), max(most, float(part.max()))
    sixteen = all(member.dtype == np.uint16 for member in deep)
    white = levels.white(least, most, sixteen=sixteen)
    if not white:
        raise DatasetError(
            f"The values of {deep[0].name} in {deep[0].path} go from {least:,g} to {most:,g}, and "
            "it is not clear what is white: save them as uint8, before any normalisation."
        )
    return white
