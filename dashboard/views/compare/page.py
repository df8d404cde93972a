"""Two runs on the same images: what got better, what got worse?"""

import numpy as np
import streamlit as st

from core import report
from core.concepts.stored import Stored
from core.errors import RunError
from core.evaluation import wording
from core.evaluation.comparison import Comparison, per_class, per_class_and_concept, worst_first
from core.runs import Run
from dashboard.components import caveats
from dashboard.session import state
from dashboard.text import plain
from dashboard.views.compare import cells, changes, run_pair

CONCEPT = "by_concept"

after, selection, _ = state.current()
split = selection.split


def show_verdict(comparison: Comparison) -> None:
    """The proof in a sentence, then its figures: gains and losses of one size."""
    made = comparison.overall()
    ends = wording.interval(made.low, made.high)
    st.markdown(f"### {plain(wording.sentence(made, split))}")
    with st.grid(6, min_column_width=130):
        st.metric("Accuracy before", f"{made.before:.1%}", help=plain(comparison.before.name))
        st.metric("Accuracy after", f"{made.after:.1%}", help=plain(comparison.after.name))
        st.metric(
            "Points gained", wording.points(made.difference),
            help=f"Accuracy after less before; 95% interval {ends}",
        )  # fmt: skip
        st.metric("Fixed", f"{made.fixed:,}", help="Wrong before, right after")
        st.metric("Broken", f"{made.broken:,}", help="Right before, wrong after")
        st.metric(
            "McNemar p", wording.bare_p(made.p),
            help="How often chance alone would split fixed and broken images this unevenly",
        )  # fmt: skip
    st.caption(plain(wording.source(comparison)))


def show_classes(comparison: Comparison) -> None:
    st.subheader("By class")
    groups = worst_first(per_class(comparison))
    groups["group"] = groups["class"]
    labels = comparison.rows["label"].to_numpy()
    changes.show_groups(
        comparison, groups, lambda group: labels == group["label"], "compare_classes"
    )


def pick_concept(before: Run) -> Stored | None:
    """The concept to split the classes by, or None with a word on how to get one."""
    found, reasons = run_pair.fitting_concepts(after, before)
    if not found:
        st.caption(
            plain(" ".join(reasons[:3]))
            or "No concept is known for this data set: make one on the Concepts page, such as "
            "“fence”, to see every class with it and without it."
        )
        return None
    names = [stored.name for stored in found]
    if st.session_state.get(CONCEPT, names[0]) not in names:
        del st.session_state[CONCEPT]
    chosen = st.selectbox("Concept", names, key=CONCEPT, bind="query-params", width=320)
    return found[names.index(chosen)]


def show_concept(comparison: Comparison, stored: Stored) -> None:
    """Each class with the concept and without it, most errors with it first."""
    shows = run_pair.shown(comparison, stored)
    picked = sum(origin == split for origin, _, _ in stored.picks)
    st.caption(
        f"{plain(stored.concept.verdict())} {shows.sum():,} of {len(shows):,} images of {split} "
        "show it" + (f"; {picked:,} were picked to teach it." if picked else ".")
    )
    groups = worst_first(per_class_and_concept(comparison, shows, stored.name))
    groups["group"] = groups["class"] + " " + groups["concept"]
    labels = comparison.rows["label"].to_numpy()

    def members(group) -> np.ndarray:
        side = shows if group["concept"].startswith("with ") else ~shows
        return (labels == group["label"]) & side

    changes.show_groups(comparison, groups, members, "compare_concept")


st.title("Compare")
st.caption("Two runs on the same images: what got better, and what got worse?")
caveats.show_caveats(after, split)
with st.container(horizontal=True, vertical_alignment="bottom"):
    before = run_pair.pick_before(after)
    download = st.container(width="content")
if before is None:
    run_pair.explain_nothing(after)
    st.stop()
try:
    comparison = run_pair.compared(before, after, split)
except RunError as error:
    st.warning(f"{plain(error)} Choose another run above.", icon=":material/warning:")
    st.stop()
st.markdown(f"**{plain(before.name)}** → **{plain(after.name)}**")
show_verdict(comparison)
caveats.count_looks([before], split)
caveats.show_looks([before, after], split)
changes.show_outcomes(comparison)
show_classes(comparison)
st.subheader("By class and concept")
stored = pick_concept(before)
if stored is not None:
    show_concept(comparison, stored)
st.subheader("Confusions, after less before")
cells.show_cells(comparison)
with download:
    st.download_button(
        "Download report", lambda: report.write(comparison, stored), f"{after.id}-report.html",
        "text/html", icon=":material/description:", on_click="ignore", key="compare_report",
        help="The whole story on one page, with its images: for anybody with a browser",
    )  # fmt: skip
