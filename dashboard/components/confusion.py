"""A confusion in a list: its worst images, the way to all of them, and to its cause."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core import queries
from core.explain.channels import FEWEST
from core.queries.rankings import wrongness
from core.queries.selection import Cell, Selection
from core.runs import Run
from dashboard.components.tiles import show_strip
from dashboard.session import state
from dashboard.text import plain, short

STRIP = 16  # images
LONG = 22  # letters of a class name
Look = Literal["primary", "secondary", "tertiary"]


def see(run: Run, cell: Cell, text: str, look: Look = "tertiary") -> None:
    """A button to its images, beside the matrix."""
    label, pred = (plain(run.classes[k]) for k in cell)
    st.button(
        text, key=f"overview_cell_{cell[0]}_{cell[1]}", icon=":material/arrow_forward:",
        icon_position="right", type=look,
        help=f"Show the images of {label} predicted as {pred} beside the confusion matrix",
        on_click=state.choose_cells, args=(run, [cell]), kwargs={"go": "confusion"},
    )  # fmt: skip


def why(run: Run, cell: Cell, count: int, look: Look = "tertiary") -> None:
    """A button to what makes the model take one for the other."""
    pred = plain(short(run.classes[cell[1]], LONG))
    st.button(
        "Why?" if look == "primary" else f"Why {pred}?",
        key=f"overview_why_{cell[0]}_{cell[1]}", icon=":material/troubleshoot:", type=look,
        disabled=count < FEWEST,
        help="What makes the model take one for the other"
        if count >= FEWEST
        else f"Too few images to explain: at least {FEWEST} are needed",
        on_click=state.choose_cells, args=(run, [cell]), kwargs={"go": "explain"},
    )  # fmt: skip


def show_worst(run: Run, split: str, cell: Cell) -> None:
    """Its worst images in one row."""
    only = Selection(split=split, cells=(cell,))
    by = wrongness(run)
    found = queries.ranked(run, only, by, descending=True, limit=STRIP)
    label, pred = (run.classes[k] for k in cell)
    show_strip(
        run, found, split, key=f"overview_strip_{cell[0]}_{cell[1]}",
        label=f"{label} predicted as {pred}, highest {by} first", cell=cell,
    )  # fmt: skip
