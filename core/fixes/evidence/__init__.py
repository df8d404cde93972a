"""Other images, seen by a run's own network: where more evidence for a fix comes from.

sources   which images: a folder of any shape, or STL-10's unlabelled; none that the run has
reading   a source through the network, once
pool      what is kept of it, and opened again without the network
"""

from core.fixes.evidence.pool import Pool, known, of_steps, opened
from core.fixes.evidence.reading import read
from core.fixes.evidence.sources import MOST, UNLABELLED, canonical, unlabelled_file

__all__ = [
    "MOST",
    "UNLABELLED",
    "Pool",
    "canonical",
    "known",
    "of_steps",
    "opened",
    "read",
    "unlabelled_file",
]
