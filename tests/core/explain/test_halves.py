"""What suggests a cause never tests it; and under nothing, a claim is as rare as it says."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest

from core import concepts, explain, queries
from core.concepts.held_out import HeldOut
from core.concepts.learning import picking
from core.explain import halves
from core.explain.halves import FEWEST
from tests import planted

CAT, DEER, SHIP = range(3)


@pytest.fixture
def run_and_truth(save_tiny):
    return planted.save(save_tiny)


@pytest.fixture
def run(run_and_truth):
    return run_and_truth[0]


@pytest.fixture
def found(run):
    return explain.explain(run, DEER, CAT)


def test_every_image_is_in_one_half(found):
    parts = halves(found)
    for whole, first, second in (
        (found.rows, parts.suggests.errors, parts.tests.errors),
        (found.reference, parts.suggests.right, parts.tests.right),
    ):
        assert sorted([*first, *second]) == sorted(whole)
        assert 0 <= len(second) - len(first) <= 1


def test_the_halves_are_the_same_ones_every_time_in_whatever_order(found):
    mixed = replace(found, rows=found.rows[::-1], reference=found.reference[::-1])
    first, again = halves(found), halves(mixed)
    assert first.tests.rows.tolist() == again.tests.rows.tolist()
    assert first.suggests.rows.tolist() == again.suggests.rows.tolist()


@pytest.mark.parametrize(("errors", "testing"), [(FEWEST - 1, 0), (FEWEST, FEWEST // 2)])
def test_too_few_errors_all_suggest(found, errors, testing):
    parts = halves(replace(found, rows=found.rows[:errors]))
    assert len(parts.tests.errors) == testing
    assert len(parts.suggests.errors) == errors - testing
    assert bool(len(parts.tests.right)) == bool(testing)


def test_errors_that_are_named_are_not_their_own_reference(run):
    right = queries.ask(
        run, "SELECT row FROM run WHERE split = 'test' AND label = 1 AND pred = 1 ORDER BY row"
    )["row"].to_numpy()
    found = explain.explain(run, DEER, CAT, rows=right[:10])
    assert found.reference.tolist() == right[10:].tolist()


def test_what_the_errors_share_is_seen_in_the_class_that_they_are_taken_for(run_and_truth, found):
    run, shows = run_and_truth
    rows = explain.strongest_of_class(run, found)
    labels = queries.ask(run, "SELECT label, split FROM run ORDER BY row")
    assert set(labels["label"][rows]) == {CAT}
    assert set(labels["split"][rows]) == {"train"}
    assert shows[rows[:9]].all()


def test_errors_that_did_not_suggest_the_fence_show_it(run_and_truth):
    run, shows = run_and_truth
    labels = queries.ask(run, "SELECT label, split FROM run ORDER BY row")
    fenced = np.flatnonzero(shows & (labels["label"] == DEER) & (labels["split"] == "test"))
    found = explain.explain(run, DEER, CAT, rows=fenced)
    parts = halves(found)
    scores = explain.scores(run, found, parts.suggests, np.arange(planted_size()))
    held_out = HeldOut.of(parts.suggests.rows, parts.tests.errors, parts.tests.right)
    auc, p = held_out.test(scores)
    assert auc > 0.9
    assert p < 0.001


def planted_size() -> int:
    return sum(planted.SIZES.values())


def test_images_that_are_wrong_only_for_looking_like_the_class_share_nothing(save_tiny):
    """Errors of noise alone lie nearer to the other class, all of them: that is no finding."""
    run, _ = planted.save(save_tiny)
    rng = np.random.default_rng(3)
    x = rng.normal(size=(planted_size(), 24)).astype(np.float16)
    labels = queries.ask(run, "SELECT label FROM run ORDER BY row")["label"].to_numpy()
    x[np.arange(len(x)), labels] += 2
    noisy, _ = planted.save(save_tiny, run_id="noisy", features=x)
    rows = np.flatnonzero((labels == DEER) & (np.arange(len(x)) >= planted.SIZES["train"]))
    weight, _ = noisy.head()
    toward = x[rows].astype(float) @ (weight[CAT] - weight[DEER])
    errors, right = rows[np.argsort(-toward)[:20]], rows[np.argsort(-toward)[20:]]
    found = replace(explain.explain(noisy, DEER, CAT, rows=errors), reference=right)
    parts = halves(found)
    scores = explain.scores(noisy, found, parts.suggests, np.arange(len(x)))
    held_out = HeldOut.of(parts.suggests.rows, parts.tests.errors, parts.tests.right)
    assert held_out.test(scores)[1] > 0.05
    plainly = x.astype(np.float32) @ explain.shared.direction(
        noisy, found, parts.suggests, freed=False
    )
    assert held_out.test(plainly)[1] < 0.001  # which everybody would have taken for a cause


def test_of_nothing_the_p_of_suggested_picks_is_uniform(run):
    """Right images called errors: about one claim in twenty, where it had been most of them."""
    rng = np.random.default_rng(0)
    table = queries.ask(run, "SELECT row, label, pred, split FROM run")
    ground, found = picking.ground(run), []
    for _ in range(60):
        label, pred = rng.permutation(3)[:2]
        right = table[
            (table["split"] == "test") & (table["label"] == label) & (table["pred"] == label)
        ]["row"].to_numpy()
        errors = np.sort(rng.choice(right, 14, replace=False))
        why = explain.explain(run, int(label), int(pred), rows=errors)
        picks = explain.suggest_picks(run, why)
        concept = picking.learn_on(ground, picks.shows, picks.without, name="none")
        held_out = HeldOut.of(picks.chose, picks.tests.errors, picks.tests.right)
        found.append(picking.tested(run, concept, held_out).p_value)
    assert np.mean(np.array(found) < concepts.concept.REAL) <= 0.15
    assert kstest(found, "uniform").pvalue > 0.01
