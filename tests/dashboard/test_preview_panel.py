"""What the Fix page says of a fix before it is saved."""

from __future__ import annotations

import pytest

from core.evaluation.paired import change
from core.fixes import Preview
from core.fixes.validation.checking import Check, Group
from dashboard.views.fix.preview import about_a_fall, no_gain, verdict

CLASSES = ("cat", "deer")
IMAGINED = Group(1, True, 20, 0.0, 0.65, True)


def test_validation_that_hardly_shows_it_cannot_speak_against_the_fix():
    said = about_a_fall(Check("fence", {0: 10}, 0, (0, 0), IMAGINED), 3, 200, CLASSES)
    assert said.startswith("3 fewer of the 200 validation images are right. The fix may help")
    assert "only 10 show “fence”, all of them cat" in said
    assert "deer with “fence”: 0 of 20 imagined images right before, 13 after" in said


def test_who_shows_it_is_counted_class_by_class():
    said = about_a_fall(Check("fence", {0: 10, 1: 2}, 2, (0, 1), IMAGINED), 1, 200, CLASSES)
    assert "1 fewer of the 200 validation images is right" in said
    assert "only 12 show “fence” (10 cat, 2 deer)" in said
    assert "none shows “fence”" in about_a_fall(
        Check("fence", {}, 0, (0, 0), IMAGINED), 1, 9, CLASSES
    )


def test_validation_that_shows_it_often_enough_is_told_as_it_is():
    worst = Group(1, True, 30, 0.5, 0.4, False)
    said = about_a_fall(Check("fence", {0: 10, 1: 30}, 30, (15, 12), worst), 3, 200, CLASSES)
    assert "may help" not in said
    assert "Of the 30 that show “fence” on a class other than" in said
    assert "15 were right before and 12 are after" in said
    assert "deer with “fence”: 15 of 30 images right before, 12 after" in said


def test_without_a_concept_the_worst_class_is_named():
    said = about_a_fall(
        Check("", {}, 0, (0, 0), Group(1, False, 50, 0.9, 0.8, False)), 5, 99, CLASSES
    )
    assert "Worst class: deer: 45 of 50 images right before, 40 after" in said


def made(helped=None, plain=None, score=0.7, as_it_was=0.6):
    """A preview of which only what validation says is known."""
    return Preview(
        *[None] * 5, None, (), 1.0, score=score, as_it_was=as_it_was, helped=helped, plain=plain
    )


KEPT, LOST = change(1, 1, 90, 8), change(0, 20, 70, 10)
GAINED, MAYBE, NEVER = change(40, 2, 50, 8), change(4, 2, 50, 44), change(2, 30, 50, 18)


@pytest.mark.parametrize(
    ("preview", "said"),
    [
        (made(GAINED, KEPT), "worth"),
        (made(MAYBE, KEPT), "few"),
        (made(NEVER, KEPT), "none"),
        (made(change(3, 3, 40, 40), KEPT), "none"),  # as many as before
        (made(GAINED, change(0, 60, 30, 10)), "none"),  # the others lose more than these gain
        (made(plain=GAINED), "worth"),
        (made(plain=change(2, 1, 84, 17)), "few"),  # one image of 104
        (made(plain=LOST), "none"),
        (made(plain=KEPT, score=0.5), "none"),
        (made(score=None, as_it_was=None), "few"),  # there is no validation
    ],
)
def test_only_a_gain_that_is_hardly_chance_is_worth_testing(preview, said):
    assert verdict(preview) == said


def test_why_it_should_not_be_saved():
    assert "no better than the model as it is (0.50 against 0.60)" in no_gain(
        made(plain=KEPT, score=0.5)
    )
    assert "loses more images than chance would take" in no_gain(made(plain=LOST))
    assert "no more than chance" in no_gain(made(NEVER, KEPT))
    assert "lose more than those with it gain" in no_gain(made(GAINED, change(0, 60, 30, 10)))
