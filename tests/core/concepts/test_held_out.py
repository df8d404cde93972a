"""Errors that had no say in a concept test it; those that had are not counted."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from core.concepts import learn_from
from core.concepts.held_out import HeldOut
from core.concepts.presence import RATHER, presence, shown_in
from tests import planted

SCORES = np.array([0.0, 5, 6, 7, 1, 2, 3, 9])


def test_errors_are_compared_with_right_images_and_nothing_else():
    held_out = HeldOut.of(chose=[0, 7], errors=[1, 2, 3], right=[4, 5, 6])
    auc, p = held_out.test(SCORES)
    assert auc == 1
    assert p == pytest.approx(1 / 20)  # one order of three and three in twenty
    assert HeldOut.of([], [4, 5, 6], [1, 2, 3]).test(SCORES) == (0, 1)


def test_the_test_is_mann_and_whitneys_one_sided():
    errors, right = [0, 3, 5], [1, 2, 4, 6, 7]
    expected = mannwhitneyu(SCORES[errors], SCORES[right], alternative="greater").pvalue
    assert HeldOut.of([], errors, right).test(SCORES)[1] == pytest.approx(float(expected))


@pytest.mark.parametrize(("errors", "right"), [([], [1]), ([1], []), ([], [])])
def test_nothing_to_test_on_is_no_number(errors, right):
    assert np.isnan(HeldOut.of([0], errors, right).test(SCORES)).all()


def test_what_chose_is_not_counted():
    held_out = HeldOut.of([2, 5], [1], [3])
    assert held_out.unseen(np.array([1, 2, 3, 5])).tolist() == [True, False, True, False]


def test_it_comes_back_from_json_as_it_was():
    held_out = HeldOut.of(np.array([2, 5]), np.array([1]), np.array([3]))
    assert HeldOut.from_json(held_out.to_json()) == held_out
    for damaged in (None, {}, {"chose": [1]}, {"chose": "x", "errors": [], "right": []}, [1]):
        assert HeldOut.from_json(damaged) is None


@pytest.fixture
def fence(save_tiny):
    run, shows = planted.save(save_tiny)
    cats = np.arange(0, planted.SIZES["train"], 3)
    return run, shows, cats[shows[cats]][:10], cats[~shows[cats]][:10]


def test_a_tested_concept_speaks_of_its_test(fence):
    run, shows, on, off = fence
    test = np.arange(planted.SIZES["train"], len(shows))
    errors, right = test[shows[test]][:12], test[~shows[test]][:20]
    known = learn_from(run, on, off, name="x", held_out=HeldOut.of([], errors, right))
    assert known.real
    assert "12 errors that did not suggest it against 20 right images" in known.verdict()
    nothing = learn_from(run, on, off, name="x", held_out=HeldOut.of([], right[:8], right[8:]))
    assert not nothing.real
    assert nothing.verdict().startswith("Nothing is shown")
    untested = learn_from(run, on, off, name="x", held_out=HeldOut.of(errors, [], []))
    assert not untested.real
    assert untested.verdict().startswith("Nothing is left to test it on")
    assert untested.unseen(errors).sum() == 0


def test_a_concept_nobody_suggested_counts_every_image(fence):
    run, _, on, off = fence
    concept = learn_from(run, on, off, name="x")
    assert concept.held_out is None
    assert concept.unseen(np.arange(5)).all()


def test_each_class_has_a_limit_of_its_own(fence):
    run, shows, on, off = fence
    concept = learn_from(run, on, off, name="x")
    scores = concept.scores(run.features())
    labels = np.tile(np.arange(3), 200)[: planted.SIZES["train"]]
    train = np.arange(planted.SIZES["train"])
    found = presence(concept, scores[train], labels, 3, [0], RATHER)
    deer = np.median(scores[train][labels == 1])
    with_it = (labels == 0) & (scores[train] >= concept.threshold)
    step = scores[train][with_it].mean() - scores[train][(labels == 0) & ~with_it].mean()
    assert found.limits[0] == concept.threshold
    assert found.limits[1] == pytest.approx(deer + step / 2, rel=1e-5)
    assert shown_in(run, concept, scores)[train].tolist() == found.shows.tolist()
    assert np.mean(shown_in(run, concept, scores) == shows) > 0.95


def test_where_too_few_show_it_the_threshold_decides(fence):
    run, _, on, off = fence
    concept = learn_from(run, on, off, name="x")
    scores = np.full(sum(planted.SIZES.values()), concept.threshold - 1)
    scores[7] = concept.threshold
    assert np.flatnonzero(shown_in(run, concept, scores)).tolist() == [7]
