"""Who shows a concept, by scores made by hand; and what a concept says of itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.concepts import concept as concepts
from core.concepts.concept import Concept
from core.concepts.held_out import HeldOut
from core.concepts.presence import picked_in, presence, shown_in
from core.errors import ConceptError, RunError
from tests import planted


def made(p_value=0.01, auc=0.9, threshold=5.0, **origin):
    direction = np.array([1.0, 0], dtype=np.float32)
    return Concept("fence", direction, 0.0, threshold, auc, p_value, 7, 9, origin)


# Five cats with it about 10 and five without about 2; deer about 3, of which some stand out.
CATS = [10.0, 9, 11, 5, 15, 2, 3, 1, 4, 0]
DEER = [3.0, 3, 3, 10.4, 10.6, 8, 8.1]
LABELS = np.array([0] * 10 + [1] * 7)


def test_in_the_carriers_the_threshold_holds_and_elsewhere_the_distance_from_the_median():
    scores = np.array(CATS + DEER)
    found = presence(made(), scores, LABELS, 2, [0])
    # The means are 10 and 2; the median of the deer is 8.
    assert found.limits.tolist() == [5, 8 + 6]
    assert found.shows.tolist() == [True] * 5 + [False] * 12
    rather = presence(made(), scores, LABELS, 2, [0], clearly=0.25)
    assert rather.limits.tolist() == [5, 10]
    assert np.flatnonzero(rather.shows).tolist() == [0, 1, 2, 3, 4, 13, 14]


def test_an_image_on_its_limit_shows_it_and_a_class_without_images_has_none():
    scores = np.array(CATS + [3.0] * 6 + [9])
    found = presence(made(), scores, LABELS, 3, [0])
    assert found.limits.tolist() == [5, 9, np.inf]
    assert found.shows[-1]
    assert found.shows[3]


def test_who_carries_it_is_found_where_nobody_says():
    """Of the classes that have five of each kind, the one that the threshold parts best."""
    scores = np.array(CATS + [6.0] * 5 + [4.0] * 5 + [99.0] * 4 + [0.0] * 5)
    labels = np.repeat([0, 1, 2], [10, 10, 9])
    assert presence(made(), scores, labels, 3).carriers == (0,)
    assert presence(made(), scores, labels[::-1], 3).carriers != (0,)
    more, its = np.append(scores, 99.0), np.append(labels, 2)
    assert presence(made(), more, its, 3).carriers == (2,)
    assert presence(made(), scores, labels, 3, [1]).carriers == (1,)


@pytest.mark.parametrize(("few", "many"), [(5, 100), (100, 5)])
def test_the_two_sides_of_a_class_are_what_lies_apart(few, many):
    """12 and 4 are 8 apart, 9 and -9 are 18, however many there are of each."""
    scores = np.repeat([12.0, 4, 9, -9], [few, many, many, few])
    labels = np.repeat([0, 1], few + many)
    assert presence(made(), scores, labels, 2).carriers == (1,)


def test_where_no_class_has_enough_all_carry_it():
    scores = np.array([9.0] * 4 + [0.0] * 4 + [9.0] * 4 + [0.0] * 4)
    found = presence(made(), scores, np.repeat([0, 1], 8), 2)
    assert found.carriers == (0, 1)
    assert found.limits.tolist() == [5, 5]
    assert found.shows.tolist() == (scores == 9).tolist()


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([9] * 4 + [0] * 6, "4 training images with 'fence', and 5 are needed"),
        ([9] * 6 + [0] * 4, "4 training images without 'fence'"),
        ([0] * 10, "0 training images with 'fence'"),
    ],
)
def test_five_of_each_kind_are_needed_in_the_carriers(scores, said):
    others = [9.0] * 20 + [0.0] * 20
    labels = np.repeat([0, 1], [10, 40])
    with pytest.raises(RunError, match=said):
        presence(made(), np.array(scores + others, dtype=float), labels, 2, [0])
    presence(made(), np.array([9.0] * 5 + [0.0] * 5 + others), labels, 2, [0])


def test_a_concept_is_picked_in_the_class_of_more_than_half_of_its_images(save_tiny):
    run, _ = planted.save(save_tiny)  # labels are 0, 1, 2, 0, 1, 2 and so on
    assert picked_in(run, made()) is None
    assert picked_in(run, made(shows=[])) is None
    assert picked_in(run, made(shows=[0, 1, 4])) == 1
    assert picked_in(run, made(shows=[0, 3, 1, 4])) is None
    assert picked_in(run, made(shows=[0, 3, 1, 4, 2])) is None


def test_images_of_a_run_are_judged_by_limits_learned_in_train(save_tiny):
    """What test scores moves no limit; cats carry it, though deer are parted better."""
    run, _ = planted.save(save_tiny)
    n = planted.SIZES["train"]
    labels = np.arange(n) % 3
    scores = np.zeros(sum(planted.SIZES.values()))
    scores[:n][labels == 0] = np.where(np.arange(n // 3) % 2, 10, 0)
    scores[:n][labels == 1] = np.where(np.arange(n // 3) % 2, 99, 1)
    scores[n:] = 999.0
    scores[n : n + 4] = 4.9, 54.9, 4.9, 5
    picked = made(shows=[0, 3, 6])
    by_cats = shown_in(run, picked, scores)
    assert by_cats[n : n + 4].tolist() == [False, False, False, True]
    scores[n + 1] = 55
    assert shown_in(run, picked, scores)[n + 1]
    scores[n] = 5  # of deer the threshold, where nobody knows what it was picked in
    labels = np.arange(n, n + 4) % 3
    by_deer = shown_in(run, made(), scores)
    assert (labels[0], by_deer[n]) == (0, False)
    assert by_deer[n + 1]


def test_scores_are_along_the_direction_and_from_the_threshold_on_an_image_shows_it():
    known = replace(made(), direction=np.array([2.0, -1], np.float32), offset=1.0)
    x = np.array([[2.0, 0], [1, 1], [3, 2]], dtype=np.float16)
    assert known.scores(x).tolist() == [5, 2, 5]
    assert known.shown(x).tolist() == [True, False, True]
    with pytest.raises(ConceptError, match="has 2 channels, but these features have 3"):
        known.scores(np.eye(3))
    with pytest.raises(ConceptError):
        known.scores(np.array([[np.inf, np.inf], [0, 0]]))


def test_concepts_of_one_key_score_alike():
    key = made().key
    assert len(key) == 16
    assert replace(made(), name="other", threshold=1.0, auc=0.1).key == key
    assert replace(made(), offset=1e-9).key != key
    assert replace(made(), direction=np.array([1.0, 1e-6], np.float32)).key != key


@pytest.mark.parametrize(("p", "real"), [(0.0499, True), (0.05, False), (0.051, False)])
def test_a_concept_is_real_below_one_in_twenty(p, real):
    assert made(p).real is real
    assert made(p).verdict().startswith("Recognisable" if real else "Not a concept yet")


def test_a_verdict_names_the_remedy_and_the_figures():
    said = made(0.012, 0.876).verdict()
    assert "88 times in 100 (AUC 0.88, cross-validated over 7 and 9 images)" in said
    assert said.endswith("(p = 0.012).")
    assert "87 times in 100" in made(0.012, 0.87).verdict()
    alone = made(0.5, 0.6, without=None).verdict()
    assert alone == (
        "Not a concept yet: random picks do as well (AUC 0.60, p = 0.50). "
        "Pick some that do not show it too: random others may show it as often."
    )
    more = "Pick more images, or images that share something plainer."
    assert made(0.5, without=[1, 2, 3]).verdict().endswith(more)
    assert made(0.5).verdict().endswith(more)
    assert made(np.nan).verdict().startswith("Not learned from picks")
    assert not made(np.nan).real


def test_a_concept_that_nobody_suggested_counts_every_image():
    known = Concept("fence", np.ones(1, np.float32), 0.0, 5.0, 0.9, 0.01, 7, 9)
    assert dict(known.origin) == {}
    assert known.unseen(np.array([3, 4])).tolist() == [True, True]
    assert known.unseen(np.array([3, 4])).dtype == bool


def test_a_tested_concept_names_what_tested_it():
    kept = HeldOut.of([1], [2, 3], [4, 5, 6]).to_json()
    assert "87 times in 100" in made(0.0009, 0.87, held_out=kept).verdict()
    said = made(0.0009, 0.876, held_out=kept).verdict()
    assert said == (
        "Recognisable: an error shows more of it than a right image of its class 88 times in 100 "
        "(AUC 0.88, 2 errors that did not suggest it against 3 right images, p < 0.001)."
    )
    assert made(0.001, held_out=kept).verdict().endswith("p = 0.001).")
    assert made(0.05, 0.876, held_out=kept).verdict() == (
        "Nothing is shown: errors have no more of it than right images of their class "
        "(AUC 0.88, 2 errors that did not suggest it against 3 right images, p = 0.050). "
        "Look for something else."
    )
    nothing = HeldOut.of([1], [], []).to_json()
    assert made(np.nan, held_out=nothing).verdict().startswith("Nothing is left to test it on")
    assert made(held_out=kept).unseen(np.array([1, 2])).tolist() == [False, True]
    assert made().unseen(np.array([1, 2])).tolist() == [True, True]


def test_of_a_channel_the_strongest_twentieth_shows_it():
    x = np.zeros((100, 2), dtype=np.float16)
    x[:, 1] = np.arange(100)
    known = concepts.of_channel(x, 1, name="second")
    assert known.direction.dtype == np.float32
    values = np.arange(100)
    assert known.scores(x) == pytest.approx((values - 49.5) / values.std(), abs=1e-3)
    assert np.flatnonzero(known.shown(x)).tolist() == [95, 96, 97, 98, 99]
    assert known.direction[0] == 0
    assert dict(known.origin) == {"kind": "channel", "channel": 1}
    assert (known.n_shows, known.n_without) == (0, 0)
    assert np.isnan([known.auc, known.p_value]).all()
    assert np.isfinite(concepts.of_channel(x, 0, name="dead").scores(x)).all()
    for channel in (-1, 2):
        with pytest.raises(ConceptError, match=f"no channel {channel}: there are 2"):
            concepts.of_channel(x, channel, name="none")


def test_of_equal_scores_the_first_comes_first():
    scores, among = np.array([1.0, 2, 2, 2, 1, 9]), np.array([4, 3, 2, 1, 0])
    assert concepts.strongest(scores, among, 4).tolist() == [3, 2, 1, 4]
    assert concepts.weakest(scores, among, 3).tolist() == [4, 0, 3]
    assert concepts.borderline(scores, among, 1.5, 5).tolist() == [4, 3, 2, 1, 0]
    assert concepts.borderline(scores, among, 0.9, 2).tolist() == [4, 0]
    alike, every = np.zeros(50), np.arange(50)
    for found in (
        concepts.strongest(alike, every, 20), concepts.weakest(alike, every, 20),
        concepts.borderline(alike, every, 0, 20),
    ):  # fmt: skip
        assert found.tolist() == list(range(20))  # of equals the first
