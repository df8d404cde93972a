"""Tables of other tools: with columns of their own, in another order, without some of ours."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import runs
from tests.dashboard.conftest import PAGES, words

OURS = ["sharpness", "brightness", "contrast", "loss", "margin", "entropy", "row"]


@pytest.fixture
def foreign(run) -> runs.Run:
    """The run with its columns turned round, one more, and without what follows from others."""
    table = pq.read_table(run.table_path).drop_columns(OURS)
    names = ["iso", *reversed(table.schema.names)]
    table = table.append_column("iso", pa.array(np.arange(len(table)) % 7))
    pq.write_table(table.select(names), run.table_path)
    return runs.open_run(run.id)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_draws(foreign, open_page, page):
    app = open_page(page)
    assert not app.exception
    assert not app.error


def test_its_own_columns_are_offered_and_missing_measures_are_not(foreign, open_page):
    app = open_page("gallery", rank="iso", filters="iso", tiles="Table")
    assert not app.exception
    assert "Highest iso first" in words(app)
    offered = app.selectbox(key="rank").options
    assert {"iso", "Loss"} <= set(offered)
    assert "Sharpness" not in offered
    app.session_state["range_iso"] = (5.0, 6.0)
    app.run()
    assert app.dataframe[0].value["iso"].isin([5, 6]).all()


def test_the_probabilities_of_an_image_are_those_of_its_classes(foreign, open_page):
    app = open_page("image", image="0")
    assert "iso" in words(app)
    assert "Sharpness" not in words(app)


def test_a_table_that_contradicts_itself_is_one_message_and_then_damaged(run, open_page):
    table = pq.read_table(run.table_path)
    at = table.schema.names.index("loss")
    wrong = pa.array(np.full(len(table), -1, np.float32))
    pq.write_table(table.set_column(at, "loss", wrong), run.table_path)
    app = open_page("overview")
    assert not app.exception
    assert "'loss' contradicts" in app.error[0].value
    app.run()
    assert "Damaged runs" in words(app)
