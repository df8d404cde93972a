"""The worked example, on the run that ships: it runs, and its numbers are those of the pages."""

from __future__ import annotations

import shutil

import pytest

from core import concepts, runs
from core.artifacts import REPOSITORY
from core.concepts import store
from core.concepts.effects import compared
from core.errors import ConceptError
from core.evaluation import wording
from core.evaluation.comparison import compare, per_class_and_concept
from examples import fence


@pytest.fixture
def shipped(artifacts_root):
    (artifacts_root / "runs").mkdir(parents=True)
    shutil.copytree(REPOSITORY / "artifacts/runs/demo", artifacts_root / "runs/demo")
    return runs.open_run("demo")


def test_its_numbers_are_those_that_the_compare_page_shows(shipped, capsys):
    fence.main(["--save"])
    said = capsys.readouterr().out
    fixed, parent = runs.list_runs()
    assert (parent.id, fixed.meta["parent"]) == ("demo", "demo")
    assert fixed.steps[0]["carriers"] == [shipped.classes.index("cat")]

    comparison = compare(shipped, fixed)
    assert wording.sentence(comparison.overall(), "test") in said
    assert comparison.overall().n == 1000

    stored = store.load(shipped, "fence")
    shown = compared.shown(comparison, stored)
    groups = per_class_and_concept(comparison, shown, "fence")
    deer = groups[(groups["class"] == "deer") & (groups["concept"] == "with fence")].iloc[0]
    assert deer["before"] < 0.2 < deer["after"]
    line = f"deer with fence: {wording.rate(deer['before'], deer['n'])} right before"
    assert f"{line}, {wording.rate(deer['after'], deer['n'])} after" in said


def test_its_concept_is_the_one_that_the_concepts_page_makes(shipped):
    from dashboard.session import concept_draft

    fence.main(["--save"])
    concept = store.load(shipped, "fence").concept
    picks = concept.origin
    page = concept_draft.Draft(
        "demo", "fence", tuple(picks["shows"]), tuple(picks["without"]), held_out=concept.held_out
    )
    theirs = concept_draft.learned(shipped, page)
    assert theirs.direction.tolist() == concept.direction.tolist()
    assert (theirs.threshold, theirs.p_value) == (concept.threshold, concept.p_value)


def test_without_save_nothing_is_kept(shipped, capsys):
    fence.main([])
    assert "images fixed" in capsys.readouterr().out
    assert [run.id for run in runs.list_runs()] == ["demo"]
    assert store.list_concepts(shipped) == []


def test_rows_of_another_run_are_no_picks(shipped):
    with pytest.raises(ConceptError, match="Row 3000 is not an image"):
        concepts.learn_from(shipped, [1, 2, 3000], name="fence")
