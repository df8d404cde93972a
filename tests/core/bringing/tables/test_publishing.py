"""A table as a run: opened like every other, once, with what is not known left empty."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core import queries, runs
from core.bringing.tables import measuring, publishing, reading
from core.bringing.tables.understood import Asked
from core.errors import ExplainError, RunError
from core.explain import channels
from core.queries.rankings import measures, natural_ranking, rankings
from core.queries.selection import Selection

NAMES = ["cat", "deer", "ship"]
TOP_ONE = pd.DataFrame(
    {
        "path": ["a.png", "b.png", "c.png", "d.png"],
        "label": ["cat", "deer", "ship", "cat"],
        "pred": ["cat", "cat", "ship", "deer"],
        "confidence": [0.9, 0.8, 0.7, 0.95],
    }
)
WHOLE = TOP_ONE[["path", "label"]].assign(
    p_cat=[0.7, 0.6, 0.1, 0.2], p_deer=[0.2, 0.3, 0.1, 0.7], p_ship=[0.1, 0.1, 0.8, 0.1]
)


def published(frame, images="", **options) -> runs.Run:
    found = reading.read(Asked(frame, images=str(images)))
    return runs.open_run(publishing.publish(found, **options))


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for k, name in enumerate("abc"):
        Image.new("L", (4, 4), 51 * k).save(folder / f"{name}.png")
    return folder


def test_a_table_is_a_run_like_every_other(artifacts_root, photos):
    run = published(WHOLE, photos, name="mine")
    assert (run.name, run.classes) == ("mine", ("cat", "deer", "ship"))
    assert run.metrics["test"]["right"] == 2
    assert natural_ranking(Selection(), run) == "loss"
    first = queries.ranked(run, Selection(), "loss", descending=True, limit=1)
    assert first["path"].tolist() == ["d.png"]


def test_of_top_one_no_more_is_shown_than_was_brought(artifacts_root):
    run = published(TOP_ONE)
    assert {column.name for column in measures(run)} == {"confidence"}
    assert "loss" not in rankings(run)
    assert np.isnan(queries.image(run, 0)["label_prob"])
    assert run.metrics["test"]["loss"] is None
    assert any("not known" in note for note in run.notes)


def test_errors_of_top_one_are_ranked_by_confidence(artifacts_root):
    run = published(TOP_ONE)
    errors = Selection(correct=False)
    by = natural_ranking(errors, run)
    found = queries.ranked(run, errors, by, descending=True, limit=9)
    assert found["path"].tolist() == ["d.png", "b.png"]
    cell = Selection(cells=((1, 0),))
    found = queries.ranked(run, cell, natural_ranking(cell, run), descending=True, limit=9)
    assert found["score"].tolist() == [np.float32(0.8)]


def test_the_same_table_twice_says_so(artifacts_root):
    run = published(WHOLE)
    with pytest.raises(RunError, match=run.id):
        published(WHOLE)
    assert published(WHOLE, again=True).id != run.id
    assert published(WHOLE.assign(p_cat=WHOLE["p_cat"] - 0.001)).id != run.id


def test_pages_that_need_features_say_what_to_bring(artifacts_root):
    run = published(WHOLE)
    with pytest.raises(ExplainError, match="--features"):
        channels.features_of(run)


def test_measures_come_afterwards(artifacts_root, photos):
    run = published(TOP_ONE, photos)
    assert measuring.progress(run) == (0, 4)
    assert measuring.measure(run)
    run = measuring.attach(run)
    assert measuring.progress(run) == (4, 4)
    assert queries.image(run, 2)["brightness"] == pytest.approx(0.4)
    assert np.isnan(queries.image(run, 3)["brightness"])  # its file is missing
    bright = Selection(ranges=(("brightness", 0.1, 0.3),))
    assert queries.count(run, bright) == (1, 1)
    assert "brightness" in rankings(run)


def test_measuring_goes_on_where_it_was_stopped(artifacts_root, photos, monkeypatch):
    monkeypatch.setattr(measuring, "PART", 2)
    run = published(TOP_ONE, photos)
    real = measuring._one

    def stops(source, split, index):
        if index == 2:
            raise KeyboardInterrupt
        return real(source, split, index)

    monkeypatch.setattr(measuring, "_one", stops)
    with pytest.raises(KeyboardInterrupt):
        measuring.measure(run)
    assert measuring.progress(run) == (2, 4)
    seen = []
    monkeypatch.setattr(measuring, "_one", lambda *one: seen.append(one[2]) or real(*one))
    measuring.measure(run)
    assert sorted(seen) == [2, 3]
    assert measuring.progress(measuring.attach(run)) == (4, 4)


def test_a_run_that_was_trained_here_is_left_alone(tiny_run):
    assert measuring.attach(tiny_run) is tiny_run
    assert measuring.progress(tiny_run) == (8, 8)
