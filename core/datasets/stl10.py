"""STL-10 in its official binary layout (Coates, Ng and Lee, 2011), memory-mapped; no torch here."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from core.datasets.dataset import Dataset, Split
from core.errors import DatasetError

SIDE = 96
IMAGE_BYTES = 3 * SIDE * SIDE


class BinaryImages:
    """`<split>_X.bin`: uint8, image x channel x column x row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        size = path.stat().st_size
        if size == 0 or size % IMAGE_BYTES:
            raise DatasetError(
                f"{path} has {size:,} bytes, which is not a whole number of images: delete its "
                "folder and download it again."
            )
        self._pixels = np.memmap(
            path, dtype=np.uint8, mode="r", shape=(size // IMAGE_BYTES, 3, SIDE, SIDE)
        )

    def __len__(self) -> int:
        return len(self._pixels)

    def __getitem__(self, index: int) -> Image.Image:
        # (channel, column, row) -> (row, column, channel)
        return Image.fromarray(np.ascontiguousarray(self._values(index).transpose(2, 1, 0)))

    def raw(self, index: int) -> bytes:
        return self._values(index).tobytes()

    def _values(self, index: int) -> np.ndarray:
        if self.path.stat().st_size < self._pixels.nbytes:  # to read beyond the end kills a process
            raise OSError(f"{self.path.name} has been cut short")
        return self._pixels[index]

    def files(self) -> list[Path]:
        return [self.path]

    def __reduce__(self):
        return BinaryImages, (self.path,)


def read(folder: Path, name: str, fingerprint: str = "") -> Dataset:
    """The data set in a folder that holds train_X.bin, train_y.bin, test_X.bin, test_y.bin.

    Raises:
        DatasetError: a file is missing or has the wrong size or labels; names it.
    """
    class_file = folder / "class_names.txt"
    try:
        classes = tuple(class_file.read_text(encoding="utf-8").split())
        if len(classes) < 2 or len(set(classes)) < len(classes):
            raise DatasetError(f"{class_file} must name two classes or more, each once.")
        train, test = (_read_split(folder, split, len(classes)) for split in ("train", "test"))
    except FileNotFoundError as error:
        raise DatasetError(f"{error.filename} is missing from the data set {name}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"The data set {name} in {folder} cannot be read: {error}") from None
    if not fingerprint:
        digest = hashlib.sha256(train.labels.tobytes() + test.labels.tobytes())
        digest.update(" ".join(classes).encode())
        fingerprint = digest.hexdigest()[:16]
    return Dataset(name, classes, train, test, fingerprint)


def _read_split(folder: Path, split: str, n_classes: int) -> Split:
    images = BinaryImages(folder / f"{split}_X.bin")
    path = folder / f"{split}_y.bin"
    labels = np.fromfile(path, dtype=np.uint8).astype(np.int16) - 1
    if len(labels) != len(images):
        raise DatasetError(
            f"{path} has {len(labels):,} labels for {len(images):,} images in {images.path.name}."
        )
    if len(labels) and (labels.min() < 0 or labels.max() >= n_classes):
        raise DatasetError(f"{path} holds labels outside 1..{n_classes}.")
    return Split(images, labels)
