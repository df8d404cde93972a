"""Any images, in any order: what do they have in common?"""

import pandas as pd
import streamlit as st

from core import queries
from core.evaluation import classification, intervals
from core.queries.rankings import ranking
from core.runs.table.schema import prob_column
from dashboard.components import caveats
from dashboard.components.export import offer_export, show_table
from dashboard.components.pick_bar import show_pick_bar
from dashboard.components.tiles import show_gallery
from dashboard.session import cached, navigation, state
from dashboard.text import plain

OTHERS = 12  # more classes than these come in a list instead
TABLE = "Table"
AHEAD = 60  # images of the next page that are fetched before it is turned
MANY = 40  # tiles: more than fit into a window
TOP = "gallery_top"
FIRST = "_gallery_first"  # how many images come before those on screen
LEAST, MOST = -1, -2  # the two questions of a class that name no other

run, selection, order = state.current()
counts = cached.confusion_matrix(run, selection.split)
classes = list(run.classes)


def ask(label: int, question: int | None) -> None:
    """One of the notebook's questions about a class, by one click."""
    name = classes[label]
    if question == MOST:
        state.choose(true=[name], show=state.RIGHT, rank=prob_column(name), order=state.HIGHEST)
    elif question == LEAST or question is None:
        state.choose(true=[name], show=state.ERRORS, rank="label_prob", order=state.LOWEST)
    else:
        rank = prob_column(classes[question])
        state.choose(true=[name], show=state.ERRORS, rank=rank, order=state.HIGHEST)


def asked(label: int) -> int | None:
    """The question whose answer is on screen, or None."""
    if selection.labels != (label,) or selection.preds or selection.cells:
        return None
    if selection.correct is False and (order.column, order.descending) == ("label_prob", False):
        return LEAST
    ranked_by = {prob_column(name): k for k, name in enumerate(classes)}.get(order.column)
    if ranked_by is None or not order.descending or selection.correct is None:
        return None
    if selection.correct:
        return MOST if ranked_by == label else None
    return None if ranked_by == label else ranked_by


def question(label: int, number: int) -> str:
    name = plain(classes[label])
    if number == LEAST:
        return f"Errors, least {name}-like first"
    if number == MOST:
        return f"Right, most {name}-like first"
    return f"Errors, most {plain(classes[number])}-like first"


def show_questions() -> None:
    """The class and what can be asked of it, in one line; the question now answered is lit."""
    with st.container(horizontal=True, vertical_alignment="center"):
        label = pick_class()
        others = likely_others(label)
        lit = asked(label)
        show_pills(label, [LEAST, MOST, *others[:OTHERS]], lit)
        if len(others) > OTHERS:
            show_others(label, others, lit)


def pick_class() -> int:
    chosen = selection.labels[0] if len(selection.labels) == 1 else most_wrong()
    st.session_state["gallery_class"] = classes[chosen]
    name = st.selectbox(
        "Questions for one class", classes, key="gallery_class", width=190,
        label_visibility="collapsed",
        on_change=lambda: ask(classes.index(st.session_state["gallery_class"]), None),
    )  # fmt: skip
    return classes.index(name)


def show_pills(label: int, options: list[int], lit: int | None) -> None:
    st.session_state["gallery_question"] = lit if lit in options else None
    st.pills(
        "Question", options, format_func=lambda k: question(label, k), key="gallery_question",
        label_visibility="collapsed", wrap=False, width="stretch",
        on_change=lambda: ask(label, st.session_state["gallery_question"]),
    )  # fmt: skip


def show_others(label: int, others: list[int], lit: int | None) -> None:
    st.session_state["gallery_other"] = lit if lit is not None and lit >= 0 else None
    st.selectbox(
        "Errors, most like another class first", others, key="gallery_other", index=None,
        format_func=lambda k: classes[k], width=170, placeholder="Another class",
        label_visibility="collapsed",
        on_change=lambda: ask(label, st.session_state["gallery_other"]),
    )  # fmt: skip


def most_wrong() -> int:
    return int(classification.errors_per_class(counts, classes).iloc[0]["label"])


def likely_others(label: int) -> list[int]:
    """Every other class, first those that this one is most often taken for."""
    ranked = (-counts[label]).argsort(kind="stable").tolist()
    return [k for k in ranked if k != label]


def show_heading(n: int, errors: int) -> None:
    counted = f"{n:,} {'image' if n == 1 else 'images'}"
    if selection.decides():
        words = f"{counted}, {'all errors' if errors else 'all right'}" if n > 1 else counted
    else:
        low, high = intervals.wilson(errors, n)
        rate = f"error rate {errors / n:.1%} (95% interval {intervals.span(low, high, 1)})"
        words = f"{counted}, {errors:,} of them errors: {rate}"
    st.subheader(state.heading(run, selection))
    st.caption(
        f"**{plain(order.describe(run))}**: {plain(ranking(run, order.column).help)}.  \n{words}."
    )


def keep_place() -> None:
    """The page that has the image which was the first on screen."""
    st.session_state[state.PAGE] = st.session_state.get(FIRST, 0) // st.session_state["n"] + 1


def turn_pages(pages: int) -> int:
    if pages <= 1:
        return 1
    return st.pagination(pages, key=state.PAGE, bind="query-params", width="stretch")


def turn_below(page: int, last: bool, following: int) -> None:
    """On to the next page from below the tiles, whose first is brought into sight."""
    if not last:
        st.button(
            f"Next {following:,} images" if following > 1 else "Next image",
            icon=":material/arrow_forward:", icon_position="right", key="gallery_next",
            on_click=go_to, args=(page + 1,),
        )  # fmt: skip
    if st.session_state.pop("gallery_to_top", False):
        # The page's number makes it another script, so that it runs again.
        script = f"document.querySelector('.st-key-{TOP}').scrollIntoView() // {page}"
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def go_to(page: int) -> None:
    st.session_state[state.PAGE] = page
    st.session_state["gallery_to_top"] = True


@st.fragment
def show_page(n: int) -> None:
    """One page of tiles, and what to do with picked ones; turning the page runs only this."""
    navigation.leave_if_asked()
    with st.container(horizontal=True, vertical_alignment="bottom", key=TOP):
        size = st.segmented_control(
            "Images per page", [20, 60, 200], default=60, required=True, key="n",
            bind="query-params", on_change=keep_place, label_visibility="collapsed",
        )  # fmt: skip
        look = st.segmented_control(
            "Tiles", ["S", "M", "L", TABLE], default="M", required=True, key="tiles",
            bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
        pages = -(-n // size)
        state.keep_page(pages)
        page = turn_pages(pages)
    st.session_state[FIRST] = (page - 1) * size
    found = queries.ranked(
        run, selection, order.column, descending=order.descending, limit=size + min(size, AHEAD),
        offset=(page - 1) * size,
    )  # fmt: skip
    found, following = found[:size], found[size:]
    shown = found["row"].tolist()
    if look == TABLE:
        show_table(run, shown)
        st.caption("A click on a column's name sorts this page by it; the line above sorts all.")
    else:
        show_tiles(found, following, look)
    turn_below(page, page == pages, min(size, n - page * size))
    offer_export(run, selection, n, shown)
    show_pick_bar(run)


def show_tiles(found: pd.DataFrame, following: pd.DataFrame, size: str) -> None:
    # Many fill the window, and what stands below them need not first be seen in it.
    with st.container(key="gallery_many" if len(found) >= MANY else None):
        show_gallery(
            run, found, selection.split, key="gallery_images", ranking=order.column, size=size,
            pick=True, following=following,
        )  # fmt: skip
    st.caption(
        "On a tile: the true class, → the predicted class, each with its probability; ✕ marks an "
        "error. "
        "Arrow keys move, a click or Enter shows it beside the others, Space or ✓ picks, with "
        "Shift a whole range."
    )


st.title("Gallery")
st.caption("Any images, in any order: what do they have in common?")
caveats.show_caveats(run, selection.split)
show_questions()
n, errors = queries.count(run, selection)
if n:
    show_heading(n, errors)
    show_page(n)
else:
    st.subheader(state.heading(run, selection))
    st.info("There are no images in this selection. Widen it above, or clear it.")
    st.button("Clear selection", on_click=state.clear, key="gallery_clear", type="primary")
