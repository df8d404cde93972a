"""Weights files that hold more than tensors: told apart by their bytes, never opened."""

from __future__ import annotations

import pickletools
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from core.errors import ModelError

BEGINNINGS = (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
MAPPINGS = ("OrderedDict", "dict", "defaultdict")
LEGACY = 3  # pickles before the one that counts, in a file as torch.save wrote it before 1.6
GIVE = "give a .safetensors file or a state dict."
SAVE = (
    "where you trust it, load it and torch.save(model.state_dict(), 'weights.pth'), then give that "
    "file."
)
SHOWN = 64  # steps of a pickle in which the class of what it holds comes


def refuse_programs(path: Path, remedy: str = "") -> None:
    """Raise ModelError where a file holds a program beside its weights."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if any(name.endswith("/constants.pkl") or "/code/" in name for name in names):
        raise ModelError(
            f"{path} is a TorchScript program, which is not opened here: "
            f"{remedy or _save('torch.jit.load')}"
        )
    if any(name.endswith(("archive_format", "serialized_exported_program.json")) for name in names):
        raise ModelError(
            f"{path} is a program of torch.export, which is not opened here: "
            f"{remedy or _save('torch.export.load')}"
        )


def _save(load: str) -> str:
    kept = "torch.save(model.state_dict(), 'weights.pth')"
    return f"where you trust it, load it by {load}(...), and give the file that {kept} writes."


def why_refused(path: Path, remedy: str = "") -> str:
    """Why torch did not read a file as tensors alone, and what to do."""
    with path.open("rb") as file:
        if not file.read(2).startswith(BEGINNINGS):
            return f"{path} is not a weights file: {remedy or GIVE}"
    if held := _class_of(path):
        return (
            f"{path} holds a whole {held}, not only its weights, and opening it might run code: "
            + (remedy or SAVE)
        )
    return f"{path} holds more than tensors and might run code, so it is not opened: " + (
        remedy or "save its state_dict() alone, best as .safetensors."
    )


def _class_of(path: Path) -> str:
    """The class of the object that a file holds, where it is no dict."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                name = next(n for n in archive.namelist() if n.endswith("data.pkl"))
                with archive.open(name) as file:
                    return _outermost(file)
        with path.open("rb") as file:
            for _ in range(LEGACY):
                for _ in pickletools.genops(file):
                    pass
            return _outermost(file)
    except Exception:  # nearly anything on other bytes
        return ""


def _outermost(file: IO[bytes]) -> str:
    """The first class that a pickle names, before it begins a dict or a list."""
    texts: list[str] = []
    for kind, value in _steps(file):
        if kind in ("EMPTY_DICT", "EMPTY_LIST"):
            return ""
        if isinstance(value, str):
            texts.append(value)
        if kind in ("GLOBAL", "STACK_GLOBAL"):
            name = texts[-1].split()[-1] if kind == "GLOBAL" else texts[-1]
            return "" if name in MAPPINGS else name
    return ""


def _steps(file: IO[bytes]) -> Iterator[tuple[str, object]]:
    return ((step.name, value) for step, value, _ in islice(pickletools.genops(file), SHOWN))
