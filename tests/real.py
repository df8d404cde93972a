"""Real photographs and weights for evaluation; a stranger's clone has none, and its tests skip."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(path: str) -> Path:
    """A file or folder in `shared`, beside the repository."""
    if not (SHARED / path).exists():
        pytest.skip(f"needs {path}, which is not distributed")
    return SHARED / path
