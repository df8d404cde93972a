"""The arrays of an .npz file, memory-mapped: in place, or unpacked once where they are packed.

No pickle is read: an array of objects is refused by its header.
"""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from core import artifacts
from core.datasets import files
from core.errors import DatasetError, first_line

SMALL = 1 << 24  # bytes of a packed array that is kept in memory
LOCAL_HEADER = struct.Struct("<26x2H")  # of a member in a zip: lengths of its name and extra field
DAMAGED = (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, struct.error)


@dataclass(frozen=True)
class Member:
    """One array of an .npz file.

    Attributes:
        checksum: of its bytes, as the zip has it.
        offset: where its values begin in the file; -1 where they are packed.
    """

    path: Path
    name: str
    dtype: np.dtype
    shape: tuple[int, ...]
    fortran: bool
    checksum: int
    offset: int

    @property
    def nbytes(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize


def members(path: Path) -> Mapping[str, Member]:
    """The arrays of a file by their names; their heads alone are read.

    Raises:
        DatasetError: it is missing, damaged or no .npz file.
    """
    if not path.is_file():
        raise DatasetError(f"There is no file {path}: was it moved, or is a disk not mounted?")
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            return {found.name: found for info in infos if (found := _member(path, archive, info))}
    except DAMAGED as error:
        raise DatasetError(f"{path} is no .npz file, or damaged: {first_line(error)}.") from None


def values(member: Member) -> np.ndarray:
    """The array, memory-mapped; a packed one is unpacked below the artifacts when first asked for.

    Raises:
        DatasetError: it is damaged, or holds Python objects.
        FencepostError: the disk is too full to unpack it.
    """
    if member.dtype.hasobject:
        raise DatasetError(
            f"{member.name} in {member.path} holds Python objects, which are not read: save it as "
            "an array of numbers, or of text."
        )
    try:
        if not member.nbytes:
            return np.empty(member.shape, member.dtype)
        if member.offset >= 0:
            return _mapped(member.path, member, member.offset)
        if member.nbytes <= SMALL:
            return np.frombuffer(_unpacked(member), member.dtype).reshape(
                member.shape, order="F" if member.fortran else "C"
            )
        return _mapped(_on_disk(member), member, 0)
    except DAMAGED as error:
        raise DatasetError(
            f"{member.name} in {member.path} cannot be read: {first_line(error)}."
        ) from None


def _member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member | None:
    with archive.open(info) as stream:
        shape, fortran, dtype = _head(stream)
        begin = stream.tell()
    name = info.filename.removesuffix(".npy")
    found = Member(path, name, dtype, shape, fortran, info.CRC, -1)
    if not dtype.hasobject and begin + found.nbytes != info.file_size:
        raise ValueError(f"{name} has {info.file_size - begin:,} bytes, not {found.nbytes:,}")
    if info.compress_type != zipfile.ZIP_STORED:
        return found
    with open(path, "rb") as file:
        file.seek(info.header_offset)
        lengths = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
    offset = info.header_offset + LOCAL_HEADER.size + sum(lengths) + begin
    return Member(path, name, dtype, shape, fortran, info.CRC, offset)


def _head(stream) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    return read(stream)


def _mapped(path: Path, member: Member, offset: int) -> np.ndarray:
    if path.stat().st_size < offset + member.nbytes:
        raise ValueError("it has been cut short")
    order = "F" if member.fortran else "C"
    return np.memmap(path, member.dtype, "r", offset, member.shape, order)


def _unpacked(member: Member) -> bytes:
    with zipfile.ZipFile(member.path) as archive, archive.open(f"{member.name}.npy") as stream:
        _head(stream)
        return stream.read(member.nbytes)


def _on_disk(member: Member) -> Path:
    """The values of a packed array as a file of their own, written once."""
    key = files.digest([str(member.path), files.state(member.path), member.name])
    final = artifacts.datasets_dir() / "unpacked" / f"{key}.bin"
    if final.is_file() and final.stat().st_size == member.nbytes:
        return final
    artifacts.require_space(final.parent, member.nbytes, f"Unpacking {member.path.name}")
    final.parent.mkdir(parents=True, exist_ok=True)
    handle, hidden = tempfile.mkstemp(dir=final.parent, prefix=".")
    try:
        with (
            os.fdopen(handle, "wb") as out,
            zipfile.ZipFile(member.path) as archive,
            archive.open(f"{member.name}.npy") as stream,
        ):
            _head(stream)
            shutil.copyfileobj(stream, out, 1 << 22)
        os.replace(hidden, final)
    finally:
        Path(hidden).unlink(missing_ok=True)
    return final
