"""Why a confusion happens, kept once it was found out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from core import artifacts, explain, queries
from core.concepts import store
from core.errors import FencepostError
from core.explain import Explanation, Subgroup, finding
from core.explain.finding import Shared
from core.explain.properties import measured
from core.explain.shared import training_images
from core.queries.selection import Cell
from core.runs import Run
from dashboard.server.background import Work

PATIENCE = 0.3  # seconds that a page waits for pictures to be measured before it shows a bar


@st.cache_data(max_entries=64, show_spinner=False)
def _explanation(_run: Run, folder: str, label: int, pred: int, split: str) -> Explanation:
    return explain.explain(_run, label, pred, split=split)


def explanation(run: Run, cell: Cell, split: str) -> Explanation:
    """The confusion taken apart, see `explain.explain`."""
    return _explanation(run, str(run.folder), *cell, split)


@st.cache_data(max_entries=256, show_spinner=False)
def _strongest(_run: Run, folder: str, channel: int, label: int, top: int) -> pd.DataFrame:
    found = explain.strongest_images(_run, channel, top=top, label=label)
    return queries.rows(_run, found["row"].tolist())


def strongest(run: Run, channel: int, label: int, top: int) -> pd.DataFrame:
    """The training images of a class that a channel sees most in, as the rows of tiles."""
    return _strongest(run, str(run.folder), channel, label, top)


@st.cache_data(max_entries=64, show_spinner=False)
def _shared(
    _run: Run, folder: str, cell: Cell, split: str, top: int, pictures: pd.DataFrame | None
) -> pd.DataFrame:
    rows = explain.strongest_of_class(_run, explanation(_run, cell, split), pictures)
    return queries.rows(_run, rows[:top].tolist())


def shared(run: Run, cell: Cell, split: str, top: int) -> pd.DataFrame:
    """The training images of the predicted class that are most like the errors."""
    return _shared(run, str(run.folder), cell, split, top, known_pictures(run, cell, split))


@st.cache_data(max_entries=64, show_spinner=False)
def _evidence(_run: Run, folder: str, cell: Cell, split: str) -> Shared:
    return finding.shared(_run, explanation(_run, cell, split))


def evidence(run: Run, cell: Cell, split: str) -> Shared:
    """Whether errors that suggested nothing show what the others share, beside right images."""
    return _evidence(run, str(run.folder), cell, split)


@st.cache_resource(max_entries=16, show_spinner=False)
def _measuring(_run: Run, folder: str, cell: Cell, split: str, root: str) -> Work:
    """The one measuring of these pictures: every tab that asks meanwhile waits for it."""
    groups = [rows_of(_run, cell[0], pred, split) for pred in (cell[1], cell[0])]
    groups.append(training_images(_run, cell[1]))
    return Work().start(lambda progress: measured.of_some(_run, *groups, progress=progress))


def measuring(run: Run, cell: Cell, split: str) -> Work:
    """The pictures of a confusion being measured; what is short is finished when this returns.

    What failed is tried again the next time.
    """
    if problem := measured.problem(run):
        return Work(error=problem, finished=True)
    work = _measuring(run, *_measuring_key(run, cell, split))
    if work.wait(PATIENCE) and work.error:
        measure_again(run, cell, split)
    return work


def _measuring_key(run: Run, cell: Cell, split: str) -> tuple[str, Cell, str, str]:
    return str(run.folder), cell, split, str(artifacts.root())


def measure_again(run: Run, cell: Cell, split: str) -> None:
    """Go on with what was stopped or failed, from a callback: what was measured is kept."""
    _measuring.clear(run, *_measuring_key(run, cell, split))


@st.cache_data(max_entries=256, show_spinner=False)
def _reminded(
    _run: Run, folder: str, row: int, cell: Cell, top: int
) -> dict[int, list[tuple[int, float]]]:
    return explain.reminded(_run, row, cell, top=top)


def reminded(run: Run, row: int, cell: Cell, top: int) -> dict[int, list[tuple[int, float]]]:
    """Class -> (row, cosine) of its training images most like this one."""
    return _reminded(run, str(run.folder), row, cell, top)


@st.cache_data(max_entries=64, show_spinner=False)
def _differences(
    _run: Run,
    folder: str,
    cell: Cell,
    split: str,
    scores: Mapping[str, np.ndarray],
    pictures: pd.DataFrame | None,
) -> pd.DataFrame:
    rows, reference = (rows_of(_run, cell[0], pred, split) for pred in (cell[1], cell[0]))
    return explain.differences(_run, rows, reference, scores, pictures)


def rows_of(run: Run, label: int, pred: int, split: str) -> np.ndarray:
    """Row numbers of the images in a cell, ascending."""
    sql = "SELECT row FROM run WHERE split = ? AND label = ? AND pred = ? ORDER BY row"
    return queries.ask(run, sql, [split, label, pred])["row"].to_numpy()


def differences(run: Run, cell: Cell, split: str) -> pd.DataFrame | None:
    """What sets the errors apart in pictures and concepts, see `explain.differences`.

    None while the pictures are being measured; without them where they cannot be.
    """
    if not measuring(run, cell, split).finished:
        return None
    pictures = known_pictures(run, cell, split)
    return _differences(run, str(run.folder), cell, split, _uncounted_left_out(run), pictures)


def known_pictures(run: Run, cell: Cell, split: str) -> pd.DataFrame | None:
    """What the pictures are like, as far as that is known now."""
    found = measuring(run, cell, split).result
    return found if isinstance(found, pd.DataFrame) else None


@st.cache_data(max_entries=64, show_spinner=False)
def _subgroups(
    _run: Run, folder: str, cell: Cell, split: str, scores: Mapping[str, np.ndarray]
) -> list[Subgroup]:
    return explain.subgroups(_run, *cell, split=split, scores=scores)


def subgroups(run: Run, cell: Cell, split: str) -> list[Subgroup]:
    """The kinds of images among the errors, see `explain.subgroups`.

    The errors chose their groups, so that a group of its own tests nothing: only concepts that all
    errors clearly show more of are named in it.
    """
    return _subgroups(run, str(run.folder), cell, split, _clear_concepts(run, cell, split))


def _clear_concepts(run: Run, cell: Cell, split: str) -> dict[str, np.ndarray]:
    try:
        found = differences(run, cell, split)
    except FencepostError:  # too few to compare
        return {}
    if found is None:
        return {}
    more = set(found.loc[found["clear"] & (found["effect"] > 0), "measure"])
    return {name: scores for name, scores in concept_scores(run).items() if name in more}


def _uncounted_left_out(run: Run) -> dict[str, np.ndarray]:
    """As `concept_scores`, nan for the images that suggested the concept: they cannot test it."""
    kept = {s.concept.name: s.concept for s in store.list_concepts(run)}
    return {
        name: np.where(kept[name].unseen(np.arange(len(scores))), scores, np.nan)
        for name, scores in concept_scores(run).items()
    }


def concept_scores(run: Run) -> dict[str, np.ndarray]:
    """Concept -> (N,) scores of the run, for every stored concept that fits it."""
    try:
        fitting = [s.concept for s in store.list_concepts(run) if not s.unfit(run)]
    except FencepostError:  # no features: the parts that need them say so
        return {}
    return {c.name: _scores(run, str(run.folder), c.direction, c.offset) for c in fitting}


@st.cache_data(max_entries=64, show_spinner=False)
def _scores(_run: Run, folder: str, direction: np.ndarray, offset: float) -> np.ndarray:
    return np.asarray(_run.features(), dtype=np.float32) @ direction + np.float32(offset)
