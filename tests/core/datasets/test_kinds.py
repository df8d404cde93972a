"""A kind of data set is one entry: everything that names kinds follows."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from PIL import Image

from core import datasets
from core.datasets import KINDS, Dataset, Kind, Split, kinds
from core.datasets.kind import PathField
from core.errors import DatasetError
from core.training.config import TrainConfig, recommended
from core.training.jobs import preflight
from core.training.options import parser


class Grey:
    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> Image.Image:
        return Image.new("RGB", (8, 8))


def toy(path: str) -> Dataset:
    split = Split(Grey(), np.array([0, 1], dtype=np.int16))
    return Dataset(f"toy:{path}", ("cat", "dog"), split, split, "toy")


@pytest.fixture
def one_more(monkeypatch):
    """A kind that nothing knows but the dict."""
    path = PathField("Toy", "", example="/toys")
    kind = Kind("Toy", "Two images.", "Train on it", toy, path, defaults={"epochs": 3})
    monkeypatch.setitem(KINDS, "toy", kind)


def test_a_new_kind_is_opened_named_and_trained_on(one_more, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert datasets.load_dataset("toy:box").name == f"toy:{tmp_path}/box"
    assert datasets.is_ready("toy:box")
    assert preflight.absolute(TrainConfig(dataset="toy:box")).dataset == f"toy:{tmp_path}/box"
    assert recommended("toy:box").epochs == 3
    assert "--dataset toy has defaults of its own" in " ".join(parser().format_help().split())


def test_a_kind_says_what_its_path_must_be(one_more):
    with pytest.raises(DatasetError, match="toy: needs a path, such as toy:/toys"):
        datasets.canonical("toy")
    with pytest.raises(DatasetError, match=r"give demo, .* or toy:/path\."):
        datasets.canonical("mnist")


@pytest.mark.parametrize("name", ["demo:", "demo:/path", "stl10:", "", ":", "STL10"])
def test_what_is_no_name(name):
    with pytest.raises(DatasetError, match="There is no data set"):
        datasets.parted(name)


@pytest.mark.parametrize("name", ["demo", "stl10", "stl10:/data/stl10", "folder:/data/flowers"])
def test_the_names_of_today_mean_the_same(name):
    assert datasets.canonical(name) == name


def test_the_forms_are_those_that_the_command_line_names():
    assert kinds.forms() == [
        "demo",
        "stl10",
        "stl10:/path",
        "folder:/path",
        "csv:/path",
        "npz:/path",
        "hf:/path",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_are_options_of_a_training(kind):
    assert set(KINDS[kind].defaults) <= {item.name for item in fields(TrainConfig)}


def test_what_is_to_be_stored_before_a_training(artifacts_root):
    assert not datasets.is_ready("demo")
    assert not datasets.is_ready("stl10")
    assert datasets.is_ready("stl10:/data/stl10")
    assert datasets.is_ready("folder:/data/flowers")


def test_a_kind_of_another_version_is_none():
    assert datasets.kind_of("csv2:/data") is None
    assert datasets.kind_of("folder:/data") is KINDS["folder"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [("a.csv", "csv"), ("/d/A.TSV", "csv"), ("a.parquet", "csv"), ("a.jsonl", "csv"),
     ("a.csv?images=/b", "csv"), ("a.npz", "npz"), ("a.NPZ", "npz"), ("a.npz?x=1", "folder"),
     ("photos", "folder"), ("csv", "folder"), ("", "folder")],
)  # fmt: skip
def test_the_kind_of_a_path_by_the_end_of_its_name(path, kind):
    assert kinds.of_file(path) == kind


@pytest.mark.parametrize(
    ("name", "last"),
    [("folder:/data/flowers", "flowers"), ("csv:/d/a.csv?images=/b", "a.csv"), ("demo", ""),
     ("folder:/d/what?x=1", "what?x=1"), ("gone:/d/a.csv", "a.csv"), ("npz:/d/a.npz", "a.npz")],
)  # fmt: skip
def test_a_data_set_is_called_by_the_last_part_of_its_path(name, last):
    assert kinds.file_name(name) == last


def test_what_is_said_of_a_table_stands_after_its_path():
    name = "csv:/d/a.csv?label=breed"
    assert kinds.with_said(name, {}) == name
    assert kinds.with_said(name, {"images": "", "label": ""}) == name
    assert kinds.with_said(name, {"images": "/b"}) == "csv:/d/a.csv?images=/b&label=breed"
    assert kinds.with_said(name, {"label": "kind", "images": ""}) == "csv:/d/a.csv?label=kind"
    assert kinds.with_said("demo", {"label": ""}) == "demo"
    with pytest.raises(DatasetError, match=r"^folder is no table: --images and --columns say"):
        kinds.with_said("folder:/d", {"label": "kind"})


def test_a_name_is_parted_into_its_kind_and_its_path():
    assert kinds.parted("demo") == (KINDS["demo"], "")
    assert kinds.parted("stl10") == (KINDS["stl10"], "")
    assert kinds.parted("folder:/a:b") == (KINDS["folder"], "/a:b")
    with pytest.raises(DatasetError, match=r"^folder: needs a path, such as folder:/data/flowers"):
        kinds.parted("folder:")
