"""What is recommended first, and the reason that is given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core import concepts, fixes, queries
from tests import planted


@pytest.fixture
def run(save_tiny):
    return planted.save(save_tiny)[0]


def advised(run, shows, network=True):
    """With a concept that 30 of 100 training cats show, and as many deer and ships as given."""
    table = queries.ask(run, "SELECT split, label FROM run ORDER BY row")
    train = (table["split"] == "train").to_numpy()
    scores = np.zeros(len(table), dtype=np.float32)
    rows = {k: np.flatnonzero(train & (table["label"] == k)) for k in range(3)}
    for label, count in zip(range(3), shows, strict=True):
        scores[rows[label][:count]] = 1
    concept = concepts.of_channel(run.features(), 0, name="fence")
    picked = {"shows": rows[0][:10].tolist(), "without": None}
    made = replace(concept, threshold=0.9, origin=picked)
    return fixes.advice(run, made, scores, network=network)


def test_where_few_others_show_it_their_look_is_made(run):
    found = advised(run, (30, 2, 1))
    assert found.steps[0].method == "overlay"
    assert found.why == (
        "Only 3 of the 200 training images of classes other than cat show it, too few to learn "
        "from: its look is put on the others."
    )


@pytest.mark.parametrize(
    ("shows", "said"), [((30, 0, 0), "None of the 200"), ((30, 30, 1), "31 of the 200")]
)
def test_the_reason_counts_the_other_classes(run, shows, said):
    assert advised(run, shows).why.startswith(said)


def test_without_a_network_it_is_done_to_features(run):
    found = advised(run, (30, 2, 1), network=False)
    assert found.steps[0].method == "transplant"
    assert found.why.endswith(
        "the features of the others are moved to where they would lie with it."
    )
