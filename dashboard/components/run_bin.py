"""The bin: runs that were deleted, to bring back."""

from __future__ import annotations

import streamlit as st

from core import runs
from dashboard.components.run_labels import local_time
from dashboard.session import actions
from dashboard.text import plain


def show_bin() -> None:
    """Every run in the bin, the last deleted first; nothing where it is empty."""
    found = runs.deleted() if actions.may("delete") else []
    if not found:
        return
    with st.expander(f"Bin ({len(found)})", icon=":material/delete:", key="runs_bin"):
        st.caption("The last ten deleted runs. An older one goes for good when another comes.")
        for run, moment in found:
            with st.container(horizontal=True, vertical_alignment="center"):
                when = local_time(moment)
                st.markdown(f"**{plain(run.name)}** · deleted {when:%d %b %H:%M}", width="stretch")
                st.button(
                    "Restore", key=f"runs_restore_{run.id}", icon=":material/restore:",
                    on_click=actions.restore, args=(run.id,), help=f"Run {plain(run.id)}",
                )  # fmt: skip
