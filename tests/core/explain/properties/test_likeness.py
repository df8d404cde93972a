"""How much images look like errors: by the properties that set these apart, and as clearly."""

from __future__ import annotations

import numpy as np
import pytest

from core.explain.halves import Half
from core.explain.properties import likeness
from core.explain.properties.candidates import Candidate
from core.explain.properties.heads import BYTES

HALF = Half(np.arange(8), np.arange(8, 20))
ROWS = np.arange(20, 24)
APART = [*range(10, 18), *range(-12, 0)]


def of(monkeypatch, *properties):
    """The likeness of four images, of (name, values of errors and right images, their own)."""
    found = [
        Candidate(name, np.array([*compared, *own], dtype=float), ("", ""))
        for name, compared, own in properties
    ]
    monkeypatch.setattr(likeness, "candidates", lambda run, rows, pictures: found)
    return likeness.likeness(None, HALF, ROWS)


def test_images_with_more_of_what_errors_have_more_of_come_first(monkeypatch):
    values = of(monkeypatch, ("sky", APART, [1, 5, 3, 9]))
    assert np.argsort(-values).tolist() == [3, 1, 2, 0]
    assert values.std() == pytest.approx(1)
    assert values.mean() == pytest.approx(0)
    fewer = of(monkeypatch, ("sky", [-v for v in APART], [1, 5, 3, 9]))
    assert fewer == pytest.approx(-values)
    # Ranks, not sizes, are compared.
    assert of(monkeypatch, ("sky", APART, [1, 5, 3, 900])) == pytest.approx(values)


def test_what_does_not_set_errors_apart_does_not_count(monkeypatch):
    mixed = [*range(1, 17, 2), *range(0, 24, 2)]
    assert not of(monkeypatch, ("sky", mixed, [1, 5, 3, 9])).any()
    assert not of(monkeypatch).any()


def test_what_only_files_say_does_not_count(monkeypatch):
    sky = ("sky", APART, [1, 5, 3, 9])
    for name in (BYTES, "format: PNG"):
        assert not of(monkeypatch, (name, APART, [1, 5, 3, 9])).any()
        both = of(monkeypatch, (name, APART, [9, 3, 5, 1]), sky)
        assert both.tolist() == of(monkeypatch, sky).tolist()


def test_an_image_of_which_it_is_not_known_stands_in_the_middle(monkeypatch):
    values = of(monkeypatch, ("sky", APART, [1, np.nan, 3, 9]))
    assert values[1] == 0
    assert values[0] < 0 < values[3]
    assert not of(monkeypatch, ("sky", APART, [np.nan] * 4)).any()
    assert not of(monkeypatch, ("sky", APART, [7] * 4)).any()


def test_nothing_is_known_of_one_side(monkeypatch):
    assert not of(monkeypatch, ("sky", [np.nan] * 8 + APART[8:], [1, 5, 3, 9])).any()
    assert not of(monkeypatch, ("sky", APART[:8] + [np.nan] * 12, [1, 5, 3, 9])).any()


@pytest.mark.parametrize(
    ("p", "weight"), [(0.0199, 0.701), (0.02, 0), (0.01, 1), (1e-4, 3), (1e-9, 3)]
)
def test_a_clearer_difference_weighs_more_up_to_three(monkeypatch, p, weight):
    """Beside one of weight 1: the two are opposed, so what is left is their difference."""
    given = iter([0.01, p])
    monkeypatch.setattr(likeness, "unequal", lambda errors, right: next(given))
    values = of(monkeypatch, ("sky", APART, [1, 2, 3, 4]), ("sea", APART, [1, 3, 2, 4]))
    one, other = (np.array(v) / np.sqrt(1.25) for v in ([-1.5, -0.5, 0.5, 1.5],
                                                        [-1.5, 0.5, -0.5, 1.5]))  # fmt: skip
    expected = one + weight * other
    assert values == pytest.approx(expected / max(1, expected.std()), abs=1e-3)


def test_properties_count_alike_however_many_images_share_a_value(monkeypatch):
    monkeypatch.setattr(likeness, "unequal", lambda errors, right: 0.01)
    values = of(monkeypatch, ("sky", APART, [1, 1, 1, 2]), ("sea", APART, [4, 3, 2, 1]))
    total = np.array([-1, -1, -1, 3]) / np.sqrt(3) + np.array([3, 1, -1, -3]) / np.sqrt(5)
    assert values == pytest.approx(total / max(1, total.std()))


def test_errors_that_have_hardly_more_have_more(monkeypatch):
    monkeypatch.setattr(likeness, "unequal", lambda errors, right: 0.01)
    for half, sign in ((0.51, 1), (0.49, -1)):
        monkeypatch.setattr(likeness, "auc", lambda errors, right, half=half: half)
        assert np.sign(of(monkeypatch, ("sky", APART, [1, 2, 3, 4])))[-1] == sign
