"""What a run may be called."""

import pytest

from core.runs.names import name_problem


@pytest.mark.parametrize("name", ["", "grün", "猫", "😀", "<b>", "x" * 200])
def test_nearly_anything(name):
    assert name_problem(name) == ""


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("x" * 201, "201 characters"),
        ("\u202e", "no letter that can be seen"),
        ("gr\udcfcn", "not UTF-8 text"),
        ("\ud800", "not UTF-8 text"),
    ],
)
def test_but(name, problem):
    assert problem in name_problem(name)
