"""A fix is one entry of METHODS; a step says what it works on."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import get_args

import pytest

from core import fixes
from core.errors import RunError
from core.fixes import METHODS, Method, Step
from core.fixes.performing import each
from core.fixes.steps import Needs
from core.training.config import TrainConfig
from tests import planted

CLASSES = ("cat", "deer", "ship")


@pytest.mark.parametrize("name", METHODS)
def test_a_fix_has_words_and_strengths_that_mean_something(name):
    fix = METHODS[name]
    assert fix.title
    assert fix.when.startswith("Use it when ")
    assert fix.needs in get_args(Needs)
    assert bool(fix.strength) == bool(fix.strengths)
    assert list(fix.strengths) == sorted(fix.strengths)


def test_a_new_fix_is_one_entry(save_tiny, monkeypatch):
    run, _ = planted.save(save_tiny)

    def upward(inputs, strength):
        return replace(inputs.material, bias=inputs.material.bias + [0, 0, strength])

    fix = Method("Favour", "Use it when it rains.", "It was favoured.", each(upward))
    monkeypatch.setitem(METHODS, "favour", fix)
    made = fixes.apply(run, [Step("favour", strength=50.0)])
    assert set(made.table["pred"]) == {2}
    assert made.steps[0].fix is fix


def test_a_fix_that_is_none_or_lacks_its_concept_is_refused():
    with pytest.raises(RunError, match="There is no fix 'pray': choose overlay, "):
        Step("pray")
    with pytest.raises(RunError, match="Erase needs a concept"):
        Step("erase")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Step("mistakes"), ""),
        (Step("mute", {"channels": [1, 4]}, 0.5), "channels 1, 4, strength 0.5"),
        (Step("erase", {"concept": "fence", "carriers": [0]}), "concept fence, picked in cat"),
        (Step("mistakes", {"optional": True}), "if it adds something"),
        (Step("mistakes", {"optional": True}, 2.0), "strength 2"),
        (Step("correct", {"drop": [1, 2], "relabel": {"3": 0}}),
         "2 images dropped, 1 images relabelled"),
        (Step("evidence", {"pool": "folder:/a", "labels": [1, 1, 0]}),
         "2 images of deer and 1 image of cat from folder:/a"),
    ],
)  # fmt: skip
def test_a_step_in_words(step, words):
    assert step.words(CLASSES) == words


def test_what_is_offered_first_depends_on_how_the_network_was_trained(save_tiny):
    seen = SimpleNamespace(name="fence", origin={})
    frozen = save_tiny(TrainConfig(dataset="demo", mode="head"), run_id="frozen")
    assert [(s.method, s.optional) for s in fixes.usual(frozen, seen)] == [
        ("overlay", False),
        ("transplant", True),
    ]
    trained = save_tiny(TrainConfig(dataset="demo", mode="finetune"), run_id="trained")
    assert [s.method for s in fixes.usual(trained, seen)] == ["overlay"]
    assert [s.method for s in fixes.usual(frozen, seen, network=False)] == ["transplant"]
