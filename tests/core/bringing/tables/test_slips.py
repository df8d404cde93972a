"""Each mistake that people make with tables of predictions, made on purpose."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.bringing.tables import reading
from core.bringing.tables.understood import Asked
from core.errors import DatasetError

P = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.2, 0.6], [0.5, 0.3, 0.2]])
NAMES = ["cat", "deer", "ship"]


def table(p=P, **changed) -> pd.DataFrame:
    n = len(p)
    known = {"path": [f"{k}.jpg" for k in range(n)], "label": [NAMES[k % 3] for k in range(n)]}
    probs = {f"p_{name}": p[:, k] for k, name in enumerate(NAMES)}
    return pd.DataFrame(known | probs | changed)


def refused(frame, **asked) -> str:
    with pytest.raises(DatasetError) as caught:
        reading.read(Asked(frame, **asked))
    return str(caught.value)


def test_labels_that_count_from_one():
    said = refused(table(label=[1, 2, 3, 1]))
    assert "runs from 1 to 3" in said
    assert "subtract 1" in said


def test_labels_that_are_no_class_with_their_rows():
    said = refused(table(label=["cat", "wolf", "ship", "wolf"]))
    assert "2 rows (rows 1, 3)" in said
    assert "'wolf'" in said


def test_no_label_at_all():
    assert "1 row (row 2) without a label" in refused(table(label=["cat", "deer", None, "cat"]))


def test_logits_that_nobody_said_to_be_some():
    said = refused(table(np.log(P) * 3))
    assert "look like logits" in said
    assert "--logits" in said


def test_softmax_is_taken_of_logits():
    found = reading.read(Asked(table(np.log(P) + 5), logits=True))
    assert np.allclose(found.table[["p_cat", "p_deer", "p_ship"]], P, atol=1e-6)
    assert any("taken as logits" in line for line in found.lines())


def test_probabilities_that_somebody_said_to_be_logits():
    assert "probabilities already" in refused(table(), logits=True)


def test_percents():
    assert "divide by 100" in refused(table(P * 100))
    confident = {"pred": NAMES + ["cat"], "confidence": [70, 60, 60, 50]}
    assert "divide by 100" in refused(table()[["path", "label"]].assign(**confident))


def test_sigmoids_of_several_labels_an_image():
    said = refused(
        table(np.array([[0.9, 0.8, 0.1], [0.2, 0.7, 0.6], [0.9, 0.1, 0.9], [0.3, 0.9, 0.8]]))
    )
    assert "sigmoids" in said
    assert "0 to 1" in said


def test_a_row_that_does_not_sum_to_one_among_many():
    p = np.tile(P, (10, 1))
    p[7, 0] = 0.1
    said = refused(table(p))
    assert "1 row (row 7) whose probabilities sum to" in said


def test_rounded_probabilities_are_taken_and_it_is_said():
    found = reading.read(Asked(table(np.array([[0.7, 0.2, 0.104], *P[1:]]))))
    assert any("were rounded" in note for note in found.notes)
    assert np.allclose(found.table[["p_cat", "p_deer", "p_ship"]].sum(axis=1), 1)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_with_its_row(value):
    p = P.copy()
    p[2, 1] = value
    assert "1 row (row 2) without a finite number" in refused(table(p))


def test_softmax_that_was_taken_twice():
    once = np.tile(np.array([[0.98, 0.01, 0.01], [0.05, 0.9, 0.05]]), (40, 1))
    twice = np.exp(once) / np.exp(once).sum(axis=1, keepdims=True)
    assert any("taken twice" in note for note in reading.read(Asked(table(twice))).notes)
    assert not any("taken twice" in note for note in reading.read(Asked(table(once))).notes)


def test_one_image_in_two_rows_of_a_split():
    said = refused(table(path=["a.jpg", "b.jpg", "a.jpg", "c.jpg"]))
    assert "'a.jpg' is in rows 0, 2" in said
    split = ["test", "test", "train", "test"]
    assert reading.read(Asked(table(path=["a.jpg", "b.jpg", "a.jpg", "c.jpg"], split=split)))


def test_one_image_under_two_paths(tmp_path):
    for name, data in (("a", b"one"), ("b", b"two"), ("c", b"one"), ("d", b"three")):
        (tmp_path / f"{name}.jpg").write_bytes(data)
    asked = Asked(table(path=["a.jpg", "b.jpg", "c.jpg", "d.jpg"]), images=str(tmp_path))
    told = [note for note in reading.read(asked).notes if "two paths" in note]
    assert told == [
        "1 image lies there under two paths or more, and counts as often: 'a.jpg' and 'c.jpg', in "
        "rows 0, 2, are the same bytes."
    ]
    (tmp_path / "c.jpg").unlink()
    assert not any("two paths" in note for note in reading.read(asked).notes)


def test_one_image_under_two_spellings_of_its_path(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    frame = table(path=["a.jpg", "b.jpg", "x/../a.jpg", "c.jpg"])
    assert "earlier row" in refused(frame, images=str(tmp_path))


def test_predictions_that_contradict_most_probabilities():
    said = refused(table(pred=["deer", "ship", "cat", "deer"]))
    assert "another order" in said
    assert "--classes" in said


def test_a_prediction_that_is_not_the_most_probable_class():
    found = reading.read(Asked(table(pred=["cat", "deer", "ship", "deer"])))
    assert any("row 3" in note for note in found.notes)
    assert found.table["pred"].tolist() == [0, 1, 2, 0]


def test_a_split_that_is_none():
    said = refused(table(split=["test", "train", "later", "test"]))
    assert "'later'" in said
    assert "split=-" in said


def test_features_of_another_table():
    assert "(3, 2)" in refused(table(), features=np.ones((3, 2)))
