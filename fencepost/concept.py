"""A concept: something visible that images share, such as a fence, and the harm that it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from core import concepts, queries
from core.concepts import store
from core.concepts.effects import error_rates, intervention
from core.concepts.effects.intervention import Erased
from core.concepts.held_out import HeldOut
from core.concepts.presence import shown_in
from core.errors import ConceptError
from core.evaluation import wording
from core.explain.channels import features_of
from core.runs import Run
from fencepost.asking import check_features, check_split, class_id
from fencepost.notebook import page, rows_of, share, strip

DRAWN = 12
WITH_IT = 3  # classes that are told of in words


@dataclass(frozen=True, eq=False)
class Concept:
    """What some images share, as a direction in the features of a run.

    Attributes:
        run: the run that it was learned on; it means the same in all fixes of that run.
        learned: direction, threshold, and how well it can be told; see core.concepts.Concept.
    """

    run: Run
    learned: concepts.Concept = field(repr=False)

    @property
    def name(self) -> str:
        return self.learned.name

    def __str__(self) -> str:
        return f"{self.name}: {self.learned.verdict()}"

    def scores(self, run: Run) -> np.ndarray:
        """(N,) how strongly each image of the run's table shows it."""
        check_features(run, self.run, self.name)
        return self.learned.scores(features_of(run))

    def shown(self, run: Run) -> np.ndarray:
        """(N,) whether each image of the run's table shows it."""
        return shown_in(run, self.learned, self.scores(run))

    def strongest(self, run: Run, *, split: str = "train", top: int = DRAWN) -> tuple[int, ...]:
        """The rows of a split that show it most, most first."""
        check_split(run, split)
        found = queries.ask(run, "SELECT row FROM run WHERE split = ? ORDER BY row", [split])
        return tuple(concepts.strongest(self.scores(run), found["row"].to_numpy(), top).tolist())

    def _repr_html_(self) -> str:
        rows = self.strongest(self.run)
        return page(str(self), strip(self.run, rows, "Training images that show it most"))


def learn(
    run: Run,
    shows: Sequence[int],
    without: Sequence[int] = (),
    *,
    name: str,
    held_out: HeldOut | None = None,
) -> Concept:
    """The concept that the images `shows` share and `without` lack; ten of each do well.

    Args:
        shows, without: rows of the run's table; no `without`: random others of the same classes.
        held_out: that of suggested picks: errors that had no say in them test the concept.

    Raises:
        ConceptError: too few picks, picks in both lists, or no features were kept.
    """
    return Concept(run, concepts.learn_from(run, shows, without, name=name, held_out=held_out))


def save_concept(run: Run, concept: Concept) -> Concept:
    """Keep a concept beside the run's data set, where the dashboard shows it.

    Another one of its name goes to a bin.
    """
    check_features(run, concept.run, concept.name)
    return Concept(run, store.save(run, concept.learned).concept)


def list_concepts(run: Run) -> tuple[str, ...]:
    """The names of the concepts that were kept and fit this run."""
    return tuple(each.name for each in store.list_concepts(run) if not each.unfit(run))


def open_concept(run: Run, name: str) -> Concept:
    """A concept that was kept.

    Raises:
        ConceptError: there is none of this name, or it does not fit the run; says why.
    """
    stored = store.load(run, name)
    if reason := stored.unfit(run):
        raise ConceptError(reason)
    return Concept(run, stored.concept)


@dataclass(frozen=True, eq=False)
class Effect:
    """Where a concept occurs, whose errors go with it, and what its removal changes.

    Attributes:
        common: how many images show it: split, class, label, n, shown, rate, low, high.
        errors: error rates with it and without, a class a row, without the images that suggested
            it, as `core.concepts.effects` gives
            them: class, n, errors, rate, low, high, the same `_without`, odds_ratio, p, few.
        label, pred: the confusion that it was erased from, or empty.
        erased, right: the probability of `pred` before and after the concept was taken out of the
            features: of the errors, and of the right images of `pred` that do not show it.
        p: how often random images, taken out instead, part the two as far.
    """

    concept: Concept
    split: str
    common: pd.DataFrame = field(repr=False)
    errors: pd.DataFrame = field(repr=False)
    label: str = ""
    pred: str = ""
    erased: Erased | None = None
    right: Erased | None = None
    p: float = float("nan")

    def told(self) -> list[str]:
        """The effect in sentences."""
        return [*self._commonest(), *self._harm(), *self._cause()]

    def _commonest(self) -> list[str]:
        train = self.common[(self.common["split"] == "train") & self.common["n"].gt(0)]
        if self.label:
            train = train[train["class"].isin([self.label, self.pred])]
        most = train.sort_values("rate", ascending=False, kind="stable").head(WITH_IT)
        return [
            f"shown by {share(row['shown'], row['n'])} of {row['class']} in train"
            for _, row in most.iterrows()
        ]

    def _harm(self) -> list[str]:
        row = self.errors[self.errors["class"] == (self.label or "all classes")].iloc[0]
        return [
            f"{row['class']} with it: {share(row['errors'], row['n'])} wrong; without: "
            f"{share(row['errors_without'], row['n_without'])}; odds ratio "
            f"{error_rates.odds_words(row)}, {wording.p_value(row['p'])}"
        ]

    def _cause(self) -> list[str]:
        if self.erased is None or self.right is None:
            return []
        return [
            f"with it erased from the features, P({self.pred}) of the {self.erased.n} errors goes "
            f"from {self.erased.before:.2f} to {self.erased.after:.2f}, of the {self.right.n} "
            f"right images without it from {self.right.before:.2f} to {self.right.after:.2f}; "
            f"random images part them as far with {wording.p_value(self.p)}"
        ]

    def __str__(self) -> str:
        return "\n".join(f"  {line}" for line in self.told())

    def _repr_html_(self) -> str:
        table = self.errors.assign(
            with_it=[share(*pair) for pair in self.errors[["errors", "n"]].to_numpy()],
            without=[
                share(*pair) for pair in self.errors[["errors_without", "n_without"]].to_numpy()
            ],
        )
        columns = {
            "class": ("Class", str),
            "with_it": ("Wrong with it", str),
            "without": ("Wrong without", str),
            "p": ("p", wording.bare_p),
        }
        shown = rows_of(table, columns, len(table))
        return page(f"{self.concept.name}: errors on {self.split}", *self.told(), shown)


def measure(
    run: Run, concept: Concept, label: str = "", pred: str = "", *, split: str = "test"
) -> Effect:
    """How common a concept is, and the harm that it does.

    Args:
        label, pred: a confusion; then the concept is also erased from the features of its errors.

    Raises:
        ConceptError: the concept is of other features; no image shows it, or all do.
    """
    check_split(run, split)
    table = queries.ask(run, "SELECT split, label, pred, correct FROM run ORDER BY row")
    labels, correct = table["label"].to_numpy(), table["correct"].to_numpy()
    splits, shown = table["split"].to_numpy(), concept.shown(run)
    here = (splits == split) & concept.learned.unseen(np.arange(len(splits)))
    common = error_rates.prevalence(shown, labels, splits, run.classes)
    errors = error_rates.error_rates(shown[here], labels[here], correct[here], run.classes)
    found = Effect(concept, split, common, errors)
    if not label:
        return found
    a, b = class_id(run, label), class_id(run, pred)
    wrong = here & (labels == a) & (table["pred"].to_numpy() == b)
    plain = here & correct & (labels == b) & ~shown
    features = features_of(run)
    made = intervention.erasers(features, (splits == "train").nonzero()[0], shown, labels)
    erased, right = (
        intervention.without_concept(run.head(), features[rows], made, b) for rows in (wrong, plain)
    )
    p = intervention.chance(erased, right)
    return replace(found, label=label, pred=pred, erased=erased, right=right, p=p)
