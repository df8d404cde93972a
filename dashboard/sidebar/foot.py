"""The foot of the sidebar: train a model, the theme, and help."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import streamlit as st

from core import artifacts
from core.training import jobs
from dashboard.components.theme_switch import theme_switch
from dashboard.session import actions, navigation
from dashboard.text import plain
from fencepost import __version__

KEYS = """
| key | where | does |
|---|---|---|
| ← → | Image | previous and next image of the selection |
| ← → ↑ ↓, Home, End | images | from image to image |
| Enter | images | show the image beside the others; again: its own page |
| ← →, + -, Esc | image beside the others | step, zoom, close |
| Space, with Shift | images | pick it, or all up to it |
| A, X, U | Evidence | accept, reject, undo |
| S | Classes | shuffle |
"""
GLOSSARY = """
- **Split**: *test* was held out and judges; *val* chose the epoch or the strength of a fix;
  *train* is what the model learned from.
- **Confusion**: images of one class that are predicted as another.
- **P(cat)**: the probability that the model gives the class cat; *confidence* is that of the class
  it predicts.
- **Loss**: how wrong the model is on an image, -ln P(true class).
- **95% interval**: where the rate on many more such images probably lies. Few images, wide
  interval.
- **Concept**: something visible that images share, like a fence, learned from images that you
  pick.
- **Fix**: a new last layer, fitted in seconds; the rest of the network stays as it is.
- **AUC**: how well a score tells two kinds of image apart: 0.5 not at all, 1 without a mistake.
- **p**: how often pure chance would look like this, or clearer. Below 0.05 it is worth a second
  look.
"""
PACKAGES = ("streamlit", "torch", "torchvision", "duckdb")


def show_foot(pages: Sequence[str], with_train: bool) -> None:
    """One line; `pages` are the paths of all pages, `with_train` whether to offer a training."""
    with st.container(horizontal=True, vertical_alignment="center", key="foot"):
        if with_train and actions.may("train") and not jobs.running():
            st.button(
                "Train a model", key="sidebar_train", icon=":material/play_circle:",
                width="stretch", on_click=navigation.open_page, args=("train",),
            )  # fmt: skip
        else:
            st.space("stretch")
        theme_switch(list(pages), key="theme")
        if st.button("Help", icon=":material/help:", type="tertiary", key="help"):
            show_help()


@st.dialog("Help", width="medium")
def show_help() -> None:
    words, keys, about = st.tabs(["Words", "Keys", "About"])
    with words:
        st.markdown(GLOSSARY)
    with keys:
        st.markdown(KEYS)
    with about:
        st.markdown(about_text())


def about_text() -> str:
    """Version, licence, where things lie, and that nothing leaves the machine."""
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return (
        f"**Fencepost {__version__}**, Apache License 2.0.\\\n"
        f"Runs and all else are kept in `{plain(str(artifacts.root()))}`.\\\n"
        "Nothing leaves this machine: no usage is reported, and no page asks the network for "
        f"anything.\\\nWith {versions}."
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
