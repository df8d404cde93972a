"""Picked images as files: their rows as CSV, and a ZIP of the pictures with that CSV."""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import streamlit as st

from core import queries, run_images
from core.errors import DatasetError
from core.runs import Run
from dashboard import picks, state

UNREADABLE = "unreadable.txt"


def as_csv(run: Run, rows: tuple[int, ...]) -> bytes:
    """Every column of these rows, with class names."""
    return queries.export(run, rows).to_csv(index=False).encode()


def as_zip(run: Run, rows: tuple[int, ...]) -> bytes:
    """The pictures as PNG with their CSV; those that cannot be read are listed in a text file."""
    table = queries.export(run, rows)
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


def offer_export(run: Run, shown: list[int]) -> None:
    """What can be done with the picks; `shown` are the rows of this page."""
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
