"""Whether a concept says more than the class of an image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core import concepts, queries
from core.concepts.class_alike import repeated_class
from tests import planted

CAT, DEER = 0, 1


@pytest.fixture
def run(save_tiny):
    return planted.save(save_tiny)[0]


def of(run, values, shows=(), without=()):
    """A concept with these scores in train, and these picks."""
    table = queries.ask(run, "SELECT split, label FROM run ORDER BY row")
    scores = np.zeros(len(table), dtype=np.float32)
    for label, value in values.items():
        mine = np.flatnonzero((table["split"] == "train") & (table["label"] == label))
        scores[mine] = np.resize(value, len(mine))
    made = concepts.of_channel(run.features(), 0, name="x")
    origin = {"shows": list(shows), "without": list(without) or None}
    return replace(made, origin=origin), scores


def rows(run, label, n=10):
    sql = "SELECT row FROM run WHERE split = 'train' AND label = ? ORDER BY row"
    return queries.ask(run, sql, [label])["row"].tolist()[:n]


def test_scores_that_tell_a_class_repeat_it(run):
    said = repeated_class(run, *of(run, {CAT: 1}))
    assert said.startswith("This mostly repeats the class: an image of cat scores higher than one")
    assert "100 times in 100" in said


def test_what_some_images_of_a_class_have_does_not(run):
    assert repeated_class(run, *of(run, {CAT: [1, 0]})) == ""  # higher 75 times in 100


@pytest.mark.parametrize(("share", "repeats"), [(8, True), (7, False)])
def test_nine_times_in_ten_is_the_edge(run, share, repeats):
    cats = [1] * share + [0] * (10 - share)  # higher 90 times in 100, or 85
    assert bool(repeated_class(run, *of(run, {CAT: cats}))) == repeats


def test_picks_that_part_two_classes_tell_these(run):
    cats, deer = rows(run, CAT), rows(run, DEER)
    said = repeated_class(run, *of(run, {}, cats, deer))
    assert said.startswith("What was picked tells cat from other classes")
    assert repeated_class(run, *of(run, {}, cats[:5], [*deer, cats[7]])) == ""
