"""Head mode on real photographs with a real pretrained network, against scikit-learn."""

import random
import shutil
import tarfile

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

import train
from core import runs
from core.runs.table import predictions
from core.training.head import STRENGTHS
from tests.real import shared

TRAIN, TEST = 60, 100  # images a class: what two cores manage in a minute


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A sub-sample of eight classes of 64 x 64 photographs."""
    root = tmp_path_factory.mktemp("photos")
    with tarfile.open(shared("data/photos8.tar")) as archive:
        archive.extractall(root, filter="data")
    for split, n in (("train", TRAIN), ("test", TEST)):
        for folder in sorted((root / "photos8" / split).iterdir()):
            files = sorted(folder.iterdir())
            keep = set(random.Random(0).sample(files, min(n, len(files))))
            for path in files:
                if path not in keep:
                    path.unlink()
    yield root / "photos8"
    shutil.rmtree(root)


@pytest.mark.timeout(600)
def test_head_mode_is_as_good_as_scikit_learn_on_the_same_features(photos, artifacts_root):
    weights = shared("weights/resnet18.safetensors")
    options = [f"--dataset=folder:{photos}", "--model=resnet18", f"--weights={weights}"]
    assert train.main([*options, "--mode=head"]) == 0
    [run] = runs.list_runs()
    table = predictions.read(run.table_path, run.classes)
    x, y = np.asarray(run.features(), dtype=np.float32), table["label"].to_numpy()
    rows = {split: (table["split"] == split).to_numpy() for split in ("train", "val", "test")}
    scaler = StandardScaler().fit(x[rows["train"]])
    x = scaler.transform(x)

    def held_out_loss(model):
        return log_loss(y[rows["val"]], model.predict_proba(x[rows["val"]]))

    models = [LogisticRegression(C=c, max_iter=2000) for c in STRENGTHS]
    theirs = min((m.fit(x[rows["train"]], y[rows["train"]]) for m in models), key=held_out_loss)
    ours = run.metrics["test"]["accuracy"]
    assert ours == pytest.approx(theirs.score(x[rows["test"]], y[rows["test"]]), abs=0.01)
    assert ours > 0.8
