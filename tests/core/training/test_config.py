from dataclasses import fields

import pytest

from core.datasets import KINDS
from core.errors import FencepostError
from core.training.config import (
    TrainConfig,
    from_dict,
    parse_args,
    parser,
    recommended,
)


def test_the_default_is_the_notebooks_recipe():
    config, resume = parse_args([])
    assert config == TrainConfig()
    assert (config.model, config.epochs, config.batch_size, config.lr) == (
        "resnet50",
        15,
        64,
        0.001,
    )
    assert resume is None


def test_a_dataset_brings_its_own_defaults():
    config, _ = parse_args(["--dataset", "demo", "--epochs", "2"])
    assert config == TrainConfig(dataset="demo", **KINDS["demo"].defaults | {"epochs": 2})


def test_resume_takes_a_job_or_the_last():
    assert parse_args(["--resume"])[1] == "last"
    assert parse_args(["--resume", "j1"])[1] == "j1"


def test_resume_with_an_empty_name_starts_nothing(capsys):
    with pytest.raises(SystemExit, match="2"):
        parse_args(["--resume="])
    assert "names no job" in capsys.readouterr().err


def test_resume_refuses_options_that_it_would_ignore(capsys):
    with pytest.raises(SystemExit) as stopped:
        parse_args(["--resume", "--lr=0.1", "--batch-size", "8"])
    assert stopped.value.code == 2
    assert "leave out --batch-size, --lr, or train anew" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["--epoch", "3"], ["--mode", "half"], ["--lr", "fast"]])
def test_unknown_options_end_it(argv):
    with pytest.raises(SystemExit):
        parse_args(argv)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("batch_size", 1),
        ("name", "\u202e"),
        ("name", "gr\udcfcn"),
        ("dataset", "folder:/data/bl\udcfcten"),
        ("weights", "/data/bl\udcfcten.pth"),
        ("lr", float("nan")),
        ("mode", "half"),
        ("size", 4),
    ],
)
def test_a_value_that_cannot_work_is_named(name, value):
    with pytest.raises(FencepostError, match=name):
        TrainConfig(**{name: value})


def test_another_network_than_the_recommended_one_gets_the_notebooks_recipe():
    assert parse_args(["--dataset=demo", "--model=small"])[0] == recommended("demo")
    config = parse_args(["--dataset=demo", "--model=resnet18", "--epochs=2"])[0]
    assert config == TrainConfig(dataset="demo", model="resnet18", epochs=2)


def test_argv_round_trip():
    config = TrainConfig(dataset="folder:/a b", name="--x", lr=1e-5)
    assert parse_args(config.to_argv())[0] == config


def test_dict_round_trip_forgets_unknown_keys():
    config = recommended("demo")
    assert from_dict(config.to_dict() | {"gone": 1}) == config


def test_every_option_has_help():
    assert all(item.metadata["help"] for item in fields(TrainConfig))
    assert "--select-on" in parser().format_help()


def test_the_help_tells_the_defaults_of_a_dataset_that_has_its_own(monkeypatch):
    monkeypatch.setenv("COLUMNS", "500")  # a line may break at any hyphen
    told = " ".join(parser().format_help().split())
    assert "--dataset demo has defaults of its own, for its network: --model small" in told
    assert all(f"--{k.replace('_', '-')} {v}" in told for k, v in KINDS["demo"].defaults.items())
