"""The name of a concept in work, what can be done with it, and the way back from a deletion."""

from __future__ import annotations

import streamlit as st

from core.concepts import Concept, store
from core.concepts.columns import CONCEPT
from core.concepts.stored import Stored
from core.runs import Run
from dashboard.components.cursor import put_cursor
from dashboard.session import actions, concept_draft, state
from dashboard.session.concept_draft import Draft
from dashboard.text import plain

DELETED = "_concept_deleted"  # what the next drawing of the page tells of


def show_head(run: Run, work: Draft, concept: Concept | None, there: Stored | None) -> None:
    """Its name and what can be done with it; `there` is what is kept under that name."""
    seen = there.version if there else ""
    key = f"concept_name_{work.kept}_{work.origin}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Name", work.name, key=key, width=340, max_chars=100,
            placeholder="What do these share? For instance fence",
            on_change=lambda: concept_draft.call(run, st.session_state[key]),
            help=f"Without one it is called “{plain(work.working)}”" if work.working else None,
        )  # fmt: skip
        hopeless = concept is None or not work.called
        reason = "Give it a name first" if concept is not None else None
        st.button(
            "Save and fix", type="primary", icon=":material/build:", disabled=hopeless,
            on_click=concept_draft.save, args=(run, work, seen, "fix"), key="concept_fix",
            help=reason if hopeless else "Keep the concept, and repair the model with it",
        )  # fmt: skip
        st.button(
            "Save", icon=":material/save:", disabled=hopeless, on_click=concept_draft.save,
            args=(run, work, seen), key="concept_save",
        )  # fmt: skip
        if work.kept:
            st.button(
                "Rank the gallery by it", icon=":material/photo_library:", key="concept_rank",
                on_click=state.choose, kwargs={"rank": CONCEPT + work.kept, "go": "gallery"},
            )  # fmt: skip
            st.button(
                "Delete", icon=":material/delete:", on_click=_delete,
                args=(run, work.kept, work.base or None),
                key="concept_delete",
            )  # fmt: skip
        else:
            st.button(
                "Discard",
                icon=":material/close:",
                on_click=concept_draft.discard,
                key="concept_drop",
            )
    if work.working and not work.name:
        put_cursor(key, key="concept_cursor")


def _delete(run: Run, name: str, seen: str | None) -> None:
    if actions.attempt("delete", name, store.delete, run, name, seen):
        concept_draft.discard()
        st.session_state[DELETED] = name


def _undo(run: Run, name: str) -> None:
    if actions.attempt("delete", name, store.undo, run, name, ""):
        st.session_state.pop(DELETED, None)


def show_undo(run: Run) -> None:
    if name := st.session_state.get(DELETED):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(name)}** was deleted.", width="content")
            st.button(
                "Undo", icon=":material/undo:", on_click=_undo, args=(run, name), key="concept_undo"
            )
