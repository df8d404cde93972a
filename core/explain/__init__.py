"""Why images of one class are predicted as another.

channels      which channels of the features did it, and what they see
differences   what else the errors differ in from images predicted correctly
subgroups     the kinds of images among the errors
suggestion    training images to learn from what the errors share
"""

from core.explain.channels import Explanation, explain, reminded, strongest_images
from core.explain.differences import differences
from core.explain.halves import Half, Halves, halves
from core.explain.shared import scores, strongest_of_class
from core.explain.subgroups import Subgroup, subgroups
from core.explain.suggestion import Suggestion, suggest_picks

__all__ = [
    "Explanation",
    "Half",
    "Halves",
    "Subgroup",
    "Suggestion",
    "differences",
    "explain",
    "halves",
    "reminded",
    "scores",
    "strongest_images",
    "strongest_of_class",
    "subgroups",
    "suggest_picks",
]
