"""The sentence that Explain begins with, and the figures behind it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from core import explain, queries
from core.explain import finding
from core.explain.finding import Shared
from tests import planted

CAT, DEER = 0, 1
CLEAR, CHANCE, FEW = (Shared(0.9, p, 12, 38) for p in (0.001, 0.3, math.nan))


def differing(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """measure, words and q of each."""
    table = pd.DataFrame(rows, columns=["measure", "words", "q"])
    return table.assign(clear=table["q"] < 0.025)


YELLOW = ("yellow against blue", "errors are yellower", 0.004)
DARK = ("brightness", "errors are darker", 0.01)
PINK = ("vivid pink", "errors have more vivid pink", 0.0001)
LARGE = ("size of the file", "errors have larger files", 0.0001)
UNCLEAR = ("contrast", "no clear difference in contrast", 0.4)


@pytest.mark.parametrize(
    ("shared", "rows", "said"),
    [
        (CLEAR, [], "These errors share something that right deer images lack"),
        (
            CLEAR,
            [YELLOW, DARK, PINK],
            "These errors are yellower and darker, have more vivid pink, and share something that "
            "right deer images lack",
        ),
        (CHANCE, [YELLOW, UNCLEAR], "These errors are yellower than right deer images"),
        (FEW, [LARGE, PINK], "These errors have more vivid pink than right deer images"),
        (FEW, [LARGE], "These errors have larger files than right deer images"),
        (CHANCE, [UNCLEAR], ""),
    ],
)
def test_what_is_clear_is_said(shared, rows, said):
    assert finding.sentence("deer", shared, differing(*rows)) == said


def test_how_sure_it_is():
    told = finding.sureness(CLEAR, differing(YELLOW, PINK, UNCLEAR))
    assert "90 times in 100 (AUC 0.90, 12 errors" in told
    assert "p = 0.001" in told
    assert told.endswith(
        "of 3 differences looked for, those named have a false discovery rate of 0.004"
    )
    assert finding.sureness(CHANCE, differing(UNCLEAR)) == ""
    assert finding.sureness(CHANCE, None) == ""


def test_a_rate_too_small_to_write_out():
    assert finding.sureness(CHANCE, differing(PINK)).endswith("rate < 0.001")


def test_without_differences_only_what_they_share_is_said():
    assert finding.sentence("deer", CLEAR, None) == (
        "These errors share something that right deer images lack"
    )
    assert finding.sentence("deer", CHANCE, None) == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a and b", "c"], "a and b, and c"),
        (["a", "b and c"], "a and b and c"),
    ],
)
def test_words_are_joined(words, said):
    assert finding.joined(words) == said


def test_the_planted_fence(save_tiny):
    run, shows = planted.save(save_tiny)
    table = queries.ask(run, "SELECT label, split FROM run ORDER BY row")
    fenced = np.flatnonzero(shows & (table["label"] == DEER) & (table["split"] == "test"))
    shared, found = finding.of(run, explain.explain(run, DEER, CAT, rows=fenced))
    assert finding.sentence("deer", shared, found) == (
        "These errors are darker and share something that right deer images lack"
    )


def test_too_few_errors_share_nothing_that_could_be_tested(save_tiny):
    run, _ = planted.save(save_tiny)
    rows = explain.explain(run, DEER, CAT).rows[:7]
    shared, _ = finding.of(run, explain.explain(run, DEER, CAT, rows=rows))
    assert math.isnan(shared.p)
    assert not shared.clear
