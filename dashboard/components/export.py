"""The predictions table on screen and as CSV, and picked pictures as a ZIP."""

from __future__ import annotations

import io
import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from core import queries
from core.datasets import Dataset
from core.errors import DatasetError
from core.queries import csv_file
from core.queries.rankings import measures, rankings
from core.queries.selection import Selection
from core.runs import Run
from core.runs import images as run_images
from core.runs.images import FileRunImages
from core.runs.table.predictions import prob_column
from dashboard.components import download
from dashboard.server.zipped import zipped
from dashboard.session import cached, picks

LEFT_OUT = "left_out.txt"
MOST_BYTES = 200_000_000  # of pictures in a ZIP
LARGE = 20_000_000  # bytes, from which on the size is named
CSV = "text/csv"
TITLES = {
    "label_name": "True class",
    "pred_name": "Predicted class",
    "correct": "Right or error",
    "split": "Split",
    "path": "File",
}


def zip_parts(run: Run, rows: tuple[int, ...]) -> Generator[bytes]:
    """The pictures and their CSV: files as they are, other pictures as PNG.

    What cannot be read, and what goes beyond MOST_BYTES, is listed in a text file.
    """
    yield from zipped(_members(run, rows))


def _members(run: Run, rows: tuple[int, ...]) -> Generator[tuple[str, Iterable[bytes]]]:
    source = run_images.open_images(run)
    left_out, packed = [], 0
    yield "images.csv", csv_file.of_rows(run, rows)
    for row in queries.rows(run, rows).to_dict("records"):
        try:
            suffix, data = _picture(source, row["split"], int(row["index"]))
        except (DatasetError, OSError) as error:
            left_out.append(str(error))
            continue
        name = file_name(run.classes, row, suffix)
        if packed + len(data) > MOST_BYTES:
            left_out.append(f"{name}: beyond {MOST_BYTES // 1_000_000} MB")
            continue
        yield name, [data]
        packed += len(data)
    if left_out:
        yield LEFT_OUT, ["\n".join(left_out).encode()]


def _picture(source: Dataset | FileRunImages, split: str, index: int) -> tuple[str, bytes]:
    """A picture's suffix and bytes: those of its file, where it has one."""
    if isinstance(source, FileRunImages):
        return source.file(split, index).suffix.lower(), source.original(split, index)
    buffer = io.BytesIO()
    source.image(split, index).save(buffer, "PNG")
    return ".png", buffer.getvalue()


def file_name(classes: Sequence[str], row: Mapping[str, Any], suffix: str) -> str:
    """`test-00012-deer-as-cat.png`, in letters and a length that every file system takes."""
    named = (classes[row[key]] for key in ("label", "pred"))
    label, pred = (_cut(re.sub(r"[^\w]+", "_", name)) for name in named)
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
    key = f"{run.id}/{rows}"
    download.offer(
        "Table (CSV)", f"{run.id}-picked.csv", CSV, lambda: csv_file.of_rows(run, rows),
        key=f"csv/{key}", icon="download",
    )  # fmt: skip
    if problem := cached.images_problem(run):
        st.button(
            "Images (ZIP)", icon=":material/folder_zip:", disabled=True, key="export_zip",
            help=problem,
        )  # fmt: skip
        return
    download.offer(
        "Images (ZIP)", f"{run.id}-picked.zip", "application/zip", lambda: zip_parts(run, rows),
        key=f"zip/{key}", icon="folder_zip",
    )  # fmt: skip


def offer_export(run: Run, selection: Selection, n: int, shown: list[int]) -> None:
    """Pick the page that is shown, or take away the whole selection of `n`."""
    size = csv_file.about_bytes(run, n)
    named = f", about {round(size / 1e6, -1):,.0f} MB" if size >= LARGE else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Pick this page", icon=":material/done_all:", on_click=picks.add, args=(run, shown)
        )
        download.offer(
            f"All {n:,} rows (CSV{named})" if n > 1 else "Its row (CSV)",
            f"{run.id}-{selection.split}.csv", CSV,
            lambda: csv_file.of_selection(run, selection), key=f"csv/{run.id}/{selection}",
            icon="table",
            about="The predictions table of this selection: index, label, prediction, every "
            "class's probability",
        )  # fmt: skip
