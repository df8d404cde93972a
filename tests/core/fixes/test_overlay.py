import numpy as np
import pytest

from core.errors import RunError
from core.fixes.imagined import overlay
from tests import drawn
from tests.core.inference.test_network import weights


@pytest.fixture
def run(artifacts_root, tmp_path):
    dataset = drawn.draw(tmp_path / "photos")
    return drawn.save(dataset, state=weights(), model="small", weights="none", size=32)


def training(run, n_shows=5):
    """Rows, labels and who shows it, of the eighteen training and validation images."""
    rows = np.arange(3 * drawn.TEST, 3 * (drawn.TEST + drawn.TRAIN))
    return rows, np.repeat([0, 1, 2], drawn.TRAIN), np.arange(len(rows)) < n_shows


def test_every_class_gets_as_many_and_the_seed_decides(run):
    made = overlay.overlays(run, *training(run), count=12)
    assert made.features.shape == (12, 256)
    assert np.bincount(made.labels).tolist() == [4, 4, 4]
    again = overlay.overlays(run, *training(run), count=12)
    np.testing.assert_array_equal(again.features, made.features)
    other = overlay.overlays(run, *training(run), count=12, seed=1)
    assert (other.labels != made.labels).any() or (other.features != made.features).any()


def test_progress_reaches_the_end(run):
    told = []
    overlay.overlays(run, *training(run), count=9, progress=lambda *at: told.append(at))
    assert told[-1] == (9, 9)


def test_donors_come_evenly_from_the_class_that_shows_it_and_from_all_others():
    labels = np.array([0] * 50 + [1] * 50)
    shows = np.zeros(100, dtype=bool)
    shows[:30] = shows[50:52] = True
    targets, donors = overlay._pairs(labels, shows, 1000, np.random.default_rng(0))
    assert not shows[targets].any()
    assert shows[donors].all()
    assert 0.4 < labels[donors].mean() < 0.6


def test_too_few_that_show_it(run):
    with pytest.raises(RunError, match="4 training images show the concept"):
        overlay.overlays(run, *training(run, n_shows=4), count=12)


def test_targets_are_sorted_and_few_donors_of_a_kind_are_kept():
    labels, shows = np.zeros(1000, dtype=int), np.arange(1000) < 500
    targets, donors = overlay._pairs(labels, shows, 2000, np.random.default_rng(0))
    assert (np.diff(targets) >= 0).all()
    assert len(np.unique(donors)) == overlay.MOST
