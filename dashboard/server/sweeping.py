"""What nobody needs any more, removed once by every server that may write."""

from __future__ import annotations

import logging
import threading

from dashboard.server import access, thumbnails, uploads

LATER = 20.0  # seconds, in which the first page has been drawn


def begin() -> None:
    """Sweep in a while, so that nobody waits for it."""
    if access.allowed(None, "store"):
        timer = threading.Timer(LATER, sweep)
        timer.daemon = True
        timer.start()


def sweep() -> None:
    """Every kind of leftover; what cannot be removed stays."""
    from core import leftovers
    from core.inference import cache
    from core.training import jobs

    for each in (leftovers.sweep, jobs.sweep, cache.sweep, thumbnails.sweep, uploads.sweep):
        try:
            each()
        except OSError as error:
            logging.getLogger(__name__).warning("Leftovers cannot be removed: %s", error)
