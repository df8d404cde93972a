"""What a concept does: how common it is, whose errors it goes with, what its removal changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import queries
from core.concepts import Concept
from core.concepts.effects import error_rates, intervention
from core.concepts.effects.intervention import CONTROLS, Erased, Erasers
from core.concepts.presence import shown_in
from core.datasets import ProgressCallback
from core.errors import FencepostError
from core.evaluation.intervals import span
from core.evaluation.wording import bare_p
from core.runs import Run
from dashboard.charts import figures
from dashboard.components import caveats
from dashboard.components.tiles import show_strip
from dashboard.components.waiting import show_waiting
from dashboard.server.background import Work
from dashboard.session.concept_draft import scores
from dashboard.text import plain

END = 12  # images of either end of a class
PATIENCE = 1.0  # seconds that a page waits for the erasing before it shows a bar
CONFUSED = 10  # predicted classes, those with most errors


def show_effect(run: Run, concept: Concept, split: str) -> None:
    """Correlation next to intervention, every rate with its n."""
    table = queries.ask(run, "SELECT row, split, label, pred, correct FROM run ORDER BY row")
    values = scores(run, concept)
    shown = shown_in(run, concept, values)
    common, errors, erased, ends = st.tabs(
        ["How common", "Errors with and without", "Erased", "Most and least of it"]
    )
    with common:
        _show_prevalence(run, table, shown)
    with errors:
        _show_errors(run, table, concept, shown, split)
    with erased:
        _show_erased(run, table, concept, shown, split)
    with ends:
        _show_ends(run, table, values, split)


def _show_prevalence(run: Run, table: pd.DataFrame, shown: np.ndarray) -> None:
    found = error_rates.prevalence(
        shown, table["label"].to_numpy(), table["split"].to_numpy(), run.classes
    )
    found = found[found["split"] != "val"]
    st.caption("The share of each class that shows it, with 95% intervals: train beside test.")
    st.plotly_chart(
        figures.rates_by_class(found), key="concept_prevalence", config=figures.STILL,
        alt="Share of each class that shows the concept, train and test",
    )  # fmt: skip


def _show_errors(
    run: Run, table: pd.DataFrame, concept: Concept, shown: np.ndarray, split: str
) -> None:
    whole = (table["split"] == split).to_numpy()
    mine = whole & concept.unseen(table["row"].to_numpy())
    found = error_rates.error_rates(
        shown[mine], table["label"].to_numpy()[mine], table["correct"].to_numpy()[mine], run.classes
    )
    lines = [
        {
            "Class": row["class"],
            "Errors with it (95% interval)": _rate(row, ""),
            "Errors without (95% interval)": _rate(row, "_without"),
            "Odds ratio": error_rates.odds_words(row),
            "p": bare_p(row["p"]),
            "Note": "few images" if row["few"] else "",
        }
        for _, row in found.iterrows()
    ]
    st.caption(
        f"Images of {split}. Such images may differ in more than the concept, so this is no proof "
        "that it is the cause: the tab Erased takes it out of the features and shows what changes."
        + _left_out(int(whole.sum() - mine.sum())),
        help="An odds ratio above 1: errors are more likely with the concept. p: how rarely chance "
        "alone would part them as far (Fisher's exact test).",
    )
    st.dataframe(lines, hide_index=True, height="content")


def _left_out(n: int) -> str:
    return f" The {n:,} images that suggested it are not counted." if n else ""


def _rate(row: pd.Series, end: str) -> str:
    if not row[f"n{end}"]:
        return "none"
    low, high = row[f"low{end}"], row[f"high{end}"]
    return (
        f"{row[f'errors{end}']} of {row[f'n{end}']} = {row[f'rate{end}']:.0%} ({span(low, high)})"
    )


def _show_erased(
    run: Run, table: pd.DataFrame, concept: Concept, shown: np.ndarray, split: str
) -> None:
    """The intervention: the same images with the direction taken out of their features."""
    whole, wrong = table["split"] == split, ~table["correct"]
    here = whole & concept.unseen(table["row"].to_numpy())
    preds = table.loc[here & wrong & shown, "pred"].value_counts().index[:CONFUSED]
    if preds.empty:
        st.info(f"No error of {split} shows it.")
        return
    try:
        head = run.head()
    except FencepostError as error:
        st.info(plain(str(error)))
        return
    made = _erased_by(run, (concept.key, concept.threshold, int(shown.sum())), shown)
    if made is None:
        return
    st.caption(
        "The mean probability of a class before and after the concept is erased from the features; "
        "the head stays the same. Where the concept is the cause, errors that show it fall and "
        "right images without it stay. What erasing random training images does stands beside."
        + _left_out(int(whole.sum() - here.sum())),
        help=f"Erased by least squares (LEACE). p: how many of {CONTROLS} sets of random training "
        "images of the same classes, erased instead, part the two as far; their median stands "
        "beside.",
    )
    features, lines = run.features(), []
    assert features is not None  # the page stops where there are none
    for pred in preds:
        rows = here & (table["pred"] == pred)
        errors, both, without = (
            intervention.without_concept(head, features[np.flatnonzero(rows & which)], made, pred)
            for which in (wrong & shown, ~wrong & shown, ~wrong & ~shown)
        )
        name = run.classes[pred]
        p = intervention.chance(errors, without)
        lines += [
            _erased_line(f"wrong: predicted as {name}, with it", errors, p),
            *([_erased_line(f"right: {name}, with it", both)] if both.n else []),
            *([_erased_line(f"right: {name}, without it", without)] if without.n else []),
        ]
    digits = {c: st.column_config.NumberColumn(format="%.2f") for c in list(lines[0])[2:5]}
    st.dataframe(lines, hide_index=True, height="content", column_config=digits)


def _erased_by(run: Run, key: tuple[str, float, int], shown: np.ndarray) -> Erasers | None:
    """What takes the concept out; how far that is, or why there is nothing, where it is None."""
    given = (run, str(run.folder), key, shown)
    work = _erasing(*given)
    if work.wait(PATIENCE) and work.error:
        _erasing.clear(*given)  # tried again the next time
    words = "Erasing the concept, and random images beside it"
    if show_waiting(work, words, key="concept_erased", again=_erasing.clear, args=given):
        return None
    if not isinstance(work.result, Erasers):
        st.info(plain(work.error))
        return None
    return work.result


@st.cache_resource(max_entries=8, show_spinner=False)
def _erasing(_run: Run, folder: str, key: tuple[str, float, int], _shown: np.ndarray) -> Work:
    return Work().start(lambda progress: _erasers(_run, _shown, progress))


def _erasers(run: Run, shown: np.ndarray, progress: ProgressCallback) -> Erasers:
    table = queries.ask(run, "SELECT split, label FROM run ORDER BY row")
    train = np.flatnonzero(table["split"] == "train")
    features = run.features()
    assert features is not None  # the page stops where there are none
    labels = table["label"].to_numpy()
    return intervention.erasers(features, train, shown, labels, progress=progress)


def _erased_line(title: str, found: Erased, p: float = float("nan")) -> dict[str, Any]:
    return {
        "Images": title,
        "n": found.n,
        "P(class)": found.before,
        "Erased": found.after,
        "Random erased": float(np.median(found.controls)),
        "Prediction changes": f"{found.changed} of {found.n}",
        "p": "" if np.isnan(p) else bare_p(p),
    }


def _show_ends(run: Run, table: pd.DataFrame, values: np.ndarray, split: str) -> None:
    """A class ranked by the concept, and its accuracy at both ends."""
    worst = table[(table["split"] == split) & ~table["correct"]]["label"].value_counts()
    first = int(worst.index[0]) if len(worst) else 0
    name = st.selectbox("Class", run.classes, index=first, key="concept_class", width=200)
    mine = (table["split"] == split) & (table["label"] == run.classes.index(name))
    try:
        found = error_rates.spuriosity(
            values, table["correct"].to_numpy(), table.index[mine].to_numpy()
        )
    except FencepostError as error:
        st.info(plain(str(error)))
        return
    for title, (right, n, rate, low, high), rows in (
        ("Most of it", found.most, found.rows[:END]),
        ("Least of it", found.least, found.rows[::-1][:END]),
    ):
        ends = f"95% interval {span(low, high)}"
        st.markdown(f"**{title}**: {right} of {n} right, {rate:.0%} ({ends})")
        show_strip(
            run, queries.rows(run, rows.tolist()), split, key=f"concept_end_{title}", label=title
        )
    caveats.show_caveats(run, split)
