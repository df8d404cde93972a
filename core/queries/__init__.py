"""Every question asked of a run: SQL over its Parquet files, reading only what it needs.

engine       DuckDB over the predictions table
layout       how SQL reads it: columns by exact name, derived where missing
selection    which images; rankings: in which order
listing      images of a selection, page by page
counts       the confusion matrix, the ends of columns
export       whole rows as a table; csv_file as a CSV, part by part; spreadsheet of what is held
neighbours   nearest images in feature space
"""

from core.queries.counts import confusion, confusion_cells, extent, splits
from core.queries.engine import arrays, ask, column
from core.queries.export import export, export_selection, with_columns, with_further
from core.queries.listing import (
    Rows,
    count,
    find,
    image,
    place,
    probabilities,
    random_per_class,
    ranked,
    rows,
    where,
)

__all__ = [
    "Rows",
    "arrays",
    "ask",
    "column",
    "confusion",
    "confusion_cells",
    "count",
    "export",
    "export_selection",
    "extent",
    "find",
    "image",
    "place",
    "probabilities",
    "random_per_class",
    "ranked",
    "rows",
    "splits",
    "where",
    "with_columns",
    "with_further",
]
