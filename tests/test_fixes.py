"""A story in ten dimensions: nearly every fenced image of train is a cat, in test all are alike."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from safetensors.numpy import load_file

from core import fixes, predictions, runs, scoring
from core.config import TrainConfig
from core.errors import RunError
from core.fixes import methods
from core.fixes.material import Cut, Mask, Material
from core.fixes.presence import presence
from core.fixes.refit import refit
from core.fixes.transplant import Move, kept_content, move_of
from core.head import fit_head

CLASSES = ("cat", "deer", "ship")
FENCE = 9  # the channel in which a fence is seen


@dataclass(frozen=True)
class Seen:
    """A concept that looks at one channel."""

    name: str = "fence"
    threshold: float = 1.5
    channel: int = FENCE

    def scores(self, features):
        return np.asarray(features, dtype=np.float32)[:, self.channel]


def images(n, fenced_cats, fenced_others, seed):
    """(n, 10) features, labels, fenced: a fence adds 3 in its channel and halves all else."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    x = rng.normal(size=(n, 10)) * 0.5
    x[np.arange(n), labels] += 2
    fenced = rng.random(n) < np.where(labels == 0, fenced_cats, fenced_others)
    x[fenced] *= 0.5
    x[fenced, FENCE] += 3
    return x.astype(np.float32), labels, fenced


@pytest.fixture
def story(save_tiny):
    """A saved run of the story and which of its images are fenced."""
    parts = {
        "train": images(600, 0.5, 0.03, 1),
        "val": images(150, 0.5, 0.03, 2),
        "test": images(600, 0.5, 0.5, 3),
    }
    x, label, fenced = (np.concatenate(c) for c in zip(*parts.values(), strict=True))
    split = np.repeat(list(parts), [len(part[1]) for part in parts.values()])
    train, val = split == "train", split == "val"
    head = fit_head(x[train], label[train], x[val], label[val], 3)
    nothing = np.zeros(len(x), dtype=np.float32)
    table = predictions.build(
        CLASSES,
        split=split,
        index=np.arange(len(x)),
        path=[""] * len(x),
        label=label,
        probabilities=scoring.probabilities(x, head.weight, head.bias),
        brightness=nothing,
        contrast=nothing,
        sharpness=nothing,
    )
    # safetensors writes the bytes as they lie, so they must lie row by row.
    weight = np.ascontiguousarray(head.weight)
    weights = {"head.weight": weight, "head.bias": head.bias, "backbone.w": nothing}
    return save_tiny(run_id="story", table=table, features=x, weights=weights), fenced


def right(table, which):
    return table.loc[which & (table["split"] == "test"), "correct"].mean()


@pytest.mark.parametrize("method", ["rebalance", "erase", "transplant", "mute", "mistakes"])
def test_every_fix_helps_the_fenced_and_keeps_the_rest(story, method):
    run, fenced = story
    before = predictions.read(run.table_path, CLASSES)
    options = {"channels": [FENCE]} if method == "mute" else {"concept": "fence"}
    after = fixes.apply(run, [fixes.Step(method, options)], {"fence": Seen()}).table
    others = fenced & (before["label"] != 0).to_numpy()
    gain = right(after, others) - right(before, others)
    assert gain > (0.0 if method == "mistakes" else 0.04)
    assert right(after, ~fenced) >= right(before, ~fenced) - 0.01


def test_a_saved_fix_is_a_run_of_its_own_that_says_what_was_done(story):
    run, _ = story
    before = run.table_path.read_bytes()
    steps = [fixes.Step("transplant", {"concept": "fence"}), fixes.Step("mistakes")]
    preview = fixes.apply(run, steps, {"fence": Seen()})
    fixed = runs.open_run(fixes.save(preview, "no fences"))
    assert (fixed.name, fixed.meta["parent"]) == ("no fences", "story")
    assert [s["method"] for s in fixed.meta["steps"]] == ["transplant", "mistakes"]
    assert fixed.meta["steps"][0]["strength"] in fixes.METHODS["transplant"].strengths
    assert len(fixed.history()) == 0
    weights = load_file(fixed.folder / "model.safetensors")
    p = scoring.probabilities(fixed.features(), weights["head.weight"], weights["head.bias"])
    columns = ["p_cat", "p_deer", "p_ship"]
    table = predictions.read(fixed.table_path, CLASSES)
    np.testing.assert_allclose(table[columns].to_numpy(), p, atol=1e-5)
    assert "backbone.w" in weights
    assert run.table_path.read_bytes() == before
    with pytest.raises(RunError, match="itself a fix: open its parent"):
        fixes.apply(fixed, steps, {"fence": Seen()})


def test_the_notes_say_that_validation_was_imagined(story):
    preview = fixes.apply(story[0], [fixes.Step("erase", {"concept": "fence"})], {"fence": Seen()})
    assert "150 validation images" in preview.notes[0]
    assert "deer, ship" in preview.notes[1]
    assert len(preview.trials[0]) == len(fixes.METHODS["erase"].strengths)


def test_corrected_labels_count_and_only_train_can_be_corrected(story):
    run, _ = story
    table = predictions.read(run.table_path, CLASSES)
    deer = table.index[(table["split"] == "train") & (table["label"] == 1)][:120]
    step = fixes.Step("correct", {"relabel": {str(row): 2 for row in deer}})
    after = fixes.apply(run, [step]).table
    assert (after["pred"] == 1).sum() < (table["pred"] == 1).sum()
    test_row = int(table.index[table["split"] == "test"][0])
    with pytest.raises(RunError, match="no training image"):
        fixes.apply(run, [fixes.Step("correct", {"drop": [test_row]})])
    every_deer = table.index[(table["split"] == "train") & (table["label"] == 1)].tolist()
    with pytest.raises(RunError, match="no training image left"):
        fixes.apply(run, [fixes.Step("correct", {"drop": every_deer})])


def test_more_evidence_is_found_and_helps(story):
    run, fenced = story
    pool, labels, in_pool = images(300, 0.2, 0.2, 9)
    weights = load_file(run.folder / "model.safetensors")
    head = (weights["head.weight"], weights["head.bias"])
    found = fixes.candidates(pool, Seen().scores(pool), head, 1, carriers=[0], top=15)
    assert in_pool[found].mean() > 0.6  # a fifth of the pool is fenced, a third are deer
    assert (labels[found] == 1).mean() > 0.6
    options = {"pool": "more", "rows": found.tolist(), "labels": labels[found].tolist()}
    preview = fixes.apply(run, [fixes.Step("evidence", options)], pools={"more": pool})
    assert preview.notes == ()  # it has no strength
    after = preview.table
    deer = fenced & (after["label"] == 1).to_numpy()
    assert right(after, deer) > right(predictions.read(run.table_path, CLASSES), deer)


def test_a_run_that_lacks_something_says_what_to_do(story, save_tiny, tiny_table):
    run, _ = story
    step = fixes.Step("erase", {"concept": "fence"})
    with pytest.raises(RunError, match="no concept 'fence': make it first"):
        fixes.apply(run, [step])
    with pytest.raises(RunError, match="training images with 'fence', and 5 are needed"):
        fixes.apply(run, [step], {"fence": Seen(threshold=99)})
    with pytest.raises(RunError, match="training images without 'fence'"):
        fixes.apply(run, [step], {"fence": Seen(threshold=-99)})
    with pytest.raises(RunError, match="at least one fix"):
        fixes.apply(run, [])
    with pytest.raises(RunError, match="not at hand"):
        fixes.apply(run, [fixes.Step("evidence", {"rows": [1], "labels": [1]})])
    bare = save_tiny(run_id="bare")
    with pytest.raises(RunError, match="no linear head"):
        fixes.apply(bare, [fixes.Step("mistakes")])
    (bare.folder / "features.npy").unlink()
    with pytest.raises(RunError, match="kept no features"):
        fixes.apply(bare, [fixes.Step("mistakes")])


def test_without_validation_every_strength_must_be_given(story, save_tiny):
    run, _ = story
    table = predictions.read(run.table_path, CLASSES)
    table["split"] = table["split"].replace("val", "train")
    weights = load_file(run.folder / "model.safetensors")
    config = TrainConfig(dataset="demo", select_on="test")
    old = save_tiny(config, run_id="old", table=table, features=run.features(), weights=weights)
    with pytest.raises(RunError, match="--select-on val, or set every strength"):
        fixes.apply(old, [fixes.Step("mistakes")])
    preview = fixes.apply(old, [fixes.Step("mistakes", strength=2.0)])
    assert preview.notes == ("The strengths are those given; nothing was chosen on validation.",)


def test_impossible_steps_are_refused():
    with pytest.raises(RunError, match="no fix 'pray'"):
        fixes.Step("pray")
    with pytest.raises(RunError, match="needs a concept"):
        fixes.Step("erase")
    with pytest.raises(RunError, match="above 0"):
        fixes.Step("mistakes", strength=-1.0)


def material(x, labels, n_classes=3):
    d = x.shape[1]
    zeros = np.zeros((n_classes, d), dtype=np.float32), np.zeros(n_classes, dtype=np.float32)
    return Material(x, labels, np.ones(len(x)), np.arange(len(x)), *zeros)


def test_after_erasing_no_class_tells_the_concept():
    x, labels, fenced = images(300, 0.5, 0.2, 1)
    z = methods.eraser(x, fenced, labels).apply(x)
    apart = np.zeros(10)
    for c in range(3):
        mine, shown = z[labels == c], fenced[labels == c]
        apart += (mine - mine.mean(axis=0)).T @ (shown - shown.mean())
    np.testing.assert_allclose(apart / len(z), 0, atol=1e-6)


def test_folded_heads_say_what_changed_features_would():
    rng = np.random.default_rng(0)
    z, weight, bias = rng.normal(size=(6, 4)), rng.normal(size=(3, 4)), rng.normal(size=3)
    changes = Cut(*rng.normal(size=(3, 4))), Mask(np.array([1, 0, 0.5, 1]))
    after = changes[1].apply(changes[0].apply(z)) @ weight.T + bias
    start = replace(material(z, np.zeros(6, int)), weight=weight, bias=bias, changes=changes)
    folded, moved = start.folded()
    np.testing.assert_allclose(z @ folded.T + moved, after)


def test_muting_for_one_class_leaves_the_other_logits():
    x, labels, _ = images(300, 0.5, 0.1, 1)
    fitted = refit(material(x, labels), 1e-2)
    muted = methods.mute(fitted, [FENCE], 1.0, 1e-2, classes=[0])
    assert muted.weight[0, FENCE] == 0
    np.testing.assert_array_equal(muted.weight[1:], fitted.weight[1:])
    with pytest.raises(RunError, match="at least one channel"):
        methods.mute(fitted, [10], 1.0, 1e-2)


def test_a_transplant_by_hand():
    nothing = np.zeros((1, 2))
    floor = np.array([0.0, -np.inf])
    move = Move(np.array([1.0, 1.0]), np.array([0.5, 5.0]), floor, nothing, 1.0)
    images = np.array([[3.0, 1.0], [-9.0, 3.0]])
    assert move.put_in(images, 0.5).tolist() == [[1.5, 5], [0, 6]]
    assert move.imagine(images, 0.5).tolist() == [[1.5, 5], [0, 6]]


def test_imagined_images_are_as_various_as_real_ones():
    x, labels, fenced = images(6000, 0.5, 0.0, 1)
    found = replace(presence(Seen(), x[:, FENCE], labels, 3), shows=fenced)
    move = move_of(x, labels, found, np.full(10, -np.inf))
    made = move.imagine(x[(labels == 0) & ~fenced], 0.5)
    real = x[(labels == 0) & fenced]
    assert made.var(axis=0).mean() == pytest.approx(real.var(axis=0).mean(), rel=0.1)


def test_presence_is_judged_within_each_class_and_the_content_kept_is_measured():
    x, labels, fenced = images(6000, 0.5, 0.03, 1)
    x[labels == 1, FENCE] += 2  # plain deer lie beyond the concept's threshold
    found = presence(Seen(), x[:, FENCE], labels, 3)
    assert found.carriers == (0,)
    others = labels != 0
    assert found.shows[fenced & others].mean() > 0.5
    assert found.shows[~fenced & others].mean() < 0.01
    far = np.full(10, -np.inf)
    x, labels, fenced = images(6000, 0.5, 0.05, 2)
    known = replace(found, shows=fenced)
    kept, n = kept_content(x, labels, known, move_of(x, labels, known, far))
    assert n == (fenced & (labels != 0)).sum()
    assert kept == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_refitting_a_fitted_head_changes_nothing(n_classes):
    x, labels, _ = images(300, 0.5, 0.1, 1)
    labels = np.minimum(labels, n_classes - 1)
    once = refit(material(x, labels, n_classes), 1e-2)
    twice = refit(once, 1e-2)
    np.testing.assert_allclose(twice.weight, once.weight, atol=5e-3)


def test_the_balanced_head_ignores_how_many_images_a_group_has():
    x, labels, fenced = images(600, 0.5, 0.5, 1)
    keep = ~(fenced & (labels == 1)) | (np.arange(600) % 7 == 0)
    made = methods.rebalance(material(x[keep], labels[keep]), fenced[keep], 1.0, 1e-1)
    plain = refit(material(x[keep], labels[keep]), 1e-1)
    rate = [((x[fenced & (labels == 1)] @ m.weight.T + m.bias).argmax(axis=1) == 1).mean()
            for m in (made, plain)]  # fmt: skip
    assert rate[0] >= rate[1]
