"""Where a table of predictions lies: a path on the server, or an upload."""

from __future__ import annotations

import streamlit as st

from dashboard.components.upload import upload
from dashboard.server import uploads
from dashboard.text import plain

PATH, UPLOAD, PUT, URL = "bring_path", "bring_upload", "_bring_put", "_bring_url"


def pick() -> str:
    """The path of the table, "" for none yet."""
    st.caption(
        "A row an image: its path, its label, and the probabilities or logits of all classes, or "
        "the predicted class with its confidence. Columns are found by their names."
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        st.text_input(
            "Table of predictions", key=PATH, placeholder="/path/to/predictions.csv",
            help="On the server: CSV, TSV, Parquet, JSON lines or .npz", persist_state="session",
            on_change=_forget,
        )  # fmt: skip
    with right:
        upload(
            st.session_state.setdefault(URL, uploads.url()), key=UPLOAD,
            label="or choose a file from here, up to 500 MB", most=uploads.MOST,
            kinds=uploads.SUFFIXES, on_done=_take,
        )  # fmt: skip
    if put := st.session_state.get(PUT):
        st.caption(f":material/upload_file: {plain(put.name)}")
        return str(put)
    return st.session_state[PATH].strip()


def _take() -> None:
    """Use the table that has just been put here, whose link is used up."""
    done = (st.session_state[UPLOAD] or {}).get("done") or {}
    st.session_state[PUT] = uploads.place(str(done.get("token")), str(done.get("name")))
    st.session_state[URL] = uploads.url()


def _forget() -> None:
    st.session_state.pop(PUT, None)
