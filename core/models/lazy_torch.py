"""torch loaded when it is needed, if it is there, while other threads compute.

scipy asks of arrays whether they are torch's by what is in sys.modules. In the seconds in which
another thread loads torch it finds half of it there, and fails.
"""

from __future__ import annotations

import threading
from importlib.util import find_spec

from core.errors import ModelError

NEEDED = ("torch", "torchvision")
WHOLE = threading.RLock()  # held while torch is loaded, and by what would stumble over half of it


def missing() -> str:
    """What to install before a network can be used, in one line; "" where all of it is there."""
    if all(find_spec(name) for name in NEEDED):
        return ""
    return (
        "This needs torch and torchvision, which are not installed: "
        'pip install "fencepost[train]", then start again.'
    )


def load_torch() -> None:
    """Load torch, in whichever thread first needs it.

    Raises:
        ModelError: this is an install for looking only.
    """
    if problem := missing():
        raise ModelError(problem)
    import scipy.stats  # noqa: F401  asks as it is loaded, too

    with WHOLE:
        import torch  # noqa: F401
