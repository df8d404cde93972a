"""One of the hub, fetched from a library that needs no network."""

import sys

import pytest

from core.datasets import canonical, is_ready, load_dataset, prepare, problem
from core.errors import DatasetError
from tests.hub_shards import rows, shard


@pytest.fixture
def hub(monkeypatch, artifacts_root):
    """A hub that has one data set, without a network."""

    class Library:
        @staticmethod
        def snapshot_download(name, *, repo_type, revision, local_dir, allow_patterns):
            assert (name, repo_type) == ("eve/beans", "dataset")
            shard(local_dir / "data/train-00000-of-00001.parquet", rows(6))
            shard(local_dir / "data/test-00000-of-00001.parquet", rows(4, 50))

    monkeypatch.setitem(sys.modules, "huggingface_hub", Library)
    monkeypatch.setattr("core.datasets.hub.download.reachable", lambda url: True)
    monkeypatch.setattr("core.datasets.hub.download.find_spec", lambda name: name)


def test_one_from_the_hub_is_fetched_once(hub):
    name = "hf:eve/beans"
    assert canonical(name) == name
    assert not is_ready(name)
    assert problem(name) == ""
    prepare(name)
    assert is_ready(name)
    assert len(load_dataset(name).train) == 6


def test_without_the_package_or_the_network_it_is_said(hub, monkeypatch):
    with pytest.raises(DatasetError, match=r"hf:eve/peas cannot be fetched"):
        prepare("hf:eve/peas")
    monkeypatch.setattr("core.datasets.hub.download.reachable", lambda url: False)
    assert "cannot be reached" in problem("hf:eve/beans")
    monkeypatch.setattr("core.datasets.hub.download.find_spec", lambda name: None)
    assert "pip install huggingface_hub" in problem("hf:eve/beans")
