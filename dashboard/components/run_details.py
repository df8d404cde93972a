"""How a run came about: what was asked for, by what versions, and the command that repeats it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.runs import Run
from core.training.config import command_of
from dashboard.components.network_view import show_network_view


def show_details(run: Run) -> None:
    """The command line to copy, then all that run.json says of how it was made."""
    with st.expander("Details", icon=":material/info:"):
        if not run.steps and (command := command_of(run.config)):
            st.caption("The command that trains it again:")
            st.code(command, language="bash", wrap_lines=True)
        if run.config.get("mode") != "import" and st.toggle(
            "Show images as its network gets them", key=f"runs_shown_{run.id}"
        ):
            show_network_view(run)
        st.dataframe(
            pd.DataFrame(_facts(run), columns=["What", "Value"]), hide_index=True,
            key=f"runs_details_{run.id}", alt="How the run came about",
        )  # fmt: skip


def _facts(run: Run) -> list[tuple[str, str]]:
    steps = [("step", str(step)) for step in run.steps]
    known = {name: run.meta.get(name) for name in ("device", "git_commit")}
    found = {
        **run.config, "classes": ", ".join(run.classes), **_part(known),
        **_part(run.meta.get("versions")),
    }  # fmt: skip
    return [*((name.replace("_", " "), str(value)) for name, value in found.items()), *steps]


def _part(kept: Any) -> dict[str, Any]:
    """What run.json holds under a name, without what is empty; it may be anything."""
    return {k: v for k, v in kept.items() if v} if isinstance(kept, dict) else {}
