"""What the Train page offers and starts; nothing is really started."""

from __future__ import annotations

import pytest

from core.datasets import download
from core.errors import JobError
from core.training import jobs
from core.training.config import TrainConfig, recommended
from core.training.jobs import preflight
from dashboard.components import train_form, train_options
from tests import trees
from tests.dashboard import conftest


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    for module in (preflight, download):
        monkeypatch.setattr(module, "reachable", lambda url: True)


@pytest.fixture
def started(monkeypatch):
    """The configs that the page starts a training with; nothing is really started."""
    found: list[TrainConfig] = []
    monkeypatch.setattr(jobs, "start", lambda config, *_: found.append(config))
    return found


def words(app) -> str:
    """What the page says, as it is read."""
    return conftest.words(app).replace("\\", "")


def press(app, key: str):
    return app.button(key=key).click().run()


def test_sidebar_leads_to_the_train_page(run, open_page):
    app = press(open_page(), "sidebar_train")
    assert app.title[0].value == "Train"


def test_demo_offers_what_suits_it(open_page, started):
    press(open_page("train"), "train_start")
    assert started == [recommended("demo")]


def test_other_data_offers_the_notebooks_recipe(open_page, started):
    app = open_page("train")
    app.button_group(key="train_data").set_value("stl10").run()
    press(app, "train_start")
    assert started == [TrainConfig()]


def test_what_was_typed_is_trained(open_page, started):
    app = open_page("train")
    app.number_input(key="train_demo_epochs").set_value(3)
    app.text_input(key="train_demo_name").set_value("mine")
    press(app, "train_start")
    assert (started[0].epochs, started[0].name) == (3, "mine")


def test_a_trained_network_is_predicted_with(open_page, started):
    app = open_page("train")
    app.button_group(key="train_way").set_value(train_form.TRAINED).run()
    app.text_input(key="predict_demo_weights").set_value(" w.pth ")
    app.selectbox(key="train_demo_model").set_value("resnet18")
    app.text_input(key="train_demo_classes").set_value("a,b")
    said = words(press(app, "predict_start"))
    assert "There is no weights file" in said
    assert not started


def test_what_a_trained_network_is_shown_can_be_said(open_page, started, monkeypatch):
    monkeypatch.setattr(jobs, "refusal", lambda config: "")
    app = open_page("train")
    app.button_group(key="train_way").set_value(train_form.TRAINED).run()
    app.text_input(key="predict_demo_weights").set_value("w.pth")
    app.text_input(key="train_demo_mean").set_value("0.5,0.5,0.5")
    press(app, "predict_start")
    [config] = started
    assert (config.mode, config.weights, config.mean) == ("predict", "w.pth", "0.5,0.5,0.5")
    assert (config.model, config.size) == ("small", 64)


def test_bad_value_is_told(open_page, started):
    app = open_page("train")
    app.number_input(key="train_demo_epochs").set_value(0)
    app = press(app, "train_start")
    assert "Epochs is 0" in words(app)
    assert not started


def test_folder_that_is_not_there_is_refused(open_page, started):
    app = open_page("train")
    app.button_group(key="train_data").set_value("folder").run()
    app.text_input(key="train_folder_path").set_value("/not/there").run()
    app = press(app, "train_start")
    assert "There is no folder /not/there" in words(app)
    assert not started


def test_empty_folder_name_is_refused(open_page, started):
    app = open_page("train")
    app.button_group(key="train_data").set_value("folder").run()
    said = words(press(app, "train_start"))
    assert "Name the folder of your images" in said
    assert "folder:" not in said
    assert not started


def test_training_that_began_elsewhere_meanwhile(open_page, monkeypatch):
    def busy(config, *_):
        raise JobError("A training is already running")

    monkeypatch.setattr(jobs, "start", busy)
    assert "already running" in words(press(open_page("train"), "train_start"))


def test_read_only_trains_nothing(run, open_page, started, monkeypatch):
    app = open_page("train")
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    assert "read-only" in words(press(app, "train_start"))
    assert "train_start" not in [button.key for button in open_page("train").button]
    assert "sidebar_train" not in [button.key for button in open_page().button]
    assert not started


def test_first_start_offers_a_training_of_each_kind(open_page):
    app = open_page()
    assert [b.label for b in app.button if b.key.startswith("offer_")] == [
        "Train on the demo",
        "Train on STL-10",
        "Train on a folder",
        "Train on a table",
        "Train on arrays",
        "Train on a Hugging Face data set",
        "Bring predictions",
    ]
    app = press(app, "offer_folder")
    assert app.title[0].value == "Train"
    assert app.button_group(key="train_data").value == "folder"


def test_a_table_is_looked_at_as_soon_as_it_is_named(open_page, started, tmp_path):
    trees.tree(tmp_path / "data/img", *(f"{c}{k}.png" for c in "ab" for k in range(5)))
    rows = [f"{c}{k}.png,{c},{'xy'[k % 2]}" for c in "ab" for k in range(5)]
    (tmp_path / "data/labels.csv").write_text(
        "\n".join(["file,label,*other*", *rows, "gone.png,a,x"])
    )
    app = open_page("train")
    app.button_group(key="train_data").set_value("csv").run()
    app.text_input(key="train_csv_path").set_value(str(tmp_path / "data/labels.csv")).run()
    assert not app.exception
    assert "2 classes, 8 train, 2 test" in [found.label for found in app.expander]
    said = words(app)
    assert "The column 'file' names each image, 'label' says its class." in said
    assert "1 row is left out, of which there is no file: row 12." in said
    app.selectbox(key="train_csv_column_label").set_value("*other*").run()
    assert "'*other*' says its class" in words(app)
    press(app, "train_start")
    assert started[0].dataset == f"csv:{tmp_path}/data/labels.csv?label=%2Aother%2A"


def test_why_a_data_set_cannot_be_read_is_said_at_once(open_page):
    app = open_page("train")
    app.button_group(key="train_data").set_value("folder").run()
    app.text_input(key="train_folder_path").set_value("/not/there").run()
    assert "There is no folder /not/there" in words(app)


def test_weights_are_chosen_and_a_file_is_asked_for_only_then(open_page, started, monkeypatch):
    monkeypatch.setattr(jobs, "refusal", lambda config: "")
    app = open_page("train")
    field = "train_demo_weights_file"
    assert field not in [found.key for found in app.text_input]
    app.button_group(key="train_demo_weights").set_value(train_options.FILE).run()
    app.text_input(key=field).set_value(" /mine.pth ")
    press(app, "train_start")
    assert started[0].weights == "/mine.pth"


def test_what_a_head_does_not_know_is_not_asked(open_page, started):
    app = open_page("train")
    app.button_group(key="train_demo_mode").set_value("head").run()
    keys = {found.key.removeprefix("train_demo_") for found in app.number_input}
    assert keys == {"size", "seed", "workers"}
    press(app, "train_start")
    assert (started[0].mode, started[0].epochs) == ("head", recommended("demo").epochs)


def test_every_option_is_explained_in_a_sentence(open_page):
    app = open_page("train")
    kinds = (app.number_input, app.selectbox, app.button_group, app.text_input)
    asked = [found for kind in kinds for found in kind if found.key.startswith("train_demo_")]
    assert len(asked) == 14
    assert all(len(found.help.split()) >= 8 for found in asked)
