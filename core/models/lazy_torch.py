"""torch loaded while other threads compute.

scipy asks of arrays whether they are torch's by what is in sys.modules. In the seconds in which
another thread loads torch it finds half of it there, and fails.
"""

from __future__ import annotations

import threading

WHOLE = threading.RLock()  # held while torch is loaded, and by what would stumble over half of it


def load_torch() -> None:
    """Load torch, in whichever thread first needs it."""
    import scipy.stats  # noqa: F401  asks as it is loaded, too

    with WHOLE:
        import torch  # noqa: F401
