"""What `hf:` may be followed by: a path, or a name on the hub; then what is said of it."""

from __future__ import annotations

from pathlib import Path

from core.datasets.dataset import Dataset, ProgressCallback
from core.datasets.hub import dataset, download
from core.datasets.tables import named
from core.errors import DatasetError

SAID = ("config", "image", "label")


def canonical(path: str) -> str:
    place, said = named.parted(path, SAID)
    if not download.is_hub(place):
        place = str(Path(place).expanduser().absolute())
    return named.joined(place, said, SAID)


def sources(path: str) -> list[Path]:
    """The folder that is read; none of a person's where it comes from the hub."""
    place, _ = named.parted(path, SAID)
    return [] if download.is_hub(place) else [Path(place)]


def is_ready(path: str) -> bool:
    place, _ = named.parted(path, SAID)
    return not download.is_hub(place) or download.is_here(place)


def prepare(path: str, progress: ProgressCallback | None = None) -> None:
    place, _ = named.parted(path, SAID)
    if download.is_hub(place):
        download.fetch(place, progress)


def obstacle(path: str) -> str:
    place, _ = named.parted(path, SAID)
    return download.obstacle(place) if download.is_hub(place) else ""


def read(path: str) -> Dataset:
    """The data set; see `core.datasets.hub.dataset`.

    Raises:
        DatasetError: as there; or it has no such config.
    """
    place, said = named.parted(path, SAID)
    root = download.folder(place) if download.is_hub(place) else Path(place)
    config = said.get("config", "")
    if config and (not (root / config).is_dir() or ".." in Path(config).parts):
        raise DatasetError(f"There is no config {config!r} in {root}.")
    return dataset.read(root / config if config else root, f"hf:{path}", said)
