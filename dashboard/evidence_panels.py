"""The parts of the page Evidence: where images come from, and one after the other."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core import artifacts, pools
from core.errors import FencepostError
from core.pools import MOST, UNLABELLED, Pool
from core.runs import Run, open_run
from dashboard import actions, candidates, state
from dashboard.background import Work, show_progress
from dashboard.candidates import LARGE, THUMB, Subject
from dashboard.charts import probability
from dashboard.markdown import plain

SOURCE, AMOUNT = "evidence_source", "evidence_most"
ASKED = "_evidence_asked"  # run id -> (source, most) of the last look
WORDS = {UNLABELLED: "STL-10, unlabelled"}
LISTED = 5  # unreadable files that are named
STRIP = 48


@st.cache_resource(show_spinner=False, max_entries=32)
def _looking(root: str, run_id: str, source: str, most: int) -> Work:
    """The one reading of a source for a run."""
    work = Work()
    run = open_run(run_id)

    def read(progress) -> str:
        work.enter("Loading the network")
        return pools.read(run, source, most=most, progress=progress, stage=work.enter).key

    return work.start(read)


def pick_source(run: Run) -> Pool | None:
    """Where to look, and the pool once it has been looked through."""
    seen = pools.known(run)
    offered = list(seen)
    if UNLABELLED not in seen and pools.unlabelled_file(run).is_file() and not state.read_only():
        offered.append(UNLABELLED)
    if offered:
        st.pills(
            "At hand", offered, key="evidence_offered", on_change=_take_offered, args=(run,),
            format_func=lambda name: plain(WORDS.get(name, name)),
        )  # fmt: skip
    if state.read_only():
        st.caption("This dashboard is read-only: it looks through what was opened before.")
    else:
        _ask_source(run)
    asked = st.session_state.get(ASKED, {}).get(run.id)
    if asked is None:
        return None
    if state.read_only():
        return pools.opened(seen.get(asked[0], ""))
    return _looked(run, *asked)


def _ask_source(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Folder of images", key=SOURCE, placeholder="/data/more", width=420, max_chars=1000,
            persist_state="session",
            help="Any tree of JPEG, PNG and WebP files on the machine that this dashboard runs on",
        )  # fmt: skip
        st.number_input(
            "At most", 1, 100_000, MOST, step=1000, key=AMOUNT, width=150, persist_state="session",
            help="Images to look at; where there are more, so many are drawn at random",
        )  # fmt: skip
        st.button(
            "Look through", type="primary", icon=":material/image_search:", key="evidence_look",
            on_click=_ask, args=(run,),
        )  # fmt: skip


def _take_offered(run: Run) -> None:
    if source := st.session_state.get("evidence_offered"):
        st.session_state[SOURCE] = source.removeprefix("folder:")
        _remember(run, source)


def _ask(run: Run) -> None:
    try:
        _remember(run, pools.canonical(st.session_state.get(SOURCE, "")))
    except FencepostError as error:
        st.session_state[actions.PROBLEM] = str(error)


def _remember(run: Run, source: str) -> None:
    """Look there; one that failed or was stopped is tried again."""
    asked = (source, int(st.session_state.get(AMOUNT) or MOST))
    st.session_state[ASKED] = st.session_state.get(ASKED, {}) | {run.id: asked}
    if not state.read_only() and _work(run, *asked).finished:
        _looking.clear(str(artifacts.root()), run.id, *asked)


def _work(run: Run, source: str, most: int) -> Work:
    return _looking(str(artifacts.root()), run.id, source, most)


def _looked(run: Run, source: str, most: int) -> Pool | None:
    """The pool, or how far it is, or why there is none."""
    work = _work(run, source, most)
    if not work.finished:
        show_progress(work, "Looking through the images")
        st.button("Stop", icon=":material/stop_circle:", key="evidence_stop", on_click=work.stop,
                  help="What the network has seen is kept: it goes on from there")  # fmt: skip
        return None
    if work.error:
        st.error(plain(work.error), icon=":material/error:")
    elif work.stopped:
        st.info("Stopped. Look through it again to go on.", icon=":material/stop_circle:")
    return pools.opened(work.result) if isinstance(work.result, str) else None


def describe(pool: Pool) -> None:
    """What was looked at, and what was left out."""
    parts = [f"{len(pool.paths):,} images of {WORDS.get(pool.name, pool.name)}"]
    if pool.total > len(pool.paths) + pool.own + len(pool.unreadable):
        parts.append(f"drawn from {pool.total:,}")
    if pool.own:
        parts.append(f"{pool.own:,} left out that this run has already")
    if pool.unreadable:
        parts.append(f"{len(pool.unreadable):,} unreadable")
    st.caption(plain(", ".join(parts)) + ".")
    if pool.unreadable:
        with st.expander("Unreadable files"):
            for line in pool.unreadable[:LISTED]:
                st.markdown(plain(line))
            if len(pool.unreadable) > LISTED:
                st.caption(f"and {len(pool.unreadable) - LISTED:,} more")


@st.fragment
def show_review(
    run: Run,
    pool: Pool,
    found: pd.DataFrame,
    subject: Subject,
    threshold: float,
    on_add: Callable[[Pool, Subject], None],
) -> None:
    """One candidate at a time; only this part runs anew with each key."""
    state.leave_if_asked()
    held = candidates.review(subject)
    reach = min(held.reach, len(found))
    judged = {row for row, _ in held.verdicts}
    rest = found.iloc[:reach]
    rest = rest[~rest["row"].isin(judged)]
    if rest.empty:
        _show_end(held, reach, len(found), subject)
    else:
        _show_candidate(run, pool, rest.iloc[0], subject, threshold, len(held.verdicts), reach)
    _show_accepted(run, pool, subject, on_add)


def _show_candidate(
    run: Run,
    pool: Pool,
    row: pd.Series,
    subject: Subject,
    threshold: float,
    place: int,
    reach: int,
) -> None:
    number, name = int(row["row"]), plain(run.classes[subject.label])
    left, right = st.columns([3, 2], gap="large")
    with left:
        data = candidates.picture(pool, pool.key, number, LARGE)
        if data is None:
            st.info("This picture is gone, or can no longer be read.", icon=":material/hide_image:")
        else:
            st.image(data, width=460)
    with right:
        st.subheader(f"{place + 1} of {reach}")
        st.markdown(f"Does it show **{plain(subject.concept)}** on **{name}**?")
        _show_buttons(subject, number, place)
        with st.grid(2, min_column_width=130):
            st.metric(f"P({name})", probability(row["prob"]), help="As the run sees it now")
            st.metric(
                f"Score of {plain(subject.concept)}", f"{row['score']:.2f}",
                help=f"It counts as shown from {threshold:.2f} on",
            )  # fmt: skip
        pred = plain(run.classes[int(row["pred"])])
        st.markdown(f"Read as **{pred}** with {probability(row['confidence'])}")
        st.caption(plain(pool.paths[number]))


def _show_buttons(subject: Subject, row: int, place: int) -> None:
    # R would be the natural key, but Streamlit keeps it for itself.
    with st.container(horizontal=True):
        st.button(
            "Accept", type="primary", icon=":material/check:", shortcut="a", key="evidence_accept",
            on_click=candidates.judge, args=(subject, row, True),
        )  # fmt: skip
        st.button(
            "Reject", icon=":material/close:", shortcut="x", key="evidence_reject",
            on_click=candidates.judge, args=(subject, row, False),
        )  # fmt: skip
        _undo(subject, not place)


def _undo(subject: Subject, disabled: bool) -> None:
    st.button(
        "Undo", icon=":material/undo:", shortcut="u", key="evidence_undo", disabled=disabled,
        on_click=candidates.take_back, args=(subject,),
    )  # fmt: skip


def _show_end(held: candidates.Review, reach: int, there: int, subject: Subject) -> None:
    st.success(f"All {reach} looked through.", icon=":material/check_circle:")
    with st.container(horizontal=True):
        if there > reach:
            more = min(candidates.AT_ONCE, there - reach)
            st.button(
                f"Show {more} more", icon=":material/expand_more:", key="evidence_more",
                on_click=candidates.further, args=(subject,),
            )  # fmt: skip
        _undo(subject, not held.verdicts)


def _show_accepted(
    run: Run, pool: Pool, subject: Subject, on_add: Callable[[Pool, Subject], None]
) -> None:
    held = candidates.review(subject)
    accepted = held.accepted
    st.markdown(f"**Accepted** {len(accepted)} · rejected {len(held.verdicts) - len(accepted)}")
    if accepted:
        shown = accepted[::-1][:STRIP]  # the newest first, where the eye is
        found = [candidates.picture(pool, pool.key, row, THUMB) for row in shown]
        st.image([data for data in found if data], width=72)
    name = run.classes[subject.label]
    images = "image" if len(accepted) == 1 else "images"
    st.button(
        f"Add {len(accepted)} {images} to the fixes", icon=":material/build:", key="evidence_add",
        type="primary", disabled=not accepted, on_click=on_add, args=(pool, subject),
        help=f"They join the training images as {plain(name)}; the Fix page shows what that makes",
    )  # fmt: skip
