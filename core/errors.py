"""What can go wrong, each in one line that names the bad thing and the remedy.

FencepostError
├── DatasetError    a data set is missing, empty or unreadable
├── ModelError      a network or its weights cannot be had
├── TrainingError   training stopped: loss, memory, disk, a data worker
├── RunError        a run folder is missing or damaged
├── ExplainError    there is nothing to explain, or nothing to explain it with
├── ConceptError    a concept cannot be learned, found or used here
└── JobError        a background job cannot start, or another one runs
"""


class FencepostError(Exception):
    """Base of every error that a user can mend; its text is shown as it stands."""


class DatasetError(FencepostError):
    """A data set is missing, empty or unreadable."""


class ModelError(FencepostError):
    """A network or its weights cannot be had."""


class TrainingError(FencepostError):
    """Training stopped before it was done."""


class RunError(FencepostError):
    """A run folder is missing or damaged."""


class ExplainError(FencepostError):
    """There is nothing to explain, or nothing to explain it with."""


class ConceptError(FencepostError):
    """A concept cannot be learned, found or used here."""


class JobError(FencepostError):
    """A background job cannot start."""


def first_line(error: BaseException) -> str:
    """What an error of another library says, in one line; its kind where it says nothing."""
    lines = (line.strip() for line in str(error).splitlines())
    return next(filter(None, lines), type(error).__name__)
