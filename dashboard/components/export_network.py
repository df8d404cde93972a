"""Taking a run's network home: a form to choose, the lines that load it, the proof, a download."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import streamlit as st

from core import artifacts
from core.errors import RunError
from core.exports.forms import FORMS, natural
from core.runs import Run
from dashboard.components import download
from dashboard.server.zipped import pieces, zipped
from dashboard.session import actions
from dashboard.text import plain

COMMAND = ("-m", "core.exports")


def show(run: Run) -> None:
    """A popover with all of it."""
    with st.popover("Export", icon=":material/upload:", key=f"runs_export_{run.id}"):
        possible = [name for name, form in FORMS.items() if not form.problem(run)]
        name = st.selectbox(
            "Export as", possible, possible.index(natural(run)), key=f"runs_form_{run.id}",
            format_func=lambda name: f"{name}: {FORMS[name].about}",
        )  # fmt: skip
        if st.button(
            "Export and prove", key="runs_export_now", type="primary", icon=":material/upload:",
            help="200 test images go through what was written, in a process of its own",
        ):  # fmt: skip
            with st.spinner("Writing the network, and asking it about 200 test images"):
                actions.attempt("train", None, _export, run, name)
            actions.show_problem()
        if made := st.session_state.get(_key(run)):
            _show_made(made)


def _key(run: Run) -> str:
    return f"_exported_{run.id}"


def _export(run: Run, name: str) -> None:
    """In a process of its own: torch is not loaded into this server."""
    done = subprocess.run(
        [sys.executable, *COMMAND, run.id, name],
        capture_output=True,
        text=True,
        cwd=artifacts.REPOSITORY,
        env=os.environ | {"FENCEPOST_ARTIFACTS": str(artifacts.root())},
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise RunError(lines[-1] if lines else "The export ended without a word.")
    st.session_state[_key(run)] = json.loads(done.stdout.splitlines()[-1])


def _show_made(made: dict[str, Any]) -> None:
    folder = Path(made["folder"])
    if made["holds"]:
        st.success(plain(made["words"]), icon=":material/check_circle:")
    else:
        st.warning(plain(made["words"]), icon=":material/info:")
    st.caption(plain(f"Written to {folder}"))
    st.code(made["lines"], language="python")
    download.offer(
        "Download", f"{folder.name}.zip", "application/zip",
        lambda: zipped((f"{folder.name}/{path.name}", pieces(path)) for path in files(folder)),
        key=f"network/{folder}", icon="download",
    )  # fmt: skip


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())
