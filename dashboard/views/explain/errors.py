"""Single errors: where the network looked, and which training images it was reminded of."""

from __future__ import annotations

import streamlit as st

from core import queries
from core.errors import FencepostError
from core.queries.selection import Cell, Selection
from core.runs import Run
from core.runs.table.schema import prob_column
from dashboard.components.saliency import looked
from dashboard.components.tiles import Part, show_sheet
from dashboard.text import plain, probability
from dashboard.views.explain import reasons

ERRORS, ALIKE = 3, 3


def show_errors(run: Run, cell: Cell, split: str, n: int, where: bool) -> None:
    """Some errors, the surest first, three at a time."""
    a, b = (plain(run.classes[k]) for k in cell)
    st.subheader("What it reminded the model of, and where it looked")
    st.caption(
        f"The errors that the model is surest of, each with the training images of {b} and of {a} "
        "that lie nearest to it in the features."
        + (f" “For {b}” is what speaks for {b} (Grad-CAM)." if where else "")
    )
    page = 1
    if n > ERRORS:
        page = st.pagination(-(-n // ERRORS), key=f"explain_errors_{run.id}_{split}_{cell}")
    found = queries.ranked(
        run, Selection(split=split, cells=(cell,)), prob_column(run.classes[cell[1]]),
        descending=True, limit=ERRORS, offset=(page - 1) * ERRORS,
    )  # fmt: skip
    problem = ""
    for column, row in zip(st.columns(ERRORS), found["row"].tolist(), strict=False):
        with column.container(border=True):
            problem = _show_error(run, row, cell, where) or problem
    if problem:
        st.caption(f":material/info: {plain(problem)}")


def _show_error(run: Run, row: int, cell: Cell, where: bool) -> str:
    """One error; returns why its neighbours are not shown, or nothing."""
    a, b = (run.classes[k] for k in cell)
    shown = queries.rows(run, [row])
    classes = [None, cell[1], cell[0]] if where else [None]
    parts, problem = [looked(run, shown, classes)], ""
    try:
        near = reasons.reminded(run, row, cell, ALIKE)
        parts += [_alike(run, near[k], f"Nearest {run.classes[k]} in train") for k in cell[::-1]]
    except FencepostError as error:
        problem = str(error)
    first = shown.iloc[0]
    show_sheet(
        run, parts, key=f"explain_error_{row}",
        label=f"Image {first['index']}, where the network looked, and what looks like it",
    )  # fmt: skip
    st.markdown(
        f"**#{first['index']}** · P({plain(b)}) {probability(first['confidence'])}, "
        f"P({plain(a)}) {probability(first['label_prob'])}"
    )
    return problem


def _alike(run: Run, near: list[tuple[int, float]], title: str) -> Part:
    found = queries.rows(run, [row for row, _ in near])
    return Part(title, found, [f"cos {cosine:.2f}" for _, cosine in near])
