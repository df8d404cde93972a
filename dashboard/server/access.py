"""Who may change what."""

from __future__ import annotations

import os


def read_only() -> bool:
    """Whether this dashboard refuses to train, rename and delete: FENCEPOST_READ_ONLY=1."""
    return os.environ.get("FENCEPOST_READ_ONLY", "").lower() in {"1", "true", "yes", "on"}
