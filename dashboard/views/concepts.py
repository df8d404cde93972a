"""Something visible that images share: named, scored on every image, and its harm measured."""

import numpy as np
import streamlit as st

from core import concepts, metrics, queries
from core.concepts import Concept, store
from core.errors import ConceptError, FencepostError
from core.selection import CONCEPT
from dashboard import actions, draft, picks, state
from dashboard.draft import Draft
from dashboard.effects_panel import show_effect
from dashboard.markdown import plain
from dashboard.tiles import show_pickable

CANDIDATES = 24
LOOKS = {"Strongest": concepts.strongest, "Borderline": None, "Weakest": concepts.weakest}

run, selection, _ = state.current()


def show_shelf(stored: list) -> None:
    """The concepts of this data set, and a new one."""
    names = [each.name for each in stored]
    work = draft.current(run)
    st.session_state["concept_open"] = work.kept if work and work.kept in names else None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if names:
            st.pills(
                "On this data set", names, key="concept_open", format_func=plain,
                on_change=open_chosen, args=(stored,),
            )  # fmt: skip
        st.button("New concept", icon=":material/add:", on_click=draft.start, args=(run,))


def open_chosen(stored: list) -> None:
    chosen = st.session_state["concept_open"]
    found = next((each for each in stored if each.name == chosen), None)
    if found is None:
        draft.discard()
        return
    try:
        if reason := found.unfit(run):
            if not found.picks:
                raise ConceptError(reason)
            st.session_state["concept_refit"] = reason
        draft.open_stored(run, found)
    except FencepostError as error:
        st.session_state[actions.PROBLEM] = str(error)


def show_empty() -> None:
    st.info(
        "A concept is something visible that images share, such as a fence. Make one of a "
        "confusion on the Explain page, or of images that you picked in the Gallery.",
        icon=":material/label:",
    )
    rows = picks.of(run).rows
    with st.container(horizontal=True):
        st.button(
            f"These show it: the {len(rows):,} picked images", icon=":material/done_all:",
            on_click=draft.put, args=(run, rows, True), disabled=not rows, key="concept_from_picks",
            help=None if rows else "Pick images in the Gallery first",
        )  # fmt: skip
        st.button(
            "Pick images in the Gallery", icon=":material/photo_library:",
            on_click=state.open_page, args=("gallery",), key="concept_to_gallery",
        )  # fmt: skip


def show_head(work: Draft, concept: Concept | None) -> None:
    """Its name and what can be done with it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"concept_name_{work.kept}_{work.origin}"
        if key not in st.session_state:
            st.session_state[key] = work.name
        st.text_input(
            "Name", key=key, width=260, placeholder="fence", max_chars=100,
            on_change=lambda: draft.call(run, st.session_state[key]),
        )  # fmt: skip
        hopeless = concept is None or not work.name.strip()
        reason = "Give it a name first" if concept is not None else None
        st.button(
            "Save and fix", type="primary", icon=":material/build:", disabled=hopeless,
            on_click=draft.save, args=(run, work, "fix"), key="concept_fix",
            help=reason if hopeless else "Keep the concept, and repair the model with it",
        )  # fmt: skip
        st.button(
            "Save", icon=":material/save:", disabled=hopeless, on_click=draft.save,
            args=(run, work), key="concept_save",
        )  # fmt: skip
        if work.kept:
            st.button(
                "Rank the gallery by it", icon=":material/photo_library:", key="concept_rank",
                on_click=state.choose, kwargs={"rank": CONCEPT + work.kept, "go": "gallery"},
            )  # fmt: skip
            st.button(
                "Delete", icon=":material/delete:", on_click=delete, args=(work.kept,),
                key="concept_delete",
            )  # fmt: skip
        else:
            st.button(
                "Discard", icon=":material/close:", on_click=draft.discard, key="concept_drop"
            )


def delete(name: str) -> None:
    if actions.attempt(store.delete, run, name):
        draft.discard()
        st.session_state["concept_deleted"] = name


def undo(name: str) -> None:
    if actions.attempt(store.undo, run, name):
        st.session_state.pop("concept_deleted", None)


def show_undo() -> None:
    if name := st.session_state.get("concept_deleted"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(name)}** was deleted.", width="content")
            st.button(
                "Undo", icon=":material/undo:", on_click=undo, args=(name,), key="concept_undo"
            )


def show_picks(work: Draft) -> None:
    """Both lists; a tick taken off leaves the list, and the concept is learned again at once."""
    if work.channel is not None:
        st.caption(f"Made of channel {work.channel}. Pick images below to learn it from them.")
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
                    picked=rows, on_pick=lambda kept, s=shows: draft.keep_only(run, kept, s),
                )  # fmt: skip
            else:
                st.caption("None yet." if shows else "None: random other images stand in for them.")
    st.caption("Take a tick off to take an image out; add more from the candidates below.")


def show_threshold(values: np.ndarray, concept: Concept) -> None:
    """From which score on an image counts as showing it, with what that makes."""
    low, high = float(values.min()), float(values.max())
    key = f"concept_threshold_{hash(concept.direction.tobytes())}"
    if key not in st.session_state:
        st.session_state[key] = float(np.clip(concept.threshold, low, high))
    st.slider(
        "Threshold", low, high, key=key, step=(high - low) / 200, format="%.2f",
        on_change=lambda: draft.move_threshold(run, st.session_state[key]),
        help="An image shows the concept from this score on",
    )  # fmt: skip
    table = queries.ask(run, "SELECT split, label FROM run ORDER BY row")
    shown = values >= concept.threshold
    parts = []
    for split in ("train", "test"):
        mine = (table["split"] == split).to_numpy()
        if mine.any():
            k, n = int(shown[mine].sum()), int(mine.sum())
            low_end, high_end = metrics.wilson(k, n)
            parts.append(f"{k:,} of {n:,} in {split} ({low_end:.0%} to {high_end:.0%})")
    st.caption(f"Shown by {', '.join(parts)}.")


def show_candidates(values: np.ndarray, concept: Concept) -> None:
    """Images to add: ticked here, put into a list by a button."""
    st.subheader("Is it what you mean?")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        look = st.segmented_control(
            "Look at", list(LOOKS), default="Strongest", required=True, key="concept_look",
            help="Borderline images lie next to the threshold: a pick there teaches most",
        )  # fmt: skip
        split = st.segmented_control(
            "Of", ["train", "test"], default="train", required=True, key="concept_split",
            help="Pick from train: images of test that were picked no longer test anything",
        )  # fmt: skip
        name = st.selectbox("Class", ["Any", *run.classes], key="concept_of", width=170)
    table = queries.ask(run, "SELECT row, split, label FROM run ORDER BY row")
    mine = (table["split"] == split).to_numpy()
    if name != "Any":
        mine &= (table["label"] == run.classes.index(name)).to_numpy()
    among = np.flatnonzero(mine)
    if look == "Borderline":
        rows = concepts.borderline(values, among, concept.threshold, CANDIDATES)
    else:
        rows = LOOKS[look](values, among, CANDIDATES)
    ticked = [row for row in st.session_state.get("concept_ticked", []) if row in set(rows)]
    show_pickable(
        run, queries.rows(run, rows.tolist()), key="concept_candidates", label=f"{look} images",
        picked=ticked, notes=[f"{values[row]:.2f}" for row in rows],
        on_pick=lambda kept: st.session_state.update(concept_ticked=kept),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{len(ticked)} ticked", width="content")
        for title, shows, icon in (
            ("These show it", True, ":material/check:"),
            ("These do not", False, ":material/close:"),
        ):
            st.button(
                title, icon=icon, key=f"concept_put_{shows}", disabled=not ticked, on_click=put,
                args=(ticked, shows),
            )  # fmt: skip


def put(rows: list[int], shows: bool) -> None:
    draft.put(run, rows, shows)
    st.session_state["concept_ticked"] = []


def show_work(work: Draft) -> None:
    concept, problem = None, ""
    try:
        concept = draft.learned(run, work)
    except FencepostError as error:
        problem = str(error)
    show_head(work, concept)
    if work.origin:
        st.caption(
            f"Suggested by {plain(work.origin)}: training images ranked by what sets those errors "
            "apart. Nobody has seen them yet: look through both lists."
        )
    if problem:
        st.warning(plain(problem), icon=":material/error:")
    elif concept.real:
        st.success(plain(concept.verdict()), icon=":material/check_circle:")
    else:
        st.warning(plain(concept.verdict()), icon=":material/help:")
    show_picks(work)
    if concept is None:
        return
    values = draft.scores(run, concept)
    show_threshold(values, concept)
    show_candidates(values, concept)
    st.subheader("What it does")
    show_effect(run, concept, selection.split)


st.title("Concepts")
st.caption("What do these images share, and how much harm does it do?")
state.show_caveats(run, selection.split)
actions.show_problem()
if run.features() is None:
    st.info(
        f"Run {plain(run.name)} kept no features, so nothing can be learned from its images. "
        "Train it again: features are kept.",
        icon=":material/info:",
    )
    st.stop()
show_shelf(store.list_concepts(run))
show_undo()
if reason := st.session_state.pop("concept_refit", ""):
    st.caption(f":material/info: {plain(reason)} It was learned again from its picks.")
work = draft.current(run)
if work is None or not (work.shows or work.without or work.channel is not None):
    show_empty()
else:
    show_work(work)
