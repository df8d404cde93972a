"""The page Fix: a stack of steps, what validation says of it, and the new run."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from core import concepts, fixes, queries, runs
from core.concepts import store
from core.errors import RunError
from core.fixes import METHODS, Step
from dashboard.session import fix_stack, unsaved
from dashboard.text import plain
from tests import planted
from tests.dashboard.conftest import script, words


@pytest.fixture
def story(save_tiny):
    """A planted run, a fifth of whose training images are validation, and its concept."""
    x, labels, shows, splits = planted.features_and_truth()
    run, _ = planted.save(save_tiny, table=_with_val(save_tiny))
    cats = np.flatnonzero((labels == 0) & (splits == "train"))
    picks = cats[shows[cats]][:10], cats[~shows[cats]][:10]
    concept = concepts.learn(x, *picks, labels, name="fence")
    store.save(run, concept)
    return run


def _with_val(save_tiny):
    run, _ = planted.save(save_tiny, run_id="whole")
    table = queries.ask(run, "FROM run ORDER BY row")
    runs.delete("whole")
    table.loc[(table["split"] == "train") & (table["row"] % 5 == 0), "split"] = "val"
    from core.runs.table import predictions

    return table.astype(predictions.COLUMNS)


def choose(app, method):
    """Choose a fix in its group, where there is more than one."""
    for group in app.radio:
        if method in group.options or METHODS[method].title in group.options:
            group.set_value(method).run()
    return app


def add(app, method):
    return choose(app, method).button(key=f"fix_add_{method}").click().run()


def test_an_empty_stack_says_what_to_do(story, open_page):
    app = open_page("fix", run=story.id)
    assert not app.exception
    assert "None yet: add one below." in words(app)


def groups(app):
    """Title and state of each group of fixes, and what is said beside its title."""
    found = [e.proto for e in app.expander if e.proto.label.startswith("**")]
    parts = [(each.label.split("** · "), each.expanded) for each in found]
    return [(title.strip("*"), opened, line) for (title, line), opened in parts]


def test_fixes_stand_by_what_a_person_knows_and_what_does_not_apply_is_folded(story, open_page):
    app = open_page("fix", run=story.id)
    assert groups(app) == [
        ("I know the cue", True, "fence"),
        ("Labels or images are wrong", False, "no training image is picked yet"),
        ("I only know that it errs", True, "nothing else is needed"),
    ]
    store.delete(story, "fence")
    app = open_page("fix", run=story.id)
    assert groups(app)[0] == ("I know the cue", False, "there is no concept for this run yet")
    assert "Recommended" not in words(app)


def test_one_fix_is_recommended_with_the_reason_and_can_be_tried(story, open_page, monkeypatch):
    monkeypatch.setattr("core.models.lazy_torch.missing", lambda: "Install torch.")
    app = open_page("fix", run=story.id)
    assert "Recommended: Transplant with “fence”.** " in words(app)
    assert "training images of classes other than cat show it" in words(app)
    app.button(key="fix_recommended").click().run()
    assert "**Transplant** · concept fence" in words(app)
    assert not any(opened for _, opened, _ in groups(app))


def test_a_fix_is_previewed_saved_and_taken_up_again(story, open_page):
    app = add(open_page("fix", run=story.id), "transplant")
    assert not app.exception
    assert "Strengths were chosen on 60 validation images" in words(app)
    [tried] = [frame.value for frame in app.dataframe]
    assert tried["strength"].tolist() == list(METHODS["transplant"].strengths)
    [best] = tried.index[tried["chosen"] == "chosen"]
    assert tried["score"][best] == tried["score"].max()
    app.button(key="fix_save").click().run()
    made = next(run for run in runs.list_runs() if run.meta.get("parent") == story.id)
    assert made.meta["steps"][0]["method"] == "transplant"
    again = open_page("fix", run=made.id)
    assert f"is a fix of {plain(story.name)}" in words(again)
    again.button(key="fix_change").click().run()
    assert "**Transplant** · concept fence" in words(again)


def left_over(app):
    """The buttons that offer unsaved steps."""
    return [button for button in app.button if (button.key or "").startswith("fix_left_over")]


def test_unsaved_steps_are_offered_after_a_reload(story, open_page):
    add(open_page("fix", run=story.id), "transplant")
    app = open_page("fix", run=story.id)
    assert "**Transplant**" not in words(app)
    left_over(app)[0].click().run()
    assert "**Transplant** · concept fence" in words(app)
    app.button(key="fix_save").click().run()
    app = open_page("fix", run=story.id)
    assert not left_over(app)


def test_steps_of_two_people_on_one_run_are_both_kept_and_offered(story, open_page):
    mine = add(open_page("fix", run=story.id), "transplant")
    add(add(open_page("fix", run=story.id), "mistakes"), "mistakes")
    app = open_page("fix", run=story.id)
    assert [button.label.split(" (unsaved, ")[0] for button in left_over(app)] == [
        "Continue with 2 steps",
        "Continue with 1 step",
    ]
    mine.button(key="fix_save").click().run()
    [left] = left_over(open_page("fix", run=story.id))
    assert left.label == "Continue with 2 steps (unsaved)"


@pytest.mark.parametrize("steps", [None, [{}], [{"method": "magic", "options": {}}], ["x"]])
def test_damaged_unsaved_steps_are_no_steps(story, open_page, steps):
    unsaved.keep(story.id, fix_stack.STACK, unsaved.new_id(), {"steps": steps})
    app = open_page("fix", run=story.id)
    assert not app.exception
    assert not left_over(app)


def test_steps_stack_and_go_away(story, open_page):
    app = add(add(open_page("fix", run=story.id), "transplant"), "mistakes")
    assert "2. **Learn from mistakes**" in words(app)
    app.button(key="fix_remove_0").click().run()
    assert "1. **Learn from mistakes**" in words(app)
    app.button(key="fix_remove_0").click().run()
    assert "None yet" in words(app)


def test_without_pictures_overlay_says_so_and_nothing_breaks(story, open_page):
    app = add(open_page("fix", run=story.id), "overlay")
    assert not app.exception
    assert app.error


@pytest.fixture
def held_up(monkeypatch):
    """A fix is not done before this event is set, and nobody waits for it."""
    done, whole = threading.Event(), fixes.apply

    def slowly(*asked, progress, stage):
        stage("Heads fitted")
        while not done.wait(0.005):
            progress(2, 7)
        return whole(*asked, progress=progress, stage=stage)

    monkeypatch.setattr(fixes, "apply", slowly)
    monkeypatch.setattr(fix_stack, "PATIENCE", 0)
    yield done
    done.set()


def stopped(app):
    """The page once what was to stop has heard of it."""
    while not [b for b in app.button if b.key == "fix_again"]:
        app.run()
    return app


def test_a_fix_can_be_stopped_and_continued(story, open_page, held_up, monkeypatch):
    app = add(open_page("fix", run=story.id), "mistakes")
    assert not app.exception
    assert not [b for b in app.button if b.key == "fix_save"]
    app = stopped(app.button(key="fix_stop").click().run())
    assert "What was computed so far is kept" in words(app)
    held_up.set()
    monkeypatch.setattr(fix_stack, "PATIENCE", 60)
    app.button(key="fix_again").click().run()
    assert "Strengths were chosen on 60 validation images" in words(app)


def test_who_leaves_the_page_or_comes_later_finds_the_same_work(story, open_page, held_up):
    app = add(open_page("fix", run=story.id), "mistakes")
    work = fix_stack.making(story, (Step("mistakes"),))
    app.switch_page(script("gallery")).run()
    assert not app.exception
    assert not work.finished
    assert fix_stack.making(story, (Step("mistakes"),)) is work
    held_up.set()
    assert work.wait(60)
    app.switch_page(script("fix")).run()
    assert app.button(key="fix_save")


def test_what_failed_is_tried_again(story, open_page, monkeypatch):
    def fails(*asked, **told):
        raise RunError("The features of more are not kept here.")

    with monkeypatch.context() as patch:
        patch.setattr(fixes, "apply", fails)
        app = add(open_page("fix", run=story.id), "mistakes")
    assert app.error[0].value == "The features of more are not kept here\\."
    app.run()
    assert "Strengths were chosen on 60 validation images" in words(app)


def test_mute_wants_channels(story, open_page):
    app = open_page("fix", run=story.id)
    choose(app, "mute")
    assert app.button(key="fix_add_mute").disabled
    app.multiselect(key="fix_channels").set_value([planted.FENCE]).run()
    app.button(key="fix_add_mute").click().run()
    assert "channels 6" in words(app)


def test_validation_is_examined_for_the_concept_of_the_first_step(story):
    x, labels, _, splits = planted.features_and_truth()
    deer = np.flatnonzero((labels == 1) & (splits == "train"))
    picks = deer[np.argsort(x[deer, 7])]
    store.save(story, concepts.learn(x, picks[-10:], picks[:10], labels, name="cloud"))
    steps = [fix_stack.with_concept(story, "erase", name) for name in ("fence", "cloud")]
    for first, second in (steps, steps[::-1]):
        made = fix_stack.preview(story, (first, second))
        assert f"by class and “{first.options['concept']}”" in made.notes[0]


def test_read_only_saves_nothing(story, open_page, monkeypatch):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    app = add(open_page("fix", run=story.id), "mistakes")
    assert app.button(key="fix_save").disabled


def test_a_run_without_features_says_what_to_do(save_tiny, open_page):
    run = save_tiny(run_id="bare")
    (run.folder / "features.npy").unlink()
    app = open_page("fix", run="bare")
    assert "Train it again to keep its features" in words(app)


def test_a_fix_is_judged_in_images_before_it_is_saved(story, open_page):
    app = add(open_page("fix", run=story.id), "transplant")
    assert [m.label for m in app.metric] == [
        "With “fence”, other classes",
        "Without “fence”",
        "All of validation",
    ]
    assert " of 60" in app.metric[2].value
    assert "Worth testing" in words(app)
