"""What each column is taken for, in a select box, with the guess chosen."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.bringing.tables import columns, frames
from core.bringing.tables.columns import Columns
from core.bringing.tables.understood import Asked
from core.datasets.tables.reading import Table
from core.errors import FencepostError
from dashboard.text import plain

NONE = "-"  # as `columns.guess` is told of no column
ALL = "_all"  # a column a class
LABELS = {
    "path": "Path of the image",
    "label": "True class",
    "probs": "Probabilities or logits",
    "pred": "Predicted class",
    "confidence": "Confidence",
    "split": "Split",
    "features": "Features",
}


def pick(path: str) -> Asked | None:
    """What is asked of the table; None where it cannot be read."""
    try:
        table = frames.open_any(path)
        guessed = columns.guess(table)
    except FencepostError as error:
        st.error(plain(error), icon=":material/error:")
        return None
    place = str(Path(path))
    with st.grid(4, min_column_width=190, gap=("small", "medium")):
        chosen = {role: _pick(role, table, guessed, place) for role in LABELS}
    left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
    images = left.text_input(
        "Folder of the images", key=f"bring_images_{place}", placeholder="beside the table",
        help="On the server; the paths are looked for below it",
    ).strip()  # fmt: skip
    classes = middle.text_input(
        "Class names", key=f"bring_classes_{place}", placeholder=", ".join(guessed.names[:3]),
        help="Only where the columns do not say them: in the order of the probabilities, with "
        "commas between them, or a file with one a line",
    ).strip()  # fmt: skip
    logits = right.toggle(
        "They are logits", value=guessed.are_logits, key=f"bring_logits_{place}",
        help="Softmax is taken of them",
    )  # fmt: skip
    said = {role: name for role, name in chosen.items() if name != ALL}
    return Asked(path, images, said, classes, logits and not guessed.are_logits)


def _pick(role: str, table: Table, guessed: Columns, place: str) -> str:
    """The column for a role."""
    found = guessed.said().get(role, NONE)
    names = list(table.names)
    if role == "probs" and len(guessed.answers) > 1:
        found, names = ALL, [ALL, *names]
    several = f"{len(guessed.answers)} columns, {guessed.answers[0]} ..." if found == ALL else ""
    options = [NONE, *names]
    return st.selectbox(
        LABELS[role], options, options.index(found), key=f"bring_{role}_{place}",
        format_func=lambda name: {NONE: "none", ALL: several}.get(name, name),
    )  # fmt: skip
