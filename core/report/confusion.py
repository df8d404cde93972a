"""What goes wrong in the run before, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import explain
from core.concepts.effects import compared
from core.concepts.stored import Stored
from core.errors import ConceptError, FencepostError
from core.evaluation import classification, intervals
from core.evaluation.comparison import Comparison
from core.evaluation.wording import bare_p
from core.explain import finding
from core.explain.channels import classes_of
from core.report.markup import Markup, images, lines, table, tag, together
from core.report.pictures import Pictures
from core.runs import Run

LARGEST, SHOWN, GAINED, LOST, STRONGEST = 5, 8, 3, 1, 8


@dataclass(frozen=True)
class Trouble:
    """The confusion that the report is about; `counts` and `after` are (K, K), label by pred."""

    counts: np.ndarray
    after: np.ndarray
    cell: tuple[int, int] | None


def find(comparison: Comparison, stored: Stored | None) -> Trouble:
    """The largest confusion of the run before; with a concept, the one that shows it most often."""
    counts = _counts(comparison, "pred_before")
    top = classification.most_confused(_with_concept(comparison, stored), 1)
    top = top or classification.most_confused(counts, 1)
    return Trouble(counts, _counts(comparison, "pred_after"), top[0][:2] if top else None)


def _counts(comparison: Comparison, pred: str, among: np.ndarray | None = None) -> np.ndarray:
    k = len(comparison.before.classes)
    rows = comparison.rows if among is None else comparison.rows[among]
    counts = np.zeros((k, k), dtype=np.int64)
    np.add.at(counts, (rows["label"].to_numpy(), rows[pred].to_numpy()), 1)
    return counts


def _with_concept(comparison: Comparison, stored: Stored | None) -> np.ndarray:
    if stored is None:
        return np.zeros((1, 1), dtype=np.int64)
    try:
        return _counts(comparison, "pred_before", compared.shown(comparison, stored))
    except ConceptError:
        return np.zeros((1, 1), dtype=np.int64)


def confusion(comparison: Comparison, told: Trouble, pictures: Pictures) -> list[Markup]:
    """The largest confusions with their rates, and images of the one that is told of."""
    if told.cell is None:
        return lines([f"{comparison.before.name} makes no error in {comparison.split}."])
    a, b = told.cell
    names = comparison.before.classes
    largest = classification.most_confused(told.counts, LARGEST)
    listed = [cell[:2] for cell in largest]
    listed = listed if told.cell in listed else [told.cell, *listed[: LARGEST - 1]]
    named = f"{names[a]} predicted as {names[b]}"
    wrong = comparison.rows["label"].eq(a) & comparison.rows["pred_before"].eq(b)
    rows = comparison.rows.loc[wrong, "row"].to_numpy()[:SHOWN]
    tiles = [(uri, "") for uri, _ in pictures.of(rows)]  # the title says what they are
    return [
        table(
            ("Confusion", "Before", "After", "Images of the class", "Rate before"),
            [_cell_row(told, cell, names) for cell in listed],
        ),
        together(
            tag("h3", f"{named}: {len(tiles)} of {wrong.sum():,} such images"),
            images(tiles, named),
        ),
        *lines([pictures.problem], cls="note"),
    ]


def _cell_row(told: Trouble, cell: tuple[int, int], names: tuple[str, ...]) -> tuple[str, ...]:
    a, b = cell
    count, n = int(told.counts[a, b]), int(told.counts[a].sum())
    low, high = intervals.wilson(count, n)
    rate = f"{count / n:.0%} (95% interval {intervals.span(low, high)})"
    named = f"{names[a]} predicted as {names[b]}"
    return named, f"{count:,}", f"{told.after[a, b]:,}", f"{n:,}", rate


def cause(
    comparison: Comparison, told: Trouble, stored: Stored | None, pictures: Pictures
) -> list[Markup]:
    """What sets the errors apart, and the channels that carry the confusion, with images."""
    if told.cell is None:
        return lines(["There is no error, so there is no cause to look for."])
    try:
        found = explain.explain(comparison.before, *told.cell, split=comparison.split)
    except FencepostError as error:
        return lines([f"The cause is left out. {error}"])
    a, b = (comparison.before.classes[k] for k in told.cell)
    shared, differing = finding.of(comparison.before, found, _scores(comparison.before, stored))
    said = finding.sentence(a, shared, differing)
    parts = lines(
        [
            f"{said}: {finding.sureness(shared, differing)}."
            if said
            else "Nothing that was looked for clearly sets these images apart.",
            f"The network decides between {a} and {b} with {len(found.channels):,} channels, which "
            f"it learned by itself. For the {len(found.rows):,} images of {a} predicted as "
            f"{b}, they put {b} ahead by {found.gap:.1f} logits more than for the "
            f"{len(found.reference):,} predicted correctly. Each channel is shown by the training "
            "images that it responds to most.",
        ]
    )
    for title, channels in (
        (f"What these images have more of, and that speaks for {b}", found.gained.head(GAINED)),
        (f"What they have less of, and that speaks for {a}", found.lost.head(LOST)),
    ):
        if len(channels):
            parts.append(tag("h3", title))
        for _, channel in channels.iterrows():
            parts += _channel(comparison, channel, pictures)
    return parts + _differences(found, differing)


def _channel(comparison: Comparison, channel, pictures: Pictures) -> list[Markup]:
    number = int(channel["channel"])
    strongest = explain.strongest_images(comparison.before, number, top=STRONGEST)
    names = comparison.before.classes
    of = ", ".join(f"{count} {name}" for name, count in classes_of(strongest, names))
    found = pictures.of(strongest["row"].tolist())
    several = strongest["label"].nunique() > 1  # else the title names the class
    tiles = [(uri, names[int(row["label"])] if several else "") for uri, row in found]
    title = (
        f"Channel {number}: {channel['share']:.1%} of the gap, Cohen's d {channel['effect']:.1f}; "
        f"responds most to {of}"
    )
    return [together(tag("p", title), images(tiles, f"channel {number} responds to it"))]


def _scores(run: Run, stored: Stored | None) -> dict[str, np.ndarray]:
    """The concept's scores, nan for images that suggested it: they cannot test it."""
    try:
        features = run.features()
        if stored is None or features is None or stored.unfit(run):
            return {}
        scores = stored.concept.scores(features)
    except ConceptError:
        return {}
    unseen = stored.concept.unseen(np.arange(len(scores)))
    return {stored.name: np.where(unseen, scores, np.nan)}


def _differences(found: explain.Explanation, differing: pd.DataFrame | None) -> list[Markup]:
    """What else the errors differ in, with the concept's score where there is one."""
    if differing is None:
        return lines(["What else differs is left out: nothing is known of these images."])
    words = [
        f"{row['words']} (Cohen's d {row['effect']:.1f}, 95% interval {row['low']:.1f} to "
        f"{row['high']:.1f}, false discovery rate {bare_p(row['q'])})"
        for _, row in differing[differing["clear"]].iterrows()
    ]
    n = f"{len(found.rows):,} errors against {len(found.reference):,} images predicted correctly"
    said = "; ".join(words) or "nothing else clearly differs"
    return lines([f"Compared over {n} in {len(differing):,} respects: {said}."])
