"""Two concepts of one name: the one in work, and the one that is kept, perhaps by somebody else."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.concepts.stored import Stored
from dashboard.session.concept_draft import Draft
from dashboard.text import plain


def show_same_name(work: Draft, there: Stored, open_: Callable[[Stored], None]) -> None:
    """What is kept beside what is in work: to save puts the first into the bin."""
    since = work.kept == there.name
    words = (
        f"“{plain(there.name)}” was saved by somebody else since you opened it"
        if since
        else f"There is already a concept “{plain(there.name)}”"
    )
    kept = there.concept
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f":material/warning: {words}: saving replaces it. "
            f"{'Theirs' if since else 'Kept'}: {_counted(kept.n_shows, kept.n_without)} "
            f"Yours: {_counted(len(work.shows), len(work.without))}",
            width="content",
        )
        st.button(
            "Open theirs" if since else "Open it", key="concept_theirs", type="tertiary",
            icon=":material/label:", on_click=open_, args=(there,),
            help="Yours is offered again once nothing is open",
        )  # fmt: skip


def _counted(shows: int, without: int) -> str:
    return f"{shows} images that show it, {without} that do not."
