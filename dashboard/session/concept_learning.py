"""A concept being learned from picks: once for every tab, and kept for who comes back to it."""

from __future__ import annotations

import streamlit as st

from core import concepts
from core.concepts import Concept
from core.concepts.held_out import HeldOut
from core.concepts.learning import picking
from core.datasets import ProgressCallback
from core.errors import ConceptError
from core.runs import Run
from core.runs.features import remedy
from dashboard.server.background import Work

PATIENCE = 1.0  # seconds that a page waits for it before it shows a bar
# Rows that show it and that lack it, or the channel that it is; who suggested the rows.
Given = tuple[tuple[int, ...], tuple[int, ...], int | None, HeldOut | None]


def learning(run: Run, *given: *Given) -> Work:
    """What is learned, or how far that is; what failed is tried again the next time."""
    work = _learning(run, str(run.folder), *given)
    if work.wait(PATIENCE) and work.error:
        again(run, *given)
    return work


def again(run: Run, *given: *Given) -> None:
    """Learn what was stopped, from a callback."""
    _learning.clear(run, str(run.folder), *given)


@st.cache_resource(max_entries=2, show_spinner=False)
def _ground(_run: Run, folder: str, whole: bool) -> picking.Ground:
    return picking.ground(_run, whole)


@st.cache_resource(max_entries=32, show_spinner=False)
def _learning(
    _run: Run,
    folder: str,
    shows: tuple[int, ...],
    without: tuple[int, ...],
    channel: int | None,
    held_out: HeldOut | None,
) -> Work:
    """The one learning from these picks: every tab that asks meanwhile waits for it."""
    given = (_run, folder, shows, without, channel, held_out)
    return Work().start(lambda progress: _learn(*given, progress))


def _learn(
    run: Run,
    folder: str,
    shows: tuple[int, ...],
    without: tuple[int, ...],
    channel: int | None,
    held_out: HeldOut | None,
    progress: ProgressCallback,
) -> Concept:
    if channel is not None:
        features = run.features()
        if features is None:
            raise ConceptError(f"Run {run.name} kept no features: {remedy(run)}.")
        return concepts.of_channel(features, channel, name="draft")
    ground = _ground(run, folder, not picking.all_in_train(run, [*shows, *without]))
    concept = picking.learn_on(ground, shows, without, name="draft", progress=progress)
    return concept if held_out is None else picking.tested(run, concept, held_out)
