"""How like true images made ones are, on points in two dimensions."""

import numpy as np
import pytest

from core.fixes.imagined.likeness import Likeness, likeness

PLAIN = np.array([[0.0, 0], [2, 0], [0, 2], [2, 2]] * 50)
SHOWN = PLAIN + [4, 0]


@pytest.mark.parametrize(
    ("by", "explained"),
    [([4, 0], 1), ([0, 0], 0), ([2, 0], 0.75), ([4, 4], 0), ([-4, 0], -3)],
)
def test_a_move_explains_what_it_brings_about_of_the_shift(by, explained):
    found = likeness("move", SHOWN, PLAIN, PLAIN[:40], PLAIN[:40] + by)
    assert found.explained == pytest.approx(explained, abs=0.01)
    assert found.kept == pytest.approx(1)


def test_an_image_that_was_replaced_keeps_nothing():
    made = np.repeat(SHOWN[:1], 40, axis=0)
    assert likeness("move", SHOWN, PLAIN, PLAIN[:40], made).kept == pytest.approx(0)


def test_of_two_that_explain_alike_the_one_that_keeps_more_is_liker():
    assert Likeness("a", 0.7, 0.6).score > Likeness("b", 0.7, 0.2).score
    assert Likeness("a", 0.7, 0.0).score < Likeness("b", 0.65, 0.5).score
    assert Likeness("a", 0.7, 3.0).score == Likeness("a", 0.7, 1.0).score
