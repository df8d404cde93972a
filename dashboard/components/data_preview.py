"""What a data set holds, on the page that trains on it: as soon as it is named."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO

import pandas as pd
import streamlit as st
from PIL import Image

from core import datasets
from core.datasets import examination, files
from core.datasets.examination import Examination
from core.errors import DatasetError, FencepostError
from core.training import check
from core.training.config import recommended
from dashboard.components import train_form
from dashboard.text import plain

SIDE = 72  # pixels of a thumbnail
CLASSES = 12  # whose images are shown
ROWS = 5  # of a table, beyond which it scrolls


def show(dataset: str) -> None:
    """Classes, images, sizes, what is left out, three images a class, expected times; or why not.

    Of what is not stored here yet, and of what is drawn here, nothing.
    """
    if train_form.missing(dataset):
        return
    try:
        name = datasets.canonical(dataset)
        kind, path = datasets.parted(name)
        if kind.path is None or not datasets.is_ready(name):
            return
        state = tuple(files.state(place) for place in kind.sources(path))
        found = _examined(name, state)
        images = _images(name, state)
    except FencepostError as error:
        st.warning(plain(str(error)), icon=":material/folder_off:")
        return
    with st.expander(_title(found), icon=":material/fact_check:", expanded=True):
        _show(found, images)


@st.cache_resource(max_entries=4, show_spinner="Looking at the data set")
def _examined(name: str, state: Sequence[str]) -> Examination:
    # `state` is part of the key: a table that is written anew is read anew.
    return examination.examine(datasets.load_dataset(name))


@st.cache_resource(max_entries=4, show_spinner=False)
def _images(name: str, state: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Class -> thumbnails of some of its images, as what an <img> takes."""
    found = _examined(name, state)
    shown = list(found.shown.items())[:CLASSES]
    return [
        (found.dataset.classes[label], [_thumbnail(found, *place) for place in places])
        for label, places in shown
    ]


def _thumbnail(found: Examination, split: str, number: int) -> str:
    try:
        image = found.dataset.image(split, number).convert("RGB")
    except DatasetError:  # a grey square: which cannot be read is said in words
        image = Image.new("RGB", (SIDE, SIDE), "grey")
    image.thumbnail((2 * SIDE, 2 * SIDE))
    return _inline(image)


def _inline(image: Image.Image) -> str:
    """The picture itself: a file of Streamlit's may be gone before the browser asks for it."""
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{b64encode(buffer.getvalue()).decode()}"


def _title(found: Examination) -> str:
    counts = ", ".join(f"{len(found.dataset.split(split)):,} {split}" for split in found.counts)
    return f"{len(found.dataset.classes):,} classes, {counts}"


def _show(found: Examination, images: Sequence[tuple[str, list[str]]]) -> None:
    lines = [*check.said(found), *found.dataset.notes]
    lines += check.times(found, recommended(found.dataset.name))
    st.caption("  \n".join(map(plain, lines)))
    with st.container(horizontal=True, gap="medium"):
        for name, some in images:
            with st.container(width="content", gap="xxsmall"):
                st.caption(plain(name))
                with st.container(horizontal=True, gap="xxsmall"):
                    for image in some:
                        st.image(image, width=SIDE)
    counts = {f"{split} images": n for split, n in found.counts.items()}
    st.dataframe(
        pd.DataFrame({"Class": found.dataset.classes, **counts}), hide_index=True,
        height=240 if len(found.dataset.classes) > ROWS else "content",
        key="preview_classes", alt="How many images each class has",
    )  # fmt: skip
    _show_left_out(found)


def _show_left_out(found: Examination) -> None:
    """How much is no image of it, by reason, and the first rows that are none."""
    if found.dataset.left_out:
        st.dataframe(
            pd.DataFrame(found.dataset.left_out.items(), columns=["Left out", "Files or rows"]),
            hide_index=True, key="preview_left_out", alt="How many are left out, by reason",
        )  # fmt: skip
    if found.dataset.refused:
        st.dataframe(
            pd.DataFrame({"Row of the table": found.dataset.refused}), hide_index=True,
            height=240 if len(found.dataset.refused) > ROWS else "content",
            key="preview_rows", alt="Rows that are left out",
        )  # fmt: skip
