"""Which images a fix is made for."""

from __future__ import annotations

from types import SimpleNamespace

from core.concepts.held_out import HeldOut
from core.fixes import Step
from core.fixes.purpose import purpose

ERASE = Step("erase", {"concept": "fence", "carriers": [0]})


def concept(*chose):
    return {"fence": SimpleNamespace(held_out=HeldOut.of(chose, [], []) if chose else None)}


def test_it_is_the_class_whose_errors_suggested_the_concept(tiny_run):
    found = purpose(tiny_run, [Step("mistakes"), ERASE], concept(2, 3))
    assert found == {"concept": "fence", "label": 1, "carriers": [0]}


def test_where_no_errors_did_it_is_every_class_but_the_carriers(tiny_run):
    assert purpose(tiny_run, [ERASE], concept()) == {
        "concept": "fence",
        "label": None,
        "carriers": [0],
    }


def test_without_a_concept_nobody_knows(tiny_run):
    assert purpose(tiny_run, [Step("mistakes")], {}) == {}
