"""Repairs of a run's head on its cached features; each makes a new run with the old as parent.

material    the training images as steps leave them; changes of features, folded into the head
presence    who shows a concept, class by class
transplant  what images of other classes would look like with it, in feature space
overlay     the same in pixels, seen by the network
pasting     what of an image stands out, and its paste over others
refit       the head fitted again
methods     the fixes, pure functions
performing  one step at each of its strengths
objective   what validation rewards
checking    what validation can say of a fix, and what it cannot
preview     a stack of steps on a run -> a new table -> a new run
"""

from core.fixes.methods import candidates
from core.fixes.preview import Preview, apply, save
from core.fixes.steps import METHODS, Method, Step, with_concept

__all__ = ["METHODS", "Method", "Preview", "Step", "apply", "candidates", "save", "with_concept"]
