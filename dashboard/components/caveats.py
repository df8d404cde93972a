"""What a reader must know before believing a page's numbers, and how often test was looked at."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.datasets import kind_of
from core.runs import Run
from core.runs.annotations import looks_at_test
from dashboard.session import actions, cached
from dashboard.text import plain

COUNTED = "_looks"  # ids of the runs whose look this session has counted


def show_caveats(run: Run, split: str) -> None:
    """Captions for the head of a page with numbers of a split; on test, a look is counted."""
    count_looks([run], split)
    if run.selected_on_test:
        st.caption(
            ":material/info: The epoch was chosen on test, as the notebook did: the accuracy on "
            "test looks better than it is. Train again with the epoch chosen on val for a number "
            "to rely on."
        )
    kind = kind_of(run.dataset)
    if kind and kind.pretrained and run.config.get("weights") == "default":
        st.caption(f":material/info: {kind.pretrained}")
    brought = run.config.get("mode") in ("predict", "import")
    for note in run.notes if brought and not run.parent else ():
        st.caption(f":material/info: {plain(note)}")
    if split == "train" and not brought:
        st.caption(":material/info: The model learned from these images, so errors are rarer here.")
    if split == "val" and not (run.selected_on_test or brought):
        st.caption(
            ":material/info: Validation (val) chose the epoch, or the strength of the head, and "
            "the strength of fixes, so figures on it look better than they are."
        )
    if problem := cached.images_problem(run):
        st.caption(f":material/hide_image: Images cannot be shown. {plain(problem)}")


def count_looks(runs: Sequence[Run], split: str) -> None:
    """Count that somebody sees these runs on test, where that is allowed."""
    if split != "test" or not actions.may("count"):
        return
    counted = st.session_state.setdefault(COUNTED, set())
    for run in runs:
        if run.id in counted:
            continue
        try:
            looks_at_test.record(run)
        except OSError:
            st.caption(
                ":material/info: The number of looks at test cannot be saved. Is the disk full?"
            )
            return
        counted.add(run.id)


def show_looks(runs: Sequence[Run], split: str) -> None:
    """How often test was looked at while fixing, plainly; a warning from the fourth fix on."""
    if split != "test":
        return
    for root in {root.id: root for root in map(looks_at_test.root_of, runs)}.values():
        text = plain(looks_at_test.words(root))
        if not text:
            continue
        if looks_at_test.too_many(root):
            st.warning(text, icon=":material/visibility:")
        else:
            st.caption(f":material/visibility: {text}")
