from __future__ import annotations

import pytest

from tests import flags as flags_of_one_colour


@pytest.fixture
def flags(tmp_path, artifacts_root) -> str:
    """The option that names a tiny data set of files; see tests/flags.py."""
    return flags_of_one_colour.write(tmp_path / "flags")
