"""From an error to its cause, to a fix, to proof: what the pages do, in a script.

    python examples/fence.py [--run demo] [--label deer] [--pred cat] [--method transplant] [--save]

On the run that ships, deer behind a fence are predicted as cat. The script asks which channels of
the features say so, takes ten training cats that share what these deer have and ten that do not,
learns from them what a fence is, measures the harm that it does, refits the head, and compares both
models image by image. A person would look through the twenty picks first: nothing but the order of
the images chose them. All figures come from the test images: nothing was learned from them, but
the confusion was seen on them and its errors suggested the picks, so fresh images would show
somewhat less.

`--save` keeps concept and model in artifacts/, where the dashboard shows them; without it they are
thrown away. `--method overlay` is the better fix on this run, and takes some seconds: it looks at
the images again.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence

import pandas as pd

from core import concepts, fixes, queries, runs
from core.concepts import Concept, store
from core.concepts.effects import error_rates, intervention
from core.evaluation import wording
from core.evaluation.comparison import (
    Comparison,
    compare,
    per_class_and_concept,
    worst_first,
    worst_group,
)
from core.evaluation.intervals import wilson
from core.explain import Explanation, strongest_images, suggest_picks
from core.explain import explain as explain_confusion
from core.runs import Run


def main(argv: Sequence[str] | None = None) -> None:
    options = _options(argv)
    run = runs.open_run(options.run)
    label, pred = (run.classes.index(name) for name in (options.label, options.pred))
    explanation = explain(run, label, pred)
    concept = learn(run, explanation, options.name)
    measure(run, concept, explanation)
    preview = fix(run, concept, options.method)
    with kept_or_not(options.save):
        fixed = runs.open_run(fixes.save(preview))
        if options.save:
            store.save(run, concept)
            print(f"\nSaved as run {fixed.id}.")
        prove(run, fixed, concept)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", default="demo", help="the run's id")
    parser.add_argument("--label", default="deer", help="what the images are")
    parser.add_argument("--pred", default="cat", help="what they are predicted as")
    parser.add_argument("--name", default="fence", help="what to call what they share")
    parser.add_argument("--method", default="transplant", choices=("transplant", "overlay"))
    parser.add_argument("--save", action="store_true", help="keep the concept and the fixed run")
    return parser.parse_args(argv)


def explain(run: Run, label: int, pred: int) -> Explanation:
    """Which channels of the features make images of one class look like another."""
    found = explain_confusion(run, label, pred)
    print(
        f"{len(found.rows)} {run.classes[label]} of test are predicted as {run.classes[pred]}, "
        f"{len(found.reference)} as they should. Channels that carry most of the gap:"
    )
    for _, channel in found.gained.head(3).iterrows():
        number = int(channel["channel"])
        strongest = strongest_images(run, number)["label"].value_counts()
        print(
            f"  channel {number}: share {channel['share']:.0%}, d {channel['effect']:.1f}; "
            f"{strongest.iloc[0]} of its 9 strongest training images are "
            f"{run.classes[int(strongest.index[0])]}"
        )
    return found


def learn(run: Run, explanation: Explanation, name: str) -> Concept:
    """What the errors share, as a direction in feature space, from the rows of twenty images."""
    picks = suggest_picks(run, explanation)
    concept = concepts.learn_from(run, picks.shows, picks.without, name=name)
    print(f"\n{name}, from {len(picks.shows)} images with it and {len(picks.without)} without:")
    print(f"  {concept.verdict()}")
    return concept


def measure(run: Run, concept: Concept, explanation: Explanation) -> None:
    """Where the concept occurs, whose errors go with it, and what its removal changes."""
    table = queries.ask(run, "SELECT split, label, correct FROM run ORDER BY row")
    labels, splits = table["label"].to_numpy(), table["split"].to_numpy()
    features = run.features()
    shown, test = concept.shown(features), splits == "test"
    common = error_rates.prevalence(shown, labels, splits, run.classes)
    for label in (explanation.pred, explanation.label):
        row = common[(common["split"] == "train") & (common["label"] == label)].iloc[0]
        print(f"  shown by {_share(row['shown'], row['n'])} of {row['class']} in train")
    correct = table["correct"].to_numpy()
    errors = error_rates.error_rates(shown[test], labels[test], correct[test], run.classes)
    row = errors[errors["label"] == explanation.label].iloc[0]
    print(
        f"  {row['class']} with it: {_share(row['errors'], row['n'])} wrong; without: "
        f"{_share(row['errors_without'], row['n_without'])}; odds ratio {row['odds_ratio']:.1f}, "
        f"{wording.p_value(row['p'])}"
    )
    made = intervention.erasers(features, (splits == "train").nonzero()[0], shown, labels)
    plain = test & correct & (labels == explanation.pred) & ~shown
    errors, without = (
        intervention.without_concept(run.head(), features[rows], made, explanation.pred)
        for rows in (explanation.rows, plain)
    )
    print(
        f"  with it erased from the features, P({run.classes[explanation.pred]}) of the "
        f"{errors.n} errors goes from {errors.before:.2f} to {errors.after:.2f}, of the "
        f"{without.n} right images without it from {without.before:.2f} to {without.after:.2f}; "
        f"random images part them as far with "
        f"{wording.p_value(intervention.chance(errors, without))}"
    )


def _share(part: int, n: int) -> str:
    low, high = wilson(int(part), int(n))
    return f"{part} of {n} = {part / n:.0%} ({low:.0%} to {high:.0%})" if n else "none of 0"


def fix(run: Run, concept: Concept, method: str) -> fixes.Preview:
    """The head refitted; validation images choose the strength."""
    step = fixes.with_concept(run, method, concept)
    preview = fixes.apply(run, [step], {concept.name: concept})
    done = preview.steps[0]
    print(f"\n{fixes.METHODS[method].title} at strength {done.strength:g}:")
    for note in preview.notes:
        print(f"  {note}")
    return preview


@contextlib.contextmanager
def kept_or_not(save: bool) -> Iterator[None]:
    """Where the fixed run is written: artifacts/, or a folder that goes away at the end."""
    if save:
        yield
        return
    before = os.environ.get("FENCEPOST_ARTIFACTS")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FENCEPOST_ARTIFACTS"] = folder
        try:
            yield
        finally:
            del os.environ["FENCEPOST_ARTIFACTS"]
            if before is not None:
                os.environ["FENCEPOST_ARTIFACTS"] = before


def prove(run: Run, fixed: Run, concept: Concept) -> Comparison:
    """Both models on the same test images: what got better, what got worse."""
    comparison = compare(run, fixed)
    print(f"\n{wording.sentence(comparison.overall(), 'test')}")
    shown = concept.shown(run.features()[comparison.rows["row"].to_numpy()])
    groups = per_class_and_concept(comparison, shown, concept.name)
    for _, group in worst_first(groups).head(len(run.classes)).iterrows():
        print(f"  {_line(group)}")
    for when, group in worst_group(groups, least=10).items():
        print(f"Worst group {when}: {_line(group)}")
    return comparison


def _line(group: pd.Series) -> str:
    n = int(group["n"])
    return (
        f"{group['class']} {group['concept']}: {wording.rate(group['before'], n)} right before, "
        f"{wording.rate(group['after'], n)} after; {wording.points(group['difference'])} points "
        f"({wording.interval(group['low'], group['high'])}), {wording.p_value(group['p'])}"
    )


if __name__ == "__main__":
    main()
