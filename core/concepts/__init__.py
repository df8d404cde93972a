"""Concepts: something visible that a set of images shares, such as a fence, with a score an image.

concept      what a concept is: direction, threshold, scores; one made of a channel
stored       a concept as it is kept, with where it came from
store        concepts by name, beside the data set
columns      a concept as one more column of a run's table
learning     one learned from a few picked images
class_alike  whether one only repeats a class
words        picks suggested by a phrase
effects      what a concept does
"""

from core.concepts.concept import Concept, borderline, of_channel, strongest, weakest
from core.concepts.learning.direction import learn, learn_in, prepare_space
from core.concepts.learning.picking import learn_from
from core.concepts.learning.space import Space

__all__ = [
    "Concept",
    "Space",
    "borderline",
    "learn",
    "learn_from",
    "learn_in",
    "of_channel",
    "prepare_space",
    "strongest",
    "weakest",
]
