import numpy as np
import pytest

from core import explain, queries, runs
from core.errors import ExplainError, RunError
from core.explain.channels import channel_table, classes_of, contributions
from core.runs.table import predictions
from tests import planted

CAT, DEER = 0, 1


@pytest.fixture
def run_and_truth(save_tiny):
    return planted.save(save_tiny)


@pytest.fixture
def run(run_and_truth) -> runs.Run:
    return run_and_truth[0]


def test_contributions_by_hand():
    reference = np.array([[1.0, 0], [3, 0]])
    found = contributions(np.array([[4.0, 1]]), reference, np.array([2.0, -1]))
    assert found.tolist() == [[4, -1]]


def test_channel_table_by_hand():
    reference = np.array([[1.0, 0], [3, 0], [2, 0]])
    table = channel_table(np.array([[4.0, 1], [6, 1], [5, 1]]), reference, np.array([2.0, -1]))
    assert table["channel"].tolist() == [0, 1]
    assert table["contribution"].tolist() == [6, -1]
    assert table["share"].tolist() == [1.2, -0.2]
    assert table["effect"].tolist() == [3, 0]
    assert table["auc"].tolist() == [1, 1]


def test_the_channels_add_up_to_the_gap(run):
    found = explain.explain(run, DEER, CAT)
    weight, bias = (part.astype(np.float64) for part in run.head())
    logits = run.features().astype(np.float64) @ weight.T + bias
    gap = logits[:, CAT] - logits[:, DEER]
    expected = gap[found.rows].mean() - gap[found.reference].mean()
    assert found.gap == pytest.approx(expected, rel=1e-9)
    assert found.channels["contribution"].sum() == pytest.approx(expected, rel=1e-9)
    assert found.channels["share"].sum() == pytest.approx(1)


def test_the_first_channel_is_the_fence(run_and_truth):
    run, shows = run_and_truth
    first = explain.explain(run, DEER, CAT).channels.iloc[0]
    assert first["channel"] == planted.FENCE
    assert first["auc"] > 0.9
    assert first["q"] < 0.01
    images = explain.strongest_images(run, planted.FENCE)
    assert shows[images["row"]].all()
    assert classes_of(images, run.classes)[0][0] == "cat"


def test_what_is_there_and_what_is_missing_are_told_apart(run):
    found = explain.explain(run, DEER, CAT)
    assert found.gained["channel"].iloc[0] == planted.FENCE
    assert found.lost["channel"].iloc[0] == DEER  # the channel that means deer is weaker in them
    for part in (found.gained, found.lost):
        assert (part["contribution"] > 0).all()
        assert part["contribution"].is_monotonic_decreasing
    assert (found.gained["effect"] > 0).all()
    assert (found.lost["effect"] <= 0).all()


def test_picks_are_suggested_from_the_training_images_of_the_class(run_and_truth):
    run, shows = run_and_truth
    found = explain.suggest_picks(run, explain.explain(run, DEER, CAT))
    picked = np.concatenate([found.shows, found.without])
    assert len(found.shows) == len(found.without) == 12
    assert len(set(picked)) == 24
    images = queries.rows(run, picked.tolist())
    assert set(images["split"]) == {"train"}
    assert set(images["label"]) == {CAT}
    assert shows[found.shows].sum() >= 11
    assert shows[found.without].sum() <= 1


def test_too_few_training_images_to_suggest_picks(run, monkeypatch):
    explanation = explain.explain(run, DEER, CAT)
    assert len(explain.suggest_picks(run, explanation, n=26).shows) == 25
    monkeypatch.setattr(explain.suggestion, "FEWEST", 26)
    with pytest.raises(ExplainError, match="100 training images of cat are too few"):
        explain.suggest_picks(run, explanation, n=26)


def test_what_it_reminded_the_model_of(run):
    row = int(explain.explain(run, DEER, CAT).rows[0])
    found = explain.reminded(run, row, [CAT, DEER], top=2)
    labels = queries.rows(run, [near for pairs in found.values() for near, _ in pairs])["label"]
    assert labels.tolist() == [CAT, CAT, DEER, DEER]


def test_differences_are_ordered_and_put_in_words(run_and_truth):
    run, shows = run_and_truth
    found = explain.explain(run, DEER, CAT)
    table = explain.differences(run, found.rows, found.reference, {"fence": shows * 1.0})
    words = dict(zip(table["measure"], table["words"], strict=True))
    assert words["fence"] == "errors show more of fence"
    assert words["brightness"] == "errors are darker"
    assert words["contrast"].startswith("no clear difference")
    assert table["effect"].abs().is_monotonic_decreasing


def test_measures_that_a_table_lacks_are_no_differences(save_tiny):
    run, _ = planted.save(save_tiny)
    table = predictions.read(run.table_path, run.classes).drop(columns=["sharpness", "contrast"])
    run, _ = planted.save(save_tiny, run_id="bare", table=table)
    found = explain.explain(run, DEER, CAT)
    table = explain.differences(run, found.rows, found.reference)
    assert table["measure"].tolist() == ["brightness"]


def test_subgroups_hold_every_error_once(run_and_truth):
    run, shows = run_and_truth
    groups = explain.subgroups(run, DEER, CAT, scores={"fence": shows * 1.0})
    rows = np.concatenate([group.rows for group in groups])
    assert sorted(rows) == explain.explain(run, DEER, CAT).rows.tolist()
    assert groups[0].nearest == "fence"
    assert all(g.low <= g.rate <= g.high and g.errors == len(g.rows) <= g.n for g in groups)
    assert all(bool(g.caution) == (g.errors < 10) for g in groups)


def test_without_features(save_tiny):
    run = planted.save_without_features(save_tiny)
    for question in (explain.explain, explain.subgroups):
        with pytest.raises(ExplainError, match="kept no features"):
            question(run, DEER, CAT)


def test_no_errors_to_explain(run):
    with pytest.raises(
        ExplainError, match="ship are predicted as deer in test: too few to explain"
    ):
        explain.explain(run, 2, DEER, rows=[])
    with pytest.raises(ExplainError, match="two different classes"):
        explain.explain(run, DEER, DEER)
    with pytest.raises(ExplainError, match="too few to compare"):
        explain.differences(run, np.array([1, 2]), np.arange(9))
    with pytest.raises(ExplainError, match="no channel 99"):
        explain.strongest_images(run, 99)


def test_nothing_read_correctly(run):
    with pytest.raises(ExplainError, match="0 images of deer are predicted correctly in val"):
        explain.explain(run, DEER, CAT, split="val", rows=[1, 4, 7])


def test_no_errors_to_group(tiny_run):
    with pytest.raises(ExplainError, match="No image of ship is predicted as cat in test"):
        explain.subgroups(tiny_run, 2, CAT)
    with pytest.raises(ExplainError, match="test has 3 images of deer: too few"):
        explain.subgroups(tiny_run, DEER, CAT)


def test_a_run_without_a_head(tiny_run):
    with pytest.raises(RunError, match="no linear head that can be read"):
        tiny_run.head()
