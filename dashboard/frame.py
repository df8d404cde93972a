"""The picture frame: page config, navigation, the sidebar with run and selection, then the page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import RunError
from dashboard import filters, state
from dashboard.first_start import store_pictures
from dashboard.markdown import plain
from dashboard.sidebar import empty_state, training_status

# A file of our own: Material icons would be fetched from the network by the browser.
ICON = str(Path(__file__).with_name("icon.svg"))
HISTORY = Path(__file__).with_name("history.js").read_text(encoding="utf-8")
st.set_page_config(
    page_title="Fencepost", page_icon=ICON, layout="wide", menu_items={"About": None}
)

ARRIVED = "_arrived"  # whether a callback has just led to this page

# The navigation is the table of contents. Pages marked False work without a run.
PAGES = {
    "overview": (
        st.Page(
            "views/overview.py",
            title="Overview",
            icon=":material/monitoring:",
            default=True,
            help="How good the model is, which classes fail, and the largest confusions.",
        ),
        True,
    ),
    "confusion": (
        st.Page(
            "views/confusion.py",
            title="Confusion",
            icon=":material/grid_on:",
            help="The confusion matrix: click a cell to see its images.",
        ),
        True,
    ),
    "gallery": (
        st.Page(
            "views/gallery.py",
            title="Gallery",
            icon=":material/photo_library:",
            help="Any images, ranked by the probability of any class; pick and export them.",
        ),
        True,
    ),
    "classes": (
        st.Page(
            "views/classes.py",
            title="Classes",
            icon=":material/apps:",
            help="Random images of every class, a row a class.",
        ),
        True,
    ),
    "image": (
        st.Page(
            "views/image.py",
            title="Image",
            icon=":material/image:",
            help="One image: its probabilities, and what looks like it to the model.",
        ),
        True,
    ),
    "concepts": (
        st.Page(
            "views/concepts.py",
            title="Concepts",
            icon=":material/label:",
            help="Something visible that images share, its score, and the harm it does.",
        ),
        True,
    ),
    "fix": (
        st.Page(
            "views/fix.py",
            title="Fix",
            icon=":material/build:",
            help="Repair the model in seconds on its features, as a new run.",
        ),
        True,
    ),
    "evidence": (
        st.Page(
            "views/evidence.py",
            title="Evidence",
            icon=":material/image_search:",
            help="Other images that show a concept on a class that lacks it, to train on.",
        ),
        True,
    ),
    "explain": (
        st.Page(
            "views/explain.py",
            title="Explain",
            icon=":material/troubleshoot:",
            help="Why images of one class are predicted as another: what the network sees in them.",
        ),
        True,
    ),
    "compare": (
        st.Page(
            "views/compare.py",
            title="Compare",
            icon=":material/compare_arrows:",
            help="Two runs on the same images: what got better, and what got worse.",
        ),
        True,
    ),
    "runs": (
        st.Page(
            "views/runs.py",
            title="Runs",
            icon=":material/model_training:",
            help="Every trained model: compare, rename, delete, open.",
        ),
        False,
    ),
    "train": (
        st.Page(
            "views/train.py",
            title="Train",
            icon=":material/play_circle:",
            help="Train a model in the background and watch it learn.",
        ),
        False,
    ),
}

pages = {name: page for name, (page, _) in PAGES.items()}
page = st.navigation(
    {
        "Spot": [pages[n] for n in ("overview", "confusion", "gallery", "classes", "image")],
        "Explain": [pages["explain"], pages["concepts"]],
        "Fix": [pages["fix"], pages["evidence"], pages["compare"]],
        "Models": [pages["runs"], pages["train"]],
    }
)
if target := st.session_state.pop(state.GO, None):
    st.session_state[ARRIVED] = True
    opens_image = target == "image" and page is not pages["image"]
    st.switch_page(pages[target], query_params=filters.unbound_in_url(opens_image))
if st.session_state.pop(ARRIVED, False):
    filters.write_selection()

found = state.all_runs()
usable = [run for run in found if not run.damage]
needs_run = next(needs for candidate, needs in PAGES.values() if candidate is page)
with st.sidebar:
    training_status(on_train_page=page is pages["train"])
    run = filters.pick_run(usable) if usable else None
    st.html(f"<script>{HISTORY}</script>", unsafe_allow_javascript=True)
try:
    if needs_run and run:
        with st.sidebar:
            state.remember(run, *filters.pick_selection(run))
            store_pictures(run)
    if needs_run and not run:
        empty_state(found)
    else:
        page.run()
except RunError as error:  # its table is damaged in a place that opening it does not read
    st.error(f"{plain(error)} Choose another run in the sidebar.", icon=":material/error:")
