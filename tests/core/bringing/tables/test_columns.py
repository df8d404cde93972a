"""Which columns are taken for what: as people and other tools call them, on their own tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.bringing.tables import columns, frames
from core.errors import DatasetError

PATHS = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
LABELS = ["cat", "dog", "cat", "dog"]
CAT, DOG = [0.9, 0.2, 0.6, 0.5], [0.1, 0.8, 0.4, 0.5]


def guessed(said=None, **table) -> columns.Columns:
    frame = pd.DataFrame({"path": PATHS, "label": LABELS} | table)
    return columns.guess(frames.open_any(frame), said)


@pytest.mark.parametrize(
    ("cat", "dog"),
    [("p_cat", "p_dog"), ("prob_cat", "prob_dog"), ("cat", "dog"), ("prob/cat", "prob/dog"),
     ("score_cat", "score_dog"), ("P(cat)", "P(dog)"), ("cat_prob", "dog_prob"),
     ("probability: cat", "probability: dog"), ("logit.cat", "logit.dog"),
     ("pred_prob_cat", "pred_prob_dog"), ("cat probability", "dog probability"),
     ("probs[cat]", "probs[dog]")],
)  # fmt: skip
def test_a_column_a_class_in_any_usual_spelling(cat, dog):
    found = guessed(**{cat: CAT, "iso": [100, 200, 400, 800], dog: DOG}) if cat != "cat" \
        else guessed(**{cat: CAT, dog: DOG, "iso": [100, 200, 400, 800]})  # fmt: skip
    assert found.answers == (cat, dog)
    assert found.names == ("cat", "dog")
    assert found.are_logits == cat.startswith("logit")
    assert found.rest(["path", "label", cat, dog, "iso"]) == ["iso"]


@pytest.mark.parametrize(
    "name", ["probs", "probabilities", "pred_probs", "logits", "scores", "softmax", "prediction"]
)
def test_one_column_of_lists(name):
    found = guessed(**{name: np.transpose([CAT, DOG]).tolist()})
    assert (found.answers, found.names, found.roles.pred) == ((name,), (), "")


def test_lists_that_are_written_out_as_text():
    lists = ["[0.9, 0.1]", "[0.2 0.8]", "[6e-1 4e-1]", "[0.5, 0.5]"]
    assert guessed(probs=lists).answers == ("probs",)


def test_a_list_of_features_is_no_list_of_probabilities():
    found = guessed(embedding=np.ones((4, 3)).tolist(), probs=np.transpose([CAT, DOG]).tolist())
    assert (found.features, found.answers) == ("embedding", ("probs",))


def test_columns_that_count_the_classes():
    found = guessed(**{"0": CAT, "1": DOG})
    assert (found.answers, found.names) == (("0", "1"), ("0", "1"))


def test_other_measures_beside_a_prediction_are_no_probabilities():
    found = guessed(pred=LABELS, confidence=CAT, score_mean=CAT, score_spread=DOG)
    assert found.answers == ()
    assert guessed(pred=LABELS, confidence=CAT, score_cat=CAT, score_dog=DOG).names == (
        "cat",
        "dog",
    )


def test_what_a_person_says_counts():
    said = {"probs": "u,v", "label": "kind"}
    found = guessed(said, u=CAT, v=DOG, kind=LABELS, p_a=CAT, p_b=DOG)
    assert (found.answers, found.roles.label) == (("u", "v"), "kind")
    assert guessed({"probs": "p_*"}, p_a=CAT, u=CAT, p_b=DOG).answers == ("p_a", "p_b")
    assert guessed({"split": "-"}, split=LABELS, p_a=CAT, p_b=DOG).roles.split == ""
    lists = np.ones((4, 3)).tolist()
    assert guessed({"features": "-"}, embedding=lists, p_a=CAT, p_b=DOG).features == ""
    with pytest.raises(DatasetError, match="no column 'z'"):
        guessed({"pred": "z"}, p_a=CAT, p_b=DOG)


FOREIGN = {
    "FiftyOne": {
        "filepath": PATHS, "ground_truth": LABELS, "prediction": LABELS, "confidence": CAT,
    },
    "FiftyOne, flattened": {
        "filepath": PATHS, "ground_truth.label": LABELS, "predictions.label": LABELS,
        "predictions.confidence": CAT,
    },
    "Spotlight": {
        "image": PATHS, "label": LABELS, "prediction": LABELS,
        "probabilities": np.transpose([CAT, DOG]).tolist(), "embedding": np.ones((4, 3)).tolist(),
    },
    "Cleanlab": {
        "image_path": PATHS, "given_label": LABELS, "predicted_label": LABELS,
        "pred_probs": np.transpose([CAT, DOG]).tolist(), "label_quality": CAT,
    },
    "W&B": {
        "id": [0, 1, 2, 3], "image": PATHS, "guess": LABELS, "truth": LABELS, "score_cat": CAT,
        "score_dog": DOG,
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("tool", "path", "label", "pred", "answers"),
    [("FiftyOne", "filepath", "ground_truth", "prediction", ()),
     ("FiftyOne, flattened", "filepath", "ground_truth.label", "predictions.label", ()),
     ("Spotlight", "image", "label", "prediction", ("probabilities",)),
     ("Cleanlab", "image_path", "given_label", "predicted_label", ("pred_probs",)),
     ("W&B", "image", "truth", "guess", ("score_cat", "score_dog"))],
)  # fmt: skip
def test_tables_of_other_tools_are_understood_as_they_are(tool, path, label, pred, answers):
    found = columns.guess(frames.open_any(pd.DataFrame(FOREIGN[tool])))
    roles = found.roles
    assert (roles.path, roles.label, roles.pred) == (path, label, pred)
    assert found.answers == answers
    if not answers:
        assert roles.confidence.endswith("confidence")


@pytest.mark.parametrize(
    ("table", "words"),
    [({"label": LABELS, "p_cat": CAT, "p_dog": DOG}, "path=NAME"),
     ({"path": PATHS, "p_cat": CAT, "p_dog": DOG}, "label=NAME"),
     ({"path": PATHS, "label": LABELS}, "--columns probs=NAME"),
     ({"path": PATHS, "label": LABELS, "pred": LABELS}, "--columns confidence=NAME")],
)  # fmt: skip
def test_what_is_missing_is_named_with_the_way_to_say_it(table, words):
    source = frames.open_any(pd.DataFrame(table))
    with pytest.raises(DatasetError, match=words):
        columns.require(source, columns.guess(source))
