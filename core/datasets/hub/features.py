"""What the columns of a shard are: by what its schema says, its card, or the columns' types."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from core import artifacts
from core.datasets.tables.roles import LABELS, PATHS, word
from core.errors import DatasetError

CARD, INFOS, INFO = "README.md", "dataset_infos.json", "dataset_info.json"


@dataclass(frozen=True)
class Features:
    """Which column is what.

    Attributes:
        names: of the classes, in the order of their ids; empty where nobody says them.
        rest: the other columns.
    """

    image: str
    label: str
    names: tuple[str, ...]
    rest: tuple[str, ...]


def read(schema: pa.Schema, folders: Sequence[Path], said: Mapping[str, str]) -> Features:
    """The features of a data set.

    Args:
        folders: where its card may lie.
        said: `image` and `label`, the columns that a person named.

    Raises:
        DatasetError: no column holds images, or it is not clear which the labels are.
    """
    told = _told(schema, folders)
    image = _image(schema, told, said.get("image", ""))
    label = _label(schema, told, said.get("label", ""), image)
    names = tuple(map(str, told.get(label, {}).get("names") or ()))
    rest = tuple(name for name in schema.names if name not in (image, label))
    return Features(image, label, names, rest)


def _told(schema: pa.Schema, folders: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Column -> what Hugging Face says of it, in the schema, else beside the files."""
    try:
        kept = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        found = kept["info"]["features"]
    except (ValueError, KeyError, TypeError):
        found = None
    for place in folders:
        found = found or _of_infos(place) or _of_card(place / CARD)
    pairs = found.items() if isinstance(found, dict) else ()
    return {str(name): told for name, told in pairs if isinstance(told, dict)}


def _of_infos(folder: Path) -> dict[str, Any] | None:
    """The features in the JSON that older data sets have beside them."""
    for name in (INFO, INFOS):
        try:
            kept: Any = artifacts.read_json(folder / name)
        except (OSError, ValueError):
            continue
        for info in [kept, *kept.values()]:
            if isinstance(info, dict) and isinstance(info.get("features"), dict):
                return info["features"]
    return None


def _of_card(card: Path) -> dict[str, Any] | None:
    """The class names in the head of a card: lines such as `'0': airplane` below `names:`.

    By hand, as a reader of YAML is not everybody's.
    """
    try:
        text = card.read_text(encoding="utf-8", errors="replace")[:1_000_000]
    except OSError:
        return None
    head = re.match(r"---\s*\n(.*?)\n---", text, re.DOTALL)
    found: dict[str, Any] = {}
    column, names, deep = "", None, 0
    for line in head[1].splitlines() if head else []:
        indent = len(line) - len(line.lstrip())
        if name := re.match(r"\s*- name: *(.+?)\s*$", line):
            column, names = name[1].strip("'\""), None
        elif re.match(r"\s*names:\s*$", line):
            names, deep = (
                found.setdefault(column, {"_type": "ClassLabel", "names": []})["names"],
                indent,
            )
        elif names is not None and (entry := re.match(r"""\s*['"]?\d+['"]?: *(.+?)\s*$""", line)):
            names.append(entry[1].strip("'\""))
        elif indent <= deep:
            names = None
    return found or None


def _image(schema: pa.Schema, told: Mapping[str, dict[str, Any]], said: str) -> str:
    if said:
        return _there(schema, said, "image")
    marked = [name for name in schema.names if told.get(name, {}).get("_type") == "Image"]
    held = [field.name for field in schema if _holds_bytes(field.type)]
    found = marked or held
    if not found:
        raise DatasetError(
            f"None of the columns {', '.join(schema.names)} holds images: an image column has "
            "bytes, or a struct of bytes and path. For paths give csv: and the table."
        )
    return _best(found, PATHS)


def _holds_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return kind.get_field_index("bytes") >= 0
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def _label(schema: pa.Schema, told: Mapping[str, dict[str, Any]], said: str, image: str) -> str:
    if said:
        return _there(schema, said, "label")
    marked = [name for name in schema.names if told.get(name, {}).get("_type") == "ClassLabel"]
    named = [name for name in schema.names if word(name) in LABELS and name != image]
    best = [name for name in marked if name in named]
    if len(marked) == 1 or len(best) == 1:
        return (best or marked)[0]
    if len(marked) > 1 or not named:
        which = f"the labels may be {' or '.join(marked)}" if marked else "none is called a label"
        raise DatasetError(
            f"Of the columns {', '.join(schema.names)} {which}: say by --columns label=NAME."
        )
    return _best(named, LABELS)


def _best(names: Sequence[str], order: Sequence[str]) -> str:
    return min(names, key=lambda name: order.index(w) if (w := word(name)) in order else len(order))


def _there(schema: pa.Schema, name: str, role: str) -> str:
    if name not in schema.names:
        raise DatasetError(
            f"There is no column {name!r} for the {role}: they are {', '.join(schema.names)}."
        )
    return name
