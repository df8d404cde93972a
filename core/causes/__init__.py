"""Why images of one class are read as another.

channels      which channels of the features did it, and what they see
differences   what else the errors differ in from images read correctly
subgroups     the kinds of images among the errors
"""

from core.causes.channels import Explanation, explain, reminded, strongest_images
from core.causes.differences import differences
from core.causes.subgroups import Subgroup, subgroups

__all__ = [
    "Explanation",
    "Subgroup",
    "differences",
    "explain",
    "reminded",
    "strongest_images",
    "subgroups",
]
