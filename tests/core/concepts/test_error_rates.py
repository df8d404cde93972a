import numpy as np
import pytest

from core.concepts.effects import erasure, error_rates
from core.concepts.effects.erasure import erase
from core.errors import ConceptError

CLASSES = ("cat", "deer")


def leace(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Belrose et al. (2023), theorem 4.3, word for word: x - W+ P W (x - mean)."""
    centred, apart = x - x.mean(axis=0), (z - z.mean())[:, None]
    covariance, cross = centred.T @ centred / len(x), centred.T @ apart / len(x)
    values, vectors = np.linalg.eigh(covariance)
    keep = values > values.max() * 1e-10
    root = (vectors[:, keep] / np.sqrt(values[keep])) @ vectors[:, keep].T
    whitened = root @ cross
    projection = whitened @ np.linalg.pinv(whitened)
    return x - centred @ (np.linalg.pinv(root) @ projection @ root).T


@pytest.fixture
def concept_data():
    rng = np.random.default_rng(0)
    shows = rng.random(200) < 0.3
    x = rng.normal(size=(200, 6)) @ rng.normal(size=(6, 6))
    return x + shows[:, None] * rng.normal(size=6) * 2, shows


def test_erasure_is_leace(concept_data):
    x, shows = concept_data
    assert erase(x, shows)(x) == pytest.approx(leace(x, shows), abs=1e-6)


def test_erasure_is_leace_where_channels_hang_together(concept_data):
    x, shows = concept_data
    wide = np.column_stack([x, x[:, 0] + x[:, 1], np.zeros(len(x))])
    assert erase(wide, shows)(wide) == pytest.approx(leace(wide, shows), abs=1e-5)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_erasure_is_leace_however_large_features_are(concept_data, scale):
    x, shows = concept_data
    wide = np.column_stack([x, x[:, 0] + x[:, 1], np.zeros(len(x))]) * scale
    assert erase(wide, shows)(wide) == pytest.approx(leace(wide, shows), abs=1e-5 * scale)


def test_short_floats_are_summed_as_long_ones(concept_data):
    x, shows = concept_data
    short = (x + 100).astype(np.float16)
    exact = short.astype(np.float64)
    np.testing.assert_allclose(erase(short, shows)(short), erase(exact, shows)(exact), rtol=1e-9)


def test_nothing_linear_is_left(concept_data):
    x, shows = concept_data
    erased = erase(x, shows)(x)
    assert erased[shows].mean(axis=0) == pytest.approx(erased[~shows].mean(axis=0), abs=1e-9)


@pytest.mark.parametrize("shows", [np.ones(4, dtype=bool), np.zeros(4, dtype=bool)])
def test_nothing_to_erase(shows):
    with pytest.raises(ConceptError, match="nothing to erase: move the threshold"):
        erase(np.eye(4), shows)


def test_prevalence_by_hand():
    found = error_rates.prevalence(
        np.array([True, False, True, True]),
        np.array([0, 0, 1, 0]),
        np.array(["train", "train", "train", "test"]),
        CLASSES,
    )
    assert found[["split", "class", "n", "shown"]].to_numpy().tolist() == [
        ["train", "cat", 2, 1],
        ["train", "deer", 1, 1],
        ["test", "cat", 1, 1],
        ["test", "deer", 0, 0],
    ]
    assert found["rate"].tolist()[:3] == [0.5, 1, 1]
    assert found.loc[3, ["low", "high"]].tolist() == [0, 1]


def test_error_rates_by_hand():
    shown = np.array([True] * 4 + [False] * 6)
    correct = np.array([False, False, False, True] + [True] * 5 + [False])
    found = error_rates.error_rates(shown, np.ones(10, dtype=int), correct, CLASSES)
    deer = found.set_index("class").loc["deer"]
    assert (deer["n"], deer["errors"], deer["rate"]) == (4, 3, 0.75)
    assert (deer["n_without"], deer["errors_without"]) == (6, 1)
    assert deer["odds_ratio"] == 15
    assert deer["few"]
    assert np.isnan(found.set_index("class").loc["cat", "rate"])
    assert found["label"].tolist() == [0, 1, -1]


def test_spuriosity_ranks_from_most_to_least():
    scores, correct = np.array([5.0, 4, 3, 2, 1, 9]), np.array([0, 0, 1, 1, 1, 0], dtype=bool)
    found = error_rates.spuriosity(scores, correct, np.arange(5), share=0.4)
    assert found.rows.tolist() == [0, 1, 2, 3, 4]
    assert found.most[:3] == (0, 2, 0.0)
    assert found.least[:3] == (2, 2, 1.0)
    assert found.gap == 1
    with pytest.raises(ConceptError, match="1 images cannot be ranked"):
        error_rates.spuriosity(scores, correct, np.array([1]))


def test_an_odds_ratio_that_is_infinite_says_why():
    shown = np.array([True] * 4 + [False] * 4)
    right = np.array([False, False, True, True, True, True, True, True])
    labels = np.zeros(8, dtype=int)
    [row] = [r for _, r in error_rates.error_rates(shown, labels, right, ("cat",)).iterrows()][:1]
    assert error_rates.odds_words(row) == "no error without it"
    wrong = error_rates.error_rates(shown, labels, ~shown & (np.arange(8) > 4), ("cat",)).iloc[0]
    assert error_rates.odds_words(wrong) == "none right with it"
    some = error_rates.error_rates(shown, labels, np.arange(8) % 4 != 0, ("cat",)).iloc[0]
    assert error_rates.odds_words(some) == "1.0"
    none = error_rates.error_rates(shown, labels, labels == 0, ("cat",)).iloc[0]
    assert error_rates.odds_words(none) == "-"


@pytest.mark.parametrize(("n", "few"), [(9, True), (10, False)])
def test_ten_images_of_either_kind_say_something_and_nine_do_not(n, few):
    for shown in (np.arange(n + 10) < n, np.arange(n + 10) >= n):
        right = np.ones(n + 10, dtype=bool)
        rows = error_rates.error_rates(shown, np.zeros(n + 10, dtype=int), right, ("cat",))
        assert rows["few"].tolist() == [few, few]


def test_rates_have_wilsons_interval_and_all_classes_come_last():
    shown, right = np.array([True] * 10 + [False] * 10), np.arange(20) % 10 < 8
    labels = np.repeat([0, 1], [15, 5])
    found = error_rates.error_rates(shown, labels, right, CLASSES)
    assert found["class"].tolist() == ["cat", "deer", "all classes"]
    row = found.iloc[2]
    assert (row["n"], row["errors"], row["n_without"], row["errors_without"]) == (10, 2, 10, 2)
    # Wilson (1927) of 2 in 10.
    assert row[["low", "high"]].tolist() == pytest.approx([0.0567, 0.5098], abs=1e-4)
    assert row[["low_without", "high_without"]].tolist() == row[["low", "high"]].tolist()
    assert (row["odds_ratio"], row["p"]) == (1, pytest.approx(1))
    assert (found.iloc[0]["n"], found.iloc[0]["n_without"]) == (10, 5)


@pytest.mark.parametrize(
    ("share", "n", "size"),
    [(0.2, 10, 2), (0.5, 10, 5), (0.9, 10, 5), (0.9, 11, 5), (0.01, 10, 1), (0.25, 10, 2),
     (0.2, 2, 1), (0.2, 13, 3)],
)  # fmt: skip
def test_neither_end_is_more_than_half_of_a_class(share, n, size):
    found = error_rates.spuriosity(np.arange(n), np.arange(n) < size, np.arange(n), share=share)
    assert found.most[:3] == (0, size, 0)
    assert found.least[:3] == (size, size, 1)


def test_a_fifth_at_each_end_and_of_equal_scores_the_first_first():
    scores, right = np.zeros(10), np.arange(10) < 2
    found = error_rates.spuriosity(scores, right, np.arange(10))
    assert found.rows.tolist() == list(range(10))
    assert found.most[:3] == (2, 2, 1)
    assert found.gap == -1
    assert found.least[3:] == pytest.approx((0, 0.6576), abs=1e-4)
    many = error_rates.spuriosity(np.zeros(50), np.ones(50, dtype=bool), np.arange(50))
    assert (many.most[1], many.least[1]) == (10, 10)


def test_prevalence_has_the_splits_that_are_there_in_their_order():
    splits = np.array(["test", "val", "val"])
    found = error_rates.prevalence(np.array([1, 1, 0], bool), np.zeros(3), splits, ("cat",))
    assert found["split"].tolist() == ["val", "test"]
    assert found[["label", "n", "shown", "rate"]].to_numpy().tolist() == [
        [0, 2, 1, 0.5],
        [0, 1, 1, 1],
    ]
    assert found.iloc[0][["low", "high"]].tolist() == pytest.approx([0.0945, 0.9055], abs=1e-4)


def test_an_eraser_by_hand():
    made = erasure.Eraser(np.array([0.5, 0]), np.array([2.0, 4]), np.array([1.0, 1]))
    assert made(np.array([[3, 0], [1, 7]])).tolist() == [[1, -4], [1, 7]]


def test_nothing_to_erase_says_whether_all_or_none_show_it():
    with pytest.raises(ConceptError, match=r"^Every image shows it"):
        erase(np.eye(4), np.ones(4))
    with pytest.raises(ConceptError, match=r"^No image shows it"):
        erase(np.eye(4), np.zeros(4))


def test_where_no_channel_tells_it_nothing_is_erased():
    """Images with it and without have one mean: a direction from nowhere would be no number."""
    x = np.array([[1.0, 2], [3, 2], [1, 2], [3, 2]])
    assert erase(x, np.array([1, 1, 0, 0]))(x).tolist() == x.tolist()
