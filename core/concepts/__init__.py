"""Concepts: something visible that a set of images shares, such as a fence, with a score an image.

concept    what a concept is: direction, threshold, scores; one made of a channel
learning   one learned from a few picked images
picking    the same from picked images of a run
space      the features made ready for it: standardised, class means out
chance     whether the picks share more than random picks do
refining   the direction sharpened by the images that nobody picked
stored     a concept as it is kept, with where it came from
store      concepts by name, beside the data set
words      picks suggested by a phrase, where a CLIP-like model is at hand
towers     that model: pictures and texts as vectors of one space
"""

from core.concepts.concept import Concept, borderline, of_channel, strongest, weakest
from core.concepts.learning import learn, learn_in, prepare_space
from core.concepts.picking import learn_from
from core.concepts.space import Space

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
