from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import runs


@pytest.fixture
def open_table(tiny_run):
    """A function that puts a table into a run and opens it."""

    def open_with(table: pd.DataFrame) -> runs.Run:
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False), tiny_run.table_path)
        return runs.open_run("tiny")

    return open_with
