"""What is refused before a training starts, and in which words."""

from __future__ import annotations

import os
import shutil
import socket
from collections import namedtuple
from dataclasses import replace

import pytest
from PIL import Image

from core.datasets import download
from core.datasets.download import reachable
from core.training.config import TrainConfig, recommended
from core.training.jobs import preflight

DEMO = recommended("demo")


@pytest.fixture(autouse=True)
def offline(artifacts_root, monkeypatch, tmp_path):
    """No network, and an empty cache of weights."""
    for module in (preflight, download):
        monkeypatch.setattr(module, "reachable", lambda url: False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


def test_demo_from_scratch_needs_nothing():
    assert preflight.problem(DEMO) == ""


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        ("mnist", "There is no data set 'mnist'"),
        ("folder:/not/there", "There is no folder /not/there"),
        ("stl10:/not/there", "is missing from the data set"),
        ("stl10", "STL-10 is not on this machine and ai.stanford.edu cannot be reached"),
    ],
)
def test_data_that_is_not_here(dataset, words):
    assert words in preflight.problem(replace(DEMO, dataset=dataset))


def test_stl10_may_be_downloaded(monkeypatch):
    for module in (preflight, download):
        monkeypatch.setattr(module, "reachable", lambda url: True)
    assert preflight.problem(TrainConfig()) == ""


def test_folder_of_images(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for k in range(2):
            Image.new("RGB", (8, 8)).save(tmp_path / "pets" / name / f"{k}.png")
    assert preflight.problem(replace(DEMO, dataset=f"folder:{tmp_path / 'pets'}")) == ""


def test_default_weights_offline_say_where_to_put_them(tmp_path):
    found = preflight.problem(replace(DEMO, model="resnet50", weights="default"))
    assert "resnet50-*.pth" in found
    assert str(tmp_path / "torch" / "hub" / "checkpoints") in found
    assert "--weights" in found


def test_default_weights_in_the_cache(tmp_path):
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "resnet50-11ad3fa6.pth").touch()
    assert preflight.problem(replace(DEMO, model="resnet50", weights="default")) == ""
    assert "resnet18-*.pth" in preflight.problem(replace(DEMO, model="resnet18", weights="default"))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("w.pth", b"weights", ""),
        ("w.pth", None, "There is no weights file"),
        ("w.pth", b"", "cannot be read, or are empty"),
        ("w.txt", b"weights", "ends in .safetensors or .pth"),
    ],
)
def test_file_of_weights(tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    found = preflight.problem(replace(DEMO, weights=str(tmp_path / name)))
    assert (words in found) if words else found == ""


def test_full_disk(monkeypatch):
    usage = namedtuple("usage", "total used free")(10, 10, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert "free some space" in preflight.problem(DEMO)


def test_timm_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(preflight, "find_spec", lambda name: None)
    assert "pip install timm" in preflight.problem(replace(DEMO, model="timm/vit_tiny"))


@pytest.fixture
def no_proxies(monkeypatch):
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def dialled(no_proxies, monkeypatch):
    """The addresses that were dialled; nobody answers."""
    found = []

    def refuse(address, timeout):
        found.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    return found


def test_a_server_that_answers_is_reachable(no_proxies):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/file"
        assert reachable(url)
    assert not reachable(url)


def test_the_scheme_says_the_port(dialled):
    assert not reachable("http://a.example/file")
    assert not reachable("https://a.example/file")
    assert dialled == [("a.example", 80), ("a.example", 443)]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_proxy_of_the_scheme_counts_and_no_other(dialled, monkeypatch, scheme):
    monkeypatch.setenv(f"{scheme}_proxy", "http://proxy.example:3128")
    assert [reachable(f"{s}://a.example") for s in ("http", "https")] == [
        scheme == "http", scheme == "https"
    ]  # fmt: skip
    monkeypatch.setenv("no_proxy", "a.example")
    assert not reachable(f"{scheme}://a.example")


def test_stl10_is_looked_for_where_it_is_fetched_from():
    from torchvision.datasets import STL10

    assert STL10.url == download.URL
