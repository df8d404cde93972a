"""Two runs on the same images: what got better, what got worse; and the report of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pandas as pd

from core import artifacts
from core import report as core_report
from core.concepts import store
from core.concepts.stored import Stored
from core.errors import ConceptError
from core.evaluation import comparison as comparing
from core.evaluation import wording
from core.runs import Run
from core.runs.annotations import looks_at_test
from fencepost.asking import check_split
from fencepost.concept import Concept
from fencepost.notebook import page, rows_of, strip

LEAST = 10  # images of a group that may be called the worst
DRAWN = 12


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two runs, image by image.

    Attributes:
        rows: row, label, pred_before, pred_after, gain, outcome of every image of the split.
        groups: class by class, with the concept and without where one is given: class, concept,
            n, fixed, broken, before, after, difference, low, high, p, verdict; most errors first.
    """

    before: Run
    after: Run
    split: str
    rows: pd.DataFrame = field(repr=False)
    groups: pd.DataFrame = field(repr=False)
    sentence: str
    source: str = field(repr=False)

    def of(self, outcome: str) -> tuple[int, ...]:
        """The rows that are `fixed`, `broken`, `unchanged right` or `unchanged wrong`."""
        return tuple(self.rows.loc[self.rows["outcome"] == outcome, "row"].tolist())

    def told(self) -> list[str]:
        """The groups in words, then the worst before and after."""
        worst = comparing.worst_group(self.groups, least=LEAST)
        return [
            *(_words(group) for _, group in self.groups.head(len(self.before.classes)).iterrows()),
            *(f"Worst group {when}: {_words(group)}" for when, group in worst.items()),
        ]

    def __str__(self) -> str:
        return "\n  ".join([self.sentence, *self.told()])

    def _repr_html_(self) -> str:
        columns = {
            "group": ("Class", str),
            "n": ("n", "{:,}".format),
            "before": ("Right before", "{:.1%}".format),
            "after": ("Right after", "{:.1%}".format),
            "difference": ("Points", wording.points),
            "p": ("p", wording.bare_p),
            "verdict": ("Verdict", str),
        }
        groups = self.groups.assign(group=[_name(row) for _, row in self.groups.iterrows()])
        changed = (strip(self.before, self.of(o)[:DRAWN], o.title()) for o in ("fixed", "broken"))
        shown = rows_of(groups, columns, 2 * len(self.before.classes))
        return page(self.sentence, self.source, shown, *changed)


def _name(group: pd.Series) -> str:
    return f"{group['class']} {group.get('concept', '')}".rstrip()


def _words(group: pd.Series) -> str:
    n = int(group["n"])
    return (
        f"{_name(group)}: {wording.rate(group['before'], n)} right before, "
        f"{wording.rate(group['after'], n)} after; {wording.points(group['difference'])} points "
        f"({wording.interval(group['low'], group['high'])}), {wording.p_value(group['p'])}"
    )


def compare(
    run: Run, other: Run, *, split: str = "test", concept: Concept | None = None
) -> Comparison:
    """What `other` does better and worse than `run`, with intervals and exact tests.

    Of a fix on test this is a look at test, and is counted beside the runs: choose between fixes
    on `split="val"`.

    Raises:
        RunError: they are not about the same images.
        ConceptError: the concept is of other features.
    """
    return _told(_compared(run, other, split), concept)


def _compared(run: Run, other: Run, split: str) -> comparing.Comparison:
    check_split(run, split)
    made = comparing.compare(run, other, split)
    if split == "test":
        with suppress(OSError):  # artifacts that can only be read are compared all the same
            looks_at_test.record(other)
    return made


def _told(made: comparing.Comparison, concept: Concept | None) -> Comparison:
    if concept is None:
        groups = comparing.per_class(made)
    else:
        shows = concept.shown(made.before)[made.rows["row"].to_numpy()]
        groups = comparing.per_class_and_concept(made, shows, concept.name)
    return Comparison(
        made.before,
        made.after,
        made.split,
        made.rows,
        comparing.worst_first(groups),
        wording.sentence(made.overall(), made.split),
        wording.source(made),
    )


@dataclass(frozen=True)
class Report:
    """The story of a fix as one HTML page: it stands alone, with its pictures inside."""

    before: Run
    after: Run
    html: str = field(repr=False)

    def save(self, path: str | Path) -> Path:
        """Write it, in one step, and say where."""
        place = Path(path).expanduser().absolute()
        artifacts.write_bytes(place, self.html.encode())
        return place

    def _repr_html_(self) -> str:
        # The page in a frame that may run nothing: its styles stay its own.
        shape = 'width="100%" height="800" style="border: 0"'
        return f'<iframe sandbox srcdoc="{escape(self.html)}" {shape}></iframe>'


def report(run: Run, other: Run, *, split: str = "test", concept: str = "") -> Report:
    """The report that Compare offers: confusion, cause, what the concept does, fix, proof.

    Args:
        concept: the name of one that was kept; else the one that the fix itself names.

    Raises:
        RunError: the runs are not about the same images.
        ConceptError: there is no concept of this name.
    """
    stored = store.load(run, concept) if concept else _of_steps(run, other)
    return Report(run, other, str(core_report.write(_compared(run, other, split), stored)))


def _of_steps(run: Run, other: Run) -> Stored | None:
    """The concept that made a fix, if it is kept and fits."""
    for name in filter(None, (step.get("concept") for step in other.steps)):
        with suppress(ConceptError):
            stored = store.load(run, str(name))
            if not stored.unfit(run):
                return stored
    return None
