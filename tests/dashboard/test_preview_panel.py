"""What the Fix page says where fewer validation images are right than before."""

from __future__ import annotations

from core.fixes.validation.checking import Check, Group
from dashboard.views.fix.preview import about_a_fall

CLASSES = ("cat", "deer")
IMAGINED = Group(1, True, 20, 0.0, 0.65, True)


def test_validation_that_hardly_shows_it_cannot_speak_against_the_fix():
    said = about_a_fall(Check("fence", {0: 10}, 0, (0, 0), IMAGINED), 3, 200, CLASSES)
    assert said.startswith("3 fewer of the 200 validation images are right. The fix may help")
    assert "only 10 show “fence”, all of them cat" in said
    assert "deer with “fence” (20 imagined images): 0% right before, 65% after" in said


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
    assert "deer with “fence” (30 images): 50% right before, 40% after" in said


def test_without_a_concept_the_worst_class_is_named():
    said = about_a_fall(
        Check("", {}, 0, (0, 0), Group(1, False, 50, 0.9, 0.8, False)), 5, 99, CLASSES
    )
    assert "Worst class: deer (50 images): 90% right before, 80% after" in said
