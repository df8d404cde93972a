"""A data set from Hugging Face's hub, by its owner and name, kept below the artifacts.

Only where the package huggingface_hub is installed; data are fetched, no code of theirs is run.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from core import artifacts
from core.datasets.dataset import ProgressCallback
from core.datasets.download import reachable
from core.datasets.hub import layout
from core.datasets.trees import listing
from core.errors import DatasetError, first_line

NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
HUB = "https://huggingface.co"
CONVERTED = "refs/convert/parquet"  # where the hub keeps shards of what is made by a script
PATTERNS = ["*.parquet", "*.arrow", "*.json", "*.jsonl", "*.csv", "*.md"]


def is_hub(place: str) -> bool:
    """Whether this is a name on the hub, not a path here."""
    return bool(NAME.fullmatch(place)) and not Path(place).exists()


def folder(name: str) -> Path:
    """Where the data set of this name is kept."""
    return artifacts.datasets_dir() / "hub" / name.replace("/", "--")


def is_here(name: str) -> bool:
    return (folder(name) / "complete.json").is_file()


def obstacle(name: str) -> str:
    """Why it cannot be fetched, found without a try; "" where it can."""
    if is_here(name):
        return ""
    other = f"or fetch it elsewhere and give hf:/path of its folder (here: {folder(name)})"
    if find_spec("huggingface_hub") is None:
        return f"hf:{name} needs a package of its own: pip install huggingface_hub, {other}."
    return "" if reachable(HUB) else f"{HUB} cannot be reached: check the network, {other}."


def fetch(name: str, progress: ProgressCallback | None = None) -> None:
    """Fetch the files of a data set; one that is here is left as it is.

    Raises:
        DatasetError: the package, the network or the data set is missing.
    """
    if is_here(name):
        return
    if problem := obstacle(name):
        raise DatasetError(problem)
    place = folder(name)
    place.mkdir(parents=True, exist_ok=True)
    if progress:
        progress(0, 1)
    try:
        _snapshot(name, place)
        if not layout.shard_files(place) and not listing.holds_images(place):
            _snapshot(name, place, CONVERTED)
    except Exception as error:  # of the package and of what it is built on
        raise DatasetError(f"hf:{name} cannot be fetched: {first_line(error)}") from None
    artifacts.write_json(place / "complete.json", {"name": name})
    if progress:
        progress(1, 1)


def _snapshot(name: str, place: Path, revision: str | None = None) -> None:
    from huggingface_hub import snapshot_download  # a package that not everybody has

    images = [f"*{suffix}" for suffix in listing.image_suffixes()]
    snapshot_download(
        name, repo_type="dataset", revision=revision, local_dir=place,
        allow_patterns=[*PATTERNS, *images],
    )  # fmt: skip
