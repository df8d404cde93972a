"""The two runs that Compare is about: the sidebar's is `after`, this picks `before`.

Both are in the URL by id, which outlives a new name.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence

import numpy as np
import streamlit as st

from core import report
from core.concepts import store
from core.concepts.effects.compared import shown as shown_in
from core.concepts.stored import Stored
from core.errors import ConceptError
from core.evaluation.comparison import Comparison, compare
from core.runs import Run
from dashboard.components import run_labels
from dashboard.session import actions, cached, link, navigation, state
from dashboard.text import plain

BEFORE = "before"
LAST_AFTER = "_last_after"  # the run that the page was drawn for last
CHILDREN = 3


def pick_before(after: Run) -> Run | None:
    """The run to compare with: the URL's, the one chosen, else the parent; None where none is."""
    others = [run for run in cached.all_runs() if not run.damage and run.id != after.id]
    others.sort(key=lambda run: not _same_images(run, after))  # a stable sort: newest first
    ids = [run.id for run in others]
    _keep_known(after, ids)
    names = run_labels.labels(others)
    names |= {r.id: f"{names[r.id]} (other images)" for r in others if not _same_images(r, after)}
    chosen = st.selectbox(
        "Before", ids, key=BEFORE, format_func=lambda i: names.get(i, i),
        index=0 if st.session_state[BEFORE] else None,  # None would offer to clear it
        placeholder="Choose a run" if ids else "There is no other run", disabled=not ids,
        help="The run to compare with. The run in the sidebar is the one after.",
    )  # fmt: skip
    link.write(BEFORE, chosen or "")
    st.session_state[LAST_AFTER] = after.id
    return others[ids.index(chosen)] if chosen else None


def _same_images(run: Run, after: Run) -> bool:
    a, b = run.meta["dataset"], after.meta["dataset"]
    return run.classes == after.classes and a.get("fingerprint") == b.get("fingerprint")


def _keep_known(after: Run, ids: Sequence[str]) -> None:
    """Put into the widget what the URL asks for; for another run than last time, its parent."""
    last_after, last_before = st.session_state.get(LAST_AFTER), link.last(BEFORE)
    asked, parent = link.changed(BEFORE), after.parent
    if asked in ids:
        st.session_state[BEFORE] = asked
    elif last_after not in (None, after.id) and parent in ids:
        st.session_state[BEFORE] = parent
    elif st.session_state.get(BEFORE) not in ids:
        wanted = [i for i in (last_before, parent) if i in ids]
        st.session_state[BEFORE] = wanted[0] if wanted else None


def explain_nothing(after: Run) -> None:
    """What to do where there is no run to compare with."""
    others = [run for run in cached.all_runs() if not run.damage and run.id != after.id]
    alike = [run for run in others if _same_images(run, after)]
    name = plain(after.name)
    _say_damaged({after.parent, st.query_params.get(BEFORE)})
    if not others:
        st.info(
            f"{name} is the only run. Repair it on the Fix page, or train another model: then both "
            "can be compared here, image by image.",
            icon=":material/info:",
        )
    elif not alike:
        st.info(
            f"The other runs were made on other images than {name}. Train another model on the "
            "same data, or repair this one: only runs on the same images can be compared.",
            icon=":material/info:",
        )
    else:
        parent = after.parent
        st.info(
            f"The run that {name} was made from is not here: choose another to compare it with."
            if parent
            else f"{name} was not made from another run: choose one above to compare it with.",
            icon=":material/info:",
        )
    if not alike and actions.may("save", after):
        with st.container(horizontal=True):
            for text, page in (("Repair this one", "fix"), ("Train another", "train")):
                st.button(
                    text, key=f"compare_{page}", type="primary" if page == "fix" else "secondary",
                    on_click=navigation.open_page, args=(page,),
                )  # fmt: skip
    _offer_children(after, alike)


def _say_damaged(wanted: Collection[str | None]) -> None:
    """Why a run that was meant cannot be compared with."""
    for run in cached.all_runs():
        if run.damage and run.id in wanted:
            words = f"Run {run.id} is damaged: {run.damage}"
            st.warning(f"{plain(words)} Choose another run above.", icon=":material/warning:")


def _offer_children(after: Run, alike: Sequence[Run]) -> None:
    children = [run for run in alike if run.parent == after.id][:CHILDREN]
    for child in children:
        st.button(
            f"Compare with {plain(child.name)}", key=f"compare_child_{child.id}",
            icon=":material/compare_arrows:", on_click=_open_pair, args=(after.id, child.id),
        )  # fmt: skip


def _open_pair(before: str, after: str) -> None:
    st.session_state[state.RUN] = after
    st.session_state[BEFORE] = before
    st.session_state[LAST_AFTER] = after


@st.cache_resource(max_entries=4, show_spinner=False)
def _compared(_before: Run, _after: Run, folders: tuple[str, str], split: str) -> Comparison:
    return compare(_before, _after, split)


def compared(before: Run, after: Run, split: str) -> Comparison:
    """The two runs on a split, kept; never change it.

    Raises:
        RunError: they are not about the same images.
    """
    # The names are shown, and may change while the folders do not.
    key = (f"{before.folder} {before.name}", f"{after.folder} {after.name}")
    return _compared(before, after, key, split)


def fitting_concepts(after: Run, before: Run) -> tuple[list[Stored], list[str]]:
    """The concepts that either run can use, and why others cannot be used."""
    fitting, reasons = [], []
    for stored in store.list_concepts(after):
        try:
            reason = stored.unfit(after) and stored.unfit(before)
        except ConceptError as error:
            reason = str(error)
        if reason:
            reasons.append(reason)
        else:
            fitting.append(stored)
    named = [step.get("concept") for step in after.steps]
    fitting.sort(key=lambda stored: stored.name not in named)  # that of the fix first
    return fitting, reasons


@st.cache_data(max_entries=16, show_spinner=False)
def _shown(_comparison: Comparison, _stored: Stored, key: tuple) -> np.ndarray:
    return shown_in(_comparison, _stored)


def shown(comparison: Comparison, stored: Stored) -> np.ndarray:
    """(N,) which compared images show the concept, kept."""
    concept, runs = stored.concept, (comparison.before, comparison.after)
    key = (concept.key, concept.threshold, comparison.split)
    return _shown(comparison, stored, (*key, *(str(run.folder) for run in runs)))


def report_parts(before: Run, after: Run, split: str, stored: Stored | None) -> Generator[bytes]:
    """The report, made once somebody takes it."""
    yield report.write(compared(before, after, split), stored).encode()
