"""Every kind of data set in one dict: all that anything else must know of it to use it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core import artifacts
from core.datasets import demo, download, stl10
from core.datasets.arrays import dataset as arrays
from core.datasets.hub import named as hf
from core.datasets.kind import Kind, PathField
from core.datasets.tables import listed, named, reading
from core.datasets.trees import folder
from core.errors import DatasetError


def _demo_folder() -> Path:
    return artifacts.datasets_dir() / "demo"


KINDS = {
    "demo": Kind(
        label="Demo",
        about="Pictures drawn on this machine, ten classes. Two minutes without a GPU, with the "
        "network and options below.",
        offer="Train on the demo",
        open=lambda path: demo.read(_demo_folder()),
        is_ready=lambda path: demo.is_stored(_demo_folder()),
        prepare=lambda path, progress: demo.render(_demo_folder(), progress=progress),
        preparing="Drawing",
        stored_unasked=True,
        # Its network is small and learns from scratch, so it wants another pace than fine-tuning.
        defaults={
            "model": "small",
            "weights": "none",
            "size": 64,
            "epochs": 50,
            "batch_size": 32,
            "lr": 0.05,
            "decay_every": 23,
        },
    ),
    "stl10": Kind(
        label="STL-10",
        about="Photographs, ten classes. A download of 2.6 GB, unless you have the official "
        "folder.",
        offer="Train on STL-10",
        open=lambda path: stl10.read(*download.place(path)),
        path=PathField("Folder stl10_binary", "Leave it empty to download STL-10"),
        is_ready=lambda path: bool(path) or download.is_readable(),
        prepare=lambda path, progress: None if path else download.stl10(progress),
        preparing="Downloading",
        obstacle=lambda path: "" if path else download.obstacle(),
        pretrained="STL-10's images come from ImageNet, and the weights that training began with "
        "have seen ImageNet: the accuracy looks better than it is.",
    ),
    "folder": Kind(
        label="Folder of images",
        about="Yours: a folder per class, in train and test or in one tree that is split for you.",
        offer="Train on a folder",
        open=lambda path: folder.read(Path(path)),
        path=PathField(
            "Folder of images",
            "/path/to/folder",
            example="/data/flowers",
            missing="Name the folder of your images above first.",
        ),
        root=Path,
        own=True,
    ),
    "csv": Kind(
        label="Table",
        about="Yours: a table of images and their labels, as CSV, TSV, Parquet or JSON lines. Its "
        "columns are found by their names; further ones can be filtered by.",
        offer="Train on a table",
        open=listed.read,
        path=PathField(
            "Table of images",
            "/path/to/labels.csv",
            example="/data/labels.csv",
            missing="Name the table of your images above first.",
        ),
        said=listed.SAID,
        columns=listed.columns,
        ends=(*reading.IN_TEXT, *reading.IN_JSON, *reading.IN_PARQUET),
        canonical=listed.canonical,
        sources=listed.sources,
        root=listed.root,
        own=True,
    ),
    "npz": Kind(
        label="Arrays",
        about="Yours: an .npz file with x_train, y_train, x_test and y_test, as Keras, MedMNIST "
        "and many tutorials have them.",
        offer="Train on arrays",
        open=lambda path: arrays.read(Path(path)),
        path=PathField(
            "File of arrays",
            "/path/to/file.npz",
            example="/data/pathmnist.npz",
            missing="Name the file of your arrays above first.",
        ),
        ends=(".npz",),
        own=True,
    ),
    "hf": Kind(
        label="Hugging Face",
        about="A data set in Hugging Face's layout, Parquet shards or images with a metadata.csv: "
        "a folder of yours, or owner/name on its hub.",
        offer="Train on a Hugging Face data set",
        open=hf.read,
        path=PathField(
            "Folder or name",
            "/path/to/folder, or owner/name",
            example="/data/beans",
            missing="Name the folder, or the data set's owner and name, above first.",
        ),
        said=hf.SAID,
        canonical=hf.canonical,
        is_ready=hf.is_ready,
        prepare=hf.prepare,
        preparing="Downloading",
        obstacle=hf.obstacle,
        sources=hf.sources,
        own=True,
    ),
}


def forms() -> list[str]:
    """Every form that the name of a data set may take."""
    return [
        form
        for name, kind in KINDS.items()
        for form in ([] if kind.path and kind.path.example else [name])
        + ([f"{name}:/path"] if kind.path else [])
    ]


def parted(name: str) -> tuple[Kind, str]:
    """The kind of the data set of this name, and the path in it; "" for none.

    Raises:
        DatasetError: there is no such kind, or it takes no path, or needs one.
    """
    first, colon, path = name.partition(":")
    kind = KINDS.get(first)
    if kind and kind.path and kind.path.example and not path:
        raise DatasetError(f"{first}: needs a path, such as {first}:{kind.path.example}.")
    if kind is None or bool(colon) != bool(path) or (path and not kind.path):
        *some, last = forms()
        raise DatasetError(f"There is no data set {name!r}: give {', '.join(some)} or {last}.")
    return kind, path


def with_said(name: str, more: Mapping[str, str]) -> str:
    """The name of a data set that also says this; what is empty says nothing.

    Raises:
        DatasetError: its kind has nothing to say of that.
    """
    more = {key: value for key, value in more.items() if value}
    if not more:
        return name
    kind, path = parted(name)
    if not kind.said:
        first = name.partition(":")[0]
        raise DatasetError(f"{first} is no table: --images and --columns say nothing of it.")
    path, said = named.parted(path, kind.said)
    return f"{name.partition(':')[0]}:{named.joined(path, {**said, **more}, kind.said)}"


def of_file(path: str) -> str:
    """The kind of a person's own data that a path is of, by the end of its name."""
    for name, kind in KINDS.items():
        if kind.ends and named.parted(path, kind.said)[0].lower().endswith(kind.ends):
            return name
    return "folder"


def file_name(name: str) -> str:
    """The last part of the path in a data set's name; "" without one."""
    _, _, path = name.partition(":")
    kind = kind_of(name)
    return Path(named.parted(path, kind.said if kind else ())[0]).name


def kind_of(name: str) -> Kind | None:
    """The kind of a data set that may not be on this machine; None where this version has none."""
    return KINDS.get(name.partition(":")[0])
