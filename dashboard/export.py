"""The predictions table on screen and as CSV, and picked pictures as a ZIP."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pandas as pd
import streamlit as st

from core import queries, run_images
from core.concepts import columns
from core.errors import DatasetError
from core.predictions import prob_column
from core.runs import Run
from core.selection import CONCEPT, RANGED, RANKINGS, Selection, ranking_label
from dashboard import picks, state

UNREADABLE = "unreadable.txt"
TITLES = {
    "label_name": "True class",
    "pred_name": "Predicted class",
    "correct": "Right or error",
    "split": "Split",
    "path": "File",
}


def as_csv(run: Run, rows: tuple[int, ...]) -> bytes:
    """Every column of these rows, with class names."""
    return _with_concepts(run, queries.export(run, rows)).to_csv(index=False).encode()


def _with_concepts(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """The rows with the score of every concept that fits the run."""
    return queries.with_columns(run, table, [f"{CONCEPT}{name}" for name in columns.names(run)])


def as_zip(run: Run, rows: tuple[int, ...]) -> bytes:
    """The pictures as PNG with their CSV; those that cannot be read are listed in a text file."""
    table = _with_concepts(run, queries.export(run, rows))
    source = run_images.open_images(run)
    buffer, failed = io.BytesIO(), []
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("images.csv", table.to_csv(index=False), zipfile.ZIP_DEFLATED)
        for _, row in table.iterrows():
            try:
                picture = source.image(row["split"], int(row["index"]))
            except DatasetError as error:
                failed.append(str(error))
                continue
            archive.writestr(file_name(row), _png(picture))
        if failed:
            archive.writestr(UNREADABLE, "\n".join(failed))
    return buffer.getvalue()


def file_name(row: pd.Series) -> str:
    """`test-00012-deer-as-cat.png`, of letters that every file system takes."""
    label, pred = (re.sub(r"[^\w]+", "_", row[c])[:60] for c in ("label_name", "pred_name"))
    return f"{row['split']}-{row['index']:05d}-{label}-as-{pred}.png"


def _png(picture) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def show_table(run: Run, shown: list[int]) -> None:
    """The predictions table of these rows, in their order, under titles in words."""
    found = queries.export(run, shown).set_index("row").loc[shown]
    found["correct"] = found["correct"].map({True: "right", False: "error"})
    digits = [*RANGED, *(prob_column(name) for name in run.classes)]
    config: dict[str, Any] = {
        c: st.column_config.NumberColumn(ranking_label(c), format="%.3f") for c in digits
    }
    config |= {c: st.column_config.TextColumn(title) for c, title in TITLES.items()}
    config["index"] = st.column_config.NumberColumn("Index", help=RANKINGS["index"])
    columns = [c for c in (*TITLES, "index", *digits) if c != "path" or any(found["path"])]
    st.dataframe(
        found, hide_index=True, column_config=config, column_order=columns, height=560,
        key="gallery_table",
    )  # fmt: skip


def offer_export(run: Run, selection: Selection, n: int, shown: list[int]) -> None:
    """What can be taken away: the picks, or the whole selection of `n`; `shown` is this page."""
    rows = picks.of(run).rows
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(rows):,} picked**" if rows else "None picked", width="content")
        st.button(
            "Pick this page", icon=":material/done_all:", on_click=picks.add, args=(run, shown)
        )
        st.button(
            "Clear picks", icon=":material/remove_done:", on_click=picks.clear, args=(run,),
            disabled=not rows,
        )  # fmt: skip
        st.download_button(
            "Table (CSV)", lambda: as_csv(run, rows), f"{run.id}-picked.csv", "text/csv",
            icon=":material/download:", disabled=not rows, on_click="ignore", key="export_csv",
        )  # fmt: skip
        problem = state.images_problem(run)
        st.download_button(
            "Images (ZIP)", lambda: as_zip(run, rows), f"{run.id}-picked.zip", "application/zip",
            icon=":material/folder_zip:", disabled=not rows or bool(problem), on_click="ignore",
            key="export_zip", help=problem or None,
        )  # fmt: skip
        st.download_button(
            f"All {n:,} rows (CSV)",
            lambda: _with_concepts(run, queries.export_selection(run, selection))
            .to_csv(index=False)
            .encode(),
            f"{run.id}-{selection.split}.csv", "text/csv", icon=":material/table:",
            on_click="ignore", key="export_all",
            help="The predictions table of this selection: index, label, prediction, every "
            "class's probability",
        )  # fmt: skip
