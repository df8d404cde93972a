"""What a data set knows of its images beside their labels, as columns of the predictions table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from core.runs.table.schema import free_name


def with_metadata(table: pd.DataFrame, metadata: Mapping[str, pa.Table]) -> pd.DataFrame:
    """The table with what else its data set knows of each image.

    A column that is called like one of the table's gets another name.

    Args:
        metadata: split -> a row for each of its images; `val` is a part of train.
    """
    if not any(known.num_columns for known in metadata.values()):
        return table
    split, index = table["split"].to_numpy(), table["index"].to_numpy()
    parts, order = [], []
    for name, known in metadata.items():
        rows = np.flatnonzero((split == "test") == (name == "test"))
        parts.append(known.take(pa.array(index[rows])))
        order.append(rows)
    more = pa.concat_tables(parts).take(pa.array(np.argsort(np.concatenate(order))))
    taken = {name.casefold() for name in table}
    free = [free_name(name, taken) for name in more.column_names]
    frame = more.rename_columns(free).to_pandas()
    return pd.concat([table, frame.set_axis(table.index)], axis=1)
