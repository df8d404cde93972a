"""Which images of a comparison show a concept."""

from __future__ import annotations

import numpy as np

from core.concepts.presence import shown_in
from core.concepts.stored import Stored
from core.errors import ConceptError
from core.evaluation.comparison import Comparison


def shown(comparison: Comparison, stored: Stored) -> np.ndarray:
    """(N,) which of the compared images show a concept, by the features of a run that it fits.

    Raises:
        ConceptError: it fits neither run; says why.
    """
    reasons = []
    for run in (comparison.before, comparison.after):
        try:
            reason = stored.unfit(run)
        except ConceptError as error:  # this run kept no features; the other may have
            reason = str(error)
        if not reason:
            features = run.features()
            assert features is not None  # else it would be unfit
            found = shown_in(run, stored.concept, stored.concept.scores(features))
            return found[comparison.rows["row"].to_numpy()]
        reasons.append(reason)
    raise ConceptError(reasons[-1])
