"""What a run's network is shown of its images, beside the images themselves."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from PIL import Image

from core import queries
from core.datasets.picture import shown
from core.errors import DatasetError, FencepostError
from core.models.preprocessing import Preprocessing
from core.queries.selection import Selection
from core.runs import Run
from core.runs import images as run_images
from dashboard.text import plain

IMAGES = 3
SIDE = 112  # pixels on the page
CUT = {
    "square": "The centre square of each image, as {size} pixels a side",
    "centre": "Each image by its shorter side as {resize} pixels, then its centre of {size}",
    "squash": "All of each image as {resize} pixels a side, then its centre of {size}",
    "border": "All of each image within {resize} pixels a side, with a border, then {size} of it",
}


def show_network_view(run: Run) -> None:
    """A sentence, and some images of test as they are and as the network gets them."""
    try:
        view = run_images.view_of(run)
        pairs = [(image.convert("RGB"), as_shown(image, view)) for image in _some(run)]
    except FencepostError as error:
        st.caption(plain(error))
        return
    st.caption(f"What its network is shown. {in_words(view)}")
    with st.container(horizontal=True, gap="medium"):
        for image, seen in pairs:
            with st.container(horizontal=True, width="content", gap="xxsmall"):
                st.image(image, width=SIDE, caption="as it is")
                st.image(seen, width=SIDE, caption="as shown")


def in_words(view: Preprocessing) -> str:
    """Size, cut, interpolation and colours in a sentence."""
    cut = CUT[view.cut].format(size=view.size, resize=view.resize)
    mean, std = (", ".join(f"{part:.3g}" for part in each) for each in (view.mean, view.std))
    return f"{cut} ({view.interpolation}); colours less {mean}, divided by {std}."


def as_shown(image: Image.Image, view: Preprocessing) -> Image.Image:
    """The pixels that the network gets, before its colours are shifted."""
    return Image.fromarray(shown(image, view, view.size).transpose(1, 2, 0))


def _some(run: Run) -> Sequence[Image.Image]:
    """The first images of test; fewer where files are missing."""
    source = run_images.open_images(run)
    found = queries.ranked(run, Selection("test"), "index", descending=False, limit=IMAGES)
    images = []
    for index in found["index"].tolist():
        try:
            images.append(source.image("test", index))
        except DatasetError:  # its page says so
            continue
    return images
