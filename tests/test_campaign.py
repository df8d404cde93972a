"""The campaign in its short form: nothing is half, doubled or lost, no error box, no wrong number.

In processes of their own: what forks must not have asked DuckDB before, and the hook that refuses
writes cannot be taken off again.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from core import artifacts

TOGETHER = ("trainings writes random", "refusals disk requests", "pages damage addresses")


@pytest.mark.parametrize("parts", TOGETHER)
def test_nothing_goes_wrong(parts):
    command = [sys.executable, "-m", "benchmarks.campaign", "--short", *parts.split()]
    done = subprocess.run(command, cwd=artifacts.REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
