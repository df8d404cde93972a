import numpy as np
import pytest

from core import concepts
from core.concepts.learning.direction import cut
from core.errors import ConceptError
from core.evaluation.statistics import auc
from tests import planted


@pytest.fixture(scope="module")
def data():
    return planted.features_and_truth()


@pytest.fixture(scope="module")
def picks(data):
    """Ten cats behind a fence and ten in front of none, of train."""
    _, labels, shows, splits = data
    cats = (labels == 0) & (splits == "train")
    return np.flatnonzero(cats & shows)[:10], np.flatnonzero(cats & ~shows)[:10]


def learn(data, shows, without=None, **options):
    return concepts.learn(data[0], shows, without, data[1], name="fence", **options)


def test_a_fence_of_cats_is_found_on_every_class(data, picks):
    features, labels, shows, splits = data
    found = learn(data, *picks)
    test = splits == "test"
    scores = found.scores(features)
    assert auc(scores[test & shows], scores[test & ~shows]) > 0.98
    assert (found.shown(features) == shows)[test].mean() > 0.9
    # Contrasted within cats, so plain cats score no more than plain deer.
    plain = [scores[test & ~shows & (labels == k)].mean() for k in (0, 1)]
    assert abs(plain[0] - plain[1]) < 0.2 * scores.std()


def test_it_says_how_sure_it_is(data, picks):
    found = learn(data, *picks)
    assert found.real
    assert found.auc > 0.9
    assert found.p_value == 1 / 200
    assert (found.n_shows, found.n_without) == (10, 10)
    assert found.verdict().startswith("Recognisable: an image that shows it scores higher than one")
    said = f"(AUC {found.auc:.2f}, cross-validated over 10 and 10 images)"
    assert said in found.verdict()
    assert f"(p = {found.p_value:.3f})" in found.verdict()


def test_scores_are_of_unit_length_on_standardised_features(data, picks):
    features = data[0].astype(np.float32)
    found = learn(data, *picks)
    assert np.linalg.norm(found.direction * features.std(axis=0)) == pytest.approx(1, rel=1e-4)
    assert found.scores(features).mean() == pytest.approx(0, abs=1e-3)
    assert found.scores(features).dtype == np.float32


def test_the_same_picks_give_the_same_concept(data, picks):
    first, second = learn(data, *picks, seed=3), learn(data, picks[0][::-1], picks[1], seed=3)
    assert np.array_equal(first.direction, second.direction)
    assert first.threshold == second.threshold


def test_without_counter_examples_random_others_stand_in(data, picks):
    found = learn(data, picks[0])
    scores, test = found.scores(data[0]), data[3] == "test"
    assert found.real
    assert auc(scores[test & data[2]], scores[test & ~data[2]]) > 0.95
    assert found.origin["without"] is None
    assert learn(data, picks[0], []).n_without == found.n_without


@pytest.mark.parametrize("without", [True, False])
def test_random_picks_are_no_concept(data, without):
    rng = np.random.default_rng(7)
    found = []
    for seed in range(10):
        rows = rng.choice(300, 20, replace=False)
        found.append(learn(data, rows[:10], rows[10:] if without else None, seed=seed))
    assert sum(concept.real for concept in found) <= 1
    assert (
        next(c for c in found if not c.real).verdict().startswith("Not a concept yet: random picks")
    )


@pytest.mark.parametrize(
    ("shows", "without", "message"),
    [
        ([1, 2], None, "Too few different images that show it: 2"),
        ([1, 1, 1, 1], None, "that show it: 1"),
        ([], None, "that show it: 0"),
        ([1, 2, 3], [4], "Too few different images that do not: 1"),
        ([1, 2, 3], [3, 4, 5], r"picked as showing it and as not showing it \(row 3\)"),
        ([1, 2, 540], None, "Row 540 is not an image of this run, which has 540"),
        ([-1, 2, 3], None, "Row -1 is not"),
    ],
)
def test_picks_that_cannot_be_learned_from(data, shows, without, message):
    with pytest.raises(ConceptError, match=message):
        learn(data, shows, without)


def test_three_picks_are_enough_to_try(data, picks):
    assert learn(data, picks[0][:3], picks[1][:3]).n_shows == 3


def test_every_image_of_the_class_picked():
    x, labels = np.random.default_rng(0).normal(size=(9, 4)), np.repeat([0, 1], [4, 5])
    with pytest.raises(ConceptError, match="nothing is left to compare with"):
        concepts.learn(x, [0, 1, 2, 3], None, labels, name="all")


def test_without_features():
    with pytest.raises(ConceptError, match="kept no features"):
        concepts.learn(None, [1, 2, 3], None, np.zeros(9), name="none")
    with pytest.raises(ConceptError, match="4 rows of features for 9 images"):
        concepts.learn(np.eye(4), [1, 2, 3], None, np.zeros(9), name="other")


def test_features_of_another_network(data, picks):
    with pytest.raises(ConceptError, match="has 24 channels, but these features have 3"):
        learn(data, *picks).scores(np.eye(3))


def test_one_class_and_dead_channels(data, picks):
    dead = np.column_stack([data[0], np.zeros((len(data[0]), 2), dtype=np.float16)])
    found = concepts.learn(dead, *picks, np.zeros(len(dead), dtype=int), name="fence")
    assert np.isfinite(found.direction).all()
    assert found.direction[-2:].tolist() == [0, 0]


def test_a_channel_as_a_concept(data):
    found = concepts.of_channel(data[0], planted.FENCE, name="channel 6")
    shown = found.shown(data[0])
    assert shown.mean() == pytest.approx(0.05, abs=0.01)
    assert data[2][shown].all()
    assert not found.real
    assert found.verdict().startswith("Not learned from picks")
    with pytest.raises(ConceptError, match="no channel 24"):
        concepts.of_channel(data[0], 24, name="none")


def test_the_cut_lies_where_a_tight_and_a_wide_curve_meet():
    """Plain images lie close together: far below the middle, one already stands out."""
    rng = np.random.default_rng(0)
    scores = np.concatenate([rng.normal(0, 0.5, 400), rng.normal(10, 3, 300)])
    assert 1.2 < cut(scores, 0, 10) < 3
    assert cut(np.array([1.0, 2]), 3, 3) == 3
    assert 0 <= cut(np.zeros(50), 0, 1) <= 1


def test_strongest_weakest_borderline():
    scores, among = np.array([5.0, 1, 4, 2, 3]), np.array([0, 1, 2, 3])
    assert concepts.strongest(scores, among, 2).tolist() == [0, 2]
    assert concepts.weakest(scores, among, 2).tolist() == [1, 3]
    assert concepts.borderline(scores, among, 2.4, 1).tolist() == [3]
