"""Parquet and Arrow files as shards of one table: some columns of all rows, or one image.

A row group is the least of a Parquet file that can be read: those in use are kept, up to a bound.
Arrow files are mapped, so that an image of one costs its own bytes alone.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.datasets import files
from core.errors import DatasetError, first_line

PARQUET, ARROW = (".parquet", ".pq"), (".arrow",)
KEPT = 1 << 27  # bytes of row groups that a process keeps
LARGE = 1 << 25  # bytes of a row group that takes long to read


@dataclass(frozen=True)
class Shard:
    """One file.

    Attributes:
        ends: (G,) the number of rows up to the end of each row group.
        largest: bytes of its largest row group, unpacked.
    """

    path: Path
    schema: pa.Schema
    ends: np.ndarray
    largest: int

    def __len__(self) -> int:
        return int(self.ends[-1]) if len(self.ends) else 0

    def columns(self, names: Sequence[str]) -> pa.Table:
        """Some of its columns, every row; a part of a struct is named `image.path`.

        Raises:
            DatasetError: the file is damaged.
        """
        try:
            if self.path.suffix in ARROW:
                return _arrow(self.path, files.state(self.path)).select([*names])
            # One thread: with more, Arrow keeps as many row groups in memory as there are cores.
            return _parquet(self.path, files.state(self.path)).read([*names], use_threads=False)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise unreadable(self.path, error) from None

    def value(self, column: str, row: int) -> object:
        """One value of a column.

        Raises:
            OSError: the file is damaged, or gone.
        """
        group = int(np.searchsorted(self.ends, row, side="right"))
        first = int(self.ends[group - 1]) if group else 0
        try:
            return _group(self.path, files.state(self.path), column, group)[row - first].as_py()
        except (pa.ArrowException, ValueError, IndexError) as error:
            raise OSError(f"{self.path.name} is damaged: {first_line(error)}") from None


def shard(path: Path) -> Shard:
    """A file by its footer; of an Arrow file, by the heads of its batches.

    Raises:
        DatasetError: it is damaged.
    """
    try:
        if path.suffix in ARROW:
            table = _arrow(path, files.state(path))
            counts = [batch.num_rows for batch in table.to_batches()]
            return Shard(path, table.schema, np.cumsum(counts, dtype=np.int64), 0)
        file = _parquet(path, files.state(path))
        groups = [file.metadata.row_group(k) for k in range(file.num_row_groups)]
        ends = np.cumsum([group.num_rows for group in groups], dtype=np.int64)
        largest = max((group.total_byte_size for group in groups), default=0)
        return Shard(path, file.schema_arrow, ends, largest)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: Exception) -> DatasetError:
    return DatasetError(f"{path} cannot be read: {first_line(error)}.")


@lru_cache(maxsize=256)
def _parquet(path: Path, state: str) -> pq.ParquetFile:
    return pq.ParquetFile(path, memory_map=True)


@lru_cache(maxsize=256)
def _arrow(path: Path, state: str) -> pa.Table:
    source = pa.memory_map(str(path))
    try:
        return pa.ipc.open_stream(source).read_all()
    except pa.ArrowInvalid:
        return pa.ipc.open_file(source).read_all()


_groups: OrderedDict[tuple[Path, str, str, int], pa.Array] = OrderedDict()
_lock = threading.Lock()


def _group(path: Path, state: str, column: str, group: int) -> pa.Array:
    """A column of one row group, from those that are kept, or read."""
    if not state:
        raise OSError(f"{path.name} is gone")
    if path.suffix in ARROW:
        return _arrow(path, state)[column].chunk(group)
    key = (path, state, column, group)
    with _lock:
        if key in _groups:
            _groups.move_to_end(key)
            return _groups[key]
        # Below the lock: of many threads that ask for one group, the first one reads it.
        file = _parquet(path, state)
        found = file.read_row_group(group, columns=[column], use_threads=False)[column]
        array = _groups[key] = found.combine_chunks()
        while len(_groups) > 1 and sum(each.nbytes for each in _groups.values()) > KEPT:
            _groups.popitem(last=False)
    return array
