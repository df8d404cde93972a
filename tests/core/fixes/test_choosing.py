"""Who counts what a fix is worth: images that did not choose its strength."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from core.evaluation.paired import change
from core.fixes import choosing
from core.fixes.choosing import Evidence, evidence
from core.fixes.validation.examination import HALVES


@dataclass(frozen=True)
class Half:
    """Likes one strength, and saw at each what became of its images, by way of imagining them."""

    likes: float
    saw: dict

    def gained(self, before, after):
        return {way: change(*counts) for way, counts in self.saw.get(after, {}).items()}

    def lost(self, before, after):
        return change(0, int(after), 10, 0)


class Made:
    """A material whose head is the strength that made it."""

    def __init__(self, strength):
        self.material, self.strength = self, strength

    def folded(self):
        return self.strength


@pytest.fixture
def ground(monkeypatch):
    monkeypatch.setattr(choosing, "chosen", lambda ground, steps, half: Made(half.likes))
    source = type("Source", (), {"material": Made(0)})
    return choosing.Ground(source, {}, {}, None)


def test_either_half_counts_what_the_other_chose(ground):
    first = Half(1, {1: {"moved": (9, 0, 0, 0)}, 2: {"moved": (3, 1, 4, 2)}})
    second = Half(2, {2: {"moved": (9, 0, 0, 0)}, 1: {"moved": (2, 0, 5, 3)}})
    found = evidence(ground, (), (first, second))
    assert found.helped == change(5, 1, 9, 5)
    assert found.plain == change(0, 3, 20, 0)  # 2 and 1 of the halves


def test_the_way_of_imagining_that_sees_least_is_believed(ground):
    half = Half(1, {1: {"moved": (9, 0, 1, 0), "laid": (3, 2, 5, 0)}})
    assert evidence(ground, (), (half, half)).helped == change(6, 4, 10, 0)


def test_a_way_that_one_half_lacks_says_nothing(ground):
    first = Half(1, {1: {"moved": (9, 0, 1, 0), "laid": (0, 9, 1, 0)}})
    second = Half(1, {1: {"moved": (9, 0, 1, 0)}})
    assert evidence(ground, (), (first, second)).helped == change(18, 0, 2, 0)


def test_without_a_concept_plain_images_alone_are_counted(ground):
    half = Half(1, {})
    assert evidence(ground, (), (half, half)) == Evidence(None, change(0, 2, 20, 0))


def test_a_step_on_the_same_material_is_performed_once():
    done = []

    class Step:
        def __init__(self):
            self.options = {}

        class fix:
            @staticmethod
            def perform(inputs, strengths):
                done.append((inputs.material, tuple(strengths)))
                return [*strengths]

    ground, step = choosing.Ground(None, {}, {}, None), Step()
    one, other = Made(1), Made(2)
    for material, strengths in ((one, (1, 2)), (one, (1, 2)), (one, (2,)), (other, (1, 2))):
        assert ground.perform(material, step, strengths) == list(strengths)
    ground.perform(one, Step(), (1, 2))
    assert done == [(one, (1, 2)), (one, (2,)), (other, (1, 2)), (one, (1, 2))]


def test_halves_of_validation_share_no_image_and_miss_none():
    held = np.arange(7)
    first, second = (held[part].tolist() for part in HALVES)
    assert sorted(first + second) == held.tolist()
    assert abs(len(first) - len(second)) == 1
