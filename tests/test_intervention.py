"""What erasing a concept changes, beside erasing random images of the same classes."""

import numpy as np
import pytest

from core import intervention
from core.errors import ConceptError
from core.scoring import probabilities
from tests import planted

CAT, DEER = 0, 1


@pytest.fixture(scope="module")
def data():
    """Features, labels, who shows the fence, the rows of train, and fenced test deer."""
    x, labels, shows, splits = planted.features_and_truth()
    fenced_deer = np.flatnonzero((splits == "test") & (labels == DEER) & shows)
    return x, labels, shows, np.flatnonzero(splits == "train"), fenced_deer


def test_what_the_concept_does_no_random_images_do(data):
    x, labels, shows, train, deer = data
    made = intervention.erasers(x, train, shows, labels)
    found = intervention.without_concept(planted.head(), x[deer], made, CAT)
    assert found.n == len(deer)
    assert found.before == pytest.approx(probabilities(x[deer], *planted.head())[:, CAT].mean())
    assert found.after < 0.1 < found.before
    assert len(found.controls) == intervention.CONTROLS
    assert found.specific
    low, high = map(float, intervention.control_range(found).split(" to "))
    assert found.after < low <= high


def test_random_cats_are_no_cause(data):
    """Erasing them takes away what makes a cat, as erasing other random cats does."""
    x, labels, shows, train, deer = data
    rng = np.random.default_rng(0)
    among = np.flatnonzero((labels == CAT) & ~shows)
    chosen = np.zeros(len(labels), dtype=bool)
    chosen[rng.permutation(among)[: len(among) // 2]] = True
    found = intervention.without_concept(
        planted.head(), x[deer], intervention.erasers(x, train, chosen, labels), CAT
    )
    assert not found.specific


def test_controls_have_as_many_of_each_class_and_none_that_show_it():
    labels = np.array([0] * 6 + [1] * 6)
    shown = np.array([1, 1, 0, 0, 0, 0] + [1, 1, 1, 1, 0, 0], dtype=bool)
    drawn = intervention._random_instead(shown, labels, np.random.default_rng(0))
    assert not (drawn & shown).any()
    assert [drawn[labels == label].sum() for label in (0, 1)] == [2, 2]  # two deer are left


def test_without_images_nothing_is_said(data):
    x, labels, shows, train, _ = data
    made = intervention.erasers(x, train, shows, labels)
    found = intervention.without_concept(planted.head(), x[:0], made, CAT)
    assert (found.n, found.specific) == (0, False)
    assert np.isnan(found.before)
    with pytest.raises(ConceptError, match="nothing to erase"):
        intervention.erasers(x, train, np.zeros(len(x), dtype=bool), labels)
