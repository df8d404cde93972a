"""Something visible that images share: named, scored on every image, and its harm measured."""

import streamlit as st

from core.concepts import store
from core.concepts.class_alike import repeated_class
from core.concepts.stored import Stored
from core.errors import ConceptError, FencepostError
from core.runs.features import remedy
from dashboard.components import caveats, left_over, others
from dashboard.components.waiting import show_waiting
from dashboard.session import actions, concept_draft, link, navigation, picks, state
from dashboard.session.concept_draft import Draft
from dashboard.text import capitalised, plain
from dashboard.views.concepts.effects import show_effect
from dashboard.views.concepts.head import show_head, show_undo
from dashboard.views.concepts.picks import (
    picked,
    show_candidates,
    show_more_picks,
    show_picks,
    show_threshold,
)
from dashboard.views.concepts.same_name import show_same_name
from dashboard.views.concepts.words import show_suggesting, show_words, show_words_button

LINK = "concept"  # in the URL
OPEN = "concept_open"
REFIT = "_concept_refit"  # what the next drawing of the page tells of
SURE = (
    "AUC is how often an image that shows it scores higher than one that does not (0.5 is chance); "
    "p how rarely chance alone would do as well."
)
UNSEEN = "Nobody has seen them yet: look through both lists."

run, selection, _ = state.current()


def show_shelf(stored: list[Stored], work: Draft | None) -> None:
    """The concepts of this data set, and a new one."""
    names = [each.name for each in stored]
    st.session_state[OPEN] = work.kept if work and work.kept in names else None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if names:
            st.pills(
                "On this data set", names, key=OPEN, format_func=plain,
                on_change=open_chosen, args=(stored,),
            )  # fmt: skip
        if work and work.has_picks:  # else the page is one already
            st.button(
                "New concept", icon=":material/add:", on_click=concept_draft.start, args=(run,)
            )
            show_words_button(run)


def open_chosen(stored: list[Stored]) -> None:
    if found := named(stored, st.session_state[OPEN]):
        open_concept(found)
    else:
        concept_draft.discard()


def named(stored: list[Stored], name: str | None) -> Stored | None:
    return next((each for each in stored if each.name == name), None)


def follow_link(stored: list[Stored]) -> None:
    """Open the concept that the URL names, where it changed under us: a link, or Back."""
    asked = link.changed(LINK)
    if found := named(stored, asked):
        open_concept(found)
    elif asked:
        words = f"There is no concept “{plain(asked[:80])}” for this data set."
        st.toast(words, icon=":material/warning:", duration="infinite")


def open_concept(found: Stored) -> None:
    try:
        reason = found.unfit(run)
        if reason and not found.picks:
            raise ConceptError(reason)
        opened = concept_draft.open_stored(run, found)
        if reason:
            kept = len(opened.shows) + len(opened.without)
            st.session_state[REFIT] = (
                f"{reason} It was learned again from {kept} of its {len(found.picks)} picks; the "
                "others are not in this run."
                if kept < len(found.picks)
                else f"{reason} It was learned again from its {kept} picks."
            )
    except FencepostError as error:
        st.session_state[actions.PROBLEM] = str(error)


def show_empty() -> None:
    st.info(
        "A concept is something visible that images share, such as a fence. Make one from a "
        "confusion on the Explain page, from images that you picked in the Gallery, or from words.",
        icon=":material/label:",
    )
    rows = picks.of(run).rows
    with st.container(horizontal=True):
        st.button(
            "Explain a confusion", icon=":material/troubleshoot:", key="concept_to_explain",
            on_click=navigation.open_page, args=("explain",),
        )  # fmt: skip
        left_over.offer(
            concept_draft.left_over(run),
            lambda draft: plain(draft.called) or "the concept",
            concept_draft.take_up,
            "concept_left_over",
        )
        st.button(
            f"Start from {picked(rows)}" if rows else "Start from picked images",
            icon=":material/done_all:",
            on_click=concept_draft.put, args=(run, rows, True),
            disabled=not rows, key="concept_from_picks",
            help="They all show the concept" if rows else "Pick images in the Gallery first",
        )  # fmt: skip
        st.button(
            "Pick images in the Gallery", icon=":material/photo_library:",
            on_click=navigation.open_page, args=("gallery",), key="concept_to_gallery",
        )  # fmt: skip
    show_words(run)


def show_work(work: Draft) -> None:
    concept, problem = None, ""
    learning = concept_draft.learning(run, work)
    try:
        concept = concept_draft.learned(run, work) if learning.result else None
        problem = learning.error
    except FencepostError as error:
        problem = str(error)
    there = store.find(run, work.called)
    show_head(run, work, concept, there)
    if there and there.version != work.base:
        show_same_name(work, there, open_concept)
    if work.origin:
        seen = "You have corrected them." if work.corrected else UNSEEN
        st.caption(
            f"Suggested by {plain(work.origin)}: training images ranked by {plain(work.ranked)}. "
            f"{seen}"
        )
    if concept is None and not problem:
        show_waiting(
            learning, "Learning the concept", key="concept", again=concept_draft.again,
            args=(run, work),
        )  # fmt: skip
    elif concept is None:
        st.warning(plain(problem), icon=":material/error:")
    elif concept.real:
        st.success(plain(concept.verdict(figures=False)), icon=":material/check_circle:")
    else:
        st.warning(plain(concept.verdict(figures=False)), icon=":material/help:")
    if concept and concept.figures:
        st.caption("How sure this is, in figures", help=f"{concept.figures}. {SURE}")
    if concept and (alike := repeated_class(run, concept, concept_draft.scores(run, concept))):
        st.warning(plain(alike), icon=":material/content_copy:")
    show_picks(run, work)
    if concept is None:
        show_more_picks(run)
        return
    values = concept_draft.scores(run, concept)
    show_threshold(run, values, concept)
    show_candidates(run, values, concept)
    st.subheader("What it does")
    show_effect(run, concept, selection.split)


st.title("Concepts")
st.caption("What do these images share, and how much harm does it do?")
caveats.show_caveats(run, selection.split)
if run.features() is None:
    st.info(
        f"Run {plain(run.name)} kept no features, so nothing can be learned from its images. "
        f"{capitalised(remedy(run))}.",
        icon=":material/info:",
    )
    st.stop()
work = concept_draft.current(run)  # what was handed over is written down now
drafts = [] if work and work.has_picks else [others.unsaved(run, concept_draft.DRAFT)]
others.watch([others.concepts(run), *drafts], key="concepts")
stored = store.list_concepts(run)
follow_link(stored)
actions.show_problem()
show_suggesting(run)
work = concept_draft.current(run)
link.write(LINK, work.kept if work else "")
show_shelf(stored, work)
show_undo(run)
if reason := st.session_state.pop(REFIT, ""):
    st.caption(f":material/info: {plain(reason)}")
if work and work.has_picks:
    show_work(work)
else:
    show_empty()
