"""The page Evidence: other images are looked through, judged one by one, and become a fix."""

from __future__ import annotations

import time

import pytest

from core import artifacts, report, runs
from core.evaluation.comparison import compare
from core.fixes import evidence
from tests import drawn, seen
from tests.dashboard.conftest import script, words

LABEL = "deer"


@pytest.fixture
def bare(dataset):
    return seen.save(dataset)


@pytest.fixture
def run(bare):
    return seen.with_concept(bare)


@pytest.fixture
def folder(tmp_path):
    return seen.more(tmp_path / "more")


def look(app, folder):
    """Look through a folder, and wait for it."""
    app.text_input(key="evidence_source").set_value(str(folder)).run()
    app.button(key="evidence_look").click().run()
    deadline = time.monotonic() + 60
    while any(b.key == "evidence_stop" for b in app.button) and time.monotonic() < deadline:
        time.sleep(0.2)
        app.run()
    assert not app.exception
    return app


@pytest.fixture
def look_anew(run, folder, open_page):
    """A function that opens the page and looks through the folder, for images like LABEL."""

    def look_():
        app = open_page("evidence", run=run.id)
        app.selectbox(key="evidence_label").set_value(LABEL).run()
        return look(app, folder)

    return look_


@pytest.fixture
def looked(look_anew):
    return look_anew()


def press(app, *names):
    for name in names:
        app.button(key=f"evidence_{name}").click().run()
        assert not app.exception
    return app


def test_without_a_concept_it_says_how_to_make_one(bare, open_page):
    app = open_page("evidence", run=bare.id)
    assert "There is no concept for this run yet" in words(app)
    app.button(key="evidence_elsewhere").click().run()
    assert app.title[0].value == "Concepts"


def test_a_run_without_features_says_what_to_do(run, open_page):
    (run.folder / "features.npy").unlink()
    assert "Train it again" in words(open_page("evidence", run=run.id))


def test_what_is_not_there_is_said(run, open_page, tmp_path):
    app = look(open_page("evidence", run=run.id), tmp_path / "*nowhere*")
    assert "There is no folder" in words(app)
    assert "*nowhere*" not in words(app)  # its name is text
    app.text_input(key="evidence_source").set_value("  ").run()
    app.button(key="evidence_look").click().run()
    assert "Name a folder" in words(app)


def test_a_run_without_a_network_says_so(dataset, open_page, folder):
    bare = seen.with_concept(drawn.save(dataset, model="small", size=seen.SIZE))
    app = look(open_page("evidence", run=bare.id), folder)
    assert "train it again" in words(app)


def test_candidates_are_judged_one_by_one_and_taken_back(looked):
    assert any(e.label.startswith("Other images: 12 of ") for e in looked.expander)
    assert looked.subheader[0].value == "1 of 12"
    first = [c.value for c in looked.caption if "png" in c.value]
    press(looked, "accept", "reject")
    assert looked.subheader[0].value == "3 of 12"
    assert "**Accepted** 1 · rejected 1" in words(looked)
    press(looked, "undo", "undo")
    assert looked.subheader[0].value == "1 of 12"
    assert [c.value for c in looked.caption if "png" in c.value] == first
    assert looked.button(key="evidence_undo").disabled
    assert looked.button(key="evidence_add").disabled


def test_a_reload_or_a_link_opens_the_same_images_for_the_same_class(run, looked, open_page):
    pool = looked.query_params["pool"]
    app = open_page("evidence", run=run.id, pool=pool, evidence_label=LABEL)
    assert app.selectbox(key="evidence_label").value == LABEL
    assert app.subheader[0].value == looked.subheader[0].value
    assert not open_page("evidence", run=run.id, pool="f" * 20).subheader


def test_images_at_hand_are_opened_whatever_their_number_was(run, looked, folder, open_page):
    looked.number_input(key="evidence_most").set_value(5).run()
    app = open_page("evidence", run=run.id)
    source = f"folder:{folder}"
    app.button_group(key="evidence_offered").set_value(source).run()
    assert app.subheader[0].value == "1 of 12"


def test_verdicts_outlive_a_reload(looked, look_anew):
    press(looked, "accept", "reject", "accept")
    again = look_anew()
    assert again.subheader[0].value == "4 of 12"
    assert "**Accepted** 2 · rejected 1" in words(again)


def test_two_who_judge_the_same_images_lose_no_verdict(looked, look_anew):
    other = look_anew()
    press(looked, "accept", "accept", "reject")
    press(other, "reject")
    press(looked, "undo")
    again = look_anew()
    assert again.subheader[0].value == "3 of 12"
    assert "**Accepted** 2 · rejected 0" in words(again)


def test_an_image_of_another_class_joins_that_class(run, looked):
    accept_as = next(box for box in looked.selectbox if box.label == "Accept as")
    accept_as.set_value("cat").run()
    press(looked, "accept", "accept")
    assert "**Accepted** 2 (1 as cat, 1 as deer) · rejected 0" in words(looked)
    press(looked, "add")
    assert "1 image of cat and 1 image of deer from folder" in words(looked)


def test_stl10s_unlabelled_images_are_offered_where_they_lie(run, open_page):
    file = artifacts.datasets_dir() / "stl10" / "stl10_binary" / "unlabeled_X.bin"
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(range(256)) * 108 * 5)
    app = open_page("evidence", run=run.id)
    app.button_group(key="evidence_offered").set_value("stl10:unlabelled").run()
    while any(b.key == "evidence_stop" for b in app.button):
        time.sleep(0.2)
        app.run()
    assert app.subheader[0].value == "1 of 5"
    assert any("5 of STL\\-10, unlabelled" in e.label for e in app.expander)


def test_verdicts_outlast_a_page_switch(looked):
    press(looked, "accept")
    looked.switch_page(script("gallery")).run()
    looked.switch_page(script("evidence")).run()
    assert looked.subheader[0].value == "2 of 12"
    assert looked.selectbox(key="evidence_label").value == LABEL


def test_the_end_is_said(looked):
    press(looked, *["accept"] * seen.MORE)
    assert "All 12 looked through" in words(looked)
    assert looked.button(key="evidence_add").label == "Add 12 images to the fixes"


def test_what_is_accepted_becomes_a_step_a_preview_and_a_run(run, looked, open_page):
    press(looked, "accept", "accept", "add")
    assert looked.title[0].value == "Fix"
    assert "1. **More evidence** · 2 images of deer from folder" in words(looked)
    assert looked.metric[0].label == "All of validation"
    looked.button(key="fix_save").click().run()
    assert looked.title[0].value == "Compare"
    assert not looked.exception
    made = next(r for r in runs.list_runs() if r.meta.get("parent") == run.id)
    [step] = made.steps
    assert (step["method"], step["labels"], len(step["images"])) == ("evidence", [1, 1], 2)
    assert "2 images added." in report.write(compare(run, made))
    again = open_page("fix", run=made.id)
    assert "2 images of deer from folder" in words(again)
    again.button(key="fix_change").click().run()
    assert again.metric[0].label == "All of validation"
    page = open_page("evidence", run=made.id)
    assert "is a fix of another run" in words(page)


def test_adding_again_replaces_what_was_added(looked):
    press(looked, "accept", "add")
    looked.switch_page(script("evidence")).run()
    press(looked, "accept", "add")
    assert words(looked).count("**More evidence**") == 1
    assert "2 images of deer" in words(looked)


def test_fix_offers_it_and_leads_there(run, open_page):
    app = open_page("fix", run=run.id)
    app.radio(key="fix_method_cue").set_value("evidence").run()
    assert "accepted by you one by one" in words(app)
    app.button(key="fix_evidence").click().run()
    assert app.title[0].value == "Evidence"


def test_read_only_looks_through_what_was_opened_and_saves_nothing(
    run, folder, open_page, monkeypatch
):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    app = open_page("evidence", run=run.id)
    assert not [t for t in app.text_input if t.key == "evidence_source"]
    evidence.read(run, str(folder))
    app = open_page("evidence", run=run.id)
    app.button_group(key="evidence_offered").set_value(f"folder:{folder}").run()
    press(app, "accept", "add")
    assert app.button(key="fix_save").disabled


def test_of_two_verdicts_on_one_image_the_first_counts_and_the_second_is_told(looked, look_anew):
    other = look_anew()
    press(looked, "accept")
    press(other, "reject")
    assert "accepted as this or another class the image that you rejected" in words(other)
    assert "**Accepted** 1 · rejected 0" in words(other)
    press(other, "undo", "reject")
    assert "**Accepted** 0 · rejected 1" in words(look_anew())


def test_what_another_judged_is_not_offered_again(looked, look_anew):
    other = look_anew()
    press(looked, "accept", "accept")
    press(other.run(), "reject")
    assert other.subheader[0].value == "4 of 12"
    press(other, "undo")
    assert "**Accepted** 2 · rejected 0" in words(other)


def test_what_cannot_be_written_stays_in_the_session(looked, look_anew, monkeypatch):
    press(looked, "accept")
    with monkeypatch.context() as full:
        full.setattr(artifacts, "write_json", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
        press(looked, "accept", "reject")
    assert "**Accepted** 2 · rejected 1" in words(looked.run())
    press(looked, "reject")
    assert "**Accepted** 2 · rejected 2" in words(look_anew())
