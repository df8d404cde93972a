"""What erasing a concept changes, beside erasing random images of the same classes."""

import numpy as np
import pytest

from core.concepts.effects import erasure, intervention
from core.concepts.effects.erasure import erase
from core.errors import ConceptError
from core.inference.scoring import probabilities
from tests import planted

CAT, DEER = 0, 1


class Story:
    """Planted features, and what erasing images of train does to fenced deer and plain cats."""

    def __init__(self):
        self.x, self.labels, self.fenced, splits = planted.features_and_truth()
        self.train, test = np.flatnonzero(splits == "train"), splits == "test"
        self.deer = self.x[test & (self.labels == DEER) & self.fenced]
        self.cats = self.x[test & (self.labels == CAT) & ~self.fenced]

    def erased(self, shown):
        made = intervention.erasers(self.x, self.train, shown, self.labels)
        return [
            intervention.without_concept(planted.head(), images, made, CAT)
            for images in (self.deer, self.cats)
        ]


@pytest.fixture(scope="module")
def story():
    return Story()


def test_a_cause_parts_errors_from_right_images_as_no_random_images_do(story):
    errors, plain = story.erased(story.fenced)
    assert errors.after < 0.1 < 0.4 < errors.before
    assert plain.after > plain.before - 0.05
    assert intervention.chance(errors, plain) == 1 / 100


def test_of_twenty_random_halves_of_the_cats_hardly_any_is_a_cause(story):
    cats = story.train[story.labels[story.train] == CAT]
    found = []
    for seed in range(20):
        chosen = np.zeros(len(story.labels), dtype=bool)
        chosen[np.random.default_rng(100 + seed).permutation(cats)[: len(cats) // 2]] = True
        found.append(intervention.chance(*story.erased(chosen)))
    assert sum(p <= 0.05 for p in found) <= 3
    assert 0.3 < np.mean(found) < 0.7


def test_it_is_what_the_head_says_of_erased_features(story):
    errors, _ = story.erased(story.fenced)
    eraser = erase(story.x[story.train], story.fenced[story.train])
    before = probabilities(story.deer, *planted.head())
    after = probabilities(eraser(story.deer), *planted.head())
    assert errors.before == pytest.approx(before[:, CAT].mean(), abs=1e-5)
    assert errors.after == pytest.approx(after[:, CAT].mean(), abs=1e-5)
    assert errors.changed == (before.argmax(axis=1) != after.argmax(axis=1)).sum()
    assert errors.n == len(story.deer)


def test_controls_have_as_many_of_each_class():
    labels = np.array([0] * 6 + [1] * 6 + [2] * 3)
    shown = np.array([1, 1, 0, 0, 0, 0] + [1, 1, 1, 1, 0, 0] + [0, 0, 0], dtype=bool)
    drawn = intervention._shuffled(shown, labels, np.random.default_rng(0))
    assert [drawn[labels == label].sum() for label in (0, 1, 2)] == [2, 4, 0]
    assert not np.array_equal(drawn, shown)


def test_without_images_nothing_is_said(story):
    errors, plain = story.erased(story.fenced)
    made = intervention.erasers(story.x, story.train, story.fenced, story.labels)
    nothing = intervention.without_concept(planted.head(), story.x[:0], made, CAT)
    assert nothing.n == 0
    assert np.isnan(nothing.before)
    assert np.isnan(intervention.chance(errors, nothing))
    assert np.isnan(intervention.chance(nothing, plain))
    with pytest.raises(ConceptError, match="nothing to erase"):
        story.erased(np.zeros(len(story.labels), dtype=bool))


def outcome(before, after, controls, n=5):
    return intervention.Erased(n, before, after, 0, np.array(controls))


def test_chance_by_hand_counts_controls_that_part_the_two_as_far():
    """The concept: errors fall by 0.5 and right images by 0.25; so 0.25 more."""
    plain = outcome(0.75, 0.5, [0.75, 0.75, 0.5, 0.75])
    errors = outcome(0.75, 0.25, [0.5, 0.25, 0.25, 0.75])  # 0.25, 0.5, 0.25 and 0 more
    assert intervention.chance(errors, plain) == (1 + 3) / 5
    assert intervention.chance(outcome(0.75, 0.25, [0.75] * 4), plain) == 1 / 5
    assert np.isnan(intervention.chance(errors, outcome(0.75, 0.5, [0.5] * 4, n=0)))


def test_what_is_erased_by_hand():
    """One channel decides; the concept's eraser sets it to 1, the control's leaves it."""
    whole = erasure.Eraser(np.array([1.0, 0]), np.array([1.0, 0]), np.array([1.0, 0]))
    none = erasure.Eraser(np.zeros(2), np.zeros(2), np.zeros(2))
    made = intervention.Erasers(whole, (none, whole))
    head = np.array([[1.0, 0], [0, 0], [-9, -9]]), np.array([0.0, 2, -99])
    found = intervention.without_concept(head, np.array([[3.0, 0], [0, 5]]), made, 0)
    before = np.mean([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(2))])
    assert (found.n, found.changed) == (2, 1)
    assert found.before == pytest.approx(before)
    assert found.after == pytest.approx(1 / (1 + np.exp(1)))
    assert found.controls == pytest.approx([found.before, found.after])
    empty = intervention.without_concept(head, np.zeros((0, 2)), made, 0)
    assert (empty.n, empty.changed) == (0, 0)
    assert np.isnan([empty.before, empty.after, *empty.controls]).all()
    assert len(empty.controls) == 2


def test_erasers_are_learned_from_some_training_images_alone(story, monkeypatch):
    whole = intervention.erasers(story.x, story.train, story.fenced, story.labels)
    assert len(whole.controls) == 99
    expected = erase(story.x[story.train], story.fenced[story.train])
    np.testing.assert_allclose(whole.concept.read, expected.read, rtol=1e-6)
    again = intervention.erasers(story.x, story.train, story.fenced, story.labels)
    np.testing.assert_array_equal(whole.controls[3].read, again.controls[3].read)
    monkeypatch.setattr(intervention, "ENOUGH", 200)
    some = intervention.erasers(story.x, story.train, story.fenced, story.labels)
    same = intervention.erasers(story.x, story.train, story.fenced, story.labels, seed=0)
    other = intervention.erasers(story.x, story.train, story.fenced, story.labels, seed=1)
    np.testing.assert_array_equal(some.concept.read, same.concept.read)
    assert not np.allclose(some.concept.read, whole.concept.read)
    assert not np.allclose(some.concept.read, other.concept.read)
    damaged = story.x.copy()
    damaged[story.train[0]] = np.nan
    monkeypatch.undo()
    with pytest.raises(ConceptError):
        intervention.erasers(damaged, story.train, story.fenced, story.labels)
