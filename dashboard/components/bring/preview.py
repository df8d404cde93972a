"""What was understood of a table, its first images, and the button that makes a run of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import streamlit as st
from PIL import Image

from core import artifacts
from core.bringing.tables import measuring, publishing, reading
from core.bringing.tables.understood import Asked, Understood
from core.datasets import ProgressCallback, bounds, picture
from core.errors import FencepostError
from core.runs import open_run
from dashboard.components.bring import source
from dashboard.server import background
from dashboard.server.background import Work
from dashboard.session import actions, state
from dashboard.text import plain

SHOWN, SIDE = 8, 110  # images, and pixels of a side
WORK, BUTTON, AGAIN = "_bring_work", "bring_open", "bring_again"
WRITING = "Writing the run"


def show(asked: Asked, path: str) -> None:
    """The lines of what was understood; what stands in its way where it was not."""
    try:
        with st.spinner("Reading the table"):
            found = _understood(asked, path, _written(path))
    except FencepostError as error:
        st.error(plain(error), icon=":material/error:")
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.code("\n".join(found.lines()), language=None, wrap_lines=True)
        for note in (*found.notes, *found.data_notes):
            st.caption(f":material/info: {plain(note)}")
    with right:
        _show_images(found)
    _offer(found, path)


def _written(path: str) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_mtime_ns, found.st_size


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs={Asked: repr})
def _understood(asked: Asked, path: str, written: tuple[int, int]) -> Understood:
    return reading.read(asked)


def _show_images(found: Understood) -> None:
    n = len(found.table)
    st.markdown(f"**{n - found.missing:,} of {n:,} files found**")
    drawn = [
        image for path in found.table["path"].head(SHOWN * 4) if (image := _image(found, path))
    ]
    if drawn:
        st.image(drawn[:SHOWN], width=SIDE)
    if found.missing:
        missing = next((path for path in found.table["path"] if not _exists(found, path)), "")
        st.caption(f"Missing below {plain(found.root)}, for example: {plain(missing)}")


def _exists(found: Understood, path: str) -> bool:
    return (found.root / path).is_file()


def _image(found: Understood, path: str) -> Image.Image | None:
    """A square of an image; None where it cannot be shown."""
    if bounds.folder_problem(found.root) or bounds.file_problem(found.root, path):
        return None
    try:
        image = picture.open_upright(found.root / path, 2 * SIDE)
    except OSError:
        return None
    side = min(image.size)
    return image.crop((0, 0, side, side)).resize((SIDE, SIDE))


def _offer(found: Understood, path: str) -> None:
    """The button, or the run that this table is already."""
    again = False
    if run := publishing.same(found):
        st.info(f"This table is the run {plain(run.name)} already.", icon=":material/info:")
        st.button("Open that run", on_click=actions.open_run, args=(run.id,), type="primary")
        again = st.checkbox("Make another run of it", key=AGAIN)
        if not again:
            return
    name = st.text_input("Name", value="", placeholder=Path(path).stem, key="bring_name")
    if st.button("Open as a run", key=BUTTON, type="primary", icon=":material/table_view:"):
        work = Work(stage=WRITING)
        if actions.attempt(
            "train", None, work.start, lambda tell: _publish(found, name, again, path, tell)
        ):
            st.session_state[WORK] = work
            st.rerun()
    actions.show_problem()


def _publish(found: Understood, name: str, again: bool, path: str, tell: ProgressCallback) -> str:
    run_id = publishing.publish(found, name.strip(), again=again)
    tell(1, 1)
    measuring.start(open_run(run_id))
    uploads = artifacts.root() / "uploads"
    if Path(path).is_relative_to(uploads):  # the run has all of it
        shutil.rmtree(Path(path).parent, ignore_errors=True)
    return run_id


def is_writing() -> bool:
    """Whether a run is being written; once it is, it is opened, or it is said why there is none."""
    work = st.session_state.get(WORK)
    if work is None:
        return False
    if not work.finished:
        background.show_progress(work, WRITING)
        return True
    del st.session_state[WORK]
    if work.error:
        st.error(plain(work.error), icon=":material/error:")
    elif isinstance(work.result, str):
        _open(work.result)
    return False


def _open(run_id: str) -> None:
    st.session_state[actions.FINISHED] = run_id
    st.session_state[state.GO] = "overview"
    for key in (source.PUT, source.PATH):
        st.session_state.pop(key, None)
    st.rerun()
