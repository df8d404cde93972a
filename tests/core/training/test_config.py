from dataclasses import fields

import pytest

from core.datasets import KINDS
from core.errors import FencepostError
from core.training.config import TrainConfig, colours, from_dict, model_in, recommended
from core.training.options import parse_args, parser


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


@pytest.mark.parametrize(
    ("name", "allowed", "refused"),
    [
        ("epochs", (1, 10_000), (0, 10_001)),
        ("decay_every", (1,), (0,)),
        ("batch_size", (2, 65_536), (1, 65_537)),
        ("lr", (1e-9, 999_999.0), (0.0, 1e6)),
        ("size", (16, 2048), (15, 2049)),
        ("workers", (0, 256), (-1, 257)),
        ("seed", (0, 2**31 - 1), (-1, 2**31)),
    ],
)
def test_how_far_a_value_may_go(name, allowed, refused):
    for value in allowed:
        assert getattr(TrainConfig(**{name: value}), name) == value
    for value in refused:
        with pytest.raises(FencepostError, match=f"^{name} is {value!r}: it must be "):
            TrainConfig(**{name: value})


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("mode", ("finetune", "head", "predict")),
        ("select_on", ("val", "test")),
        ("compile", ("off", "on")),
    ],
)
def test_a_choice_is_one_of_those_named(name, choices):
    for value in choices:
        assert getattr(TrainConfig(**{name: value}), name) == value
    with pytest.raises(FencepostError, match=f"{name} is 'x': choose {' or '.join(choices)}."):
        TrainConfig(**{name: "x"})


def test_the_defaults_of_every_data_set():
    """A change of one changes what a model trained anew is worth: it is to be meant."""
    assert TrainConfig().to_dict() == {
        "dataset": "stl10", "model": "resnet50", "weights": "default", "mode": "finetune",
        "size": 0, "epochs": 15, "batch_size": 64, "lr": 0.001, "decay_every": 7,
        "select_on": "val", "seed": 0, "device": "auto", "compile": "off", "workers": 2, "name": "",
        "classes": "", "mean": "", "std": "", "features_by": "",
    }  # fmt: skip
    assert recommended("demo").to_dict() == TrainConfig().to_dict() | {
        "dataset": "demo", "model": "small", "weights": "none", "size": 64, "epochs": 50,
        "batch_size": 32, "lr": 0.05, "decay_every": 23,
    }  # fmt: skip
    for name in ("folder:/a", "nothing of ours"):
        assert recommended(name) == TrainConfig(dataset=name)


def test_a_training_has_a_title_before_its_run_has_a_name():
    assert TrainConfig(name="fences").title() == "fences"
    assert TrainConfig().title() == "resnet50 on stl10"


def test_values_of_a_stored_config_take_the_type_of_their_option():
    found = from_dict({"epochs": "3", "lr": 1, "name": 7})
    assert (found.epochs, found.lr, found.name) == (3, 1.0, "7")
    assert isinstance(found.lr, float)


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


def test_the_help_names_what_each_option_takes_and_its_default(monkeypatch):
    monkeypatch.setenv("COLUMNS", "500")
    told = " ".join(parser("train").format_help().split())
    for part in (
        "usage: train [options]", "Train an image classifier and leave one run in artifacts/.",
        " data: ", " model: ", " training: ", " run: ", "--mode finetune|head train all of it",
        "--epochs N passes over train (finetune) [15]", "--lr X learning rate at the start [0.001]",
        "--name TEXT what to call the run [none]", "--weights TEXT default, none, or a state dict",
        "--resume [JOB] continue after the last finished epoch", "[the newest]",
        "Defaults stand in brackets.",
    ):  # fmt: skip
        assert part in told, part
    assert "--dataset stl10 has defaults" not in told


def test_a_value_of_a_run_is_taken_in_the_type_of_its_option():
    config = from_dict({"epochs": "3", "lr": "0.1", "size": 64.0, "name": 7})
    assert config == TrainConfig(epochs=3, lr=0.1, size=64, name="7")
    assert isinstance(config.size, int)


def test_a_model_alone_keeps_the_notebooks_recipe_and_its_data_set():
    assert parse_args(["--model=resnet18"])[0] == TrainConfig(model="resnet18")
    assert recommended("folder:/x") == TrainConfig(dataset="folder:/x")
    assert recommended("demo", "small") == recommended("demo")


def test_a_table_is_said_more_of():
    argv = [
        "--dataset=csv:/data/a.csv",
        "--images=/data/b",
        "--columns=label=what?",
        "--columns=path=x",
    ]
    config, _ = parse_args(argv)
    assert config.dataset == "csv:/data/a.csv?images=/data/b&path=x&label=what%3F"


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["--dataset=folder:/data", "--images=/data/b"], "folder is no table"),
        (["--dataset=csv:/data/a.csv", "--columns", "breed"], "breed names no column"),
        (["--dataset=csv:/data/a.csv", "--columns", "colour=x"], "no 'colour' to say of a table"),
    ],
)
def test_what_cannot_be_said_of_it(argv, why, capsys):
    with pytest.raises(SystemExit):
        parse_args(argv)
    assert why in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "found"),
    [("", None), ("0.5,0.25,1", (0.5, 0.25, 1.0)), (" 0,-1, 2", (0.0, -1.0, 2.0)), ("1,2", ()),
     ("1,2,3,4", ()), ("1,2,red", ()), ("1,2,", ()), ("1,nan,3", ()), ("1,2,inf", ())],
)  # fmt: skip
def test_three_numbers_are_a_colour(text, found):
    assert colours(text) == found


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [("mean", "1,2", "three numbers, as r,g,b"), ("std", "1,2", "three numbers, as r,g,b"),
     ("std", "0.2,0,0.2", "above 0")],
)  # fmt: skip
def test_mean_and_deviation_are_colours_and_a_deviation_divides(name, value, wanted):
    with pytest.raises(FencepostError, match=f"^{name} is '{value}': it must be {wanted}"):
        TrainConfig(**{name: value})
    assert TrainConfig(mean="0,0,0", std="0.2,0.2,0.2").mean == "0,0,0"


def test_what_holds_a_network_may_say_which_it_is(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    assert model_in(str(tmp_path)) == "huggingface"
    assert model_in(str(tmp_path / "config.json")) == ""
    assert model_in("a/net.onnx") == "onnx"
    assert model_in("a/net.onnx.pth") == ""
