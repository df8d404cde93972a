"""Repairs of a run's head on its cached features; each makes a new run with the old as parent.

steps       every fix in one dict; a step of a stack: fix, strength, options
advice      which to begin with, and why
source      the run that is fixed
material    the training images as steps leave them; changes of features, folded into the head
methods     the fixes, pure functions; refit fits the head again
performing  each fix at its strengths, with what a step hands it
choosing    the strength of each step, by validation
purpose     which images a stack is made for
preview     a stack of steps on a run -> a new table; saving -> a new run
told        how far a fix is
imagined    what images would look like with a concept that they lack
validation  what validation rewards, and what it can say of a fix
evidence    other images to train on
"""

from core.fixes.advice import Advice, advice
from core.fixes.methods import candidates
from core.fixes.preview import Preview, apply
from core.fixes.saving import save
from core.fixes.steps import METHODS, Method, Step, usual, with_concept

__all__ = [
    "METHODS",
    "Advice",
    "Method",
    "Preview",
    "Step",
    "advice",
    "apply",
    "candidates",
    "save",
    "usual",
    "with_concept",
]
