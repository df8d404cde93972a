"""Why images of one class are predicted as another, and images to learn the reason from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core import explain as core_explain
from core.concepts.held_out import HeldOut
from core.errors import DatasetError
from core.explain import finding
from core.explain.channels import classes_of
from core.explain.properties.measured import of_some
from core.explain.shared import training_images
from core.runs import Run
from fencepost.asking import check_same_run, check_split, class_id
from fencepost.notebook import page, strip

TOLD, STRONGEST = 3, 9  # channels that are told of; the images of each
DRAWN = 12
NOTHING = "Nothing clearly sets them apart."


@dataclass(frozen=True)
class Channel:
    """A channel of the features that the errors have more of, and what it sees most in.

    Attributes:
        share: of the gap between the classes; effect: Cohen's d, errors against right images.
        rows: the training images that it responds to most; sees: their classes, with counts.
    """

    number: int
    share: float
    effect: float
    rows: tuple[int, ...]
    sees: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        name, n = self.sees[0]
        return (
            f"channel {self.number}: share {self.share:.0%}, d {self.effect:.1f}; {n} of its "
            f"{len(self.rows)} strongest training images are {name}"
        )


@dataclass(frozen=True, eq=False)
class Explanation:
    """A confusion taken apart.

    Attributes:
        rows, reference: the errors, and the images of `label` that are predicted correctly.
        gap: by how many logits `pred` is further ahead of `label` on the errors.
        channels: a row a channel, most responsible first: channel, contribution, share, mean,
            reference, effect, auc, p, q; the shares sum to 1.
        strongest: the channels that carry most of the gap, with what they see.
        finding: what sets the errors apart from right images, in a sentence; "" where nothing
            clearly does. sureness: the figures behind it.
        differences: a row a property of the pictures, measure, mean, reference, effect, low, high,
            auc, p, q, clear, words; empty where nothing is known of them.
    """

    run: Run
    label: str
    pred: str
    split: str
    rows: tuple[int, ...] = field(repr=False)
    reference: tuple[int, ...] = field(repr=False)
    gap: float
    channels: pd.DataFrame = field(repr=False)
    strongest: tuple[Channel, ...] = field(repr=False)
    finding: str = ""
    sureness: str = field(default="", repr=False)
    differences: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def said(self) -> str:
        """The finding and how sure it is, or that there is none."""
        return f"{self.finding}: {self.sureness}." if self.finding else NOTHING

    def title(self) -> str:
        return (
            f"{len(self.rows):,} {self.label} of {self.split} are predicted as {self.pred}, "
            f"{len(self.reference):,} as they should"
        )

    def __str__(self) -> str:
        channels = "".join(f"\n  {channel}" for channel in self.strongest)
        return f"{self.title()}. {self.said()} Channels that carry most of the gap:{channels}"

    def _repr_html_(self) -> str:
        errors = strip(self.run, self.rows[:DRAWN], f"{self.label} predicted as {self.pred}")
        seen = [strip(self.run, each.rows, str(each)) for each in self.strongest]
        most = "Channels that carry most of the gap:"
        return page(self.title(), errors, self.said(), most, *seen)


def explain(run: Run, label: str, pred: str, *, split: str = "test") -> Explanation:
    """What sets images of class `label` apart that are predicted as class `pred`.

    Besides the channels of the features, the pictures are looked at, some hundreds at most.

    Raises:
        ExplainError: too few such errors, or no features were kept.
    """
    check_split(run, split)
    found = core_explain.explain(run, class_id(run, label), class_id(run, pred), split=split)
    strongest = tuple(_channel(run, row) for _, row in found.gained.head(TOLD).iterrows())
    return Explanation(
        run,
        label,
        pred,
        split,
        tuple(found.rows.tolist()),
        tuple(found.reference.tolist()),
        found.gap,
        found.channels,
        strongest,
        *_told(run, label, found),
    )


def _told(run: Run, label: str, found: core_explain.Explanation) -> tuple[str, str, pd.DataFrame]:
    """The finding in words, how sure it is, and the differences that it rests on."""
    shared, differing = finding.of(run, found)
    said, sure = finding.sentence(label, shared, differing), finding.sureness(shared, differing)
    return said, sure, pd.DataFrame() if differing is None else differing


def _channel(run: Run, row: pd.Series) -> Channel:
    number = int(row["channel"])
    images = core_explain.strongest_images(run, number, top=STRONGEST)
    sees = tuple(classes_of(images, run.classes))
    rows = tuple(images["row"].tolist())
    return Channel(number, float(row["share"]), float(row["effect"]), rows, sees)


@dataclass(frozen=True)
class Picks:
    """Training images to learn a concept from: those that may show it, and those that may not.

    They were ranked, nobody saw them: look through both, and leave out what does not belong.
    `held_out` are the errors that had no say in it; give them to `learn`, and they test it.
    """

    run: Run
    shows: tuple[int, ...]
    without: tuple[int, ...]
    held_out: HeldOut = field(repr=False)

    def __str__(self) -> str:
        return f"{len(self.shows)} images that may show it, {len(self.without)} that may not"

    def _repr_html_(self) -> str:
        sides = (("May show it", self.shows), ("May not show it", self.without))
        return page(str(self), *(strip(self.run, rows, title) for title, rows in sides))


def suggest_picks(run: Run, explanation: Explanation) -> Picks:
    """Training images of the predicted class that share most, and least, with the errors.

    Raises:
        ExplainError: the class has too few training images.
    """
    check_same_run(run, explanation.run, "The explanation")
    asked = core_explain.Explanation(
        class_id(run, explanation.label),
        class_id(run, explanation.pred),
        np.array(explanation.rows),
        np.array(explanation.reference),
        explanation.gap,
        explanation.channels,
    )
    sides = (asked.rows, asked.reference, training_images(run, asked.pred))
    try:
        pictures = of_some(run, *sides)
    except DatasetError:  # the images are elsewhere: the features alone suggest
        pictures = None
    found = core_explain.suggest_picks(run, asked, pictures=pictures)
    held_out = HeldOut.of(found.chose, found.tests.errors, found.tests.right)
    return Picks(run, tuple(found.shows.tolist()), tuple(found.without.tolist()), held_out)
