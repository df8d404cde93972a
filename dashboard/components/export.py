"""The predictions table on screen and as CSV, and picked pictures as a ZIP."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pandas as pd
import streamlit as st

from core import queries
from core.datasets import Dataset
from core.errors import DatasetError
from core.queries import spreadsheet
from core.queries.rankings import measures, rankings
from core.queries.selection import Selection
from core.runs import Run
from core.runs import images as run_images
from core.runs.images import FileRunImages
from core.runs.table.predictions import prob_column
from dashboard.session import cached, picks

LEFT_OUT = "left_out.txt"
MOST_BYTES = 200_000_000  # of pictures in a ZIP, which the server holds in memory
TITLES = {
    "label_name": "True class",
    "pred_name": "Predicted class",
    "correct": "Right or error",
    "split": "Split",
    "path": "File",
}


def as_csv(run: Run, rows: tuple[int, ...]) -> bytes:
    """Every column of these rows, with class names."""
    return spreadsheet.as_csv(_with_gained(run, queries.export(run, rows)))


def _with_gained(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """The rows with every column that the run gained, as the score of a concept."""
    return queries.with_columns(run, table, [column.name for column in run.columns])


def as_zip(run: Run, rows: tuple[int, ...]) -> bytes:
    """The pictures and their CSV: files as they are, other pictures as PNG.

    What cannot be read, and what goes beyond MOST_BYTES, is listed in a text file.
    """
    table = _with_gained(run, queries.export(run, rows))
    source = run_images.open_images(run)
    buffer, left_out, packed = io.BytesIO(), [], 0
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("images.csv", spreadsheet.as_csv(table), zipfile.ZIP_DEFLATED)
        for _, row in table.iterrows():
            try:
                suffix, data = _picture(source, row["split"], int(row["index"]))
            except (DatasetError, OSError) as error:
                left_out.append(str(error))
                continue
            if packed + len(data) > MOST_BYTES:
                left_out.append(f"{file_name(row, suffix)}: beyond {MOST_BYTES // 1_000_000} MB")
                continue
            archive.writestr(file_name(row, suffix), data)
            packed += len(data)
        if left_out:
            archive.writestr(LEFT_OUT, "\n".join(left_out))
    return buffer.getvalue()


def _picture(source: Dataset | FileRunImages, split: str, index: int) -> tuple[str, bytes]:
    """A picture's suffix and bytes: those of its file, where it has one."""
    if isinstance(source, FileRunImages):
        return source.file(split, index).suffix.lower(), source.original(split, index)
    buffer = io.BytesIO()
    source.image(split, index).save(buffer, "PNG")
    return ".png", buffer.getvalue()


def file_name(row: pd.Series, suffix: str) -> str:
    """`test-00012-deer-as-cat.png`, in letters and a length that every file system takes."""
    label, pred = (_cut(re.sub(r"[^\w]+", "_", row[c])) for c in ("label_name", "pred_name"))
    return f"{row['split']}-{row['index']:05d}-{label}-as-{pred}{suffix}"


def _cut(name: str, most: int = 90) -> str:
    """The name cut to this many bytes."""
    return name.encode()[:most].decode(errors="ignore")


def show_table(run: Run, shown: list[int]) -> None:
    """The predictions table of these rows, in their order, under titles in words."""
    found = queries.export(run, shown).set_index("row").loc[shown]
    found["correct"] = found["correct"].map({True: "right", False: "error"})
    named = rankings(run)
    digits = [*(c.name for c in measures(run)), *map(prob_column, run.classes)]
    digits = [name for name in digits if name in found]
    config: dict[str, Any] = {
        name: st.column_config.NumberColumn(named[name].label, format="%.3f") for name in digits
    }
    config |= {c: st.column_config.TextColumn(title) for c, title in TITLES.items()}
    config["index"] = st.column_config.NumberColumn("Index", help=named["index"].help)
    columns = [c for c in (*TITLES, "index", *digits) if c != "path" or any(found["path"])]
    st.dataframe(
        found, hide_index=True, column_config=config, column_order=columns, height=560,
        key="gallery_table",
    )  # fmt: skip


def offer_picked(run: Run, rows: tuple[int, ...]) -> None:
    """Take away the picked images: their table, and themselves."""
    st.download_button(
        "Table (CSV)", lambda: as_csv(run, rows), f"{run.id}-picked.csv", "text/csv",
        icon=":material/download:", on_click="ignore", key="export_csv",
    )  # fmt: skip
    problem = cached.images_problem(run)
    st.download_button(
        "Images (ZIP)", lambda: as_zip(run, rows), f"{run.id}-picked.zip", "application/zip",
        icon=":material/folder_zip:", disabled=bool(problem), on_click="ignore",
        key="export_zip", help=problem or None,
    )  # fmt: skip


def offer_export(run: Run, selection: Selection, n: int, shown: list[int]) -> None:
    """Pick the page that is shown, or take away the whole selection of `n`."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Pick this page", icon=":material/done_all:", on_click=picks.add, args=(run, shown)
        )
        st.download_button(
            f"All {n:,} rows (CSV)" if n > 1 else "Its row (CSV)",
            lambda: spreadsheet.as_csv(
                _with_gained(run, queries.export_selection(run, selection))
            ),
            f"{run.id}-{selection.split}.csv", "text/csv", icon=":material/table:",
            on_click="ignore", key="export_all",
            help="The predictions table of this selection: index, label, prediction, every "
            "class's probability",
        )  # fmt: skip
