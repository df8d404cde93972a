"""The measures of a brought run's images: they come while it is open already."""

from __future__ import annotations

import streamlit as st

from core.bringing.tables import measuring
from core.runs import Run
from dashboard.session import actions, cached


@st.cache_resource(show_spinner=False)
def _begin(_run: Run, folder: str) -> None:
    """Go on where a process was stopped: once for each server, as another may measure by now."""
    measuring.start(_run)


def with_measures(run: Run) -> Run:
    """The run with what is known of its images by now; what is not is measured, and said."""
    done, n = measuring.progress(run)
    if done < n and actions.may("store") and not cached.images_problem(run):
        _begin(run, str(run.folder))
        st.caption(
            f"Brightness, contrast and sharpness are being measured: {done:,} of {n:,} images."
        )
    return measuring.attach(run)
