"""Compare: two runs, one run, runs on other images, and what a URL may hold."""

from __future__ import annotations

import pytest

from core import artifacts, concepts, queries, runs
from core.concepts import store
from core.runs.annotations import looks_at_test
from tests import drawn, planted, repaired
from tests.dashboard.conftest import words

HOSTILE = ("<img src=x onerror=alert(1)>", "*star* [link](http:x) $x$", "quote\"'&amp; :red[r]")


def rows_of(run: runs.Run, *, correct: bool) -> list[int]:
    sql = "SELECT row FROM run WHERE split = 'test' AND correct = ? ORDER BY row"
    return queries.ask(run, sql, [correct])["row"].tolist()


@pytest.fixture
def pair(run):
    """The drawn run, and a fix of it: nine errors right, four right answers wrong."""
    fixed, broken = rows_of(run, correct=False)[:9], rows_of(run, correct=True)[:4]
    return run, repaired.save(run, fixed=fixed, broken=broken)


def said(app) -> str:
    """The words of a page as they are read, without what keeps them from being Markdown."""
    return words(app).replace("\\", "")


def metrics(app) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def headings(app) -> list[str]:
    return [element.value for element in app.subheader]


def test_the_parent_is_what_a_fix_is_measured_against(pair, open_page):
    app = open_page("compare", run="repaired")
    assert not app.exception
    assert app.selectbox(key="before").value == "drawn"
    assert app.query_params["before"] == "drawn"
    n, wrong = 120, len(rows_of(pair[0], correct=False))
    rates = f"{(n - wrong) / n:.1%} → {(n - wrong + 5) / n:.1%}"
    assert metrics(app)["Accuracy, n = 120"] == rates
    assert (metrics(app)["Fixed"], metrics(app)["Broken"]) == ("9", "4")
    assert "McNemar p = 0.27: how often chance alone" in said(app)
    assert headings(app)[:4] == [
        "Fixed: 9", "Broken: 4", f"Unchanged wrong: {wrong - 9}",
        f"Unchanged right: {n - wrong - 4}",
    ]  # fmt: skip
    assert "### :gray-badge[No difference shown] Drawn → " in said(app)
    assert "No difference shown: accuracy on test went from" in said(app)
    assert "All figures come from the 120 images of test: held out" in said(app)


def test_the_table_of_classes_adds_up(pair, open_page):
    table = open_page("compare", run="repaired").dataframe[0].value
    assert set(table["group"]) == {"cat", "deer", "dog"}
    assert (table["n"].sum(), table["fixed"].sum(), table["broken"].sum()) == (120, 9, 4)


def test_another_split_is_compared_on_its_own_images(pair, open_page):
    app = open_page("compare", run="repaired", split="val")
    assert "3 images of val: they chose the epoch" in said(app)
    assert "Too few to tell: accuracy on val" in said(app)
    assert looks_at_test.seen(pair[0]) == ()


def test_the_url_says_which_run_is_before(pair, dataset, open_page):
    drawn.save(dataset, run_id="third", name="Third")
    app = open_page("compare", run="repaired", before="third")
    assert app.selectbox(key="before").value == "third"
    assert not app.exception


@pytest.mark.parametrize("before", ["nowhere", "../../etc", "repaired", ""])
def test_a_bad_url_falls_back_to_the_parent(pair, open_page, before):
    app = open_page("compare", run="repaired", before=before, changed_cell="unicorn → x")
    assert not app.exception
    assert app.selectbox(key="before").value == "drawn"


def test_a_single_run_is_told_what_to_do(run, open_page):
    app = open_page("compare")
    assert not app.exception
    assert "is the only run" in words(app)
    assert app.selectbox(key="before").disabled
    app.button(key="compare_fix").click().run()
    assert app.title[0].value == "Fix"


def test_a_run_without_a_parent_offers_its_fixes(pair, open_page):
    app = open_page("compare", run="drawn")
    assert "was not made from another run: choose one" in words(app)
    app = app.button(key="compare_child_repaired").click().run()
    assert not app.exception
    assert app.selectbox(key="run").value == "repaired"
    assert metrics(app)["Fixed"] == "9"


def test_a_fix_whose_parent_was_deleted_says_so(pair, dataset, open_page):
    drawn.save(dataset, run_id="third", name="Third")
    runs.delete("drawn")
    app = open_page("compare", run="repaired")
    assert "was made from is not here: choose another" in words(app)
    app = app.selectbox(key="before").select("third").run()
    assert metrics(app)["Fixed"] == "9"


def test_runs_on_other_images_are_refused_with_the_remedy(run, open_page, tmp_path):
    drawn.save(drawn.draw(tmp_path / "ships", ("ship", "truck")), run_id="ships", name="Ships")
    app = open_page("compare", run="drawn")
    assert "The other runs were made on other images" in words(app)
    app = app.selectbox(key="before").select("ships").run()
    assert not app.exception
    assert "only runs on the same images can be compared" in words(app)
    assert "Choose another run above" in words(app)


def test_a_damaged_run_to_compare_with_is_one_message(pair, open_page):
    data = bytearray(pair[0].table_path.read_bytes())
    data[4 : len(data) // 4] = b"x" * (len(data) // 4 - 4)  # the footer still reads well
    pair[0].table_path.write_bytes(data)
    app = open_page("compare", run="repaired")
    assert not app.exception
    assert "Run drawn is damaged" in said(app)
    assert "Choose another run above" in said(app)


def test_another_run_is_measured_against_its_own_parent(pair, dataset, open_page):
    other = drawn.save(dataset, run_id="other", name="Other")
    repaired.save(other, run_id="mended", name="Mended")
    app = open_page("compare", run="repaired")
    app = app.selectbox(key="run").select("mended").run()
    assert app.selectbox(key="before").value == "other"


def test_runs_that_agree_say_so(run, open_page):
    repaired.save(run)
    app = open_page("compare", run="repaired")
    assert not app.exception
    assert "no cell has changed" in words(app)
    assert headings(app)[:2] == ["Fixed: 0", "Broken: 0"]
    assert "Wrong before, right after. None." in words(app)


def test_looks_at_test_are_counted_once_a_fix(pair, open_page):
    for _ in range(2):
        app = open_page("compare", run="repaired")
    assert looks_at_test.seen(pair[0]) == ("repaired",)
    assert "1 fix of it was compared on test so far" in words(app)
    assert not app.warning


def test_many_looks_at_test_are_a_warning(pair, open_page):
    for name in "abc":
        looks_at_test.record(repaired.save(pair[0], run_id=name))
    app = open_page("compare", run="repaired")
    assert "4 fixes of it were compared on test" in app.warning[0].value


def test_read_only_shows_and_writes_nothing(pair, open_page, monkeypatch):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    app = open_page("compare", run="repaired")
    assert metrics(app)["Fixed"] == "9"
    assert not (artifacts.root() / "looks").exists()


def test_names_are_text(artifacts_root, open_page, tmp_path):
    run = drawn.save(drawn.draw(tmp_path / "hostile", HOSTILE), name=HOSTILE[0])
    repaired.save(run, fixed=rows_of(run, correct=False)[:3], name=HOSTILE[1])
    app = open_page("compare", run="repaired")
    assert not app.exception
    assert "<img" not in words(app).replace("\\<", "")
    assert ":red[" not in words(app)


@pytest.fixture
def fenced(save_tiny):
    """Planted features, a concept learned on them, and a fix of half of the errors."""
    run, shows = planted.save(save_tiny)
    weight, bias = planted.head()
    wrong = rows_of(run, correct=False)
    repaired.save(run, fixed=wrong[::2], weights={"head.weight": weight, "head.bias": bias})
    labels = planted.features_and_truth()[1]
    cats = [row for row in range(300) if labels[row] == 0]
    picks = [[row for row in cats if shows[row] == s][:10] for s in (True, False)]
    store.save(run, concepts.learn(run.features(), *picks, labels, name="fence"))
    return run


def test_every_class_with_the_concept_and_without(fenced, open_page):
    app = open_page("compare", run="repaired")
    assert not app.exception
    assert app.selectbox(key="by_concept").value == "fence"
    table = app.dataframe[1].value
    assert table["group"].iloc[0] == "deer with fence"
    assert "ship without fence" in set(table["group"])
    assert table["n"].sum() == 240
    assert "Recognisable: an image that shows it scores higher" in said(app)
    assert "**deer with fence**" in words(app)


def test_the_concept_of_the_fix_comes_first(fenced, open_page):
    store.save(fenced, concepts.of_channel(fenced.features(), 3, name="a channel"))
    step = {"method": "erase", "strength": 1.0, "concept": "fence"}
    repaired.save(fenced, run_id="erased", extra={"steps": [step], "notes": []})
    app = open_page("compare", run="erased")
    assert app.selectbox(key="by_concept").options == ["fence", "a channel"]
    assert app.selectbox(key="by_concept").value == "fence"


def made_for(run, **meant):
    step = {"method": "erase", "strength": 1.0, "concept": "fence"}
    extra = {"steps": [step], "notes": [], "made_for": {"concept": "fence"} | meant}
    repaired.save(run, run_id="meant", extra=extra)


@pytest.mark.parametrize(
    ("meant", "group"),
    [
        ({"label": 2, "carriers": [0]}, "ship with fence"),
        ({"label": None, "carriers": [0]}, "other classes with fence"),
        ({"label": 99, "carriers": "x"}, "other classes with fence"),
        ({"concept": "gone"}, "deer with fence"),
        ({"concept": ["fence"]}, "deer with fence"),
    ],
)
def test_the_card_is_of_the_group_that_the_fix_was_made_for(fenced, open_page, meant, group):
    made_for(fenced, **meant)
    app = open_page("compare", run="meant")
    assert not app.exception
    assert app.metric[1].label.partition(", n =")[0] == group
    assert "images" in app.metric[1].delta


def test_without_a_concept_it_says_how_to_get_one(pair, open_page):
    assert "make one on the Concepts page" in words(open_page("compare", run="repaired"))


def test_without_features_the_concept_says_why(fenced, open_page):
    for run_id in ("planted", "repaired"):
        (artifacts.runs_dir() / run_id / "features.npy").unlink()
    app = open_page("compare", run="repaired")
    assert not app.exception
    assert "kept no features, so no concept fits it" in words(app)


@pytest.mark.parametrize("steps", [None, "x", [1], [{}], [{"method": 3, "concept": ["a"]}]])
def test_nonsense_in_the_steps_of_a_run_harms_nothing(run, open_page, steps):
    repaired.save(run, extra={"steps": steps, "notes": None})
    app = open_page("compare", run="repaired")
    assert not app.exception
