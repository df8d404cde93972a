"""Every page of a run: it draws, whatever the URL, the run or the disk holds."""

from __future__ import annotations

import shutil

import pytest

from core import artifacts
from core.training.config import TrainConfig
from tests import drawn
from tests.dashboard.conftest import PAGES, component, words

HOSTILE = ("<img src=x onerror=alert(1)>", "*star* [link](http:x) $x$", "quote\"'&amp; :red[r]")

BAD_URLS = (
    {"run": "../../etc", "split": "nowhere", "true": "unicorn"},
    {"show": "Wrong", "rank": "P(unicorn)", "order": "sideways", "cells": "a → b"},
    {"page": "-3", "n": "7", "tiles": "XXL", "seed": "x", "image": "1e9", "numbers": "?"},
    {"filters": "nothing", "range_loss": "a", "errors_only": "maybe", "curve": "2"},
    {"page": "999", "image": "999999", "cells": "cat → deer"},
)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_draws(run, open_page, page):
    app = open_page(page)
    assert not app.exception
    assert app.title[0].value.lower() == page


def test_without_a_run_it_says_what_to_do(every_page):
    for page, app in every_page():
        assert not app.exception, page
        assert "fencepost train" in words(app), page


def test_a_damaged_run_beside_a_good_one_harms_no_page(run, every_page):
    (artifacts.runs_dir() / "broken").mkdir()
    for page, app in every_page():
        assert not app.exception, page


def test_a_table_damaged_inside_is_one_message(run, every_page):
    data = bytearray(run.table_path.read_bytes())
    data[4 : len(data) // 5] = b"x" * (len(data) // 5 - 4)  # the footer still reads well
    run.table_path.write_bytes(data)
    for page, app in every_page():
        assert not app.exception, page
        assert "is damaged" in words(app), page


def test_only_damaged_runs(artifacts_root, every_page):
    (artifacts_root / "runs" / "broken").mkdir(parents=True)
    for page, app in every_page():
        assert not app.exception, page
        assert "broken" in words(app), page


@pytest.mark.parametrize("query", BAD_URLS)
def test_nonsense_in_the_url_is_ignored(run, every_page, query):
    for page, app in every_page(**query):
        assert not app.exception, page


def test_a_data_set_that_moved_leaves_the_numbers(run, dataset, every_page, tmp_path):
    shutil.move(tmp_path / "photos", tmp_path / "elsewhere")
    for page, app in every_page():
        assert not app.exception, page
        assert "Images cannot be shown" in words(app), page
        assert words(app).count("Images cannot be shown") == 1, page


def test_names_are_text(artifacts_root, every_page, tmp_path):
    drawn.save(drawn.draw(tmp_path / "hostile", HOSTILE), name=HOSTILE[0])
    for page, app in every_page():
        assert not app.exception, page
        text = "\n".join(str(e.value) for kind in (app.caption, app.subheader) for e in kind)
        assert "<img" not in text.replace("\\<", ""), page
        assert ":red[" not in text, page


def test_a_run_chosen_on_test_says_so(dataset, every_page):
    drawn.save(dataset, select_on="test")
    for page, app in every_page():
        assert "chosen on test" in words(app), page


def test_validation_says_what_it_chose(run, open_page):
    assert "chose the epoch, or the strength of the head, and the strength of fixes" in words(
        open_page("overview", split="val")
    )
    assert "chose the epoch" not in words(open_page("overview"))


def test_a_link_to_a_run_that_is_gone_says_so(run, open_page):
    app = open_page("overview", run="*gone*")
    assert app.title[0].value == "Overview"
    assert r"Run \*gone\* was deleted" in app.toast[0].value
    assert not open_page("overview", run=run.id).toast


def test_a_confusion_of_few_images_offers_no_explanation(save_tiny, open_page):
    save_tiny()
    app = open_page("overview")
    whys = [button for button in app.button if (button.key or "").startswith("overview_why")]
    assert whys
    assert all(button.disabled for button in whys)
    assert "at least 3 are needed" in whys[0].help


def test_stl10_says_that_its_weights_have_seen_imagenet(save_tiny, every_page):
    save_tiny(TrainConfig(dataset="stl10", name="stl"), dataset="stl10")
    for page, app in every_page():
        assert not app.exception, page
        assert "come from ImageNet" in words(app), page


def test_the_url_selects(run, open_page):
    app = open_page("gallery", true="deer", show="Errors", rank="P(cat)", order="Lowest first")
    assert "deer, errors in test" in [e.value for e in app.subheader]
    assert "Lowest P\\(cat\\) first" in words(app)
    assert app.multiselect(key="true").value == ["deer"]


def test_an_empty_cell_says_so_and_keeps_its_frame(run, open_page):
    app = open_page("confusion", true="deer", pred="cat", show="Right")
    assert not app.exception
    assert "There are no images here" in words(app)
    assert "Open in gallery" not in [button.label for button in app.button]
    assert component(app, "confusion_matrix")["chosen"] == [[1, 0]]


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ({"true": "deer", "show": "Errors"}, [[1, -1]]),
        ({"pred": "deer", "show": "Errors"}, [[-1, 1]]),
        ({"cells": ["deer → cat", "cat → dog"]}, [[1, 0], [0, 2]]),
        ({}, []),
    ],
)
def test_the_matrix_marks_the_selection(run, open_page, query, chosen):
    assert component(open_page("confusion", **query), "confusion_matrix")["chosen"] == chosen


def test_the_bar_of_a_class_is_a_link_to_its_errors(run, open_page):
    first, *_ = bars = component(open_page("overview"), "overview_errors")["bars"]
    assert first["share"] == 1
    assert [int(bar["number"]) for bar in bars] == sorted(
        (int(bar["number"]) for bar in bars), reverse=True
    )
    name = run.classes[first["id"]]
    assert first["href"].startswith(f"/gallery?run=drawn&split=test&true={name}&show=Errors")
    assert first["said"].startswith(f"{name}: {first['number']} of 40 wrong (")


def test_before_a_choice_the_largest_confusion_is_named_as_such(run, open_page):
    assert "The largest confusion" in words(open_page("confusion"))
    assert "The largest confusion" not in words(open_page("confusion", true="deer"))


def test_the_grid_of_classes_heeds_the_whole_selection(run, open_page):
    app = open_page("classes", true="deer", show="Errors")
    assert "deer, errors in test" in words(app).replace("\\", "")
    app = open_page("classes", true="deer", pred="deer", show="Errors")
    assert "There are no images in this selection" in words(app)


def test_an_image_that_is_not_there_and_a_selection_without_images_are_told_apart(run, open_page):
    assert "test has no image 5000" in words(open_page("image", image="5000"))
    app = open_page("image", true="deer", pred="deer", show="Errors")
    assert "There are no images in this selection" in words(app)
    app.button(key="image_clear").click().run()
    assert "1 of 120" in words(app)


def test_another_run_forgets_classes_it_does_not_have(run, open_page, tmp_path):
    drawn.save(drawn.draw(tmp_path / "ships", ("ship", "truck")), run_id="ships", name="Ships")
    app = open_page("gallery", run="drawn", true="deer", rank="P(deer)", cells="deer → cat")
    assert app.selectbox(key="run").value == "drawn"
    app.selectbox(key="run").select("ships").run()
    assert not app.exception
    assert app.multiselect(key="true").value == []
    assert "All images in test" in [e.value for e in app.subheader]


def test_two_runs_of_one_name_are_told_apart(run, dataset, open_page):
    drawn.save(dataset, run_id="again")
    app = open_page(run="drawn")
    one, other = app.selectbox(key="run").options
    assert one != other
    assert one.endswith(" · Drawn")
    assert other.endswith(" · Drawn")
    assert app.selectbox(key="run").value == "drawn"


def test_the_run_stays_when_a_click_opens_another_page(run, dataset, open_page):
    drawn.save(dataset, run_id="newer")
    app = open_page(run=run.id)
    button = next(b for b in app.button if (b.key or "").startswith("overview_cell"))
    app = button.click().run()
    assert app.title[0].value == "Confusion"
    assert app.selectbox(key="run").value == run.id


def test_the_overview_says_where_no_pattern_stands_out(save_tiny, open_page):
    save_tiny()
    app = open_page()
    assert app.header[0].value.startswith("No pattern stands out in ")
    app = next(b for b in app.button if b.key == "overview_all").click().run()
    assert app.title[0].value == "Gallery"
    assert app.button_group(key="show").value == "Errors"


def test_each_tab_has_a_title_of_its_own(run, open_page, monkeypatch):
    titles = []
    monkeypatch.setattr(
        "streamlit.set_page_config", lambda **said: titles.append(said["page_title"])
    )
    open_page("confusion", true="deer", pred="cat")
    assert titles[-1] == "deer predicted as cat in test · Confusion · Drawn · Fencepost"
    open_page("train")
    assert titles[-1] == "Train · Fencepost"
