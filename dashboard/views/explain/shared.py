"""What sets the errors of a confusion apart, and how sure it is: said first."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from core.errors import FencepostError
from core.evaluation.wording import p_value
from core.explain import finding
from core.explain.halves import FEWEST
from core.queries.selection import Cell
from core.runs import Run
from dashboard.components.tiles import show_strip
from dashboard.server import overlays
from dashboard.text import plain
from dashboard.views.explain import reasons

SEEN = 12
VERY = 0.001  # p, below which it is called very clear
HELP = (
    "Half of the errors, drawn by chance, say what sets errors apart from right images of their "
    "class. The other half, which had no say in it, tests that: how often one of these errors has "
    "more of it than a right image (AUC), and how rarely chance alone would do as well (one-sided "
    "p, Mann and Whitney). What merely makes an image look like the predicted class is taken out "
    "first: all errors have that, or they would be none. Besides, all errors are compared with "
    "right images in what the pictures are like and in your concepts (two-sided p, Mann and "
    "Whitney or Fisher, with false discoveries controlled over all of them, Benjamini and "
    "Hochberg). Of errors that are any images of their class, 1 time in 20 at most is something "
    "said here."
)


def stands_out(run: Run, cell: Cell, split: str) -> bool:
    """Whether the errors share something that chance would hardly show."""
    return reasons.evidence(run, cell, split).clear


def show_shared(run: Run, cell: Cell, split: str, where: bool) -> None:
    """The finding in words, then the training images that have most of it, and where."""
    a, b = (plain(run.classes[k]) for k in cell)
    found, differing = reasons.evidence(run, cell, split), _differing(run, cell, split)
    figures = finding.sureness(found, differing) if found.clear else _figures(a, found)
    st.subheader("What sets them apart", help=f"{HELP}\n\nHere: {figures}." if figures else HELP)
    if said := finding.sentence(a, found, differing):
        st.markdown(f"**{said}.**")
    if not found.clear:
        st.info(_nothing(found, bool(said)), icon=":material/info:")
        return
    st.caption(
        f"{'Very clear' if found.p < VERY else 'Clear'}: tested on {found.errors:,} errors that "
        f"suggested nothing against {found.right:,} right images."
    )
    st.caption(
        f"The training images of {b} that are most like these errors"
        f"{', bright where they have what the errors share' if where else ''}. What do you see?"
    )
    show_strip(
        run, reasons.shared(run, cell, split, SEEN), "train", key="explain_shared",
        label=f"Training images of {run.classes[cell[1]]} that are most like the errors",
        maps=[overlays.shared(*cell, split)] * SEEN if where else [],
    )  # fmt: skip


def _differing(run: Run, cell: Cell, split: str) -> pd.DataFrame | None:
    """What else differs, its words ready for Markdown; None as long as nothing is known of it."""
    try:
        found = reasons.differences(run, cell, split)
    except FencepostError:
        return None
    return None if found is None else found.assign(words=found["words"].map(plain))


def _figures(a: str, found: finding.Shared) -> str:
    """What was measured where nothing is clear."""
    if math.isnan(found.p):
        return ""
    return (
        f"an error shows more of it than a right {a} {100 * found.auc:.0f} times in 100 (AUC "
        f"{found.auc:.2f}, {found.errors} errors that suggested nothing against {found.right} "
        f"right images, {p_value(found.p)})"
    )


def _nothing(found: finding.Shared, said: bool) -> str:
    """What to say where the errors do not clearly share anything."""
    if math.isnan(found.p):
        return (
            f"Fewer than {FEWEST} errors: too few to show what they share, as half of them "
            "would have to suggest it and half to test it. Look at them; do not build on it."
        )
    tested = f"tested on {found.errors} errors that suggested nothing against {found.right} right"
    if said:
        return f"Beyond that, nothing stands out that these errors share ({tested} images)."
    return (
        f"Nothing stands out that these errors share ({tested} images). They may have causes of "
        "many kinds, or none that can be seen. Look at them; do not build on it."
    )
