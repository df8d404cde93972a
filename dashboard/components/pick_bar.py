"""What can be done with the picked images: a bar at the foot of the window, on every page."""

from __future__ import annotations

import streamlit as st

from core import queries
from core.runs import Run
from dashboard.components import side_by_side
from dashboard.components.export import offer_picked
from dashboard.components.tile_data import tiles
from dashboard.session import concept_draft, navigation, picks
from dashboard.text import plain

KEY = "pick_bar"
NAMED = 3  # classes that are named with their count


def show_pick_bar(run: Run) -> None:
    """The bar, where anything is picked or was until it was cleared; the URL names the picks."""
    picks.write_link(run)
    rows = picks.of(run).rows
    if not rows and not picks.cleared(run):
        return
    with st.container(horizontal=True, vertical_alignment="center", key=KEY):
        if rows:
            _offer(run, rows)
        else:
            st.markdown("None picked", width="content")
            st.button(
                "Undo", icon=":material/undo:", key="picks_undo", on_click=picks.bring_back,
                args=(run,),
            )  # fmt: skip


def _offer(run: Run, rows: tuple[int, ...]) -> None:
    st.markdown(f"**{len(rows):,} picked**: {_classes(run, rows)}", width="content")
    st.button(
        "Make a concept", icon=":material/category:", key="picks_concept", type="primary",
        on_click=concept_draft.make_concept,
        args=({"shows": list(rows), "from": "images that you picked"},),
        help="Name what these images share, and measure what harm it does",
    )  # fmt: skip
    st.button(
        "Wrong label", icon=":material/label_off:", key="picks_relabel", on_click=_correct,
        help="Drop those of train, or give them another label",
    )  # fmt: skip
    if 2 <= len(rows) <= side_by_side.MOST:
        side_by_side.offer(tiles(run, queries.rows(run, list(rows)), ""))
    offer_picked(run, rows)
    st.button(
        "Clear picks", icon=":material/remove_done:", key="picks_clear", type="tertiary",
        on_click=picks.clear, args=(run,),
    )  # fmt: skip


def _classes(run: Run, rows: tuple[int, ...]) -> str:
    """How many of what: `5 deer, 2 car`."""
    found = queries.rows(run, list(rows))["label"].value_counts()
    named = [f"{n:,} {plain(run.classes[k])}" for k, n in found.head(NAMED).items()]
    rest = int(found.iloc[NAMED:].sum())
    return ", ".join([*named, f"{rest:,} others"] if rest else named)


def _correct() -> None:
    from dashboard.session import fix_stack  # brings scipy, and the server starts without

    st.session_state[fix_stack.GROUP] = "data"
    navigation.open_page("fix")
