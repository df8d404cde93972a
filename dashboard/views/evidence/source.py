"""Where other images come from, and how far the network is in looking at them."""

from __future__ import annotations

import streamlit as st

from core import artifacts
from core.datasets import ProgressCallback
from core.errors import FencepostError
from core.fixes import evidence
from core.fixes.evidence import MOST, UNLABELLED, Pool
from core.models import lazy_torch
from core.runs import Run, open_run
from dashboard.server.background import Work, show_progress
from dashboard.session import actions, link
from dashboard.text import plain

SOURCE, AMOUNT, OFFERED = "evidence_source", "evidence_most", "evidence_offered"
ASKED = "_evidence_asked"  # run id -> (source, most) of the last look
OPENED = "_evidence_opened"  # run id -> key of the pool that was chosen at hand
LINK = "pool"  # in the URL
LISTED = 5  # unreadable files that are named


@st.cache_resource(show_spinner=False, max_entries=32)
def _looking(root: str, run_id: str, source: str, most: int) -> Work:
    """The one reading of a source for a run."""
    work = Work()
    run = open_run(run_id)

    def read(progress: ProgressCallback) -> str:
        return evidence.read(run, source, most=most, progress=progress, stage=work.enter).key

    return work.start(read)


def pick_source(run: Run) -> Pool | None:
    """Where to look, and the pool once it has been looked through; then the choice folds."""
    seen, above = evidence.known(run), st.container()
    pool = _asked_pool(run, seen)
    link.write(LINK, pool.key if pool else "")
    label = f"Other images: {plain(describe(pool))}" if pool else "Where to look"
    with above, st.expander(label, icon=":material/folder_open:", expanded=pool is None):
        _offer(run, seen)
        if not actions.may("compute", run):
            st.caption(
                "This dashboard is read-only: it can only use sources that were opened before."
            )
        else:
            _ask_source(run)
        if pool and pool.unreadable:
            _show_unreadable(pool)
    return pool


def _asked_pool(run: Run, seen: dict[str, str]) -> Pool | None:
    asked = st.session_state.get(ASKED, {}).get(run.id)
    key = st.session_state.get(OPENED, {}).get(run.id)
    if asked is None and key is None:  # after a reload, or from a link
        key = st.query_params.get(LINK)
    if key and key in seen.values():
        return evidence.opened(key)
    if asked is None:
        return None
    if not actions.may("compute", run):
        return evidence.opened(seen.get(asked[0], ""))
    return _looked(run, *asked)


def _offer(run: Run, seen: dict[str, str]) -> None:
    """What was opened before, and STL-10's unlabelled images where they lie on disk."""
    names = list(seen)
    there = UNLABELLED not in seen and evidence.unlabelled_file(run).is_file()
    if there and actions.may("compute", run):
        names.append(UNLABELLED)
    if names:
        st.pills(
            "At hand", names, key=OFFERED, on_change=_take_offered, args=(run, seen),
            format_func=lambda name: plain(_short(name)),
        )  # fmt: skip


def _short(name: str) -> str:
    return "STL-10, unlabelled" if name == UNLABELLED else name.removeprefix("folder:")


def _ask_source(run: Run) -> None:
    if problem := lazy_torch.missing():
        st.info(plain(problem), icon=":material/info:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Folder of images", key=SOURCE, placeholder="/data/more", width=420, max_chars=1000,
            persist_state="session",
            help="Any tree of image files on the machine that this dashboard runs on, a table of "
            "images, or a data set such as hf:/data/beans",
        )  # fmt: skip
        st.number_input(
            "At most", 1, 100_000, MOST, step=1000, key=AMOUNT, width=150, persist_state="session",
            help="Images to look at; where there are more, that many are drawn at random",
        )  # fmt: skip
        st.button(
            "Look through", type="primary", icon=":material/image_search:", key="evidence_look",
            on_click=_ask, args=(run,),
        )  # fmt: skip


def _take_offered(run: Run, seen: dict[str, str]) -> None:
    """Open what the network has seen as it is, however many images those were."""
    if not (source := st.session_state.get(OFFERED)):
        return
    st.session_state[SOURCE] = source.removeprefix("folder:")
    if source in seen:
        st.session_state[OPENED] = st.session_state.get(OPENED, {}) | {run.id: seen[source]}
    else:
        _remember(run, source)


def _ask(run: Run) -> None:
    try:
        _remember(run, evidence.canonical(st.session_state.get(SOURCE, "")))
    except FencepostError as error:
        st.session_state[actions.PROBLEM] = str(error)


def _remember(run: Run, source: str) -> None:
    """Look there; one that failed or was stopped is tried again."""
    asked = (source, int(st.session_state.get(AMOUNT) or MOST))
    st.session_state[ASKED] = st.session_state.get(ASKED, {}) | {run.id: asked}
    st.session_state.get(OPENED, {}).pop(run.id, None)
    if actions.may("compute", run) and _work(run, *asked).finished:
        _looking.clear(str(artifacts.root()), run.id, *asked)


def _work(run: Run, source: str, most: int) -> Work:
    return _looking(str(artifacts.root()), run.id, source, most)


def _looked(run: Run, source: str, most: int) -> Pool | None:
    """The pool, or how far it is, or why there is none."""
    work = _work(run, source, most)
    if not work.finished:
        show_progress(work, "Looking through the images")
        st.button("Stop", icon=":material/stop_circle:", key="evidence_stop", on_click=work.stop,
                  help="What the network has seen is kept: it continues from there")  # fmt: skip
        return None
    if work.error:
        st.error(plain(work.error), icon=":material/error:")
    elif work.stopped:
        st.info("Stopped. Press Look through to continue.", icon=":material/stop_circle:")
    return evidence.opened(work.result) if isinstance(work.result, str) else None


def describe(pool: Pool) -> str:
    """What was looked at, and what was left out."""
    parts = [f"{len(pool.paths):,} of {_short(pool.name)}"]
    if pool.total > len(pool.paths) + pool.own + len(pool.unreadable):
        parts.append(f"drawn from {pool.total:,}")
    if pool.own:
        them = "it" if pool.own == 1 else "them"
        parts.append(f"{pool.own:,} left out because this run already has {them}")
    if pool.unreadable:
        parts.append(f"{len(pool.unreadable):,} unreadable")
    return ", ".join(parts)


def _show_unreadable(pool: Pool) -> None:
    more = len(pool.unreadable) - LISTED
    lines = [plain(line) for line in pool.unreadable[:LISTED]]
    st.caption("Unreadable: " + "; ".join(lines) + (f"; and {more:,} more" if more > 0 else ""))
