"""Why images of one class are predicted as another.

finding       what is known of the cause, in a sentence, and how sure it is
halves        the errors that suggest a cause, and those that test it
shared        what errors share, beyond looking like the class they are taken for
channels      which channels of the features did it, and what they see
differences   what else the errors differ in from images predicted correctly
properties    what the pictures themselves are like, found without a network
subgroups     the kinds of images among the errors
suggestion    training images to learn from what the errors share
saliency      where the network looked
"""

from core.explain.channels import Explanation, explain, reminded, strongest_images
from core.explain.differences import differences
from core.explain.halves import Half, Halves, halves
from core.explain.shared import direction, scores, strongest_of_class
from core.explain.subgroups import Subgroup, subgroups
from core.explain.suggestion import Suggestion, suggest_picks

__all__ = [
    "Explanation",
    "Half",
    "Halves",
    "Subgroup",
    "Suggestion",
    "differences",
    "direction",
    "explain",
    "halves",
    "reminded",
    "scores",
    "strongest_images",
    "strongest_of_class",
    "subgroups",
    "suggest_picks",
]
