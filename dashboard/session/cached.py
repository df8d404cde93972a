"""Answers that every page asks for, kept: a run never changes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core import queries, runs
from core.errors import DatasetError
from core.queries import neighbours
from core.runs import Run
from core.runs import images as run_images

RUNS = "_runs"


@st.cache_resource(max_entries=8, show_spinner=False)  # 8 MB each for 1,000 classes, never copied
def _confusion(_run: Run, folder: str, split: str) -> np.ndarray:
    counts = queries.confusion(_run, split)
    counts.setflags(write=False)
    return counts


def confusion_matrix(run: Run, split: str) -> np.ndarray:
    """(K, K) counts, label by pred, read-only; kept, as every page asks and a run never changes."""
    return _confusion(run, str(run.folder), split)


@st.cache_data(max_entries=32, show_spinner=False)
def _splits(_run: Run, folder: str) -> list[str]:
    return queries.splits(_run)


def splits(run: Run) -> list[str]:
    """The splits that the run has images of, test first."""
    return _splits(run, str(run.folder))


@st.cache_data(max_entries=256, show_spinner=False)
def _neighbours(_run: Run, folder: str, row: int, split: str, top: int) -> list[tuple[int, float]]:
    return neighbours.of_image(_run, row, split, top)


def nearest(run: Run, row: int, split: str, top: int) -> list[tuple[int, float]]:
    """(row, cosine) of the images of a split that look most like this one to the model."""
    return _neighbours(run, str(run.folder), row, split, top)


def images_problem(run: Run) -> str:
    """Why the run's images cannot be shown, or an empty string."""
    try:
        run_images.open_images(run)
    except DatasetError as error:
        return str(error)
    return ""


def read_runs() -> list[Run]:
    """Every run, as it is now: read once a page, by the frame."""
    st.session_state[RUNS] = runs.list_runs()
    return st.session_state[RUNS]


def all_runs() -> list[Run]:
    """Every run that there was when this page began."""
    return st.session_state[RUNS]
