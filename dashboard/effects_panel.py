"""What a concept does: how common it is, whose errors it goes with, what its removal changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core import effects, queries
from core.concepts import Concept
from core.erasure import erase
from core.errors import FencepostError
from core.metrics import span
from core.runs import Run
from core.verdict import bare_p
from dashboard import caveats, charts
from dashboard.draft import scores
from dashboard.markdown import plain
from dashboard.tiles import show_strip

END = 12  # images of either end of a class


def show_effect(run: Run, concept: Concept, split: str) -> None:
    """Correlation next to intervention, every rate with its n."""
    table = queries.ask(run, "SELECT row, split, label, pred, correct FROM run ORDER BY row")
    values = scores(run, concept)
    shown = values >= concept.threshold
    common, errors, erased, ends = st.tabs(
        ["How common", "Errors with and without", "Erased", "Most and least of it"]
    )
    with common:
        _show_prevalence(run, table, shown)
    with errors:
        _show_errors(run, table, shown, split)
    with erased:
        _show_erased(run, table, shown, split)
    with ends:
        _show_ends(run, table, values, split)


def _show_prevalence(run: Run, table: pd.DataFrame, shown: np.ndarray) -> None:
    found = effects.prevalence(
        shown, table["label"].to_numpy(), table["split"].to_numpy(), run.classes
    )
    found = found[found["split"] != "val"]
    st.caption("The share of each class that shows it, with 95% intervals: train beside test.")
    st.plotly_chart(
        charts.rates_by_class(found), key="concept_prevalence", config=charts.STILL,
        alt="Share of each class that shows the concept, train and test",
    )  # fmt: skip


def _show_errors(run: Run, table: pd.DataFrame, shown: np.ndarray, split: str) -> None:
    mine = (table["split"] == split).to_numpy()
    found = effects.error_rates(
        shown[mine], table["label"].to_numpy()[mine], table["correct"].to_numpy()[mine], run.classes
    )
    lines = [
        {
            "Class": row["class"],
            "Errors with it (95% interval)": _rate(row, ""),
            "Errors without (95% interval)": _rate(row, "_without"),
            "Odds ratio": effects.odds_words(row),
            "p": bare_p(row["p"]),
            "Note": "few images" if row["few"] else "",
        }
        for _, row in found.iterrows()
    ]
    st.caption(
        f"Images of {split}. An odds ratio above 1: errors are more likely with the concept; p "
        "is Fisher's exact. Such images may differ in more than the concept, so this is no proof "
        "that it is the cause: the tab Erased tests that."
    )
    st.dataframe(lines, hide_index=True, height="content")


def _rate(row: pd.Series, end: str) -> str:
    if not row[f"n{end}"]:
        return "none"
    low, high = row[f"low{end}"], row[f"high{end}"]
    return (
        f"{row[f'errors{end}']} of {row[f'n{end}']} = {row[f'rate{end}']:.0%} ({span(low, high)})"
    )


def _show_erased(run: Run, table: pd.DataFrame, shown: np.ndarray, split: str) -> None:
    """The intervention: the same images with the direction taken out of their features."""
    st.caption(
        "The mean probability of each class that these images are wrongly predicted as, before and "
        "after the concept is erased from the features (LEACE); the head stays the same."
    )
    features = run.features()
    assert features is not None
    train = (table["split"] == "train").to_numpy()
    try:
        eraser = erase(features[train], shown[train])
        head = run.head()
    except FencepostError as error:
        st.info(plain(str(error)))
        return
    mine = table[(table["split"] == split) & ~table["correct"] & shown]
    lines = []
    for pred, rows in mine.groupby("pred"):
        found = effects.without_concept(head, features[rows["row"].to_numpy()], eraser, int(pred))
        name = run.classes[int(pred)]
        lines.append(
            {
                "Errors that show it, predicted as": name,
                "n": found.n,
                "P(class) as it is": found.before,
                "P(class) erased": found.after,
                "Prediction changes": f"{found.changed} of {found.n}",
            }
        )
    if not lines:
        st.info(f"No error of {split} shows it.")
        return
    digits = {c: st.column_config.NumberColumn(format="%.2f") for c in list(lines[0])[2:4]}
    lines.sort(key=lambda line: -line["n"])
    st.dataframe(lines, hide_index=True, height="content", column_config=digits)


def _show_ends(run: Run, table: pd.DataFrame, values: np.ndarray, split: str) -> None:
    """A class ranked by the concept, and its accuracy at both ends."""
    worst = table[(table["split"] == split) & ~table["correct"]]["label"].value_counts()
    first = int(worst.index[0]) if len(worst) else 0
    name = st.selectbox("Class", run.classes, index=first, key="concept_class", width=200)
    mine = (table["split"] == split) & (table["label"] == run.classes.index(name))
    try:
        found = effects.spuriosity(
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
