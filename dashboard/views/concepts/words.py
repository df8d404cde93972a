"""A concept in words: what to look for, how far that is, and how to get the model for it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core import artifacts
from core.concepts.words import suggestion
from core.errors import ConceptError, FencepostError
from core.runs import Run
from dashboard.components.waiting import show_waiting
from dashboard.server.background import Work
from dashboard.session import actions, concept_draft
from dashboard.text import plain

ASKED = "_words_asked"  # (run id, phrase) that a suggestion is on its way for
PHRASE = "words_phrase"
TITLE, EXAMPLE, BUTTON, ICON = "In words", "chain-link fence", "Suggest images", ":material/search:"
START = f"{suggestion.BIN}fencepost"


def show_words(run: Run) -> None:
    """The control; where words cannot be used, it is disabled beside what mends that."""
    reason = suggestion.missing()
    if not reason and actions.may("compute", run):
        _show_form(run)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _show_disabled()
        if reason:
            with st.popover("How to get the model for words", icon=":material/help:"):
                _show_how_to(reason)


def show_words_button(run: Run) -> None:
    """The same behind a button, beside a concept in work."""
    with st.popover(TITLE, icon=ICON):
        reason = suggestion.missing()
        if reason or not actions.may("compute", run):
            _show_disabled()
        else:
            _show_form(run)
        if reason:
            _show_how_to(reason)


def _show_form(run: Run) -> None:
    with (
        st.form("words_form", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(
            TITLE, key=PHRASE, placeholder=EXAMPLE, max_chars=100, width=260,
            help=f"{plain(_model())} ranks the training images by how well they fit the words; "
            "you look through what it finds",
        )  # fmt: skip
        st.form_submit_button(BUTTON, icon=ICON, on_click=_ask, args=(run,), key="words_ask")


def _show_disabled() -> None:
    st.text_input(TITLE, placeholder=EXAMPLE, disabled=True, key="words_off", width=260)
    st.button(
        BUTTON, icon=ICON, disabled=True, key="words_ask_off",
        help=None if actions.may("compute") else actions.READ_ONLY,
    )  # fmt: skip


def _show_how_to(reason: str) -> None:
    install, download = suggestion.commands()
    st.markdown(
        f"**{plain(reason)}** Words need a model that knows texts and images. It is optional, and "
        "the dashboard downloads nothing by itself. Install the library:"
    )
    st.code(install, language="bash", wrap_lines=True)
    st.markdown("Download the model, about 600 MB:")
    st.code(download, language="bash", wrap_lines=True)
    st.markdown(
        "Then reload this page. Behind a proxy, set `HTTPS_PROXY` for both. Without a network, "
        "copy the model's folder here and start with its path:"
    )
    st.code(f"FENCEPOST_CLIP=/path/to/folder {START}", language="bash", wrap_lines=True)
    st.caption(
        "`FENCEPOST_CLIP` also takes the name of another CLIP model. It must come as "
        f"`{suggestion.WEIGHTS}`: pickled weights are never opened."
    )


def _model() -> str:
    """The model's name without the folder or the people that it is of."""
    return Path(suggestion.model_name()).name


def _ask(run: Run) -> None:
    """From a callback."""
    actions.attempt("compute", run, _begin, run, " ".join(st.session_state[PHRASE].split()))


def _begin(run: Run, phrase: str) -> None:
    if not phrase:
        raise ConceptError(f"Say what the images should share, such as {EXAMPLE}.")
    st.session_state[ASKED] = (run.id, phrase)


@st.cache_resource(max_entries=4, show_spinner=False)
def _preparing(_run: Run, folder: str, model: str, root: str) -> Work:
    """The one preparing for a run and a model: every tab that asks meanwhile waits for it."""
    return Work().start(lambda progress: suggestion.prepare(_run, progress))


def show_suggesting(run: Run) -> None:
    """How far the suggestion is that was asked for; once it is there, it is the draft."""
    asked = st.session_state.get(ASKED)
    if not asked or asked[0] != run.id:
        return
    key = (str(run.folder), suggestion.model_name(), str(artifacts.root()))
    work = _preparing(run, *key)
    if not work.finished or work.stopped:
        st.caption(
            f":material/search: Looking for **{plain(asked[1])}**. The model looks at every "
            "training image once, and what it sees is kept."
        )
        show_waiting(
            work, "Training images looked at", key="words", again=_preparing.clear,
            args=(run, *key),
        )  # fmt: skip
        return
    del st.session_state[ASKED]
    _preparing.clear(run, *key)  # the next time it is done at once, or tried again
    if work.error:
        st.error(plain(work.error), icon=":material/error:")
    else:
        _hand_over(run, asked[1])


def _hand_over(run: Run, phrase: str) -> None:
    try:
        shows, without = suggestion.suggest(run, phrase)
    except FencepostError as error:
        st.error(plain(error), icon=":material/error:")
        return
    st.session_state[concept_draft.HANDED] = {
        "shows": shows.tolist(),
        "without": without.tolist(),
        "name": phrase,
        "from": f"the words “{phrase}”",
        "ranked": f"how well {_model()} says they fit",
    }
