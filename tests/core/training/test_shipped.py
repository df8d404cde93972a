"""The run that ships: it opens, is small, and tells the planted story."""

import pytest

from core import artifacts, queries, runs
from core.datasets import demo
from core.datasets.scenes.planting import plan
from core.errors import TrainingError
from core.evaluation import classification
from core.runs.table import predictions
from core.training import recipe
from core.training.shipped import RUN_ID, main

MEGABYTE = 1_000_000


@pytest.fixture
def shipped(monkeypatch):
    monkeypatch.delenv("FENCEPOST_ARTIFACTS", raising=False)
    return runs.open_run(RUN_ID)


def test_it_is_small_and_names_no_path_of_the_machine_that_made_it(shipped):
    files = [path for path in shipped.folder.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 8 * MEGABYTE
    assert str(artifacts.REPOSITORY) not in (shipped.folder / "run.json").read_text()
    assert shipped.features().shape[0] == 3000


def test_a_small_network_gets_most_but_not_all(shipped):
    assert 0.93 <= shipped.metrics["test"]["accuracy"] <= 0.98


def test_fenced_deer_are_read_as_cat(shipped):
    table = predictions.read(shipped.table_path, shipped.classes).query("split == 'test'")
    planted = plan(demo.SEED, 2000, 1000).query("split == 'test'").set_index("index")
    deer, cat = shipped.classes.index("deer"), shipped.classes.index("cat")
    fenced = planted.index[(planted["fence_kind"] != "") & (planted["true_class"] == deer)]
    preds = table.set_index("index").loc[fenced, "pred"]
    assert (preds != deer).mean() >= 0.6
    assert (preds == cat).sum() > (preds != deer).sum() / 2


def test_deer_as_cat_is_among_the_top_confusions(shipped):
    counts = queries.confusion(shipped, "test")
    top = [cell[:2] for cell in classification.most_confused(counts, 2)]
    assert (shipped.classes.index("deer"), shipped.classes.index("cat")) in top


def test_a_training_that_fails_leaves_the_shipped_run(save_tiny, monkeypatch):
    def fail(*_, **__):
        raise TrainingError("the loss is not a number")

    save_tiny(run_id=RUN_ID)
    monkeypatch.setattr(recipe, "train", fail)
    with pytest.raises(TrainingError):
        main()
    assert runs.open_run(RUN_ID).name == "tiny"


def test_the_new_run_takes_the_place_and_the_id_of_the_old_one(save_tiny, monkeypatch):
    save_tiny(run_id=RUN_ID)
    monkeypatch.setattr(recipe, "train", lambda config, job: save_tiny(config).id)
    main()
    [run] = runs.list_runs()
    assert (run.id, run.meta["id"], run.name) == (RUN_ID, RUN_ID, "Demo: drawn scenes")
