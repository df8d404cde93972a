"""The command line that repeats a run."""

import shlex

import pytest

from core.training.config import TrainConfig, command_of
from core.training.options import parse_args, parse_predict


def test_a_training_is_repeated_as_it_was():
    config = TrainConfig(dataset="folder:/my photos", mode="head", lr=0.05, name="it's mine")
    python, script, *options = shlex.split(command_of(config.to_dict() | {"val_fraction": 0.1}))
    assert (python, script) == ("python", "train.py")
    assert parse_args(options) == (config, None)


def test_a_prediction_is_repeated_as_it_was():
    config = TrainConfig(dataset="demo", model="resnet18", weights="/a b.pth", mode="predict")
    program, verb, *options = shlex.split(command_of(config.to_dict()))
    assert (program, verb) == ("fencepost", "predict")
    assert parse_predict(options) == config


@pytest.mark.parametrize("config", [{}, {"name": "a table"}, {"model": "x", "mode": "magic"}])
def test_what_was_not_trained_here_has_no_command(config):
    assert command_of(config) == ""
