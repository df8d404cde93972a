"""What do the classes look like?"""

import random
from dataclasses import replace

import streamlit as st

from core import queries
from dashboard.components import caveats
from dashboard.components.tiles import show_class_rows
from dashboard.session import state
from dashboard.text import plain

MANY = 100
SEED = "seed"

run, selection, _ = state.current()


def shuffle() -> None:
    st.session_state[SEED] = random.randrange(10_000)


st.title("Classes")
st.caption(
    "What do the classes look like? Random images, one row per class: "
    f"{plain(selection.describe(run.classes))}. ✕ marks an error. Click an image for its details."
)
caveats.show_caveats(run, selection.split)

with st.container(horizontal=True, vertical_alignment="bottom"):
    per_class = st.segmented_control(
        "Images per class", [5, 10, 20], default=10, required=True, key="each", bind="query-params"
    )
    seed = st.number_input(
        "Seed", 0, 2**31 - 1, 0, key=SEED, bind="query-params", width=150,
        help="The same seed shows the same images, here and in a link to this page",
    )  # fmt: skip
    st.button("Shuffle", icon=":material/shuffle:", on_click=shuffle, shortcut="s")

named = selection.labels or selection.cells
few = selection if named else replace(selection, labels=tuple(range(min(MANY, len(run.classes)))))
found = queries.random_per_class(run, few, per_class=per_class, seed=seed)
if found.empty:
    st.info("There are no images in this selection. Widen it above, or clear it.")
    st.button("Clear selection", on_click=state.clear, key="classes_clear", type="primary")
else:
    show_class_rows(run, found, selection.split, key="classes_images")
if len(few.labels) < len(run.classes) and not named:
    st.caption(f"The first {MANY} of {len(run.classes):,} classes: choose others above.")
