"""Which classes does the model take for which?"""

from dataclasses import replace

import streamlit as st

from core import queries
from core.evaluation import classification
from core.evaluation.cells import ANY
from core.queries.rankings import Order, natural_ranking
from core.queries.selection import Cell, Selection, cell_in_force
from dashboard.charts import matrix
from dashboard.components import ahead, caveats
from dashboard.components.matrix import cells_of, clicks, confusion_matrix, steps
from dashboard.components.tiles import show_gallery
from dashboard.components.whole_matrix import whole_matrix
from dashboard.server import cells as all_cells
from dashboard.session import cached, navigation, state
from dashboard.text import plain

MANY = 25
LISTED = 100
BESIDE = ahead.MOST
MATRIX, LIST, IMAGES = "confusion_matrix", "confusion_list", "confusion_images"

run, selection, order = state.current()
counts = cached.confusion_matrix(run, selection.split)
many = len(run.classes) > MANY
shown = (
    classification.most_confused_classes(counts, MANY) if many else list(range(len(run.classes)))
)


def open_cells() -> None:
    """Select what is marked: a cell, the errors of a whole row or column, or what adds up."""
    taken = steps(MATRIX, len(run.classes))
    if len(taken) == 1 and ANY in taken[0][0]:
        [((label, pred), _)] = taken
        true, predicted = ([run.classes[k]] if k != ANY else [] for k in (label, pred))
        state.choose(true=true, pred=predicted, show=state.ERRORS)
    else:
        state.choose_cells(run, cells_of(taken, within))


def within(label: int, pred: int) -> list[Cell]:
    """The cell; where one of them is `ANY`, the errors of the whole row or column."""
    every = range(len(run.classes))
    if ANY not in (label, pred):
        return [(label, pred)]
    if pred == ANY:
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
        whole = many and st.toggle(
            "All classes", key="whole", bind="query-params",
            help=f"Every cell, small, to look at closely by zooming; else the {MANY} most confused",
        )  # fmt: skip
    if whole:
        show_whole(errors_only)
    else:
        show_cells(mode, errors_only)
    if selection.ranges:
        st.caption(
            f"The numbers are of all images of {selection.split}; the range chosen above applies "
            "to the images beside them."
        )


def show_whole(errors_only: bool) -> None:
    """Every cell of many classes."""
    whole_matrix(
        all_cells.url(run.id, selection.split),
        key=MATRIX,
        label=f"Confusion matrix of all {len(run.classes):,} classes; the list below tells the "
        "largest confusions",
        chosen=chosen_cells() if has_choice() else top_cell(),
        errors_only=errors_only,
        on_choose=open_cells,
    )
    st.caption("Click a cell. Ctrl and the wheel zoom, and so do two fingers; drag to move.")


def show_cells(mode: str, errors_only: bool) -> None:
    """The cells with their numbers, of the most confused classes where there are many."""
    if many:
        st.caption(f"The {MANY} most confused of {len(run.classes):,} classes.")
    largest = "; ".join(
        f"{run.classes[a]} predicted as {run.classes[b]}: {count}"
        for a, b, count in classification.most_confused(counts, 3)
    )
    confusion_matrix(
        matrix.confusion(counts, run.classes, shown=shown, mode=mode, errors_only=errors_only),
        key=MATRIX,
        label=f"Confusion matrix, true class by predicted class. {largest}",
        chosen=marked(),
        first=top_cell(),
        several=True,
        on_choose=open_cells,
        ahead=ahead.url(run, selection, order),
        gallery=IMAGES,
    )
    st.caption("Click a cell, or a class name for the errors of its whole row or column.")


def has_choice() -> bool:
    """Whether the selection names a class or a cell."""
    return bool(selection.labels or selection.preds or selection.cells)


def marked() -> tuple[Cell, ...]:
    """What the matrix marks: the cells of the selection, or the row or column that it is."""
    if selection.correct is False and not selection.cells:
        lines = [(k, ANY) for k in selection.labels] + [(ANY, k) for k in selection.preds]
        if len(lines) == 1:
            return tuple(lines)
    return chosen_cells()


def chosen_cells() -> tuple[Cell, ...]:
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
    return first, replace(order, column=natural_ranking(first, run)) if automatic else order


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
        run, found, selection.split, key=IMAGES, ranking=order.column, size="S", cell=cell,
        after=clicks(MATRIX),
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
