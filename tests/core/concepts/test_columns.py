"""A concept is one more column: to rank by, to filter by, to export."""

import numpy as np
import pytest

from core import concepts, queries, runs
from core.concepts import columns, store
from core.errors import RunError
from core.queries.rankings import ranking, rankings
from core.queries.selection import Selection
from tests import planted

FENCE = "concept:a 'fence'"


@pytest.fixture
def story(save_tiny):
    run, shows = planted.save(save_tiny)
    x, labels, _, splits = planted.features_and_truth()
    cats = np.flatnonzero((labels == 0) & (splits == "train"))
    picks = cats[shows[cats]][:10], cats[~shows[cats]][:10]
    concept = concepts.learn(x, *picks, labels, name="a 'fence'")
    store.save(run, concept)
    return columns.attach(run), concept, concept.scores(run.features())


def test_ranked_by_a_concept(story):
    run, _, scores = story
    found = queries.ranked(run, Selection("test"), FENCE, descending=True, limit=5)
    test = np.arange(planted.SIZES["train"], len(scores))
    assert found["row"].tolist() == test[np.argsort(-scores[test], kind="stable")[:5]].tolist()
    np.testing.assert_allclose(found["score"], scores[found["row"]], rtol=1e-6)


def test_filtered_by_a_concept(story):
    run, concept, scores = story
    chosen = Selection("test", ranges=((FENCE, concept.threshold, 1e6),))
    expected = (scores[planted.SIZES["train"] :] >= np.float32(concept.threshold)).sum()
    assert queries.count(run, chosen)[0] == expected
    low, high = queries.extent(run, "test", [FENCE])[FENCE]
    assert (low, high) == (scores[300:].min(), scores[300:].max())


def test_exported_with_its_concepts(story):
    run, _, scores = story
    table = queries.with_columns(run, queries.export(run, [7, 3]), [FENCE])
    np.testing.assert_allclose(table[FENCE], scores[[3, 7]], rtol=1e-6)


def test_a_changed_concept_is_scored_anew(story):
    run, _, _ = story
    first = columns.scores_file(run, "a 'fence'")
    store.save(run, concepts.of_channel(run.features(), 2, name="a 'fence'"))
    assert columns.scores_file(run, "a 'fence'") != first


def test_unknown_concepts_are_named(story):
    with pytest.raises(RunError, match="no ranking 'concept:cage'"):
        queries.ranked(story[0], Selection("test"), "concept:cage", descending=True, limit=5)


def test_a_run_that_gained_no_concept_has_none(story):
    bare = runs.open_run(story[0].id)
    assert FENCE not in rankings(bare)
    with pytest.raises(RunError, match="no ranking"):
        queries.ranked(bare, Selection("test"), FENCE, descending=True, limit=5)


def test_a_concept_that_changed_since_is_scored_as_it_is_now(story):
    run, _, _ = story
    changed = concepts.of_channel(run.features(), 2, name="a 'fence'")
    store.save(run, changed)
    found = queries.ranked(run, Selection("test"), FENCE, descending=True, limit=5)
    np.testing.assert_allclose(
        found["score"], changed.scores(run.features())[found["row"]], rtol=1e-6
    )


def test_words(story):
    found = ranking(story[0], FENCE)
    assert found.label == "Concept a 'fence'"
    assert "a 'fence'" in found.help
    assert next(iter(rankings(story[0]))) == FENCE
