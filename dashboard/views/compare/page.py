"""Two runs on the same images: what got better, what got worse?"""

from functools import partial

import numpy as np
import streamlit as st

from core import report
from core.concepts.stored import Stored
from core.errors import RunError
from core.evaluation import wording
from core.evaluation.comparison import Comparison, per_class, per_class_and_concept, worst_first
from core.evaluation.paired import Change, Kind
from core.runs import Run
from dashboard.components import caveats, download
from dashboard.session import state
from dashboard.text import plain
from dashboard.views.compare import cells, changes, run_pair

CONCEPT, CONFUSIONS = "by_concept", "Confusions, after less before"
FEW = 100  # images of a group, up to which they are counted rather than put into percentages
BADGES: dict[Kind, str] = {
    "better": "green", "worse": "orange", "no difference": "gray", "too few": "gray",
}  # fmt: skip
# Its errors chose it, and the same images are counted again.
WORST = "This class had most errors with the concept before: chosen so, some of its gain is chance."
MEANT = "The fix was made for these. Their errors suggested it, so some of the gain is chance."
OTHERS = "The fix was made for these: images with the concept, of classes it was not picked in."
Target = tuple[str, Change, str]  # a group, how it fared, and how it was chosen
# Fixed against broken, each as long as its share of what changed.
BALANCE = (
    '<div aria-hidden="true" style="display: flex; gap: 2px; height: 8px">'
    '<div style="background: #4f9d78; width: {fixed:.1f}%"></div>'
    '<div style="background: #d37233; flex: 1"></div></div>'
)

after, selection, _ = state.current()
split = selection.split


def show_verdict(comparison: Comparison, made: Change) -> None:
    """The verdict as a badge, and what it is about in a line."""
    kind = made.verdict().kind
    st.markdown(
        f"### :{BADGES[kind]}-badge[{wording.VERDICTS[kind]}] "
        f"{plain(comparison.before.name)} → {plain(after.name)}"
    )


def show_cards(made: Change, target: Target | None) -> None:
    """Accuracy, fixed against broken, and the group that the fix was made for."""
    with st.grid(4, min_column_width=190):
        card("Accuracy", made)
        if target is not None:
            card(*target)
        st.metric("Fixed", f"{made.fixed:,}", help="Wrong before, right after")
        st.metric("Broken", f"{made.broken:,}", help="Right before, wrong after")
    changed = made.fixed + made.broken
    if changed:
        st.html(BALANCE.format(fixed=100 * made.fixed / changed))


def card(title: str, found: Change, about: str = "") -> None:
    """Right before and after, in images where these are few, and the change with its interval."""
    n, low, high = found.n, found.low, found.high
    rates = f"{found.before:.1%} → {found.after:.1%}"
    points = f"{wording.points(found.difference)} points ({wording.interval(low, high)})"
    if n <= FEW:
        right = [round(rate * n) for rate in (found.before, found.after)]
        st.metric(
            plain(title), f"{right[0]} → {right[1]} of {n}",
            f"{right[1] - right[0]:+} images ({round(low * n):+} to {round(high * n):+})",
            delta_color="normal" if low > 0 or high < 0 else "off",
            help=f"Right before and after: {rates}, {points}, 95% interval. {about}".strip(),
        )  # fmt: skip
        return
    st.metric(
        f"{plain(title)}, n = {n:,}", rates, points,
        delta_color="normal" if low > 0 or high < 0 else "off",
        help=f"Accuracy before and after; the difference with its 95% interval. {about}".strip(),
    )  # fmt: skip


def show_surety(comparison: Comparison, made: Change) -> None:
    """Tests and intervals by name, for those who ask."""
    with st.expander("How sure is this?", icon=":material/function:"):
        st.markdown(plain(wording.sentence(made, split)))
        st.caption(
            f"McNemar p = {wording.bare_p(made.p)}: how often chance alone would split fixed and "
            f"broken images this unevenly. {plain(wording.source(comparison))}"
        )


def target_of(comparison: Comparison, stored: Stored | None) -> Target | None:
    """The group that the fix was made for, as its run says; else the one that was in trouble."""
    meant = comparison.after.made_for
    named = run_pair.fitting_concepts(comparison.after, comparison.before)[0] if meant else []
    concept = next((each for each in named if each.name == meant["concept"]), None)
    if concept is None or comparison.after.parent != comparison.before.id:
        return in_trouble(comparison, stored)
    shows, labels = run_pair.shown(comparison, concept), comparison.rows["label"].to_numpy()
    if (label := meant["label"]) is not None:
        found = comparison.among(shows & (labels == label))
        target = f"{comparison.after.classes[label]} with {concept.name}", found, MEANT
    else:
        found = comparison.among(shows & ~np.isin(labels, meant["carriers"]))
        target = f"other classes with {concept.name}", found, OTHERS
    return target if found.n else in_trouble(comparison, stored)


def in_trouble(comparison: Comparison, stored: Stored | None) -> Target | None:
    """The class with the concept that had most errors before, before and after."""
    if stored is None:
        return None
    rows = per_class_and_concept(comparison, run_pair.shown(comparison, stored), stored.name)
    rows = worst_first(rows[rows["concept"].str.startswith("with ")])
    if rows.empty or not rows.iloc[0]["n"]:
        return None
    worst, labels = rows.iloc[0], comparison.rows["label"].to_numpy()
    found = comparison.among(run_pair.shown(comparison, stored) & (labels == worst["label"]))
    return f"{worst['class']} {worst['concept']}", found, WORST


def show_classes(comparison: Comparison) -> None:
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
        f"{plain(stored.concept.verdict(figures=False))} {shows.sum():,} of {len(shows):,} images "
        f"of {split} show it" + (f"; {picked:,} were picked to teach it." if picked else "."),
        help=stored.concept.figures or None,
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
    to_take_away = st.container(width="content")
if before is None:
    run_pair.explain_nothing(after)
    st.stop()
try:
    comparison = run_pair.compared(before, after, split)
except RunError as error:
    st.warning(f"{plain(error)} Choose another run above.", icon=":material/warning:")
    st.stop()
made = comparison.overall()
show_verdict(comparison, made)
head = st.container()
caveats.count_looks([before], split)
caveats.show_looks([before, after], split)
changes.show_outcomes(comparison)
linked = CONFUSIONS if cells.CELL in st.query_params else None
by_class, by_concept, unchanged, confusions = st.tabs(
    ["By class", "By class and concept", "Unchanged", CONFUSIONS], default=linked
)
with by_class:
    show_classes(comparison)
with by_concept:
    stored = pick_concept(before)
    if stored is not None:
        show_concept(comparison, stored)
with unchanged:
    changes.show_unchanged(comparison)
with confusions:
    cells.show_cells(comparison)
with head:
    st.markdown("\n".join(f"- {plain(line)}" for line in report.in_short(comparison, stored)))
    show_cards(made, target_of(comparison, stored))
    show_surety(comparison, made)
with to_take_away:
    download.offer(
        "Download report", f"{after.id}-report.html", "application/octet-stream",
        partial(run_pair.report_parts, before, after, split, stored),
        key=f"report/{before.id}/{after.id}/{split}/{stored and stored.version}",
        icon="description",
        about="The whole story on one page, with its images: for anybody with a browser",
    )  # fmt: skip
