from pathlib import Path

import numpy as np
import pytest

from core import artifacts, concepts
from core.concepts import store
from core.errors import ConceptError
from tests import planted


@pytest.fixture
def run(save_tiny):
    return planted.save(save_tiny)[0]


def fence(run, name="chain-link fence", picks=(0, 3, 6, 9)) -> concepts.Concept:
    labels = planted.features_and_truth()[1]
    return concepts.learn(run.features(), picks, [12, 15, 18], labels, name=name)


def names(run) -> list[str]:
    return [stored.name for stored in store.list_concepts(run)]


def test_saved_and_loaded_it_is_the_same(run):
    concept = fence(run)
    store.save(run, concept)
    found = store.load(run, "chain-link fence")
    assert np.array_equal(found.concept.direction, concept.direction)
    assert np.array_equal(found.concept.scores(run.features()), concept.scores(run.features()))
    assert found.concept.threshold == concept.threshold
    assert found.concept.origin == concept.origin
    assert found.picks[0] == ("train", 0, True)
    assert found.unfit(run) == ""


def test_a_channel_has_no_p_value_to_keep(run):
    store.save(run, concepts.of_channel(run.features(), 6, name="channel"))
    assert np.isnan(store.load(run, "channel").concept.p_value)


def test_names_are_data(run):
    for name in ("Zaun", "../../etc", "フェンス", "fence", "fence!"):
        store.save(run, fence(run, name))
    assert names(run) == ["../../etc", "fence", "fence!", "Zaun", "フェンス"]
    files = [p for p in artifacts.root().rglob("*.json") if "concepts" in p.parts]
    assert len(files) == 5
    for name in ("", "  ", "x" * 101):
        with pytest.raises(ConceptError, match="needs a name"):
            store.save(run, fence(run, name))


def test_rename(run):
    store.save(run, fence(run))
    store.save(run, fence(run, "bars"))
    store.rename(run, "chain-link fence", "fence")
    assert names(run) == ["bars", "fence"]
    store.rename(run, "fence", "Fence")
    assert names(run) == ["bars", "Fence"]
    with pytest.raises(ConceptError, match="There is already a concept 'bars'"):
        store.rename(run, "Fence", "bars")


def test_of_two_renamed_to_one_name_at_once_the_second_is_told(run, at_once):
    for name in ("bars", "mesh"):
        store.save(run, fence(run, name))
    told = []

    def call_it_fence(name):
        try:
            store.rename(run, name, "fence")
        except ConceptError as error:
            told.append(str(error))

    at_once(call_it_fence, ["bars", "mesh"])
    assert told == ["There is already a concept 'fence': choose another name."]
    assert len(names(run)) == 2
    assert "fence" in names(run)


def test_of_two_saved_under_one_name_at_once_the_first_is_in_the_bin(run, at_once):
    made = [fence(run, "fence", picks) for picks in ((0, 3, 6, 9), (0, 3, 6))]
    at_once(lambda concept: store.save(run, concept), made)
    now = store.load(run, "fence").concept.n_shows
    assert {now, store.undo(run, "fence").concept.n_shows} == {3, 4}


def test_delete_and_undo(run):
    store.save(run, fence(run))
    store.delete(run, "chain-link fence")
    assert names(run) == []
    with pytest.raises(ConceptError, match="Known: none yet"):
        store.load(run, "chain-link fence")
    store.undo(run, "chain-link fence")
    assert names(run) == ["chain-link fence"]
    with pytest.raises(ConceptError, match="Nothing to undo"):
        store.undo(run, "chain-link fence")


def test_undo_goes_back_and_forth_between_two_states(run):
    store.save(run, fence(run))
    store.save(run, fence(run, picks=(0, 3, 6)))
    assert store.undo(run, "chain-link fence").concept.n_shows == 4
    assert store.load(run, "chain-link fence").concept.n_shows == 4
    assert store.undo(run, "chain-link fence").concept.n_shows == 3


def test_another_runs_features_do_not_fit(run, save_tiny):
    stored = store.save(run, fence(run))
    other, _ = planted.save(save_tiny, run_id="other", features=run.features()[:, ::-1])
    assert "differ: learn it again from its picks" in store.load(other, stored.name).unfit(other)


def test_a_repaired_run_with_the_same_features_fits(run, save_tiny):
    stored = store.save(run, fence(run))
    child, _ = planted.save(save_tiny, run_id="child", features=run.features())
    assert stored.unfit(child) == ""


def test_a_changed_data_set_is_said(run, save_tiny):
    stored = store.save(run, fence(run))
    changed, _ = planted.save(save_tiny, run_id="changed", fingerprint="1" * 16)
    assert "on another version of the data set" in stored.unfit(changed)
    assert names(changed) == []


def test_without_features(run, save_tiny):
    stored = store.save(run, fence(run))
    bare = planted.save_without_features(save_tiny)
    for ask in (stored.unfit, lambda run: store.save(run, stored.concept)):
        with pytest.raises(ConceptError, match="kept no features"):
            ask(bare)


def test_a_damaged_file_is_named_and_passed_over(run):
    store.save(run, fence(run, "fence"))
    store.save(run, fence(run, "bars"))
    path = next(artifacts.root().glob("concepts/*/fence.json"))
    path.write_text('{"schema_version": 1}')
    assert names(run) == ["bars"]
    with pytest.raises(ConceptError, match=r"fence.json is not a concept .* delete"):
        store.load(run, "fence")


WRITE = (artifacts, "write_bytes")


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("stopped_at", ["write", "replace"])
def test_an_undo_that_is_stopped_loses_neither(run, there, stopped_at, monkeypatch):
    store.save(run, fence(run))
    store.delete(run, "chain-link fence")
    if there:
        store.save(run, fence(run, picks=(0, 3, 6)))

    def stop(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(*((Path, "replace") if stopped_at == "replace" else WRITE), stop)
        with pytest.raises(OSError, match="No space left"):
            store.undo(run, "chain-link fence")
    assert store.undo(run, "chain-link fence").concept.n_shows == 4
    if there:
        assert store.undo(run, "chain-link fence").concept.n_shows == 3


def test_who_has_not_seen_what_is_kept_under_the_name_is_told_and_replaces_nothing(run):
    first = store.save(run, fence(run), seen="")
    second = fence(run, picks=(0, 3, 6))
    with pytest.raises(ConceptError, match="was saved by somebody else meanwhile"):
        store.save(run, second, seen="")
    assert store.load(run, "chain-link fence").concept.n_shows == 4
    store.save(run, second, seen=first.version)
    assert store.load(run, "chain-link fence").concept.n_shows == 3
    for change in (store.delete, store.undo):
        with pytest.raises(ConceptError, match="meanwhile"):
            change(run, "chain-link fence", seen=first.version)


def test_of_two_who_correct_one_concept_at_once_the_second_is_told(run, at_once):
    seen = store.save(run, fence(run)).version
    told = []

    def correct(picks):
        try:
            store.save(run, fence(run, picks=picks), seen)
        except ConceptError as error:
            told.append(str(error))

    at_once(correct, [(0, 3, 6), (0, 3, 6, 9, 21)])
    assert len(told) == 1
    assert store.undo(run, "chain-link fence").version == seen


def test_a_concept_is_found_however_its_name_is_capitalised(run):
    kept = store.save(run, fence(run, "Fence"))
    assert store.find(run, "fence").version == kept.version
    assert store.find(run, "bars") is None
    assert store.find(run, "") is None
