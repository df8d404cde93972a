"""Steps one after the other: what the later ones see of the earlier ones."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.concepts.presence import Presence
from core.errors import RunError
from core.fixes import methods, performing
from core.fixes.imagined.overlay import Overlays
from core.fixes.material import Cut, Mask, Material, Scale
from core.fixes.performing import Inputs
from core.fixes.source import Source
from core.fixes.told import Told

# Two classes, of which the first carries the concept in its third and fourth image.
Z = np.array([[0, 2], [1, 1], [4, 3], [5, 2], [0, -1], [1, -2]], dtype=np.float32)
LABELS = np.array([0, 0, 0, 0, 1, 1])
SHOWS = np.array([False, False, True, True, False, False])
ROWS = np.array([0, 2, 3, 5, 6, 7])  # of a table of eight
WHO = Presence(SHOWS, (0,), np.array([3.0, 3.0]))
FLOOR = np.array([0.0, -1.0], dtype=np.float32)


def inputs(options=None, presence=WHO, pools=None, looks=None, **changed):
    """On features that are twice z and one more, and lie at rows of the table."""
    scale = Scale(np.ones(2, np.float32), np.full(2, 2, np.float32), FLOOR)
    head = np.array([[1, 0], [-1, 0]], np.float32), np.zeros(2, np.float32)
    whole = Material(Z, LABELS, np.ones(6), ROWS, *head)
    run = SimpleNamespace(seed=0)
    source = Source(run, range(8), np.zeros((8, 2)), scale, whole, np.zeros(0, int), 1.0)
    material = replace(whole, **changed)
    return Inputs(source, material, options or {}, presence, pools or {}, looks)


def test_added_images_are_changed_as_the_earlier_steps_changed_the_others():
    pool = np.array([[9.0, 9], [5, 7]])
    options = {"pool": "more", "rows": [0, 1], "labels": [0, 1]}
    plain = performing.evidence(inputs(options, pools={"more": pool}), 1.0)
    assert plain.z[-2:].tolist() == [[4, 4], [2, 3]]
    assert plain.labels[-2:].tolist() == [0, 1]
    cut = Cut(np.array([1.0, 0]), np.array([0.0, 1]), np.array([0.0, 1]))
    steps = (Mask(np.array([0.5, 1])), cut)
    changed = performing.evidence(inputs(options, pools={"more": pool}, changes=steps), 1.0)
    assert changed.z[-1].tolist() == [-1, 3]  # halved, then 1 x (3 - 1) less
    assert (changed.rows[-1], changed.weights[-1]) == (-1, 1)


def test_overlaid_images_are_changed_so_too_and_keep_their_labels():
    made = Overlays(np.array([[5.0, 7], [9, 9], [1, 1]]), np.array([6, 2, 5]))
    asked = []
    looks = SimpleNamespace(made=lambda name, who: asked.append((name, who)) or made)
    rows = np.array([0, 2, -1, 3, 6, 7])  # the one at row 5 was dropped
    given = inputs(
        {"concept": "fence"}, looks=looks, rows=rows, changes=(Mask(np.array([0.5, 1])),)
    )
    light, heavy = performing.overlay(given, (0.25, 0.5))
    assert [m.z[-2:].tolist() for m in (light, heavy)] == [[[1, 3], [2, 4]]] * 2
    assert light.labels[-2:].tolist() == [1, 0]
    # Together they count a quarter, and a half, as much as the six that were there.
    assert [m.weights[-2:].tolist() for m in (light, heavy)] == [[0.75, 0.75], [1.5, 1.5]]
    assert asked == [("fence", WHO)]


def test_imagined_images_stay_above_the_floor_of_a_relu():
    made = performing.transplant(inputs(), 1.0)
    # The concept adds [4, 1]: (Z + move) of the second class.
    assert made.z[6:].tolist() == [[4, 0], [5, -1]]
    low = Z + np.float32([0, -3]) * SHOWS[:, None]
    assert performing.transplant(inputs(z=low), 1.0).z[6:].tolist() == [[4, -1], [5, -1]]


def test_once_something_was_cut_out_there_is_no_floor():
    low = Z + np.float32([0, -3]) * SHOWS[:, None]
    made = performing.transplant(inputs(z=low, changes=(Mask(np.ones(2)),)), 1.0)
    assert made.z[6:].tolist() == [[4, -3], [5, -4]]


def test_only_real_images_are_transplanted_and_what_was_made_up_shows_it():
    made_up = np.array([0, 2, 3, 5, 6, -1])
    made = performing.transplant(inputs(rows=made_up), 1.0)
    assert made.labels[6:].tolist() == [1]
    assert made.z[6:].tolist() == [[4, 0]]
    assert performing._shows(inputs(rows=made_up)).tolist() == [*SHOWS[:5], True]


def test_who_shows_it_is_found_by_row_where_images_were_dropped():
    fewer = {"rows": ROWS[1:], "z": Z[1:], "labels": LABELS[1:], "weights": np.ones(5)}
    assert performing._shows(inputs(**fewer)).tolist() == SHOWS[1:].tolist()
    made = performing.transplant(inputs(**fewer), 1.0)
    assert made.z[5:].tolist() == [[3.5, 0.5], [4.5, -0.5]]  # it moved them by [3.5, 1.5]


def test_what_a_fix_does_it_does_at_each_strength():
    said = []
    given = replace(inputs(), told=Told(lambda *at: said.append(at)))
    given.told.begin("Fitting", 2)
    doubled = performing.each(lambda given, strength: (given.material, 2 * strength))
    assert doubled(given, (0.5, 1.0)) == [(given.material, 1.0), (given.material, 2.0)]
    assert said == [(1, 2), (2, 2)]


def test_erasing_and_learning_from_mistakes_are_those_of_the_methods():
    start = inputs()
    erased = performing.erase(start, 0.5)
    np.testing.assert_allclose(erased.z, methods.erase(start.material, SHOWS, 0.5, 1.0).z)
    learned = performing.mistakes(start, 2.0)
    expected = methods.mistakes(start.material, 2.0, 1.0)
    np.testing.assert_array_equal(learned.weights, expected.weights)


def test_rebalance_goes_from_the_head_that_was_there_to_the_balanced_one():
    start = inputs()
    none, half, whole = performing.rebalance(start, (0.0, 0.5, 1.0))
    np.testing.assert_allclose(none.weight, start.material.weight)
    np.testing.assert_allclose(half.weight, (none.weight + whole.weight) / 2, atol=1e-6)
    np.testing.assert_allclose(half.bias, (none.bias + whole.bias) / 2, atol=1e-6)
    assert not np.allclose(whole.bias, none.bias)


def test_muting_takes_what_the_step_says():
    options = {"channels": [1], "classes": [0]}
    seen = inputs(options, weight=np.ones((2, 2), np.float32))
    assert performing.mute(seen, 1.0).weight.tolist() == [[1, 0], [1, 1]]
    kept = performing.mute(inputs({"channels": [0], "refit": False}), 0.5)
    np.testing.assert_array_equal(kept.weight, inputs().material.weight)
    assert kept.z[:, 0].tolist() == (Z[:, 0] / 2).tolist()
    assert not np.array_equal(performing.mute(inputs({"channels": [0]}), 0.5).weight, kept.weight)


def test_corrections_are_those_of_the_step():
    made = performing.correct(inputs({"drop": [0], "relabel": {"2": 1}}), 1.0)
    assert made.rows.tolist() == [2, 3, 5, 6, 7]
    assert made.labels.tolist() == [1, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "images None to add are not at hand"),
        ({"pool": "less"}, "'less' to add are not at hand"),
        ({"pool": "more", "rows": [0, 1], "labels": [0]}, "2 images to add and 1 labels"),
        ({"pool": "more", "rows": [0, 2], "labels": [0, 1]}, "not among the 2 of 'more'"),
        ({"pool": "more", "rows": [-1, 1], "labels": [0, 1]}, "not among the 2 of 'more'"),
        ({"pool": "more", "rows": [0, 1], "labels": [0, 2]}, "a label outside of 0 to 1"),
        ({"pool": "more", "rows": [0, 1], "labels": [-1, 1]}, "a label outside of 0 to 1"),
        ({"pool": "more"}, "Accept at least one image first"),
    ],
)
def test_images_that_cannot_be_added(options, message):
    with pytest.raises(RunError, match=message):
        performing.evidence(inputs(options, pools={"more": np.zeros((2, 2))}), 1.0)
