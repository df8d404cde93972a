import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.errors import TrainingError
from core.inference.scoring import probabilities
from core.training import head as head_module
from core.training.head import fit_head


def clouds(n, n_classes, seed, spread=1.0):
    """Class centres at fixed places in 20 dimensions, of very different scales."""
    centres = np.random.default_rng(0).normal(size=(n_classes, 20)) * spread
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % n_classes
    scales = np.logspace(-2, 2, 20)
    return ((centres[labels] + rng.normal(size=(n, 20))) * scales).astype(np.float32), labels


@pytest.mark.parametrize("n_classes", [2, 5])
def test_as_good_as_scikit_learn(n_classes):
    (x, y), (held, held_y) = clouds(600, n_classes, 1), clouds(300, n_classes, 2)
    test, test_y = clouds(1000, n_classes, 3)
    head = fit_head(x, y, held, held_y, n_classes)
    ours = probabilities(test, head.weight, head.bias).argmax(axis=1)
    std = x.std(axis=0)
    theirs = LogisticRegression(max_iter=1000).fit(x / std, y).predict(test / std)
    assert (ours == test_y).mean() >= (theirs == test_y).mean() - 0.01


def test_the_chosen_strength_has_the_least_held_out_loss_it_reports():
    (x, y), (held, held_y) = clouds(200, 3, 1, 0.3), clouds(100, 3, 2, 0.3)
    head = fit_head(x, y, held, held_y, 3)
    p = probabilities(held, head.weight, head.bias)
    assert -np.log(p[np.arange(100), held_y]).mean() == pytest.approx(head.held_loss, abs=1e-4)
    assert (p.argmax(axis=1) == held_y).mean() == pytest.approx(head.held_accuracy)


@pytest.mark.parametrize("sizes", [(90, 30), (80, 25, 45)])
def test_probabilities_are_those_of_a_logistic_regression(sizes):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    rng = np.random.default_rng(1)
    x = (rng.normal(size=(len(labels), 6)) + labels[:, None] * [1, 0, 0.5, 0, -0.5, 0]) * 3 + 7
    head = fit_head(x[::2], labels[::2], x[1::2], labels[1::2], len(sizes))
    made = make_pipeline(StandardScaler(), LogisticRegression(C=head.strength, tol=1e-6))
    expected = made.fit(x[::2], labels[::2]).predict_proba(x)
    assert probabilities(x, head.weight, head.bias) == pytest.approx(expected, abs=0.005)
    assert head.held_loss == pytest.approx(log_loss(labels[1::2], expected[1::2]), abs=0.002)
    right = (expected[1::2].argmax(axis=1) == labels[1::2]).mean()
    assert head.held_accuracy == pytest.approx(right, abs=0.03)


@pytest.mark.parametrize(
    ("wrong", "held_wrong", "wide", "strength"),
    [(0, 0, 8, 0.1), (0.45, 0.45, 8, 0.01), (0.5, 0.5, 8, 0.001), (0.45, 0.45, 40, 1e-4),
     (0.3, 0.7, 8, 1e-5)],
)  # fmt: skip
def test_the_strength_of_the_least_held_out_loss_is_chosen(wrong, held_wrong, wide, strength):
    """The more labels are wrong, the stronger the penalty that held-out images ask for."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(1200, wide))
    share = np.where(np.arange(1200) < 200, wrong, held_wrong)
    labels = ((x[:, 0] > 0) ^ (rng.random(1200) < share)).astype(int)
    head = fit_head(x[:200], labels[:200], x[200:], labels[200:], 2)
    assert head.strength == strength


def test_every_strength_is_counted_as_it_is_tried():
    (x, y), told = clouds(60, 3, 1), []
    fit_head(x, y, x, y, 3, lambda *counts: told.append(counts))
    assert told == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize(("value", "times"), [(np.nan, 1), (np.inf, 1), (-np.inf, 1), (3e38, 60)])
def test_one_feature_that_is_no_number_or_too_large_is_refused(value, times):
    x, y = clouds(60, 3, 1)
    x[:times:2, 3] = value
    with pytest.raises(TrainingError, match="infinite"), np.errstate(all="ignore"):
        fit_head(x, y, x, y, 3)


def test_constant_features_do_no_harm():
    x, y = clouds(60, 3, 1)
    x[:, 4] = 7
    head = fit_head(x, y, x, y, 3)
    assert np.isfinite(head.weight).all()


def test_features_in_half_precision_are_fitted_in_single():
    """The squares of 1,000 are beyond what 16 bits hold."""
    x, y = clouds(60, 3, 1)
    half = np.clip(x * 1000, -5e4, 5e4).astype(np.float16)
    head, single = (fit_head(kind, y, kind, y, 3) for kind in (half, half.astype(np.float32)))
    assert np.array_equal(head.weight, single.weight)
    assert head.held_loss == single.held_loss


def test_of_strengths_that_do_alike_the_strongest_penalty_is_taken():
    labels = np.arange(60) % 2
    head = fit_head(np.ones((60, 4)), labels, np.ones((60, 4)), labels, 2)
    assert (head.strength, head.held_loss) == (1e-5, pytest.approx(np.log(2)))


def test_a_fit_that_is_cut_short_is_taken_without_a_word(monkeypatch):
    (x, y), (held, held_y) = clouds(200, 3, 1, 0.3), clouds(100, 3, 2, 0.3)
    whole = fit_head(x, y, held, held_y, 3)
    monkeypatch.setattr(head_module, "MAX_ITERATIONS", 1)
    filters = list(warnings.filters)
    short = fit_head(x, y, held, held_y, 3)
    assert warnings.filters == filters  # of others
    assert whole.held_loss < short.held_loss < np.log(3)


def test_infinite_features_and_a_lost_class_are_refused():
    x, y = clouds(60, 3, 1)
    with pytest.raises(TrainingError, match="no train image left"):
        fit_head(x[y < 2], y[y < 2], x, y, 3)
    x[0, 0] = np.inf
    with pytest.raises(TrainingError, match="infinite"), np.errstate(all="ignore"):
        fit_head(x, y, x, y, 3)


def test_probabilities_of_huge_logits():
    found = probabilities(np.array([[1e4]]), np.array([[1.0], [-1.0]]), np.zeros(2))
    assert found.tolist() == [[1, 0]]
