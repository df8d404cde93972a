"""What a run tells of itself, also where others wrote its folder."""

import io
import json
import os
import pickle

import numpy as np
import pandas as pd
import pytest

from core import concepts, explain, runs
from core.concepts.learning.picking import ground
from core.errors import ConceptError, ExplainError, RunError
from core.fixes.source import open_source
from core.queries import neighbours
from tests import planted

HUGE = 10**30


def edited(run: runs.Run, **values) -> runs.Run:
    path = run.folder / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    return runs.open_run(run.id)


@pytest.mark.parametrize(
    "values",
    [
        np.asfortranarray(np.eye(8, 4)),
        np.eye(8, 4).astype(">f2"),
        np.eye(8, 4).astype(int),
        np.eye(8, 3),
        np.zeros((8, 0)),
        np.eye(7, 4),
    ],
)
def test_features_that_cannot_be_used_are_none(save_tiny, values):
    weights = {"head.weight": np.ones((3, 4), np.float32), "head.bias": np.ones(3, np.float32)}
    run = save_tiny(weights=weights)
    assert run.features().shape == (8, 4)
    np.save(run.folder / "features.npy", values)
    assert run.features() is None


DAMAGED = {
    "nothing": lambda data: b"",
    "a pickle": lambda data: pickle.dumps(np.eye(8, 4)),
    "cut short": lambda data: data[:-3],
    "longer": lambda data: data + b"12",
    "header cut": lambda data: data[:70],
    "header open": lambda data: data.replace(b"}", b"(", 1),
    "header no Python": lambda data: data.replace(b"False", b"0)(1 ", 1),
    "endless": lambda data: data.replace(
        b"(8, 4), }" + b" " * 24, b"(" + b"9" * 25 + b", 4), }", 1
    ),
    "another place": lambda data: data[:8] + bytes([data[8] - 1]) + data[9:],
    "several arrays": lambda data: zipped(np.eye(8, 4)),
}


def zipped(values: np.ndarray) -> bytes:
    held = io.BytesIO()
    np.savez(held, values)
    return held.getvalue()


@pytest.mark.parametrize("case", DAMAGED)
def test_features_whose_file_is_damaged_are_none(tiny_run, case):
    path = tiny_run.folder / "features.npy"
    before = path.read_bytes()
    path.write_bytes(DAMAGED[case](before))
    assert path.read_bytes() != before
    assert tiny_run.features() is None


@pytest.mark.parametrize(
    "values",
    [np.eye(8, 4) > 0, np.eye(8, 4) * 1j, np.eye(8, 4).astype(str), np.ones((8, 4, 1)), np.ones(8),
     np.array([None] * 8), np.zeros(8, "f4,f4"), np.float32(3)],
)  # fmt: skip
def test_features_of_another_kind_are_none(tiny_run, values):
    np.save(tiny_run.folder / "features.npy", values)
    assert tiny_run.features() is None


def test_features_that_are_no_file_are_not_waited_for(tiny_run):
    path = tiny_run.folder / "features.npy"
    path.unlink()
    os.mkfifo(path)
    assert tiny_run.features() is None


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_features_that_are_no_numbers_are_named(save_tiny, value):
    run, _ = planted.save(save_tiny)
    features = np.array(run.features())
    features[::5, 3] = value
    np.save(run.folder / "features.npy", features)
    for ask, error in (
        (lambda: explain.explain(run, 1, 0), ExplainError),
        (lambda: explain.subgroups(run, 1, 0), ExplainError),
        (lambda: neighbours.of_image(run, 300, "test", 3), RunError),
        (lambda: ground(run, True), ConceptError),
        (lambda: concepts.of_channel(features, 3, name="c"), ConceptError),
        (lambda: open_source(run, needs_held=False), RunError),
    ):
        with pytest.raises(error, match="not finite"):
            ask()


def test_a_head_that_is_no_numbers_is_named(save_tiny):
    weights = {"head.weight": np.full((3, 4), np.nan, np.float32), "head.bias": np.ones(3)}
    with pytest.raises(RunError, match="not finite"):
        save_tiny(weights=weights).head()


@pytest.mark.parametrize(
    "kept",
    [
        {"step": [1, 2], "epoch": ["one", "two"], "split": "val", "loss": 1.0, "accuracy": 0.5},
        {"step": [1, 2], "epoch": [None, None], "split": "val", "loss": 1.0, "accuracy": 0.5},
        {"step": [1, 2], "epoch": [np.inf, np.inf], "split": "val"},
        {"step": [[1], [2]], "epoch": [1, 2], "split": "val"},
        {"epoch": [1, 2]},
        {"step": [1, 2], "epoch": [1, 2], "split": [["val"], ["val"]]},
        {"step": [1, 2], "epoch": [1, 2], "split": [{"a": 1}, {"a": 2}]},
        {"step": [1, 2], "epoch": [1, 2], "split": np.ones(2, np.float16)},
        {"step": [1, 2], "epoch": [1, 2], "split": "<b>holdout</b>"},
        {"step": [1, 2], "epoch": [1e308, -1], "split": "val"},
        {"step": [b"1", b"2"], "epoch": [b"a", b"b"], "split": "val"},
        {"step": [1, 2], "epoch": [{"a": 1}, {"a": 1}], "split": "val"},
    ],
)
def test_a_history_that_counts_nothing_is_none(tiny_run, kept):
    pd.DataFrame(kept).to_parquet(tiny_run.folder / "history.parquet")
    assert tiny_run.history().empty


def test_the_rows_of_a_history_that_count_are_kept(tiny_run):
    kept = {"step": [1, 2], "epoch": ["1", "two"], "split": "val", "loss": ["0.5", "x"]}
    pd.DataFrame(kept).to_parquet(tiny_run.folder / "history.parquet")
    assert tiny_run.history()[["epoch", "loss"]].to_numpy().tolist() == [[1, 0.5]]


def test_figures_of_a_history_that_can_be_none_are_missing(tiny_run):
    kept = {"step": [1, 2, 3], "epoch": 1, "split": "val"}
    odd = {"accuracy": [5.0, -1.0, 0.5], "loss": [np.inf, -2.0, 0.7]}
    pd.DataFrame(kept | odd).to_parquet(tiny_run.folder / "history.parquet")
    found = tiny_run.history()
    assert found["accuracy"].isna().tolist() == found["loss"].isna().tolist() == [True, True, False]


def test_accuracy_is_what_right_and_n_say(tiny_run):
    metrics = tiny_run.meta["metrics"]
    test = {"n": 6, "right": 3, "accuracy": 5.0, "loss": 10**400}
    run = edited(tiny_run, metrics=metrics | {"test": test})
    assert run.metrics["test"] == {"n": 6, "right": 3, "accuracy": 0.5, "loss": None}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"test": {"n": HUGE, "right": 1, "accuracy": 0}}, "how many images test has"),
        ({"test": {"n": True, "right": 1, "accuracy": 0}}, "how many images test has"),
        ({"test": {"n": 6, "right": 2.5, "accuracy": 0}}, "more right answers"),
        ({"test": {"n": 6, "right": -1, "accuracy": 0}}, "more right answers"),
        ({"test": {"n": 6, "right": None, "accuracy": 0}}, "no test metrics"),
        ({"train": {"n": 1, "right": 2}}, "more right answers"),
        ({"holdout": {"n": 0}}, "a split other than"),
    ],
)
def test_figures_that_none_can_be(tiny_run, change, reason):
    with pytest.raises(RunError, match=reason):
        edited(tiny_run, metrics=tiny_run.meta["metrics"] | change)


@pytest.mark.parametrize("odd", [1e308, HUGE, -1, "x", None, [], {}, True, float("nan")])
def test_what_cannot_be_is_left_out(tiny_run, odd):
    named = {"timings": {"train": odd, "save": 2.5}, "seed": odd, "notes": odd, "selected": odd}
    run = edited(tiny_run, parent=odd, name=odd, **named)
    assert sum(run.timings.values()) <= 2.5 + 1
    assert run.seed in (0, 1)
    assert isinstance(run.name, str)
    assert isinstance(run.parent, str)
    assert run.notes == ()
    assert run.selected == {}
    assert edited(tiny_run, timings=odd).timings == {}


def test_a_name_is_text_of_bounded_length(tiny_run, artifacts_root):
    (artifacts_root / "run_names.json").write_text(json.dumps({"tiny": ["a"], "b": 3}))
    assert runs.open_run("tiny").name == "tiny"
    (artifacts_root / "run_names.json").write_text(json.dumps({"tiny": "a" * 10**6}))
    assert len(runs.open_run("tiny").name) == 200


def test_a_run_without_a_training_is_saved_by_its_name(tiny_table, save_tiny):
    from core.runs import writing

    weights = {"head.weight": np.ones((3, 4), np.float32), "head.bias": np.ones(3, np.float32)}
    run_id = writing.save_run(
        "Bought elsewhere", {"tool": "timm"}, dataset="demo", fingerprint="0", table=tiny_table,
        classes=("cat", "deer", "ship"), history=pd.DataFrame(), features=np.eye(8, 4),
        weights=weights, timings={}, device="",
    )  # fmt: skip
    run = runs.open_run(run_id)
    assert (run.name, run.config, run.seed) == ("Bought elsewhere", {"tool": "timm"}, 0)
    assert run_id.endswith("-Bought-elsewhere")
