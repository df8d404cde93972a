"""Charts after the images: Plotly is 4.7 MB, and keeps the browser's only thread busy for 0.7 s."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.session import navigation

CAME = "_images_came"  # whether this browser has had its first images, and so Plotly since
SCRIPT = """
const PATIENCE = 3000 // milliseconds, where there are no images
const waiting = new WeakSet()

export default function ({ parentElement, setTriggerValue }) {
  if (waiting.has(parentElement)) return
  waiting.add(parentElement)
  const began = performance.now()
  const look = () => {
    if (!waiting.has(parentElement)) return
    if (areDrawn() || performance.now() - began > PATIENCE) setTriggerValue("come", true)
    else setTimeout(look, 30)
  }
  look()
  return () => waiting.delete(parentElement)
}

function areDrawn() {
  const parts = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
  const images = parts.flatMap(part => [...(part.shadowRoot?.querySelectorAll(".tile img") ?? [])])
  const seen = images.filter(image => image.getBoundingClientRect().top < innerHeight)
  return seen.length > 0 && seen.every(image => image.complete)
}
"""

_component = st.components.v2.component("fencepost_after_images", html="<div></div>", js=SCRIPT)


@st.fragment
def after_images(draw: Callable[[], object], *, key: str, height: int) -> None:
    """Draw a chart at once, or in a session's first page when its images in sight are there.

    Args:
        height: pixels that are kept free for it until then.
    """
    navigation.leave_if_asked()
    with st.container(height=height, border=False, key=key):
        if st.session_state.get(CAME):
            draw()
        else:
            _component(key=f"{key}_waits", on_come_change=_note)


def _note() -> None:
    st.session_state[CAME] = True
