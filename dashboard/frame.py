"""The picture frame: page config, navigation, the sidebar with run and selection, then the page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from core.concepts import columns
from core.errors import FencepostError
from core.queries.selection import Selection
from dashboard.components import pick_bar
from dashboard.components.welcome import empty_state
from dashboard.session import cached, picks, state
from dashboard.sidebar import filters, url
from dashboard.sidebar.brand import show_brand
from dashboard.sidebar.filters import Uses
from dashboard.sidebar.first_start import store_pictures
from dashboard.sidebar.foot import show_foot
from dashboard.sidebar.measures import with_measures
from dashboard.sidebar.training import open_finished, training_status
from dashboard.text import plain

# A file of our own: Material icons would be fetched from the network by the browser.
ICON = str(Path(__file__).with_name("icon.svg"))
BROWSER = Path(__file__).with_name("browser")
SCRIPTS = "".join(
    f"<script>{(BROWSER / name).read_text(encoding='utf-8')}</script>"
    for name in ("history.js", "frame.js", "reading.js")
)
st.set_page_config(
    page_title="Fencepost", page_icon=ICON, layout="wide", menu_items={"About": None}
)


def tab_title(*parts: str) -> str:
    """What the browser's tab and history say: the most particular first."""
    return " · ".join([*filter(None, parts), "Fencepost"])


# Whether a callback led to this page, until it has been drawn to its end, however late that is: a
# run of it that another cuts short may have written nothing into the URL.
ARRIVED = "_arrived"

# The navigation is the table of contents; each page with what it uses of the sidebar.
PAGES = {
    "overview": (
        st.Page(
            "views/spot/overview.py",
            title="Overview",
            icon=":material/monitoring:",
            default=True,
            help="How good the model is, which classes fail, and the largest confusions.",
        ),
        Uses.SPLIT,
    ),
    "confusion": (
        st.Page(
            "views/spot/confusion.py",
            url_path="confusion",
            title="Confusion",
            icon=":material/grid_on:",
            help="The confusion matrix: click a cell to see its images.",
        ),
        Uses.SELECTION,
    ),
    "gallery": (
        st.Page(
            "views/spot/gallery.py",
            url_path="gallery",
            title="Gallery",
            icon=":material/photo_library:",
            help="Any images, ranked by the probability of any class; pick and export them.",
        ),
        Uses.SELECTION,
    ),
    "classes": (
        st.Page(
            "views/spot/classes.py",
            url_path="classes",
            title="Classes",
            icon=":material/apps:",
            help="Random images of every class, one row per class.",
        ),
        Uses.SELECTION,
    ),
    "image": (
        st.Page(
            "views/spot/image.py",
            url_path="image",
            title="Image",
            icon=":material/image:",
            help="One image: its probabilities, and what looks like it to the model.",
        ),
        Uses.SELECTION,
    ),
    "concepts": (
        st.Page(
            "views/concepts/page.py",
            url_path="concepts",
            title="Concepts",
            icon=":material/label:",
            help="Something visible that images share, its score, and the harm it does.",
        ),
        Uses.SPLIT,
    ),
    "fix": (
        st.Page(
            "views/fix/page.py",
            url_path="fix",
            title="Fix",
            icon=":material/build:",
            help="Repair the model in seconds on its features, as a new run.",
        ),
        Uses.RUN,
    ),
    "evidence": (
        st.Page(
            "views/evidence/page.py",
            url_path="evidence",
            title="Evidence",
            icon=":material/image_search:",
            help="Other images that show a concept on a class that lacks it, to train on.",
        ),
        Uses.SPLIT,
    ),
    "explain": (
        st.Page(
            "views/explain/page.py",
            url_path="explain",
            title="Explain",
            icon=":material/troubleshoot:",
            help="Why images of one class are predicted as another: what the network sees in them.",
        ),
        Uses.SELECTION,
    ),
    "compare": (
        st.Page(
            "views/compare/page.py",
            url_path="compare",
            title="Compare",
            icon=":material/compare_arrows:",
            help="Two runs on the same images: what got better, and what got worse.",
        ),
        Uses.SPLIT,
    ),
    "runs": (
        st.Page(
            "views/models/runs.py",
            url_path="runs",
            title="Runs",
            icon=":material/model_training:",
            help="Every trained model: open, rename or delete it.",
        ),
        Uses.NOTHING,
    ),
    "train": (
        st.Page(
            "views/models/train.py",
            url_path="train",
            title="Train",
            icon=":material/play_circle:",
            help="Train a model in the background and watch it learn.",
        ),
        Uses.NOTHING,
    ),
}

show_brand()
pages = {name: page for name, (page, _) in PAGES.items()}
page = st.navigation(
    {
        "Spot": [pages[n] for n in ("overview", "confusion", "gallery", "classes", "image")],
        "Explain": [pages["explain"], pages["concepts"]],
        "Fix": [pages["fix"], pages["evidence"], pages["compare"]],
        "Models": [pages["runs"], pages["train"]],
    }
)
url.drop_unusable()  # runs this anew, which would lead to another page before the navigation
if target := st.session_state.pop(state.GO, None):
    st.session_state[ARRIVED] = True
    opens_image = target == "image" and page is not pages["image"]
    st.switch_page(pages[target], query_params=url.unbound_in_url(opens_image))
if ARRIVED in st.session_state:
    url.write_selection()

found = cached.read_runs()
usable = [run for run in found if not run.damage]
uses = next(uses for candidate, uses in PAGES.values() if candidate is page)
with st.sidebar:
    open_finished()
    run = filters.pick_run(usable) if usable else None
try:
    with st.sidebar:
        if run and uses is not Uses.NOTHING:
            run = with_measures(columns.attach(run))
            split = filters.pick_split(run, uses)
        training_status(on_train_page=page is pages["train"])
        if run:
            store_pictures(run)
        show_foot([p.url_path for p in pages.values()], with_train=page is not pages["train"])
        st.html(SCRIPTS, unsafe_allow_javascript=True)
    if run and uses is not Uses.NOTHING:
        selection, order = filters.pick_selection(run, split, uses)
        state.remember(run, selection, order)
        picks.take_up(run)
        named = uses is Uses.SELECTION and selection != Selection(split)
        of = selection.describe(run.classes) if named else ""
        st.set_page_config(page_title=tab_title(of, page.title, run.name))
    else:
        st.set_page_config(page_title=tab_title(page.title))
    if uses is not Uses.NOTHING and not run:
        empty_state(found)
    else:
        try:
            page.run()
            st.session_state.pop(ARRIVED, None)
        except StopException:
            st.session_state.pop(ARRIVED, None)
            raise
        finally:
            if run and uses is not Uses.NOTHING and page is not pages["gallery"]:  # it has its own
                pick_bar.show_pick_bar(run)
except FencepostError as error:  # its table is damaged in a place that opening it does not read
    st.error(f"{plain(error)} Choose another run in the sidebar.", icon=":material/error:")
