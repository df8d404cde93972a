"""Which column of a table serves as what: guessed by the names that people give, or said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.datasets.tables import one_hot
from core.datasets.tables.reading import Table, texts
from core.datasets.tables.text import looks_like_image
from core.errors import DatasetError

# Names without case, blanks and signs, those that say it best first.
PATHS = (
    "imagepath", "filepath", "path", "filename", "imagefilename", "imagefile", "imagename",
    "imgpath", "imgname", "imgfile", "image", "img", "file", "images", "picture", "photo", "fname",
    "relpath", "relativepath", "abspath", "fullpath", "imagelocation", "location", "pathtoimage",
    "imageurl", "url", "uri", "jpg", "png", "frame", "imageid", "imgid", "imageindex", "photoid",
    "fileid", "sampleid", "idcode", "isicid", "id", "uuid", "name", "key",
)  # fmt: skip
LABELS = (
    "labelname", "classname", "categoryname", "labeltext", "classlabel", "label", "class",
    "category", "target", "groundtruth", "groundtruthlabel", "givenlabel", "truelabel",
    "trueclass", "actual", "truth", "gt", "labels", "classes", "ytrue", "y", "species", "breed",
    "dx", "diagnosis", "disease", "finding", "variety", "kind", "type", "tag", "annotation",
    "labelid", "classid", "categoryid", "labelidx", "classidx", "labelindex", "classindex",
    "targetid", "level", "grade",
)  # fmt: skip
SPLITS = (
    "split", "splits", "datasplit", "traintest", "trainvaltest", "set", "dataset", "subset",
    "partition", "isvalid", "isval", "istest", "istrain", "istraining", "istrainingimg", "fold",
    "kfold", "phase", "usage", "group",
)  # fmt: skip
PREDS = (
    "pred", "prediction", "predictions", "predicted", "predictedlabel", "predictedclass",
    "predictionlabel", "predictionslabel", "predlabel", "predclass", "ypred", "yhat", "guess",
    "output", "modelprediction", "top1",
)  # fmt: skip
CONFIDENCES = (
    "confidence", "conf", "predictionconfidence", "predictionsconfidence", "predconfidence",
    "predictedprobability", "maxprob", "probability", "prob", "score", "predprob", "certainty",
)  # fmt: skip
WORDS = {
    "path": PATHS, "pred": PREDS, "confidence": CONFIDENCES, "label": LABELS, "split": SPLITS,
}  # fmt: skip


@dataclass(frozen=True)
class Roles:
    """Which column serves as what; "" for none.

    Attributes:
        one_hot: a column a class, where labels are told so.
    """

    path: str = ""
    label: str = ""
    split: str = ""
    pred: str = ""
    confidence: str = ""
    one_hot: tuple[str, ...] = ()

    def rest(self, names: Sequence[str]) -> list[str]:
        """The columns that say where no image lies and of which class and split none is."""
        used = {self.path, self.label, self.split, *self.one_hot}
        return [name for name in names if name not in used]


def guess(table: Table, said: Mapping[str, str] | None = None) -> Roles:
    """What each column is for, by its name and its first values.

    Args:
        said: role -> column, what a person said; it counts, whatever the names are.

    Raises:
        DatasetError: the table has no column of a name that was said.
    """
    said = {role: name for role, name in (said or {}).items() if name}
    found = {role: exact(table, role, name) for role, name in said.items()}
    values = {name: texts(table.sample[name]).to_pylist() for name in table.names}
    free = [name for name in table.names if any(values[name]) and name not in found.values()]
    if "path" not in found and (path := _path(free, values)):
        found["path"] = path
    for role in (role for role in WORDS if role not in found):
        if name := _named(role, [name for name in free if name not in found.values()]):
            found[role] = name
    free = [name for name in free if name not in found.values()]
    if "label" in found:
        return replace(Roles(), **found)
    columns = one_hot.columns(table.sample, free)
    if not columns and len(free) == 1 and len(table.names) == 2:
        found["label"] = free[0]
    return replace(Roles(), **found, one_hot=tuple(columns))


def exact(table: Table, role: str, name: str) -> str:
    """The column of this name, also where its case or its blanks differ.

    Raises:
        DatasetError: there is none, or more than one.
    """
    if name in table.names:
        return name
    alike = [each for each in table.names if word(each) == word(name)]
    if len(alike) == 1:
        return alike[0]
    raise DatasetError(
        f"{table.path} has no column {name!r} for the {role}: its columns are {listed(table)}."
    )


def listed(table: Table, most: int = 12) -> str:
    """The names of a table's columns in a sentence."""
    more = [f"and {len(table.names) - most:,} more"] if len(table.names) > most else []
    return ", ".join([*table.names[:most], *more])


def word(name: str) -> str:
    """A name as it is compared: `File Name`, `file_name` and `fileName` are one."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def _named(role: str, names: Sequence[str]) -> str:
    """The column that is called best like this role."""
    ranked = {name: WORDS[role].index(w) for name in names if (w := word(name)) in WORDS[role]}
    return min(ranked, key=lambda name: ranked[name], default="")


def _path(names: Sequence[str], values: Mapping[str, list]) -> str:
    """The column whose values end as image files do; of several, the one called best like it."""
    shares = {name: _share(values[name]) for name in names}
    likely = [name for name in names if shares[name] > 0.5]
    return _named("path", likely) or (likely[0] if likely else "")


def _share(values: list[str | None]) -> float:
    """How many of the values are names of image files."""
    told = [value for value in values if value]
    return sum(map(looks_like_image, told)) / len(told) if told else 0.0
