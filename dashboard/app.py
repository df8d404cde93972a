"""The server, `streamlit run dashboard/app.py`: pages begin in frame.py, images have a route."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from dashboard import images, overlays


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Load the slow libraries while the browser opens, so that the first page need not."""
    # A line for each image would bury what matters, and would write signed URLs to a log.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    threading.Thread(target=_warm_up, daemon=True).start()
    yield


def _warm_up() -> None:
    from core import engine
    from dashboard import charts, gallery, state  # noqa: F401

    engine.warm_up()


app = st.App("frame.py", routes=[*images.routes(), *overlays.routes()], lifespan=lifespan)
