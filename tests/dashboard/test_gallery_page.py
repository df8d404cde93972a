"""The Gallery page: tiles or a table of what is selected, and the ranges that select it."""

from __future__ import annotations

import json

import pytest

from tests.dashboard.conftest import component, words


def test_the_gallery_as_the_predictions_table(run, open_page):
    app = open_page("gallery", tiles="Table", n="20")
    [table] = [frame.value for frame in app.dataframe]
    assert table["loss"].is_monotonic_decreasing
    assert set(table["correct"]) <= {"right", "error"}
    shown, titles = list(app.dataframe[0].proto.column_order), app.dataframe[0].proto.columns
    assert not {"label", "pred", "row"} & {*shown}
    config = json.loads(titles)
    assert [config[name]["label"] for name in shown][:3] == [
        "True class",
        "Predicted class",
        "Right or error",
    ]
    assert {config[f"p_{name}"]["label"] for name in run.classes} == {
        f"P({name})" for name in run.classes
    }
    assert all(config[name]["label"] != name for name in shown)


def test_the_gallery_names_the_images_of_the_next_page_and_no_more(run, open_page):
    first, second = (
        component(open_page("gallery", n="20", page=page), "gallery_images") for page in "12"
    )
    next_page = [tile["src"] for tile in second["groups"][0]["tiles"]]
    assert first["following"] == next_page
    assert len(next_page) == 20
    last = component(open_page("gallery", n="20", page="6"), "gallery_images")
    assert (len(last["groups"][0]["tiles"]), last["following"]) == (20, [])


def test_the_gallery_gives_no_rate_of_a_selection_that_decides_it(run, open_page):
    assert "error rate" in words(open_page("gallery"))
    for show, said in (("Errors", "all errors"), ("Right", "all right")):
        text = words(open_page("gallery", show=show))
        assert said in text
        assert "error rate" not in text


def test_a_range_outlives_a_split_that_lacks_it(run, open_page):
    app = open_page("gallery", run="drawn")
    app.multiselect(key="filters").select("loss").run()
    slider = app.slider(key="range_loss")
    wanted = (slider.min, slider.max * 0.9)
    slider.set_range(*wanted).run()
    chosen = app.slider(key="range_loss").value
    app.button_group(key="split").set_value("train").run()
    app.button_group(key="split").set_value("test").run()
    assert app.slider(key="range_loss").value == pytest.approx(chosen)


def test_a_linked_range_beyond_the_ends_is_cut_to_them(run, open_page):
    app = open_page("gallery", filters="Loss", range_loss=["0.1", "99"])
    slider = app.slider(key="range_loss")
    assert slider.value == (0.1, slider.max)
    assert app.query_params["range_loss"] == ["0.1", str(slider.max)]
    assert not app.exception
