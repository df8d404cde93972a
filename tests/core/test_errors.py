"""An error of any library comes to one line."""

import pytest

from core.errors import FencepostError, first_line


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("one line"), "one line"),
        (RuntimeError("first\nsecond"), "first"),
        (RuntimeError("\n  first \nsecond"), "first"),
        (OSError(), "OSError"),
        (MemoryError("\n \n"), "MemoryError"),
        (OSError(28, "No space left on device"), "[Errno 28] No space left on device"),
        (FencepostError("Do this."), "Do this."),
    ],
)
def test_the_first_line_of_an_error(error, line):
    assert first_line(error) == line
