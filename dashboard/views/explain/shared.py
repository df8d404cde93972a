"""What the errors of a confusion share as a whole, and how sure it is: said first."""

from __future__ import annotations

import math

import streamlit as st

from core.evaluation.wording import p_value
from core.explain.halves import FEWEST
from core.queries.selection import Cell
from core.runs import Run
from dashboard.components.tiles import show_strip
from dashboard.text import plain
from dashboard.views.explain import reasons

SEEN = 12
SURE = 0.05
HELP = (
    "Half of the errors, drawn by chance, say what sets errors apart from right images of their "
    "class. The other half, which had no say in it, tests that: how often one of these errors has "
    "more of it than a right image (AUC), and how rarely chance alone would do as well (one-sided "
    "p, Mann and Whitney). What merely makes an image look like the predicted class is taken out "
    "first: all errors have that, or they would be none."
)


def stands_out(run: Run, cell: Cell, split: str) -> bool:
    """Whether the errors share something that chance would hardly show."""
    _, p, *_ = reasons.evidence(run, cell, split)
    return p < SURE


def show_shared(run: Run, cell: Cell, split: str) -> None:
    """The finding in words, then the training images that have most of it."""
    a, b = (plain(run.classes[k]) for k in cell)
    auc, p, errors, right = reasons.evidence(run, cell, split)
    st.subheader("What they share", help=HELP)
    if math.isnan(p):
        st.info(
            f"Fewer than {FEWEST} errors: too few to show what they share, as half of them "
            "would have to suggest it and half to test it. Look at them; do not build on it.",
            icon=":material/info:",
        )
        return
    found = (
        f"an error shows more of it than a right {a} {100 * auc:.0f} times in 100 (AUC {auc:.2f}, "
        f"{errors} errors that suggested nothing against {right} right images, {p_value(p)})"
    )
    if p >= SURE:
        st.info(
            f"Nothing stands out that these errors share: {found}. They may have causes of many "
            "kinds, or none that can be seen. Look at them; do not build on it.",
            icon=":material/info:",
        )
        return
    st.markdown(f"**These errors share something that right {a} images lack**: {found}.")
    st.caption(f"The training images of {b} that have most of it. What do you see in them?")
    show_strip(
        run, reasons.shared(run, cell, split, SEEN), "train", key="explain_shared",
        label=f"Training images of {run.classes[cell[1]]} that share most with the errors",
    )  # fmt: skip
