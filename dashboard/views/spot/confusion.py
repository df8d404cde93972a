"""Which classes does the model take for which?"""

from dataclasses import replace

import streamlit as st

from core import queries
from core.evaluation import classification
from core.queries.rankings import Order, natural_ranking
from core.queries.selection import Cell, Selection, cell_in_force
from dashboard.charts import figures, matrix
from dashboard.charts.cell_grid import frames
from dashboard.components import caveats
from dashboard.components.tiles import show_gallery
from dashboard.session import cached, navigation, state
from dashboard.text import plain

MANY = 25
LISTED = 100
BESIDE = 24
MATRIX, LIST, SEVERAL = "confusion_matrix", "confusion_list", "several"
UNSEEN = "_unseen_cells"  # what the last click left, until the page has been drawn with it

run, selection, order = state.current()
counts = cached.confusion_matrix(run, selection.split)
many = len(run.classes) > MANY
shown = (
    classification.most_confused_classes(counts, MANY) if many else list(range(len(run.classes)))
)


def open_cells() -> None:
    """Select what was clicked: a cell, or the errors of a whole row or column."""
    if not (cell := navigation.clicked(MATRIX)):
        return
    label, pred = cell
    if st.session_state.get(SEVERAL):
        state.choose_cells(run, toggled(cells_of(label, pred)))
    elif label >= 0 and pred >= 0:
        state.choose_cells(run, [(label, pred)])
    else:
        true, predicted = ([run.classes[k]] if k >= 0 else [] for k in (label, pred))
        state.choose(true=true, pred=predicted, show=state.ERRORS)


def toggled(clicked: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The chosen cells with those clicked added, or taken away where all of them were chosen."""
    before = st.session_state.get(UNSEEN)
    before = list(chosen_cells()) if before is None else before
    if set(clicked) <= set(before):
        after = [cell for cell in before if cell not in clicked]
    else:
        after = list(dict.fromkeys([*before, *clicked]))
    st.session_state[UNSEEN] = after
    return after


def cells_of(label: int, pred: int) -> list[tuple[int, int]]:
    """The cell; where one of them is -1, the errors of the whole row or column."""
    every = range(len(run.classes))
    if label >= 0 and pred >= 0:
        return [(label, pred)]
    if label >= 0:
        return [(label, k) for k in every if k != label and counts[label, k]]
    return [(k, pred) for k in every if k != pred and counts[k, pred]]


def open_listed() -> None:
    """Select the confusions chosen in the list."""
    if chosen := st.session_state[LIST].selection.rows:
        top = classification.most_confused(counts, LISTED)
        state.choose_cells(run, [top[k][:2] for k in chosen])


def show_matrix() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mode = st.segmented_control(
            "Numbers", list(matrix.MODES), default="Counts", required=True, key="numbers",
            bind="query-params", help=". ".join(f"{k}: {v}" for k, v in matrix.MODES.items()),
        )  # fmt: skip
        errors_only = st.toggle(
            "Errors only", value=True, key="errors_only", bind="query-params",
            help="Leave the diagonal out, so that right answers do not drown the errors",
        )  # fmt: skip
    if many:
        st.caption(f"The {MANY} most confused of {len(run.classes):,} classes.")
    largest = "; ".join(
        f"{run.classes[a]} predicted as {run.classes[b]}: {count}"
        for a, b, count in classification.most_confused(counts, 3)
    )
    figure = matrix.confusion(
        counts, run.classes, shown=shown, mode=mode, errors_only=errors_only,
        dark=st.context.theme.type == "dark",
    )  # fmt: skip
    marked = chosen_cells() if has_choice() else top_cell()
    st.html(f"<style>{frames(figure, MATRIX, shown, marked)}</style>")
    st.plotly_chart(
        figure,
        key=MATRIX,
        on_select=open_cells,
        selection_mode="points",
        config=figures.CLICKABLE,
        alt=f"Confusion matrix, true class by predicted class. {largest}",
    )
    st.caption("Click a cell, or a class name for the errors of its whole row or column.")
    if selection.ranges:
        st.caption(
            f"The numbers are of all images of {selection.split}; the range chosen above applies "
            "to the images beside them."
        )
    st.toggle(
        "Add cells up", key=SEVERAL, persist_state="session",
        help="Each click adds a cell, a row or a column, or takes it away again",
    )  # fmt: skip


def has_choice() -> bool:
    """Whether the selection names a class or a cell."""
    return bool(selection.labels or selection.preds or selection.cells)


def chosen_cells() -> tuple[tuple[int, int], ...]:
    """The cells that the selection amounts to; none where it names no class."""
    if selection.cells or not has_choice():
        return selection.cells
    if cell := cell_in_force(selection):
        return (cell,)
    every = range(len(run.classes))
    pairs = [(a, b) for a in selection.labels or every for b in selection.preds or every]
    wanted = {True: lambda a, b: a == b, False: lambda a, b: a != b, None: lambda a, b: True}
    return tuple(cell for cell in pairs if wanted[selection.correct](*cell) and counts[cell])


def show_list() -> None:
    st.caption(f"The {LISTED} largest confusions of all classes. Tick rows to see their images.")
    top = classification.most_confused(counts, LISTED)
    st.dataframe(
        {
            "True class": [run.classes[a] for a, _, _ in top],
            "Predicted class": [run.classes[b] for _, b, _ in top],
            "Images": [count for _, _, count in top],
        },
        key=LIST,
        on_select=open_listed,
        selection_mode="multi-row",
    )


def top_cell() -> tuple[tuple[int, int], ...]:
    """The largest confusion, if there is one."""
    return tuple(cell[:2] for cell in classification.most_confused(counts, 1))


def first_look() -> tuple[Selection, Order]:
    """Before anything is chosen: the largest confusion, which a person would click first."""
    first = replace(selection, cells=top_cell(), correct=None)
    automatic = st.session_state.get(state.RANK, state.AUTO) == state.AUTO
    return first, replace(order, column=natural_ranking(first, run.classes)) if automatic else order


def show_images(selection: Selection, order: Order, cell: Cell | None = None) -> None:
    n, errors = queries.count(run, selection)
    st.subheader(state.heading(run, selection))
    if not n:
        st.info("There are no images here. Click another cell, or widen the selection above.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{n:,} {'image' if n == 1 else 'images'}"
            + ("" if selection.decides() else f", {errors:,} of them errors")
            + f". {plain(order.describe(run))}."
            + (f" Showing the first {BESIDE}." if n > BESIDE else "")
        )
        show_ways_on(selection)
    found = queries.ranked(run, selection, order.column, descending=order.descending, limit=BESIDE)
    show_gallery(
        run, found, selection.split, key="confusion_images", ranking=order.column, size="S",
        cell=cell,
    )  # fmt: skip


def show_ways_on(selection: Selection) -> None:
    with st.container(horizontal=True, width="content"):
        if cell := cell_in_force(selection):
            st.button(
                "Why?", icon=":material/troubleshoot:", type="tertiary",
                help="What makes the model take one for the other",
                on_click=state.choose_cells, args=(run, [cell]), kwargs={"go": "explain"},
            )  # fmt: skip
        st.button(
            "Open in gallery", icon=":material/photo_library:", on_click=open_gallery,
            args=(selection,), type="tertiary",
        )  # fmt: skip


def open_gallery(selection: Selection) -> None:
    """The same images in the gallery."""
    if selection.cells:
        state.choose_cells(run, selection.cells)
    navigation.open_page("gallery")


st.title("Confusion")
st.caption("Which classes does the model take for which? Rows are true classes, columns predicted.")
caveats.show_caveats(run, selection.split)
left, right = st.columns([3, 2] if many else 2, gap="large")
# The images first: they then load while the browser draws the matrix anew.
with right:
    if has_choice():
        show_images(selection, order)
    elif not top_cell():
        st.success(f"No errors in {selection.split}.", icon=":material/check_circle:")
    else:
        st.caption("The largest confusion, until you choose another:")
        show_images(*first_look(), *top_cell())
with left:
    show_matrix()
    if many:
        show_list()
st.session_state.pop(UNSEEN, None)
