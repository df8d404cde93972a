"""Predictions are brought on the Train page: a path, the guesses, what was understood, a run."""

from __future__ import annotations

import pandas as pd
import pytest
from PIL import Image

from core import runs
from core.bringing.tables import publishing, reading
from core.bringing.tables.understood import Asked
from dashboard.components import train_form
from tests.dashboard.conftest import words

TABLE = {
    "file": ["a.png", "b.png", "c.png"],
    "label": ["cat", "dog", "cat"],
    "p_cat": [0.9, 0.6, 0.7],
    "p_dog": [0.1, 0.4, 0.3],
}


@pytest.fixture(autouse=True)
def nothing_is_measured(monkeypatch):
    monkeypatch.setattr("core.bringing.tables.measuring.start", lambda run: None)


@pytest.fixture
def table(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("a", "b"):
        Image.new("RGB", (8, 8)).save(photos / f"{name}.png")
    file = photos / "mine.csv"
    pd.DataFrame(TABLE).to_csv(file, index=False)
    return file


@pytest.fixture
def bring(open_page, table):
    """A function that opens the page with that table named."""

    def open_():
        app = open_page("train")
        app.segmented_control(key=train_form.WAY).set_value(train_form.BRING).run()
        return app.text_input(key="bring_path").set_value(str(table)).run()

    return open_


def box(app, role: str):
    return next(each for each in app.selectbox if (each.key or "").startswith(f"bring_{role}_"))


def finished(app):
    """The page once the run is written."""
    for _ in range(50):
        app.run()
        if runs.list_runs() and app.title[0].value != "Train":
            return app
    raise AssertionError(words(app))


def test_each_guess_stands_in_a_select_box(bring):
    app = bring()
    assert not app.exception
    assert box(app, "path").value == "file"
    assert box(app, "label").value == "label"
    assert box(app, "split").value == "-"
    assert "2 of 3 files found" in words(app)
    assert "c\\.png" in words(app)


def test_another_column_than_the_guessed_one(bring):
    app = bring()
    box(app, "confidence").set_value("p_cat")
    box(app, "pred").set_value("label")
    box(app, "probs").set_value("-").run()
    assert "classes      2: cat, dog" in app.code[0].value
    assert "confidence 'p_cat'" in app.code[0].value


def test_a_button_makes_the_run_and_opens_it(bring):
    app = bring()
    app.button(key="bring_open").click().run()
    app = finished(app)
    [run] = runs.list_runs()
    assert (run.name, run.metrics["test"]["right"]) == ("mine", 2)
    assert app.title[0].value == "Overview"


def test_the_same_table_twice_says_so(bring, table):
    publishing.publish(reading.read(Asked(str(table))))
    app = bring()
    assert "is the run mine already" in words(app)
    assert not [button for button in app.button if button.key == "bring_open"]


def test_a_table_that_is_none_says_why(bring, table):
    table.write_text("a,b\n1,2\n")
    assert "\\-\\-columns path\\=NAME" in words(bring())


def test_a_page_of_top_one_is_whole(artifacts_root, table, every_page):
    frame = pd.DataFrame({name: TABLE[name] for name in ("file", "label")})
    frame["label"] = ["cat", "dog", "emu"]
    found = frame.assign(pred=["cat", "cat", "emu"], confidence=[0.9, 0.8, 0.7])
    run_id = publishing.publish(reading.read(Asked(found, images=str(table.parent))))
    for name, app in every_page(run=run_id):
        assert not app.exception, name
        assert not app.error, name
    assert "not known" in words(app) or "only" in words(app).casefold()
