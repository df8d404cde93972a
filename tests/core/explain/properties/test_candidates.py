"""What of a column is compared: numbers as they are, texts that are common as yes and no."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.explain.properties import candidates, wording
from core.runs.columns import NUMBER, TEXT
from core.runs.table.schema import MEASURES


def of_column(values, kind=TEXT, name="camera"):
    return list(candidates._of_column(name, pd.Series(values, dtype=object), kind))


def test_numbers_are_compared_as_they_are():
    [whole] = of_column([1, 2], NUMBER)
    assert whole.values.dtype == np.float64
    [odd] = of_column(["1", "f/2"], NUMBER)
    np.testing.assert_array_equal(odd.values, [1, np.nan])
    [found] = of_column([1, None, 2.5], NUMBER, "iso")
    assert (found.name, found.counted) == ("iso", False)
    np.testing.assert_array_equal(found.values, [1, np.nan, 2.5])
    assert found.words == ("have a higher iso", "have a lower iso")


def test_a_text_counts_from_five_images_on_and_an_unknown_one_does_not():
    [found] = of_column(["a"] * 5 + ["b"] * 4 + ["", None])
    assert (found.name, found.counted) == ("camera: a", True)
    np.testing.assert_array_equal(found.values, [1] * 5 + [0] * 4 + [np.nan] * 2)
    assert found.words == ("come from a more often", "come from a less often")


def test_of_many_texts_the_ten_most_common_are_compared():
    values = [f"t{k}" for k in range(12) for _ in range(5 + k)]
    assert [one.name for one in of_column(values, name="site")] == [
        f"site: t{k}" for k in range(11, 1, -1)
    ]


@pytest.mark.parametrize(
    ("name", "value", "more"),
    [("camera", "X100", "come from X100 more often"), ("format", "PNG", "are PNG files more often"),
     ("site", "zoo", "have site zoo more often")],
)  # fmt: skip
def test_what_more_of_a_text_is_called(name, value, more):
    assert wording.of_value(name, value) == (more, more.replace("more", "less"))


def test_pictures_are_compared_after_the_table(tiny_run):
    pictures = pd.DataFrame({"sky": [0.5, 0.25], "format": ["PNG", "PNG"]}, index=[3, 5])
    rows = np.array([5, 3, 0, 1, 2, 4])
    found = list(candidates.candidates(tiny_run, rows, pictures))
    assert [one.name for one in found] == [*MEASURES, "sky"]
    np.testing.assert_array_equal(found[-1].values, [0.25, 0.5, *[np.nan] * 4])
    assert found[0].values == pytest.approx([0.5, 0.3, 0, 0.1, 0.2, 0.4])
    assert [one.name for one in candidates.candidates(tiny_run, rows, None)] == [*MEASURES]


def test_the_first_twenty_columns_of_a_table_of_many_are_compared(save_tiny, tiny_table):
    more = {"when": pd.Timestamp(0), "site": ["zoo"] * 8} | {f"c{k}": range(8) for k in range(20)}
    run = save_tiny(table=tiny_table.assign(**more))
    found = [one.name for one in candidates.candidates(run, np.arange(8), None)]
    assert found == [*MEASURES, "site: zoo", *(f"c{k}" for k in range(19))]
