"""What the concept does: where it occurs, whose errors it goes with, what its removal changes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core import queries
from core.concepts import strongest
from core.concepts.effects import error_rates, intervention
from core.concepts.effects.intervention import CONTROLS
from core.concepts.presence import shown_in
from core.concepts.stored import Stored
from core.errors import FencepostError
from core.evaluation.comparison import Comparison
from core.evaluation.intervals import span, wilson
from core.evaluation.wording import p_value
from core.report.confusion import Trouble
from core.report.markup import Markup, images, lines, table, tag, together
from core.report.pictures import Pictures
from core.runs import Run

CLASSES, SHOWN = 6, 6
NONE = (
    "No concept was chosen, so this part is left out. On the Concepts page, pick images that share "
    "something visible, and this part says how much harm that does."
)


def told(
    comparison: Comparison, trouble: Trouble, stored: Stored | None, pictures: Pictures
) -> list[Markup]:
    """Prevalence and error rates with and without it, then the intervention."""
    if stored is None:
        return lines([NONE])
    run = comparison.before
    try:
        if reason := stored.unfit(run):
            return lines([f"This part is left out. {reason}"])
        images_ = queries.ask(run, "SELECT row, split, label, pred, correct FROM run ORDER BY row")
        features = run.features()
        assert features is not None  # else it would be unfit
        scores = stored.concept.scores(features)
        shown = shown_in(run, stored.concept, scores)
        counted = stored.concept.unseen(np.arange(len(images_)))
        return [
            *_examples(images_, scores, stored, pictures),
            *_rates(run, images_, shown, counted, comparison.split, stored.name),
            *_erased(run, images_, shown, counted, comparison.split, trouble, stored.name),
        ]
    except FencepostError as error:
        return lines([f"This part is left out. {error}"])


def _examples(
    images_: pd.DataFrame, scores: np.ndarray, stored: Stored, pictures: Pictures
) -> list[Markup]:
    train = np.flatnonzero(images_["split"] == "train")
    rows = strongest(scores, train, SHOWN)
    names = pictures.run.classes
    tiles = [(uri, names[int(row["label"])]) for uri, row in pictures.of(rows)]
    made = f"“{stored.name}”, learned from {stored.concept.n_shows} picked images."
    if not stored.concept.n_shows:
        made = f"“{stored.name}”."
    said = lines([f"{made} {stored.concept.verdict()} Training images that show it most:"])
    return [together(*said, images(tiles, f"shows {stored.name}"))]


def _rates(
    run: Run,
    images_: pd.DataFrame,
    shown: np.ndarray,
    counted: np.ndarray,
    split: str,
    name: str,
) -> list[Markup]:
    labels, splits = images_["label"].to_numpy(), images_["split"].to_numpy()
    here = (splits == split) & counted
    rates = error_rates.error_rates(
        shown[here], labels[here], images_["correct"].to_numpy()[here], run.classes
    )
    common = error_rates.prevalence(shown, labels, splits, run.classes)
    train = common[common["split"] == "train"].set_index("label")
    listed = rates[rates["label"] >= 0].sort_values(["errors", "n"], ascending=False).head(CLASSES)
    whole = rates[rates["label"] < 0]
    rows = [_row(row, train) for _, row in pd.concat([listed, whole]).iterrows()]
    return [
        table(
            (
                "Class",
                "Shown in train by (95% interval)",
                f"Errors with {name}",
                f"Errors without {name}",
                "Odds ratio",
            ),
            rows,
        ),
        tag(
            "p",
            f"Errors are those of {run.name} in {split}; brackets hold 95% intervals, and Fisher's "
            f"exact p stands beside the odds ratio.{_left_out(here, splits == split)} The "
            f"{len(listed)} classes with the most errors among images that show it.",
            cls="note",
        ),
    ]


def _left_out(here: np.ndarray, whole: np.ndarray) -> str:
    if not (n := int(whole.sum() - here.sum())):
        return ""
    return f" The {n:,} images that suggested the concept are not counted."


def _row(row: pd.Series, train: pd.DataFrame) -> tuple[str, ...]:
    label = int(row["label"])
    k, n = (
        (int(train["shown"].sum()), int(train["n"].sum()))
        if label < 0
        else (int(train.loc[label, "shown"]), int(train.loc[label, "n"]))
    )
    odds = error_rates.odds_words(row)
    odds = odds if odds == "-" else f"{odds}, {p_value(row['p'])}"
    counts = [(int(row[f"errors{end}"]), int(row[f"n{end}"])) for end in ("", "_without")]
    return str(row["class"]), _share(k, n), *(_share(*pair) for pair in counts), odds


def _share(part: int, whole: int) -> str:
    if whole == 0:
        return "no image"
    return f"{part:,} of {whole:,}, {part / whole:.0%} ({span(*wilson(part, whole))})"


def _erased(
    run: Run,
    images_: pd.DataFrame,
    shown: np.ndarray,
    counted: np.ndarray,
    split: str,
    trouble: Trouble,
    name: str,
) -> list[Markup]:
    """What the errors would be predicted as without the concept."""
    if trouble.cell is None:
        return []
    a, b = trouble.cell
    train = np.flatnonzero(images_["split"] == "train")
    here = images_["split"].eq(split) & counted
    wrong = here & images_["label"].eq(a) & images_["pred"].eq(b)
    rows = np.flatnonzero(wrong)
    features = run.features()
    assert features is not None  # the concept fits
    made = intervention.erasers(features, train, shown, images_["label"].to_numpy())
    plain = np.flatnonzero(here & images_["pred"].eq(b) & images_["correct"] & ~shown)
    found, without = (
        intervention.without_concept(run.head(), features[chosen], made, b)
        for chosen in (rows, plain)
    )
    a, b = run.classes[a], run.classes[b]
    said = (
        f"With {name} erased from what the network sees, and nothing else changed, the mean "
        f"probability of {b} over the {found.n:,} images of {a} predicted as {b} goes from "
        f"{found.before:.2f} to {found.after:.2f}; {found.changed:,} of {found.n:,} are then "
        "predicted as another class."
    )
    if without.n:
        p = p_value(intervention.chance(found, without))
        said += (
            f" Over the {without.n:,} images of {b} that do not show it and are right, it goes "
            f"from {without.before:.2f} to {without.after:.2f}. As many random training images of "
            f"the same classes, erased {CONTROLS} times instead, part the two as far with {p}."
        )
    return lines([said])
