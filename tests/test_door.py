"""The public module: what its page says runs, and what it gives is shown safely."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

import fencepost as fp
from core.artifacts import REPOSITORY
from core.concepts import store
from core.runs.annotations import looks_at_test
from tests import drawn, planted

PAGE = (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8")
HOSTILE = "<img src=x onerror=alert(1)>"


def python(code: str, *, cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd)


@pytest.fixture
def fenced(save_tiny):
    """The door's run with a planted fence, and the concept learned of it."""
    run, shows = planted.save(save_tiny)
    cats = range(0, planted.SIZES["train"], 3)
    on, off = ([c for c in cats if shows[c] == side][:10] for side in (True, False))
    return fp.open_run(run.id), fp.learn(run, on, off, name="fence")


def test_the_page_runs_as_it_stands(artifacts_root, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.S):
        exec(block, names)
    said = capsys.readouterr().out
    assert "deer predicted as cat: 23 of 104" in said
    assert "accuracy on val went from" in said
    assert "accuracy on test went from 93.3%" in said
    assert "fence" in (tmp_path / "fence.html").read_text("utf-8")
    assert [each.name for each in store.list_concepts(names["run"])] == ["fence"]
    assert looks_at_test.seen(names["run"]) == (names["fixed"].id,)


def test_the_page_names_every_function():
    named = set(re.findall(r"`(\w+)\(", PAGE)) | set(re.findall(r"\| `?(\w+)`? \|", PAGE))
    functions = {name for name in fp.__all__ if name.islower()}
    assert functions <= named
    for name in fp.__all__:
        assert getattr(fp, name).__doc__


def test_torch_stays_out_until_a_network_is_needed():
    code = (
        "import sys, fencepost as fp; [getattr(fp, n) for n in fp.__all__]; "
        "print('torch' in sys.modules)"
    )
    assert python(code).stdout.strip() == "False"


def test_nothing_is_loaded_before_it_is_asked_for():
    code = "import sys, fencepost; print({'pandas', 'numpy', 'streamlit'} & set(sys.modules))"
    assert python(code).stdout.strip() == "set()"


def test_another_package_named_core_is_named(tmp_path):
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").touch()
    places = [str(tmp_path), str(REPOSITORY)]
    done = python(f"import sys; sys.path[:0] = {places}; import fencepost")
    assert done.stderr.splitlines()[-1] == (
        f"ImportError: fencepost needs its own package 'core', but Python finds {tmp_path}/core "
        f"first: start Python in another folder, take {tmp_path} off PYTHONPATH, or rename core."
    )


def test_results_are_frozen(fenced):
    run, concept = fenced
    for result in (fp.list_runs(), fp.confusions(run), fp.images(run, [0]), concept):
        with pytest.raises(FrozenInstanceError):
            result.run = None


def test_a_concept_of_another_network_is_refused(fenced, save_tiny):
    run, concept = fenced
    other = save_tiny(run_id="other")
    for use in (fp.measure, fp.save_concept):
        with pytest.raises(fp.FencepostError, match="learn it again on this run"):
            use(other, concept)
    with pytest.raises(fp.FencepostError, match=f"is of run {run.name}, not of {other.name}"):
        fp.save_fix(other, fp.fix(run, "rebalance", concept, strength=0.5))


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda run: fp.explain(run, "dear", "cat"), "no class 'dear': did you mean 'deer'?"),
        (lambda run: fp.explain(run, "x", "cat"), "no class 'x': choose cat, deer, ship."),
        (lambda run: fp.confusions(run, split="dev"), "no split 'dev': choose test, train, val."),
        (lambda run: fp.images(run, [0, 8]), "no image in row 8"),
        (lambda run: fp.open_run("nothing"), "no run 'nothing': fp.list_runs"),
        (lambda run: fp.fix(run, "mend"), "no fix 'mend': choose"),
        (lambda run: fp.fix(run, "mute"), r"mute needs channels=\[...\]."),
        (lambda run: fp.fix(run, "mute", chanels=[1]), "no option 'chanels': it takes channels"),
        (lambda run: fp.fix(run, "evidence"), "use the Evidence page"),
        (lambda run: fp.fix(run, "erase"), "needs a concept"),
        (lambda run: fp.open_concept(run, "fence"), "No concept 'fence'"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_remedy(tiny_run, ask, said):
    with pytest.raises(fp.FencepostError, match=said):
        ask(tiny_run)


def test_a_name_that_is_no_part_of_it():
    with pytest.raises(AttributeError, match=r"fencepost has no 'explian': it has .*explain"):
        _ = fp.explian


def test_fixes_are_put_upon_each_other(fenced):
    run, concept = fenced
    first = fp.fix(run, "rebalance", concept, strength=0.5)
    both = fp.fix(run, "mute", channels=[3], strength=1, after=first)
    assert [(step.method, step.strength) for step in both.steps] == [
        ("rebalance", 0.5),
        ("mute", 1),
    ]
    assert both.steps[1].options == {"channels": [3]}
    assert [step["method"] for step in fp.save_fix(run, both).steps] == ["rebalance", "mute"]


def test_a_concept_is_kept_and_found_again(fenced):
    run, concept = fenced
    fp.save_concept(run, concept)
    assert fp.list_concepts(run) == ("fence",)
    again = fp.open_concept(run, "fence")
    assert again.shown(run).tolist() == concept.shown(run).tolist()


def test_names_are_escaped_and_pictures_are_inside(artifacts_root, tmp_path):
    run = drawn.save(drawn.draw(tmp_path / "photos", (HOSTILE, "deer", "ship")), name=HOSTILE)
    assert (run.name, run.classes[0]) == (HOSTILE, HOSTILE)
    for shown in (fp.list_runs(), fp.confusions(run), fp.images(run, [0, 1])):
        html = shown._repr_html_()
        assert "<img src=x" not in html
        assert "&lt;img src=x" in html
        assert re.findall(r'src="([^"]{,11})', html) == ["data:image/"] * html.count("<img")
    assert html.count("<img") == 2


def test_every_result_is_drawn_and_escaped(fenced):
    run, concept = fenced
    why = fp.explain(run, "deer", "cat")
    picks = concept.learned.origin
    named = fp.learn(run, picks["shows"], picks["without"], name=HOSTILE)
    fix = fp.fix(run, "rebalance", named, strength=1.0)
    fixed = fp.save_fix(run, fix, HOSTILE)
    results = [
        why, named, fp.measure(run, named, "deer", "cat"), fix,
        fp.compare(run, fixed, concept=named), fp.report(run, fixed),
    ]  # fmt: skip
    for result in results:
        html = result._repr_html_()
        assert html.startswith(("<div class=", "<iframe sandbox"))
        assert "<img src=x" not in html
        assert str(result)
    assert "Images cannot be shown" in why._repr_html_()


def test_a_damaged_run_says_why_it_cannot_be_opened(artifacts_root):
    (artifacts_root / "runs" / "broken").mkdir(parents=True)
    with pytest.raises(fp.FencepostError, match=r"run.json is missing"):
        fp.open_run("broken")


def test_runs_are_a_sequence_and_damaged_ones_say_why(tiny_run, artifacts_root):
    (artifacts_root / "runs" / "broken").mkdir()
    found = fp.list_runs()
    assert (len(found), found[0].id) == (2, "tiny")
    assert "broken" in str(found).splitlines()[1]
    assert "damaged: run.json is missing" in str(found)
    assert "damaged: run.json is missing" in found._repr_html_()
