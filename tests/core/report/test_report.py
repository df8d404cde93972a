"""The report: it stands alone, tells every part, and leaves out what cannot be told."""

from __future__ import annotations

import re

import numpy as np
import pytest

from core import concepts, queries, report
from core.concepts import store
from core.concepts.effects import compared
from core.evaluation import wording
from core.evaluation.comparison import compare, per_class_and_concept
from core.fixes import METHODS
from core.report import markup
from core.runs.annotations import looks_at_test
from tests import drawn, planted, repaired

DEMO = "demo-1-1-2000-1000"  # the drawn pictures: made when asked for
HOSTILE = ("<img src=x onerror=alert(1)>", "a&b", "quote\"'")


@pytest.fixture
def planted_run(save_tiny):
    return planted.save(save_tiny, fingerprint=DEMO)[0]


@pytest.fixture
def repaired_run(planted_run):
    weight, bias = planted.head()
    found = queries.ask(
        planted_run, "SELECT row, correct FROM run WHERE split = 'test' ORDER BY row"
    )
    wrong = found.loc[~found["correct"], "row"].tolist()
    right = found.loc[found["correct"], "row"].tolist()
    return repaired.save(
        planted_run, fixed=wrong, broken=right[:2],
        weights={"head.weight": weight, "head.bias": bias},
    )  # fmt: skip


@pytest.fixture
def fence(planted_run):
    _, labels, shows, splits = planted.features_and_truth()
    cats = (labels == 0) & (splits == "train")
    picks = [np.flatnonzero(cats & (shows == s))[:10] for s in (True, False)]
    concept = concepts.learn(planted_run.features(), *picks, labels, name="fence")
    return store.save(planted_run, concept)


def fetched(html: str) -> list[str]:
    """Whatever a browser would fetch: no data: URI, no place on the page itself."""
    asked = re.findall(r'(?:src|href|srcset|action)="([^"]*)"|url\(([^)]*)\)|@import', html)
    return [a or b for a, b in asked if not (a or b).startswith("data:")]


def test_the_whole_story(planted_run, repaired_run, fence):
    comparison = compare(planted_run, repaired_run)
    html = report.write(comparison, fence)
    assert html.startswith("<!doctype html>\n<html lang")
    made = comparison.overall()
    assert (made.fixed, made.broken) == (16, 2)
    assert f"{made.before:.1%} to {made.after:.1%}" in html
    for part in (
        "<h3>Fixed: 16, 12 of them here</h3>", "<h3>Broken: 2</h3>", "deer predicted as cat",
        "Channel 6: ", "errors show more of fence", "With fence erased", "deer with fence",
        "<b>Learn from mistakes.</b> The head was refitted with more weight", "Strength 2:",
        "The fix: learn from mistakes. The head was refitted", "Worst group before:",
        "Worst group after:", repaired.NOTES[0],
    ):  # fmt: skip
        assert part in html
    assert "left out" not in html
    assert html.count("data:image/webp;base64,") > 40
    assert fetched(html) == []
    assert not re.search(r"https?://", html)


def test_the_numbers_are_those_of_the_comparison(planted_run, repaired_run, fence):
    comparison = compare(planted_run, repaired_run)
    html = report.write(comparison, fence)
    groups = per_class_and_concept(comparison, compared.shown(comparison, fence), "fence")
    for _, row in groups.iterrows():
        [line] = re.findall(rf"<tr><td>{row['class']} {row['concept']}</td>(.*?)</tr>", html)
        cells = (row["n"], row["fixed"], row["broken"])
        rates = (f"{row['before']:.1%}", f"{row['after']:.1%}")
        assert line.endswith("".join(f"<td>{cell}</td>" for cell in (*cells, *rates)))
        assert line.startswith(f"<td>{wording.VERDICTS[row['verdict']]}, p")


def test_without_a_concept_the_effect_is_left_out(planted_run, repaired_run):
    html = report.write(compare(planted_run, repaired_run))
    assert html.count("No concept was chosen, so this part is left out.") == 2
    assert "<h3>Fixed: 16" in html


def test_without_features_cause_and_concept_are_left_out(planted_run, fence):
    (planted_run.folder / "features.npy").unlink()
    html = report.write(compare(planted_run, planted_run), fence)
    assert "The cause is left out. Run tiny kept no features" in html
    assert html.count("This part is left out. Run tiny kept no features") == 2


def test_two_models_that_are_no_fix_of_each_other(planted_run, repaired_run, save_tiny):
    other, _ = planted.save(save_tiny, fingerprint=DEMO, run_id="other")
    html = report.write(compare(planted_run, other))
    assert "was not made from tiny by a fix" in html
    html = report.write(compare(other, repaired_run))
    assert "It is a fix of another run, by the steps below." in html
    assert "The fix: " not in html


def test_without_errors_there_is_nothing_to_explain(tiny_run):
    fine = repaired.save(tiny_run, fixed=[1, 2, 3], run_id="fine")
    html = report.write(compare(fine, fine))
    assert "makes no error in test" in html
    assert "no cause to look for" in html


@pytest.mark.parametrize(
    "steps",
    [
        "x",
        [{"method": []}],
        [{"method": "?", "drop": 3}, {"method": "mistakes", "strength": "a", "channels": "b"}],
    ],
)
def test_nonsense_in_the_steps_is_told_as_far_as_it_goes(tiny_run, steps):
    after = repaired.save(tiny_run, extra={"steps": steps, "notes": 3})
    assert "<h2>What was changed</h2>" in report.write(compare(tiny_run, after))


def test_names_are_text(artifacts_root, tmp_path):
    run = drawn.save(drawn.draw(tmp_path / "hostile", HOSTILE), name=HOSTILE[0])
    after = repaired.save(run, fixed=range(5), name="</style><script>alert(1)</script>")
    html = report.write(compare(run, after))
    assert "<script" not in html
    assert "<img src=x" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert fetched(html) == []


def test_images_that_are_gone_are_said(artifacts_root, tmp_path):
    dataset = drawn.draw(tmp_path / "photos")
    run = drawn.save(dataset)
    after = repaired.save(run, fixed=range(120))
    (tmp_path / "photos").rename(tmp_path / "elsewhere")
    html = report.write(compare(run, after))
    assert "Images cannot be shown." in html
    assert "data:image" not in html


def test_many_looks_at_test_are_told(planted_run, repaired_run):
    for name in "abcd":
        looks_at_test.record(repaired.save(planted_run, run_id=name))
    assert "part of its lead is luck" in report.write(compare(planted_run, repaired_run))


def test_everything_but_markup_is_escaped():
    made = markup.tag("p", "a < b", markup.tag("b", "&"), title='"')
    assert made == '<p title="&#34;">a &lt; b<b>&amp;</b></p>'
    assert "<i>" not in markup.table(["<i>"], [["<i>"]])
    assert 'src="&#34;' in markup.images([('"', "<i>")], "x")


def test_a_caption_that_all_images_share_stands_once():
    alike = markup.images([("data:a", "cat"), ("data:b", "cat")], "x")
    assert alike.count("cat") == 1
    assert "<figcaption>" not in alike
    assert markup.images([("data:a", "cat"), ("data:b", "dog")], "x").count("<figcaption>") == 2


@pytest.mark.parametrize("name", METHODS)
def test_what_was_changed_says_what_was_done_and_not_when_to_use_it(tiny_run, name):
    method = METHODS[name]
    after = repaired.save(tiny_run, extra={"steps": [{"method": name}], "notes": []})
    html = report.write(compare(tiny_run, after))
    assert html.count(method.done) == (2 if "The fix: " in html else 1)
    assert method.when not in html


def test_a_printed_title_stays_with_its_images(planted_run, repaired_run, fence):
    html = report.write(compare(planted_run, repaired_run), fence)
    assert re.search(r'<div class="together"><h3>deer predicted as cat: 8 of', html)
    assert re.search(r'<div class="together"><p>Channel 6: ', html)
    assert "@page" in html
