"""Charts after the images: Plotly is 4.7 MB, and keeps the browser's only thread busy for 0.7 s.

Asked for together with the images, it comes first.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from dashboard.server import responses

CAME = "_images_came"  # whether this session has had its first images, and so Plotly since
PATIENCE = 0.8  # seconds: a browser that has the images already asks for none
LOOK = 0.04  # seconds


def after_images(draw: Callable[[], object], *, since: float) -> None:
    """Draw a chart at once; in a session's first page when an image was sent. To be called last.

    Args:
        since: when the page began, by `time.monotonic`.
    """
    place = st.empty()
    while not st.session_state.get(CAME):
        waited = time.monotonic() - since
        st.session_state[CAME] = responses.sent_since(since) or waited > PATIENCE
        place.empty()  # here a click is heard: nobody waits for a chart
        time.sleep(LOOK if not st.session_state[CAME] else 0)
    with place.container():
        draw()
