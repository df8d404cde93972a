"""One image: what does the model say of it, and what looks like it to the model?"""

from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import streamlit as st

from core import queries
from core.errors import RunError
from core.queries.rankings import measures
from dashboard.charts import figures
from dashboard.components import caveats
from dashboard.components.saliency import looked, pick_where
from dashboard.components.stepper import stepper
from dashboard.components.tile_data import image_link
from dashboard.components.tiles import show_alike, show_picture, show_sheet
from dashboard.session import cached, navigation, state
from dashboard.text import measure, plain, probability

ALIKE = 9
STEPPER = "image_step"
PRESSES = "_image_presses"  # number of the last press of Previous or Next that was heard of

run, selection, order = state.current()
split = selection.split


def show_steps(row: int) -> None:
    """Previous and next in the selection that the image came from."""
    found = queries.place(run, selection, order.column, descending=order.descending, row=row)
    position = found[0] if found else None
    n, _ = queries.count(run, selection)
    words = f"{plain(selection.describe(run.classes))}. {plain(order.describe(run))}."
    with st.container(horizontal=True, vertical_alignment="center"):
        seq = st.session_state.get(PRESSES, 0)
        stepper(position, n, key=STEPPER, label="Images of the selection", seq=seq, on_step=go)
        if position is None:
            back_button()
            if n:
                first_button()
            st.caption(
                f"Not among the {n:,} {'image' if n == 1 else 'images'}: {words}", width="content"
            )
        else:
            st.caption(f"{position + 1:,} of {n:,}: {words}", width="content")


def first_button() -> None:
    st.button(
        "First of the selection", icon=":material/first_page:", on_click=navigation.show_image,
        args=(None,),
    )  # fmt: skip


def back_button() -> None:
    """From an image that looks like another back to that one, as the two may be of two splits."""
    run_id, name, index = st.session_state.get(navigation.CAME_FROM, ("", "", 0))
    if run_id == run.id and (name, index) != (split, st.session_state.get(state.IMAGE)):
        st.button(
            f"Back to {name} image {index}", icon=":material/arrow_back:",
            on_click=navigation.open_image, args=(index, name),
        )  # fmt: skip


def go() -> None:
    """Show the image at the place of the selection that the presses led to."""
    step = st.session_state[STEPPER]["step"]
    st.session_state[PRESSES] = step["seq"]
    found = queries.ranked(
        run, selection, order.column, descending=order.descending, limit=1, offset=step["place"]
    )
    if not found.empty:
        navigation.show_image(int(found["index"].iloc[0]))


def show_large(found: pd.Series) -> None:
    if cached.images_problem(run):
        st.info("The picture cannot be shown, but its numbers can.", icon=":material/hide_image:")
    else:
        show_picture(run, found, split, key="image_picture")
    if found["path"]:
        st.caption(plain(found["path"]))


def show_where(found: pd.Series, row: int) -> None:
    """What in the image speaks for the predicted class, and for the true one or the next best."""
    if not pick_where(run, key="image_where", default=False):
        return
    order = np.argsort(queries.probabilities(run, found))[::-1]
    other = order[1] if found["correct"] else found["label"]
    part = looked(run, queries.rows(run, [row]), [int(found["pred"]), int(other)])
    show_sheet(run, [part], key="image_looked", label="Where the network looked (Grad-CAM)")


def origin() -> str:
    """The address of this server as the browser sees it."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def show_answer(found: pd.Series) -> None:
    label, pred = plain(run.classes[found["label"]]), plain(run.classes[found["pred"]])
    if found["correct"]:
        st.subheader(f":material/check: {label}, predicted as {pred}")
    else:
        st.subheader(f":material/close: {label}, predicted as {pred}")
    values = queries.probabilities(run, found).tolist()
    st.plotly_chart(
        figures.probabilities(values, run.classes, int(found["label"])),
        key="image_probabilities",
        config=figures.STILL,
        alt=f"Most probable: {run.classes[found['pred']]}, {probability(found['confidence'])}",
    )
    with st.grid(4, min_column_width=110):
        for column in measures(run):
            if column.name in found:
                value = measure(column.name, found[column.name])
                label = plain(column.label) if column.label == column.name else column.label
                st.markdown(f":small[{label}]  \n**{value}**", help=plain(column.help))


def show_neighbours(row: int, index: int) -> None:
    st.subheader("What looks like it to the model")
    st.caption("Nearest by the cosine of their features: is it like the class it was taken for?")
    for name in ("train", "test"):
        if name not in cached.splits(run):
            continue
        try:
            near = cached.nearest(run, row, name, ALIKE)
        except RunError as error:
            st.caption(plain(error))
            return
        found = queries.rows(run, [number for number, _ in near])
        st.markdown(f"**In {name}**: {true_classes(found)}")
        show_alike(
            run, found, name, [cosine for _, cosine in near], key=f"image_alike_{name}",
            came_from=(split, index),
        )  # fmt: skip


def true_classes(found: pd.DataFrame) -> str:
    """The true classes of the neighbours: `9 cat, 3 deer`."""
    labels = found["label"].value_counts()
    return ", ".join(f"{count} {plain(run.classes[k])}" for k, count in labels.items())


def pick_image() -> int | None:
    """The row of the image asked for, else of the first of the selection, if there is one."""
    if navigation.asked_image() is None:
        st.session_state[state.IMAGE] = first_image()
    index = st.number_input(
        f"Index in {split}", 0, 2**31 - 1, value=None, key=state.IMAGE, bind="query-params",
        width=170, help="The image's own number in its split",
    )  # fmt: skip
    if index is None and (index := first_image()) is None:
        return None  # Back may lead to a URL without an image
    return queries.find(run, split, index)


def first_image() -> int | None:
    """The index of the first image of the selection, if there is one."""
    found = queries.ranked(run, selection, order.column, descending=order.descending, limit=1)
    return None if found.empty else int(found["index"].iloc[0])


def explain_nothing() -> None:
    """Why no image is shown, and the way to one."""
    if first_image() is None:
        st.info("There are no images in this selection. Widen it above, or clear it.")
        st.button("Clear selection", on_click=state.clear, key="image_clear", type="primary")
    else:
        st.info(f"{plain(split)} has no image {st.session_state[state.IMAGE]}.")
        first_button()


st.title("Image")
caveats.show_caveats(run, split)
with st.container(horizontal=True, vertical_alignment="bottom"):
    row = pick_image()
    if row is not None:
        found = queries.image(run, row)
        with st.popover("Link", icon=":material/link:"):
            st.code(origin() + image_link(run, split, int(found["index"])), language=None)
            st.caption("Opens this image in this run. To keep the selection, copy the address bar.")
if row is None:
    explain_nothing()
    st.stop()
show_steps(row)
left, right = st.columns([2, 3], gap="large")
with left:
    show_large(found)
    show_where(found, row)
with right:
    show_answer(found)
show_neighbours(row, int(found["index"]))
