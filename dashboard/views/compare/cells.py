"""The last part of Compare: the difference of two confusion matrices, and what moved in a cell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.cells import ANY, cell_changes, cell_images, line_changes
from core.evaluation.comparison import Comparison
from core.runs import Run
from dashboard.charts import matrix
from dashboard.components.matrix import confusion_matrix, steps
from dashboard.session import navigation, state
from dashboard.views.compare.changes import show_images

MANY = 25  # classes in the matrix
CELL, MATRIX = "changed_cell", "compare_matrix"
OTHER = "any other"  # the class that a whole row or column of errors does not name


def open_cell(comparison: Comparison) -> None:
    """Choose the cell, or the row or column of errors, that was clicked."""
    run = comparison.after
    for cell, _ in steps(MATRIX, len(run.classes))[-1:]:
        st.session_state[CELL] = name_of(run, *cell)


@st.fragment
def show_cells(comparison: Comparison) -> None:
    """The difference of the confusion matrices; a click shows what left a cell and entered it."""
    navigation.leave_if_asked()
    run, found = comparison.after, cell_changes(comparison)
    if found.empty:
        st.caption("Every image is predicted as before: no cell has changed.")
        return
    lines = line_changes(comparison)
    left, right = st.columns(2, gap="large")
    with right:
        cell = _pick_cell(run, pd.concat([found, lines]))
        if cell is not None:
            _show_cell(comparison, *cell)
    with left:
        shown = _most_changed_classes(found, len(run.classes))
        if len(shown) < len(run.classes):
            st.caption(f"The {len(shown)} most changed of {len(run.classes):,} classes.")
        confusion_matrix(
            matrix.difference(found, lines, run.classes, shown=shown),
            key=MATRIX,
            label="Confusion matrix after less before, true class by predicted class",
            chosen=[cell] if cell else [],
            on_choose=lambda: open_cell(comparison),
        )
        st.caption(
            "Rows are true classes, columns predicted. Green: more right answers or fewer errors; "
            "orange: the opposite. Click a cell for its images, a class name for all its errors."
        )


def name_of(run: Run, label: int, pred: int) -> str:
    """`deer → cat`, or `deer → any other` for a whole row of errors."""
    if ANY not in (label, pred):
        return state.cell_name(run, label, pred)
    a, b = (OTHER if c == ANY else run.classes[c] for c in (label, pred))
    return f"{a}{state.ARROW}{b}"


def _pick_cell(run: Run, found: pd.DataFrame) -> tuple[int, int] | None:
    """The cell chosen, of those that changed; a click may be on one where nothing moved."""
    cells = list(zip(found["label"], found["pred"], strict=True))
    options = {name_of(run, *cell): cell for cell in cells}
    held = st.session_state.get(CELL, st.query_params.get(CELL))
    asked = _parse(run, held) if isinstance(held, str) else None
    if asked is None:
        st.session_state[CELL] = next(iter(options))
    else:
        options.setdefault(held, asked)
    return options.get(st.selectbox("Cell", options, key=CELL, bind="query-params", width=320))


def _parse(run: Run, name: str) -> tuple[int, int] | None:
    lines = [line for c in range(len(run.classes)) for line in ((c, ANY), (ANY, c))]
    whole = {name_of(run, *line): line for line in lines}
    return state.parse_cell(run, name) or whole.get(name)


def _show_cell(comparison: Comparison, label: int, pred: int) -> None:
    masks, name = cell_images(comparison, label, pred), name_of(comparison.after, label, pred)
    for side, words, gain in (
        ("left", "No longer", label != pred), ("entered", "Newly", label == pred)
    ):  # fmt: skip
        about = ("A gain." if gain else "A loss.") if masks[side].any() else ""
        show_images(
            comparison, masks[side], f"{words} {name}", about, key=f"compare_cell_{side}", level=4
        )


def _most_changed_classes(found: pd.DataFrame, k: int) -> list[int]:
    """The class ids to draw: all, or those with most images that came or went."""
    moved = np.zeros(k, dtype=int)
    for column in ("label", "pred"):
        np.add.at(moved, found[column], found["entered"] + found["left"])
    return sorted(np.argsort(-moved, kind="stable")[:MANY].tolist())
