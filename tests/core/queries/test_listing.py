"""Images whose ranking value is missing, and one image with all that is known of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core import queries
from core.queries import listing
from core.queries.selection import Selection
from core.runs.columns import Column

MISSING = np.nan
PAGES = [(6, 0), (2, 0), (2, 3), (3, 4), (1, 5)]  # limit, offset
# Of the six test images: 2, 5, 4, 0 from below; 1 and 3 have none.
EXPOSURE = [0.5, MISSING, 0.1, MISSING, 0.3, 0.2, 0.9, 0.8]


@pytest.fixture
def exposed(open_table, tiny_table):
    return open_table(tiny_table.assign(exposure=EXPOSURE))


@pytest.mark.parametrize(
    ("descending", "expected"), [(False, [2, 5, 4, 0, 1, 3]), (True, [0, 4, 5, 2, 1, 3])]
)
def test_images_without_a_value_stand_last_on_every_page(
    exposed, monkeypatch, descending, expected
):
    for near, limit, offset in [(2000, 6, 0), *[(0, a, b) for a, b in PAGES]]:
        monkeypatch.setattr(listing, "NEAR", near)
        page = {"descending": descending, "limit": limit, "offset": offset}
        found = queries.ranked(exposed, Selection(), "exposure", **page)
        assert found["row"].tolist() == expected[offset : offset + limit]
        assert found["score"].isna().tolist() == [row in (1, 3) for row in found["row"]]


def test_an_image_without_a_value_has_its_place_among_the_last(exposed):
    def places(descending):
        options = {"descending": descending}
        return [queries.place(exposed, Selection(), "exposure", row=k, **options) for k in range(6)]

    assert places(False) == [
        (3, 4, 1), (4, 0, 3), (0, None, 5), (5, 1, None), (2, 5, 0), (1, 2, 4),
    ]  # fmt: skip
    assert [place[0] for place in places(True)] == [0, 4, 3, 5, 1, 2]


def test_an_image_has_one_of_the_values_named(open_table, tiny_table):
    sky = ["grey", "blue", "grey", "red", "blue", "grey", "grey", "blue"]
    run = open_table(tiny_table.assign(sky=sky, feet=[2, 4, 4, 4, 2, 0, 0, 0]))

    def found(*values):
        chosen = Selection(values=values)
        return queries.ranked(run, chosen, "index", descending=False, limit=9)["row"].tolist()

    assert found(("sky", ("grey",))) == [0, 2, 5]
    assert found(("sky", ("red", "blue"))) == [1, 3, 4]
    assert found(("sky", ("grey", "blue")), ("feet", ("4", "0"))) == [1, 2, 5]
    assert found(("sky", ())) == []


def test_a_page_is_read_to_its_end_from_the_top_and_no_further(tiny_run, monkeypatch):
    monkeypatch.setattr(listing, "NEAR", 4)
    monkeypatch.setattr(listing, "_far", lambda *_: pytest.fail("the page is near"))
    page = {"descending": False, "limit": 2}
    found = queries.ranked(tiny_run, Selection(), "index", offset=2, **page)
    assert found["index"].tolist() == [2, 3]
    monkeypatch.setattr(listing, "_far", lambda *_: (np.array([5]), np.array([0.5])))
    assert queries.ranked(tiny_run, Selection(), "index", offset=3, **page)["row"].tolist() == [5]


def test_an_image_has_what_the_run_gained_where_its_table_has_nothing(
    open_table, tiny_table, tmp_path
):
    pd.DataFrame({"row": [2, 0], "score": [0.7, 0.3]}).to_parquet(tmp_path / "measured.parquet")
    bare = open_table(tiny_table.drop(columns="sharpness"))
    gained = Column("sharpness", "Sharpness", "", file=lambda: tmp_path / "measured.parquet")
    image = queries.image(replace(bare, columns=(gained,)), 2)
    assert (image["sharpness"], image["index"]) == (0.7, 2)


def test_an_image_names_classes_as_they_are_written(save_tiny, tiny_table):
    renamed = tiny_table.rename(columns={"p_deer": "p_Cat"})
    run = save_tiny(classes=("cat", "Cat", "ship"), table=renamed)
    image = queries.image(run, 2)
    assert (image["p_cat"], image["p_Cat"]) == pytest.approx((0.9, 0.05))
    found = queries.probabilities(run, image)
    assert found.dtype == float
    assert found.tolist() == pytest.approx([0.9, 0.05, 0.05])
