import os
import time

import numpy as np
import pandas as pd
import pytest

from core import artifacts
from core.inference import cache
from core.inference.decoding import Pixels


@pytest.fixture
def decoded(artifacts_root):
    values = np.arange(3000, dtype=np.uint8).reshape(3000, 1, 1, 1).repeat(3, axis=1)
    return Pixels(
        values, pd.DataFrame({"split": "train", "label": range(3000)}), ["x: bad"], np.arange(3000)
    )


def fake(calls, die_at=None):
    """An extractor whose feature is the first pixel; it dies after `die_at` rows."""

    def extract(images, *, out, start, progress, on_rows):
        calls.append(start)
        for row in range(start, len(images), 100):
            if row == die_at:
                raise KeyboardInterrupt
            out[row : row + 100] = images[row : row + 100, 0, 0]
            on_rows(min(row + 100, len(images)))

    return extract


def test_computed_once_then_read(decoded):
    assert cache.load("key") is None
    calls = []
    made = cache.compute("key", decoded, 1, fake(calls))
    found = cache.load("key")
    assert np.array_equal(found.values, made.values)
    assert found.values[:3, 0].tolist() == [0, 1, 2]
    assert found.images["label"].tolist() == list(range(3000))
    assert found.unreadable == ["x: bad"]


def test_an_interrupted_computation_goes_on_where_it_was(decoded):
    calls = []
    with pytest.raises(KeyboardInterrupt):
        cache.compute("key", decoded, 1, fake(calls, die_at=2500))
    assert cache.load("key") is None
    found = cache.compute("key", decoded, 1, fake(calls))
    assert calls == [0, 2500]
    assert np.array_equal(found.values[:, 0], decoded.values[:, 0, 0, 0].astype(np.float16))


def test_a_kill_costs_a_thousand_rows_at_most(decoded):
    on_disk = []

    def progress(_done, _total):
        started = artifacts.features_dir() / ".key.writing" / "started.json"
        on_disk.append(artifacts.read_json(started)["rows"] if started.exists() else 0)

    def extract(images, *, out, start, progress, on_rows):
        for done in range(100, 3001, 100):
            on_rows(done)
            progress(done, 3000)

    cache.compute("key", decoded, 1, extract, progress)
    done = np.arange(100, 3001, 100)
    assert (done - on_disk < cache.FLUSH_EVERY).all()
    assert max(on_disk) > 2000


def test_a_start_of_another_shape_is_not_used(decoded):
    calls = []
    with pytest.raises(KeyboardInterrupt):
        cache.compute("key", decoded, 1, fake(calls, die_at=2500))
    cache.compute("key", decoded, 2, fake(calls))
    assert calls == [0, 0]


@pytest.mark.parametrize("file", ["features.npy", "images.parquet", "info.json"])
def test_a_damaged_cache_is_no_cache(decoded, file):
    cache.compute("key", decoded, 1, fake([]))
    (artifacts.features_dir() / "key" / file).write_bytes(b"damaged")
    assert cache.load("key") is None
    cache.compute("key", decoded, 1, fake([]))
    assert cache.load("key") is not None


def test_the_key_depends_on_every_part():
    assert cache.key(model="a", size=1) == cache.key(size=1, model="a")
    assert cache.key(model="a", size=1) != cache.key(model="a", size=2)


def kept() -> list[str]:
    return sorted(path.name for path in artifacts.features_dir().iterdir())


def aged(name: str, days: float) -> None:
    folder = artifacts.features_dir() / name
    for path in (*folder.iterdir(), folder):
        os.utime(path, (time.time() - days * 86_400,) * 2)


def test_the_longest_unused_go_where_there_are_too_many_bytes(decoded, monkeypatch):
    for name in ("a", "b", "c"):
        cache.compute(name, decoded, 1, fake([]))
    for name, days in (("a", 3), ("b", 2), ("c", 1)):
        aged(name, days)
    size = sum(path.stat().st_size for path in (artifacts.features_dir() / "a").iterdir())
    monkeypatch.setenv("FENCEPOST_FEATURES_GB", f"{2.5 * size / 1e9:.9f}")
    cache.load("a")
    cache.sweep()
    assert kept() == ["a", "c"]
    monkeypatch.setenv("FENCEPOST_FEATURES_GB", "0")
    cache.compute("d", decoded, 1, fake([]))
    assert kept() == ["d"]


def test_within_the_limit_none_goes(decoded):
    for name in ("a", "b"):
        cache.compute(name, decoded, 1, fake([]))
        aged(name, 300)
    cache.sweep()
    assert kept() == ["a", "b"]


def test_what_was_begun_and_given_up_goes(decoded, monkeypatch):
    monkeypatch.setenv("FENCEPOST_FEATURES_GB", "0")
    for name in ("a", "b"):
        with pytest.raises(KeyboardInterrupt):
            cache.compute(name, decoded, 1, fake([], die_at=2500))
    aged(".a.writing", 2)
    cache.compute("c", decoded, 1, fake([]))
    assert kept() == [".a.writing", ".b.writing", "c"]
    aged(".a.writing", 4)
    cache.sweep()
    assert kept() == [".b.writing", "c"]
