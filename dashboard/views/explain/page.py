"""Why does the model take images of one class for another?"""

import streamlit as st

from core import queries
from core.errors import FencepostError
from core.evaluation import classification
from core.explain import Explanation
from core.queries.rankings import wrongness
from core.queries.selection import Cell, Selection, cell_in_force, within
from dashboard.components import caveats, others
from dashboard.components.saliency import is_shown, pick_where
from dashboard.components.tiles import show_strip
from dashboard.session import actions, cached, concept_draft, state
from dashboard.text import plain
from dashboard.views.explain import picks, reasons
from dashboard.views.explain.channels import show_channels
from dashboard.views.explain.errors import show_errors
from dashboard.views.explain.groups import show_differences, show_groups
from dashboard.views.explain.shared import show_shared, stands_out

LISTED = 50
STRIP = 12
PICKER = "explain_confusion"
MEASURED_WITHIN = 20.0  # seconds that a click waits for pictures to be measured

run, selection, _ = state.current()
split = selection.split
counts = cached.confusion_matrix(run, split)


def pick_confusion() -> Cell | None:
    """The confusion that the filters name, else the largest there; None without errors."""
    largest = [cell[:2] for cell in classification.most_confused(counts, LISTED)]
    named = cell_in_force(selection)
    options = largest if named is None or named in largest else [named, *largest]
    if not options:
        return None
    fitting = within(selection, options)
    if not named and not fitting:
        st.caption("The filters above name no confusion, so the largest of all is explained.")
    st.session_state[PICKER] = named or (fitting or options)[0]
    return st.selectbox(
        "Confusion", options, format_func=words_of, key=PICKER, on_change=choose,
        help="The largest first. The true and the predicted class above choose one too.",
        width=420,
    )  # fmt: skip


def words_of(cell: Cell) -> str:
    """`deer → cat · 23 of 104`."""
    return f"{state.cell_name(run, *cell)} · {counts[cell]:,} of {counts[cell[0]].sum():,}"


def choose() -> None:
    state.choose_cells(run, [st.session_state[PICKER]])


def show_images(cell: Cell) -> None:
    a, b = (plain(run.classes[k]) for k in cell)
    count, n = counts[cell], counts[cell[0]].sum()
    st.subheader(f"{count:,} of {n:,} images of {a} in {split} are predicted as {b}")
    if selection.ranges or selection.correct or len(selection.cells) > 1:
        st.caption("Of the selection, only the confusion counts here: all of its errors.")
    by = wrongness(run)
    found = queries.ranked(
        run, Selection(split=split, cells=(cell,)), by, descending=True, limit=STRIP
    )
    show_strip(
        run, found, split, key=f"explain_strip_{cell}",
        label=f"{run.classes[cell[0]]} predicted as {run.classes[cell[1]]}, highest {by} first",
        cell=cell,
    )  # fmt: skip


def explain(cell: Cell) -> Explanation | None:
    """The confusion taken apart; without features or enough errors, what stands in the way."""
    try:
        return reasons.explanation(run, cell, split)
    except FencepostError as error:
        st.info(plain(error), icon=":material/info:")
        return None


def make_concept(cell: Cell) -> None:
    """From what is known once its pictures are measured: who clicks early gets the same picks."""
    reasons.measuring(run, cell, split).wait(MEASURED_WITHIN)
    concept_draft.make_concept(picks.confusion_picks(run, cell, split))


def next_step(cell: Cell) -> None:
    """From the cause to a concept: the training images that look most like the errors."""
    try:
        picks.confusion_picks(run, cell, split)
        problem = ""
    except FencepostError as error:
        problem = str(error)
    st.button(
        "Make a concept of it", key="explain_concept", icon=":material/category:",
        type="primary" if stands_out(run, cell, split) else "secondary",
        disabled=bool(problem), on_click=make_concept, args=(cell,),
        help=plain(problem) or "Name what these images share, and measure what harm it does",
    )  # fmt: skip


st.title("Explain")
st.caption("Why does the model take images of one class for another?")
caveats.show_caveats(run, split)
others.watch([others.marks(run)], key="explain")
actions.show_problem()
if (cell := pick_confusion()) is None:
    st.success(f"No errors in {split}: nothing to explain.", icon=":material/check_circle:")
    st.stop()
if not counts[cell]:
    names = state.cell_name(run, *cell)
    st.info(f"No image of {split} is {plain(names)}: choose another confusion.")
    st.stop()
show_images(cell)
found = explain(cell)
if found:
    # The switch stands below: to open the network first would slow down what is said first.
    show_shared(run, cell, split, is_shown(run, key="where", default=True))
    next_step(cell)
where = pick_where(run, key="where", default=True)
show_errors(run, cell, split, int(counts[cell]), where)
if found:
    show_channels(run, found, where, clear=stands_out(run, cell, split))
left, right = st.columns([2, 3], gap="large")
with left:
    show_differences(run, cell, split)
with right:
    show_groups(run, cell, split)
