"""What errors differ in: named in words where it is there, and silent where nothing is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core import explain
from core.explain.differences import SURE
from core.explain.properties.pixels import YELLOW
from core.runs.table import predictions
from tests import planted

CAT, DEER = 0, 1


@pytest.fixture
def run(save_tiny):
    return planted.save(save_tiny)[0]


def compared(run, rows, reference, **columns) -> pd.DataFrame:
    """The differences by measure, of pictures with these columns."""
    pictures = pd.DataFrame(columns, index=[*rows, *reference])
    return explain.differences(run, rows, reference, pictures=pictures).set_index("measure")


ERRORS, RIGHT = np.arange(300, 312), np.arange(320, 360)


def test_a_tint_and_a_camera_are_named(run):
    rng = np.random.default_rng(0)
    tint = rng.normal(size=52) + np.repeat([3, 0], [12, 40])
    camera = np.repeat(["Acme X100", "Bell 7"], [12, 40])
    found = compared(run, ERRORS, RIGHT, **{YELLOW: tint, "camera": camera})
    assert found.loc[YELLOW, "words"] == "errors are yellower"
    assert found.loc["camera: Acme X100", "words"] == "errors come from Acme X100 more often"
    assert found.loc["camera: Bell 7", "words"] == "errors come from Bell 7 less often"
    assert found.loc["camera: Acme X100", ["mean", "reference"]].tolist() == [1, 0]


def test_shares_are_tested_by_fisher(run):
    camera = ["a"] * 6 + ["b"] * 6 + ["a"] * 5 + ["b"] * 35
    found = compared(run, ERRORS, RIGHT, camera=camera)
    assert found.loc["camera: a", "p"] == pytest.approx(0.011348, abs=1e-6)


def test_unknown_and_rare_texts_are_not_compared(run):
    camera = ["a"] * 4 + [""] * 8 + ["b"] * 40
    found = compared(run, ERRORS, RIGHT, camera=camera)
    assert "camera: a" not in found.index
    assert found.loc["camera: b", "mean"] == 0


def test_what_is_the_same_everywhere_is_left_out(run):
    assert YELLOW not in compared(run, ERRORS, RIGHT, **{YELLOW: np.zeros(52)}).index


def test_two_constants_differ(run):
    found = compared(run, ERRORS, RIGHT, **{YELLOW: np.repeat([0.0, 1], [12, 40])})
    assert found.loc[YELLOW, "words"] == "errors are bluer"


def test_columns_of_the_table_are_compared(save_tiny):
    run, shows = planted.save(save_tiny)
    table = predictions.read(run.table_path, run.classes)
    table["hour"] = np.where(shows, 20.0, 9) + np.arange(len(table)) % 3
    table["site"] = np.where(shows, "zoo", "park")
    run, _ = planted.save(save_tiny, run_id="told", table=table)
    found = explain.explain(run, DEER, CAT)
    words = explain.differences(run, found.rows, found.reference)["words"].tolist()
    assert "errors have a higher hour" in words
    assert "errors have site zoo more often" in words


def test_of_nothing_a_claim_is_rare(run):
    rng = np.random.default_rng(1)
    claims = []
    for _ in range(60):
        columns = {f"property {k}": rng.normal(size=52) for k in range(10)}
        claims.append(compared(run, ERRORS, RIGHT, **columns)["clear"].any())
    assert np.mean(claims) <= 2 * SURE
