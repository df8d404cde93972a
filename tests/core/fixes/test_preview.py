"""A story in ten dimensions: nearly every fenced image of train is a cat, in test all are alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file

from core import fixes, runs
from core.concepts.held_out import HeldOut
from core.errors import RunError
from core.evaluation.paired import change
from core.fixes.validation import checking, objective
from core.inference import scoring
from core.runs.table import predictions
from core.training.config import TrainConfig
from core.training.head import fit_head
from tests.fenced import FENCE, Seen, images

CLASSES = ("cat", "deer", "ship")
SOME = HeldOut.of([0], [1], [2])


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
    assert fixed.made_for["concept"] == "fence"
    assert len(fixed.history()) == 0
    weights = load_file(fixed.folder / "model.safetensors")
    p = scoring.probabilities(fixed.features(), weights["head.weight"], weights["head.bias"])
    columns = ["p_cat", "p_deer", "p_ship"]
    table = predictions.read(fixed.table_path, CLASSES)
    told = table[columns].to_numpy()
    learned_from = table["split"] != "val"
    np.testing.assert_allclose(told[learned_from], p[learned_from], atol=1e-5)
    assert not np.allclose(told[~learned_from], p[~learned_from], atol=1e-5)
    assert "backbone.w" in weights
    assert run.table_path.read_bytes() == before
    with pytest.raises(RunError, match="itself a fix: open its parent"):
        fixes.apply(fixed, steps, {"fence": Seen()})


def test_each_concept_of_a_stack_is_judged_by_its_own_carriers(story):
    """Deer carry the second one, cats the first: among cats hardly any image shows the second."""
    found = {"fence": Seen(), "antlers": Seen(name="antlers", channel=1)}
    steps = [
        fixes.Step("rebalance", {"concept": "fence", "carriers": [0]}, 0.5),
        fixes.Step("erase", {"concept": "antlers"}, 0.5),
    ]
    both = fixes.apply(story[0], steps, found)
    turned = fixes.apply(story[0], [steps[0], replace(steps[1], options=steps[0].options)], found)
    assert both.steps == tuple(steps)
    assert not np.array_equal(both.weight, turned.weight)


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
    with pytest.raises(RunError, match="not a training image"):
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
    [note] = preview.notes  # it has no strength
    assert note.startswith("The head was then fitted on the 150 validation images, too")
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


def test_validation_says_what_it_cannot_see(story):
    made = fixes.apply(story[0], [fixes.Step("erase", {"concept": "fence"})], {"fence": Seen()})
    check = made.check
    assert (check.concept, check.blind, check.elsewhere < checking.FEW) == ("fence", True, True)
    assert max(check.shown, key=check.shown.get) == 0  # the cats carry it
    assert check.worst.shows
    assert check.worst.imagined == (check.worst.label != 0)
    assert check.worst.after > check.worst.before
    plain = fixes.apply(story[0], [fixes.Step("mistakes")]).check
    assert (plain.concept, plain.blind, plain.shown, plain.worst.imagined) == ("", False, {}, False)


@pytest.mark.parametrize(
    ("held_out", "real", "doubtful"),
    [(SOME, False, "fence"), (SOME, True, ""), (None, False, "")],
)
def test_no_fix_is_recommended_of_a_suggestion_that_other_errors_do_not_show(
    story, held_out, real, doubtful
):
    concept = replace(Seen(), held_out=held_out, real=real)
    made = fixes.apply(
        story[0], [fixes.Step("transplant", {"concept": "fence"})], {"fence": concept}
    )
    assert (made.doubtful, made.gains) == (doubtful, not doubtful)


@pytest.mark.parametrize(
    ("helped", "plain", "gains"),
    [
        ((9, 0, 20, 1), (0, 0, 30, 0), True),
        ((9, 0, 20, 1), (0, 10, 20, 0), False),  # plain images lose more
        ((2, 1, 20, 7), (5, 0, 25, 0), False),  # as chance would give them
    ],
)
def test_a_gain_is_beyond_chance_and_more_than_others_lose(story, helped, plain, gains):
    made = fixes.apply(
        story[0], [fixes.Step("transplant", {"concept": "fence"}, 0.5)], {"fence": Seen()}
    )
    assert replace(made, helped=change(*helped), plain=change(*plain)).gains is gains


def test_images_that_show_it_elsewhere_are_counted_before_and_after():
    z = np.eye(4)[[0, 0, 1, 1]]
    labels = np.array([0, 0, 1, 1])
    shows = np.array([True, False, True, True])
    right, wrong = np.eye(2, 4), np.eye(2, 4)[::-1]
    heads = (wrong, np.zeros(2)), (right, np.zeros(2))
    held = objective.held_of(z, labels, heads[0], shows)
    found = checking.check(held, *heads, concept="fence", shows=shows, carriers=(0,))
    assert (found.shown, found.elsewhere, found.right) == ({0: 1, 1: 2}, 2, (0, 2))
    assert (found.worst.n, found.worst.before, found.worst.after) in [(1, 0, 1), (2, 0, 1)]
