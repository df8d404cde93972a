"""Every kind of data set in one dict: all that anything else must know of it to use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core import artifacts
from core.datasets import demo, download, stl10
from core.datasets.arrays import dataset as arrays
from core.datasets.dataset import Dataset, ProgressCallback
from core.datasets.hub import named as hf
from core.datasets.tables import listed, named, reading
from core.datasets.tables.roles import Roles
from core.datasets.trees import folder
from core.errors import DatasetError


@dataclass(frozen=True)
class PathField:
    """The path that a kind takes, as the form asks for it.

    Attributes:
        example: where it must be given, a path to show; empty: it may be left out.
        missing: what to do where it must be given and is not.
    """

    label: str
    placeholder: str
    example: str = ""
    missing: str = ""


def _absolute(path: str) -> str:
    try:
        return str(Path(path).expanduser().absolute())
    except RuntimeError:  # ~name, where nobody has that name
        raise DatasetError(f"There is no folder {path}: check the name after ~.") from None


@dataclass(frozen=True)
class Kind:
    """One kind of data set, named `kind` or `kind:path`; each function takes the path, "" for none.

    Attributes:
        label, about, offer: for the form; what a button says that opens it.
        open: the data set; DatasetError says why not.
        path: how a path is asked for; None where it takes none.
        said: what may stand after the path, as `?images=/data/all`; see core.datasets.tables.named.
        columns: of a table, the names of its columns and what they are taken for.
        canonical: the path so that it means the same from any folder.
        is_ready: whether nothing of it is to be stored before a training.
        prepare: store it; `preparing` is the verb for that.
        obstacle: why it can be neither opened nor prepared, found without a try; "" where it can.
        stored_unasked: whether it is made here, so that looking at it may store it.
        ends: of a file of this kind, where its name tells it.
        sources: the folders and files that are read; each must lie where data may.
        root: the folder that its images' paths are below; None where they are not files of a tree.
        own: whether it is a person's own, and called by the last part of its path.
        defaults: what suits it better than the notebook's recipe: options of TrainConfig.
        pretrained: what a reader must know where training began with default weights.
    """

    label: str
    about: str
    offer: str
    open: Callable[[str], Dataset]
    path: PathField | None = None
    said: tuple[str, ...] = ()
    columns: Callable[[str], tuple[Sequence[str], Roles]] | None = None
    canonical: Callable[[str], str] = _absolute
    is_ready: Callable[[str], bool] = lambda path: True
    prepare: Callable[[str, ProgressCallback | None], None] = lambda path, progress: None
    preparing: str = ""
    obstacle: Callable[[str], str] = lambda path: ""
    stored_unasked: bool = False
    ends: tuple[str, ...] = ()
    sources: Callable[[str], Sequence[Path]] = lambda path: [Path(path)]
    root: Callable[[str], Path] | None = None
    own: bool = False
    defaults: Mapping[str, Any] = field(default_factory=dict)
    pretrained: str = ""


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
