"""The picks of a concept, its threshold, and more images to pick from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core import concepts, queries
from core.concepts import Concept
from core.concepts.presence import shown_in
from core.evaluation import intervals
from core.runs import Run
from dashboard.components.tiles import show_pickable
from dashboard.session import concept_draft, navigation, picks
from dashboard.session.concept_draft import Draft

CANDIDATES = 24
TICKED = "concept_ticked"  # rows among the candidates
LOOKS = {"Strongest": concepts.strongest, "Borderline": None, "Weakest": concepts.weakest}


def show_picks(run: Run, work: Draft) -> None:
    """Both lists; a tick taken off leaves the list, and the concept is learned again at once."""
    if work.channel is not None:
        st.caption(
            f"Made from channel {work.channel}. Pick images below to learn it from images instead."
        )
        return
    left, right = st.columns(2, gap="large")
    for column, rows, shows, title in (
        (left, work.shows, True, "These show it"),
        (right, work.without, False, "These do not"),
    ):
        with column:
            st.markdown(f"**{title}** ({len(rows)})")
            if rows:
                show_pickable(
                    run, queries.rows(run, rows), key=f"concept_picks_{shows}", label=title,
                    picked=rows,
                    on_pick=lambda kept, s=shows: concept_draft.keep_only(run, kept, s),
                )  # fmt: skip
            else:
                st.caption("None yet." if shows else "None: random other images stand in for them.")
    st.caption("Untick an image to remove it.")


def show_threshold(run: Run, values: np.ndarray, concept: Concept) -> None:
    """From which score on an image counts as showing it, with what that makes."""
    low, high = float(values.min()), float(values.max())
    key = f"concept_threshold_{concept.key}"
    if key not in st.session_state:
        st.session_state[key] = float(np.clip(concept.threshold, low, high))
    st.slider(
        "Threshold", low, high, key=key, step=(high - low) / 200, format="%.2f",
        on_change=lambda: concept_draft.move_threshold(run, st.session_state[key]),
        help="An image with this score or more shows the concept, in the class that most of its "
        "images were picked in; other classes have limits of their own, as far above their median",
    )  # fmt: skip
    table = queries.ask(run, "SELECT split, label FROM run ORDER BY row")
    shown = shown_in(run, concept, values)
    parts = []
    for split in ("train", "test"):
        mine = (table["split"] == split).to_numpy()
        if mine.any():
            k, n = int(shown[mine].sum()), int(mine.sum())
            named = "" if parts else "95% interval "
            ends = intervals.span(*intervals.wilson(k, n))
            parts.append(f"{k:,} of {n:,} in {split} ({named}{ends})")
    st.caption(f"Shown by {', '.join(parts)}.")


def show_candidates(run: Run, values: np.ndarray, concept: Concept) -> None:
    """Images to add: ticked here, put into a list by a button."""
    st.subheader("Is it what you mean?")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        look = st.segmented_control(
            "Look at", list(LOOKS), default="Strongest", required=True, key="concept_look",
            help="Borderline images lie next to the threshold: a pick there teaches most",
        )  # fmt: skip
        split = st.segmented_control(
            "Of", ["train", "test"], default="train", required=True, key="concept_split",
            help="Pick from train: test images that were picked can no longer be used for testing",
        )  # fmt: skip
        name = st.selectbox("Class", ["Any", *run.classes], key="concept_of", width=170)
    table = queries.ask(run, "SELECT row, split, label FROM run ORDER BY row")
    mine = (table["split"] == split).to_numpy()
    if name != "Any":
        mine &= (table["label"] == run.classes.index(name)).to_numpy()
    among = np.flatnonzero(mine)
    if ranked := LOOKS[look]:
        rows = ranked(values, among, CANDIDATES)
    else:
        rows = concepts.borderline(values, among, concept.threshold, CANDIDATES)
    ticked = [row for row in st.session_state.get(TICKED, []) if row in set(rows)]
    show_pickable(
        run, queries.rows(run, rows.tolist()), key="concept_candidates", label=f"{look} images",
        picked=ticked, notes=[f"{values[row]:.2f}" for row in rows],
        on_pick=lambda kept: st.session_state.update({TICKED: kept}),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{len(ticked)} ticked", width="content")
        for title, shows, icon in (
            ("These show it", True, ":material/check:"),
            ("These do not", False, ":material/close:"),
        ):
            st.button(
                title, icon=icon, key=f"concept_put_{shows}", disabled=not ticked, on_click=_put,
                args=(run, ticked, shows),
            )  # fmt: skip


def _put(run: Run, rows: list[int], shows: bool) -> None:
    concept_draft.put(run, rows, shows)
    st.session_state[TICKED] = []


def picked(rows: Sequence[int]) -> str:
    return "the picked image" if len(rows) == 1 else f"the {len(rows):,} picked images"


def show_more_picks(run: Run) -> None:
    """Where too few are picked to learn from, and so to rank candidates by."""
    rows = picks.of(run).rows
    with st.container(horizontal=True):
        if rows:
            st.button(
                f"Add {picked(rows)}", icon=":material/done_all:",
                on_click=concept_draft.put, args=(run, rows, True), key="concept_add_picks",
                help="They all show the concept",
            )  # fmt: skip
        st.button(
            "Pick more in the Gallery", icon=":material/photo_library:", key="concept_pick_more",
            on_click=navigation.open_page, args=("gallery",),
        )  # fmt: skip
