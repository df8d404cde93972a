"""Which strength validation likes best, on a few images in one dimension."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.concepts.presence import FEWEST, Presence
from core.fixes import choosing
from core.fixes.imagined.transplant import Move
from core.fixes.material import Material
from core.fixes.steps import METHODS, Step
from core.fixes.validation import checking, objective


def head(cut):
    """Class 1 from above `cut` on."""
    return np.array([[0.0], [1.0]]), np.array([cut, 0.0])


def column(*values):
    return np.array(values, dtype=float)[:, None]


def material(cut):
    nothing = np.zeros(0, dtype=int)
    return Material(np.zeros((0, 1)), nothing, nothing, nothing, *head(cut))


def chosen(monkeypatch, cuts, held, strength=None):
    """The step as it was chosen, its cut, and what each strength was given."""

    def perform(_inputs, strengths):
        return [material(cuts[s]) for s in strengths]

    method = replace(METHODS["mistakes"], perform=perform, strengths=tuple(cuts))
    monkeypatch.setitem(METHODS, "mistakes", method)
    step = Step("mistakes", strength=strength)
    ground = choosing.Ground(None, {}, {}, None)
    made, strength, trials = choosing.choose(ground, material(0.0), step, held)
    return strength, made.bias[0], trials


def test_a_middle_strength_that_does_best_is_taken(monkeypatch):
    held = objective.held_of(column(0, 0.2, 0.8, 1), np.array([0, 0, 1, 1]), head(0.9))
    strength, cut, trials = chosen(monkeypatch, {1.0: 0.9, 2.0: 0.5, 3.0: 0.1}, held)
    assert (strength, cut) == (2.0, 0.5)
    assert trials == ((1.0, 0.625), (2.0, 1.0), (3.0, 0.625))


def beyond(lost, n):
    """What is lost beyond what is allowed and a standard error."""
    return max(0, lost - objective.ALLOWED - (lost / n) ** 0.5)


@pytest.mark.parametrize(("lost", "taken"), [(2, 3.0), (20, 2.0)])
def test_lost_plain_accuracy_forbids_what_helps_the_worst_group_most(monkeypatch, lost, taken):
    """Of class 1, half of those with the concept are reached by losing plain images of class 0."""
    values = [0.0] * (100 - lost) + [0.4] * lost + [1.0] * 100 + [0.6] * 5 + [0.3] * 5
    labels, shows = np.repeat([0, 1, 1], [100, 100, 10]), np.arange(210) >= 200
    held = objective.held_of(column(*values), labels, head(0.9), shows)
    strength, _, trials = chosen(monkeypatch, {1.0: 0.9, 2.0: 0.5, 3.0: 0.2}, held)
    rates = [1, 1, 0], [1, 1, 0.5], [1 - lost / 100, 1, 1]
    helped = [(min(r) + np.mean(r)) / 2 for r in rates]
    assert np.argmax(helped) == 2
    helped[2] -= objective.DEAR * beyond(lost / 200, 200)
    assert [score for _, score in trials] == pytest.approx(helped)
    assert strength == taken


def test_a_strength_that_is_given_is_kept_and_judged(monkeypatch):
    held = objective.held_of(column(0, 1), np.array([0, 1]), head(0.5))
    strengths = {1.0: 0.9, 2.0: 0.5, 3.0: -1.0}
    score = 0.25 - objective.DEAR * max(0, 0.5 - objective.ALLOWED - 0.5)
    assert chosen(monkeypatch, strengths, held, 3.0) == (3.0, -1.0, ((3.0, score),))
    assert chosen(monkeypatch, strengths, None, 2.0) == (2.0, 0.5, ((2.0, 0.0),))


def test_a_later_step_that_adds_nothing_is_left_out(monkeypatch):
    held = objective.held_of(column(0, 0.2, 0.8, 1), np.array([0, 0, 1, 1]), head(0.9))
    for cuts, left in (((0.5, 0.1), 0.0), ((0.9, 0.1), 2.0)):
        made = [material(cut) for cut in (0.9, 0.5)]
        method = replace(METHODS["mistakes"], perform=lambda *_, made=made: made)
        monkeypatch.setitem(METHODS, "mistakes", replace(method, strengths=(1.0, 2.0)))
        ground = choosing.Ground(None, {}, {}, None)
        given = choosing.choose(ground, material(cuts[0]), Step("mistakes"), held, may_leave=True)
        assert given[1] == left
        assert [strength for strength, _ in given[2]] == [0.0, 1.0, 2.0]


def test_half_a_point_of_plain_accuracy_and_an_error_may_be_lost_for_nothing():
    z, labels = column(*[0.0] * 190, *[0.4] * 10), np.zeros(200, dtype=int)
    held = objective.held_of(z, labels, head(0.5))
    assert objective.score(held, head(0.5)) == 1
    assert objective.score(held, head(0.3)) == pytest.approx(0.95 - 10 * beyond(0.05, 200))
    assert beyond(0.05, 200) == pytest.approx(0.05 - 0.005 - 0.0158, abs=1e-4)
    assert objective.score(held, head(-1)) == pytest.approx(-10 * beyond(1, 200))
    one = objective.held_of(z[:191], labels[:191], head(0.5))
    assert objective.score(one, head(0.3)) == pytest.approx(190 / 191)


def test_plain_accuracy_is_of_images_without_the_concept_alone():
    """Those with it are right by the model's mistake: to lose them costs a group, no more."""
    z, labels = column(0, 1, 0.4, 0.4), np.array([0, 1, 1, 1])
    shows = np.array([False, False, True, True])
    held = objective.held_of(z, labels, head(0.2), shows)
    assert held.plain.tolist() == [True, True, False, False]
    assert held.before == 1
    rates = objective.rates_of(held, head(0.5))
    assert rates == {(0, False): 1, (1, False): 1, (1, True): 0}
    assert objective.score(held, head(0.5)) == pytest.approx((0 + 2 / 3) / 2)
    assert objective.held_of(z, labels, head(0.5), shows).before == 1
    assert objective.held_of(z, labels, head(0.5)).before == 0.5


def test_a_class_with_too_few_that_show_it_is_judged_on_imagined_ones():
    nothing = np.zeros((1, 1))
    move = Move(np.array([0.0]), np.array([10.0]), np.array([-np.inf]), nothing, 0.0)
    z = column(*[1.0] * FEWEST, *[2.0] * (FEWEST - 1), 3, 4, 9)
    labels = np.repeat([0, 1, 2], [FEWEST, FEWEST + 1, 1])
    shows = np.arange(len(z)) < 2 * FEWEST - 1
    held = objective.held_of(z, labels, head(0.5), shows, move, 0.5)
    assert held.imagined == (1, 2)
    assert held.groups[2, True].ravel().tolist() == [14.5]
    assert held.groups[1, True].ravel().tolist() == [11.5, 12]
    assert held.groups[1, False].ravel().tolist() == [3, 4]
    assert held.groups[0, True].ravel().tolist() == [1.0] * FEWEST
    assert (0, False) not in held.groups  # no image is in it
    whole = objective.held_of(z, labels, head(0.5), shows, move)
    assert whole.groups[1, True].ravel().tolist() == [13, 14]
    real = objective.held_of(z, labels, head(0.5), shows)
    assert real.imagined == ()
    assert real.groups[1, True].ravel().tolist() == [2.0] * (FEWEST - 1)


def test_images_with_the_look_laid_over_them_stand_beside_moved_ones():
    nothing = np.zeros((1, 1))
    move = Move(np.array([0.0]), np.array([10.0]), np.array([-np.inf]), nothing, 0.0)
    z, laid = column(1.0, 2.0), column(20.0, 30.0)
    args = z, np.array([0, 1]), head(0.5), np.zeros(2, dtype=bool)
    both = objective.held_of(*args, move, 0.5, laid)
    assert both.groups[1, True].ravel().tolist() == [30, 11]
    alone = objective.held_of(*args, laid=laid)
    assert alone.groups[0, True].ravel().tolist() == [20]
    assert alone.imagined == (0, 1)


def test_without_a_concept_classes_alone_are_groups():
    held = objective.held_of(column(0, 1), np.array([0, 2]), head(0.5))
    assert {key: z.ravel().tolist() for key, z in held.groups.items()} == {
        (0, False): [0],
        (2, False): [1],
    }


def test_the_worst_group_may_be_the_last_and_a_photographed_one():
    """Only the images with the concept of a class are imagined."""
    move = Move(np.array([0.0]), np.array([10.0]), np.array([-np.inf]), np.zeros((1, 1)), 0.0)
    z, labels = column(0, 0.4), np.array([0, 1])
    held = objective.held_of(z, labels, head(0.5), np.zeros(2, dtype=bool), move)
    assert held.imagined == (0, 1)
    worst = checking.check(held, head(11), head(0.3)).worst
    assert (worst.label, worst.shows, worst.imagined) == (1, False, False)
    options = {"concept": "fence", "shows": np.zeros(2, dtype=bool)}
    shown = checking.check(held, head(5), head(0.3), **options).worst
    assert (shown.label, shown.shows, shown.imagined) == (0, True, True)


def test_right_ones_are_whole_numbers():
    z, labels = column(1, *[0] * 48), np.ones(49, dtype=int)
    held = objective.held_of(z, labels, head(0.5))
    shows = np.ones(49, dtype=bool)
    assert checking.check(held, head(0.5), head(-1), shows=shows).right == (1, 49)


def test_without_images_accuracy_is_nought():
    assert objective.accuracy(np.zeros((0, 1)), np.zeros(0), head(0)) == 0
    assert objective.accuracy(column(1, -1), np.array([1, 1]), head(0)) == 0.5


def test_held_out_images_show_it_by_the_limit_of_their_class():
    found = Presence(np.zeros(0, dtype=bool), (0,), np.array([1.0, 3.0]))
    shows = objective.shows_in(found, np.array([0.9, 1, 2, 3]), np.array([0, 0, 1, 1]))
    assert shows.tolist() == [False, True, False, True]


def test_ten_images_elsewhere_tell_something_and_nine_do_not():
    for n, blind in ((9, True), (10, False)):
        z, labels = column(*[1.0] * (n + 1)), np.array([0] + [1] * n)
        held = objective.held_of(z, labels, head(0), np.ones(n + 1, dtype=bool))
        options = {"concept": "fence", "shows": np.ones(n + 1, dtype=bool), "carriers": (0,)}
        found = checking.check(held, head(2), head(0), **options)
        assert (found.elsewhere, found.blind, found.right) == (n, blind, (0, n))
        assert not checking.check(held, head(2), head(0)).blind  # it knows no concept


def test_the_worst_group_is_the_worst_before_and_with_a_concept_shows_it():
    z, labels = column(0, 1, 1, 0.4, 1), np.array([0, 1, 1, 1, 1])
    shows = np.array([False, False, False, True, True])
    held = objective.held_of(z, labels, head(-1), shows)
    options = {"concept": "fence", "shows": shows, "carriers": (0,)}
    with_it = checking.check(held, head(-1), head(0.5), **options).worst
    assert (with_it.label, with_it.shows, with_it.n) == (1, True, 2)
    assert (with_it.before, with_it.after, with_it.imagined) == (1, 0.5, False)
    carrier = checking.check(held, head(-1), head(0.5), **options)
    assert (carrier.shown, carrier.elsewhere, carrier.right) == ({1: 2}, 2, (2, 1))
    of_all = checking.check(held, head(-1), head(0.5)).worst
    assert (of_all.label, of_all.shows, of_all.n) == (0, False, 1)
    assert (of_all.before, of_all.after) == (0, 1)
    nobody = objective.held_of(z, labels, head(-1), np.zeros(5, dtype=bool))
    options["shows"] = np.zeros(5, dtype=bool)
    assert checking.check(nobody, head(-1), head(0.5), **options).worst == replace(of_all, n=1)
