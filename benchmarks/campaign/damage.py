"""Damaged, odd and hostile runs: what is done to a sound one, each under a name of its own."""

from __future__ import annotations

import json
import math
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.campaign.values import HALF, HUGE, MARKUP, columns, zipped

Damage = Callable[[Path], object]
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, HUGE, -1e308, math.nan, math.inf, "", "x", HALF, MARKUP, "9" * 400,
    [], [1], [HALF], {}, {"a": 1}, {"a": {"b": [HALF]}}, [[]], "\x00", "\u202e", "a" * 100_000,
)  # fmt: skip
KEYS = (
    "schema_version", "id", "name", "parent", "created", "config", "dataset", "classes",
    "versions", "device", "seed", "timings", "metrics", "steps", "notes", "selected", "unreadable",
    "left_out", "refused", "data_notes", "brought", "preprocessing", "read", "table",
)  # fmt: skip
TABLE, HISTORY = "predictions.parquet", "history.parquet"


def cases() -> Iterator[tuple[str, Damage]]:
    """Some hundred kinds of damage, in the same order each time."""
    yield from _of_run_json()
    yield from _of_features()
    yield from _of_columns(TABLE, ("row", "split", "index", "path", "label", "pred"))
    yield from _of_columns(TABLE, ("loss", "correct", "p_cat", "brightness"))
    yield from _of_columns(HISTORY, ("step", "epoch", "split", "loss", "accuracy"))
    yield from _of_rows()
    for name in (TABLE, HISTORY, "features.npy", "model.safetensors"):
        yield from _of_bytes(name)
    yield from _of_head()


def _of_run_json() -> Iterator[tuple[str, Damage]]:
    for key in KEYS:
        yield f"run.json without {key}", lambda folder, key=key: _edit(folder, key)
        for value in random.Random(key).sample(ODD, 5):
            yield (
                f"run.json {key}={value!r:.30}",
                lambda folder, key=key, value=value: _edit(folder, key, value),
            )
    for text in ("", "{", "[]", "null", "{}", "[" * 100_000, '{"a": ' + "9" * 5000 + "}"):
        yield f"run.json is {text[:9]!r}", lambda f, t=text: (f / "run.json").write_text(t)


def _edit(folder: Path, key: str, *value: Any) -> None:
    path = folder / "run.json"
    meta = json.loads(path.read_text())
    meta.pop(key, None)
    path.write_text(json.dumps(meta | ({key: value[0]} if value else {})))


def _of_features() -> Iterator[tuple[str, Damage]]:
    def put(change: Callable[[np.ndarray], np.ndarray]) -> Damage:
        def do(folder: Path) -> None:
            path = folder / "features.npy"
            np.save(path, change(np.load(path)), allow_pickle=True)

        return do

    def at(value: float) -> Damage:
        return put(lambda x: np.where(np.arange(x.size).reshape(x.shape) == 11, value, x))

    changes: dict[str, Damage] = {
        "float64": put(lambda x: x.astype(float)),
        "float32": put(lambda x: x.astype(np.float32)),
        "whole numbers": put(lambda x: x.astype(int)),
        "big endian": put(lambda x: x.astype(">f2")),
        "Fortran order": put(np.asfortranarray),
        "objects": put(lambda x: x.astype(object)),
        "text": put(lambda x: x.astype(str)),
        "three axes": put(lambda x: x[:, :, None]),
        "one axis": put(lambda x: x[:, 0]),
        "another width": put(lambda x: x[:, :-1]),
        "no channels": put(lambda x: x[:, :0]),
        "no rows": put(lambda x: x[:0]),
        "a row less": put(lambda x: x[:-1]),
        "all the same": put(np.ones_like),
        "all zero": put(np.zeros_like),
        "one NaN": at(math.nan),
        "one infinite": at(math.inf),
        "all NaN": put(lambda x: x * math.nan),
        "several arrays": lambda f: (f / "features.npy").write_bytes(zipped(np.eye(3))),
        "a pipe": lambda f: ((f / "features.npy").unlink(), os.mkfifo(f / "features.npy")),
        "a folder": lambda f: ((f / "features.npy").unlink(), (f / "features.npy").mkdir()),
    }
    yield from ((f"features: {name}", do) for name, do in changes.items())


def _of_columns(file: str, names: tuple[str, ...]) -> Iterator[tuple[str, Damage]]:
    def put(name: str, kind: str) -> Damage:
        def do(table: pa.Table) -> pa.Table:
            at = table.schema.names.index(name)
            return table.set_column(at, name, columns(len(table))[kind])

        return _changed(file, do)

    for name in names:
        yield f"{file} without {name}", _changed(file, lambda t, name=name: t.drop_columns([name]))
        for kind in random.Random(file + name).sample(sorted(columns(1)), 4):
            yield f"{file}: {name} of {kind}", put(name, kind)
    for kind in columns(1) if file == TABLE and "row" in names else ():
        yield (
            f"{file}: one more column of {kind}",
            _changed(file, lambda t, kind=kind: t.append_column("p_x", columns(len(t))[kind])),
        )


def _changed(file: str, change: Callable[[pa.Table], pa.Table]) -> Damage:
    def do(folder: Path) -> None:
        table = pq.read_table(folder / file)
        pq.write_table(change(table), folder / file)

    return do


def _of_rows() -> Iterator[tuple[str, Damage]]:
    changes: dict[str, Callable[[pa.Table], pa.Table]] = {
        "twice": lambda t: pa.concat_tables([t, t]),
        "twice, unnumbered": lambda t: pa.concat_tables([t, t]).drop_columns(["row"]),
        "half of it": lambda t: t.slice(0, len(t) // 2),
        "one row": lambda t: t.slice(0, 1),
        "no rows": lambda t: t.slice(0, 0),
        "no columns": lambda t: t.select([]),
        "backwards": lambda t: t.take(list(range(len(t)))[::-1]),
        "a column twice": lambda t: t.append_column("loss", t["loss"]),
        "columns turned round": lambda t: t.select(t.schema.names[::-1]),
        "names in capitals": lambda t: t.rename_columns([n.upper() for n in t.schema.names]),
        "a column of markup": lambda t: t.append_column(MARKUP, t["loss"]),
    }
    for name, change in changes.items():
        yield f"{TABLE}: {name}", _changed(TABLE, change)


def _of_bytes(name: str) -> Iterator[tuple[str, Damage]]:
    def flipped(seed: int) -> Damage:
        def do(folder: Path) -> None:
            draw, data = random.Random(seed), bytearray((folder / name).read_bytes())
            for _ in range(1 + seed % 3):
                data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
            (folder / name).write_bytes(data)

        return do

    for seed in range(6):
        yield f"{name}: bits turned, {seed}", flipped(seed)
    yield f"{name} is empty", lambda f: (f / name).write_bytes(b"")
    yield f"{name} is missing", lambda f: (f / name).unlink()
    yield f"{name} is cut short", lambda f: os.truncate(f / name, (f / name).stat().st_size // 2)
    yield f"{name} links to itself", lambda f: ((f / name).unlink(), (f / name).symlink_to(name))


def _of_head() -> Iterator[tuple[str, Damage]]:
    from safetensors.numpy import save_file

    plain, zeros = np.ones((3, 8), np.float32), np.zeros(3, np.float32)
    heads = {
        "NaN": (plain * np.nan, zeros),
        "infinite numbers": (plain * np.inf, zeros),
        "two classes": (plain[:2], zeros[:2]),
        "no channels": (plain[:, :0], zeros),
        "whole numbers": (plain.astype(np.int64), zeros.astype(np.int64)),
        "three axes": (plain[:, :, None], zeros),
        "a bias of another length": (plain, np.zeros(4, np.float32)),
    }
    for name, (weight, bias) in heads.items():
        yield (
            f"head of {name}",
            lambda folder, weight=weight, bias=bias: save_file(
                {"head.weight": np.ascontiguousarray(weight), "head.bias": bias},
                folder / "model.safetensors",
            ),
        )
