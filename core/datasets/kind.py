"""What anything else must know of a kind of data set to use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.datasets.dataset import Dataset, ProgressCallback
from core.datasets.tables.roles import Roles
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
