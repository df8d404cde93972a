"""Runs, where they err most, and their images."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from core import queries, runs
from core.errors import RunError
from core.evaluation import classification
from core.runs import Run, shipped
from fencepost import notebook
from fencepost.asking import check_split
from fencepost.notebook import share

LISTED = 20  # rows that are drawn of a table
DRAWN = 60  # images, of a long list


@dataclass(frozen=True)
class Runs:
    """The runs of the artifacts folder, newest first, damaged ones last: a sequence of `Run`."""

    found: tuple[Run, ...]

    def __iter__(self) -> Iterator[Run]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, place: int) -> Run:
        return self.found[place]

    def lines(self) -> list[tuple[str, str, str, str, str]]:
        """id, name, data set, accuracy on test, day; of a damaged one why it cannot be opened."""
        return [_line(run) for run in self.found]

    def __str__(self) -> str:
        return "\n".join("  ".join(line).rstrip() for line in self.lines()) or "No runs yet."

    def _repr_html_(self) -> str:
        titles = ("Id", "Name", "Data set", "Right on test", "Made")
        rows = notebook.table(titles, self.lines()[:LISTED])
        return notebook.page(f"{len(self):,} {'run' if len(self) == 1 else 'runs'}", rows)


def _line(run: Run) -> tuple[str, str, str, str, str]:
    if run.damage:
        return run.id, run.name, "", f"damaged: {run.damage}", ""
    test = run.metrics["test"]
    right = f"{test['right']:,} of {test['n']:,} = {test['accuracy']:.1%}"
    return run.id, run.name, run.dataset, right, run.meta["created"][:10]


def list_runs() -> Runs:
    """All runs; in an artifacts folder that is new, the demo run is put first."""
    _begin()
    return Runs(tuple(runs.list_runs()))


def _begin() -> None:
    with contextlib.suppress(OSError):  # a folder that cannot be written may hold runs to read
        shipped.copy_into_new_folder()


def open_run(run_id: str) -> Run:
    """The run of this id, as `list_runs` shows it.

    Raises:
        RunError: there is none, or it is damaged.
    """
    _begin()
    try:
        return runs.open_run(run_id)
    except RunError:
        if any(run.id == run_id for run in list_runs()):
            raise  # it is damaged, and says how
        raise RunError(
            f"There is no run {run_id!r}: fp.list_runs() shows those there are."
        ) from None


@dataclass(frozen=True, eq=False)
class Confusions:
    """Where a run errs most on a split.

    Attributes:
        table: label, pred, count, n (images of the label), largest count first.
    """

    run: Run
    split: str
    right: int
    n: int
    table: pd.DataFrame = field(repr=False)

    def __str__(self) -> str:
        lines = [f"{self.run.name}: {share(self.right, self.n)} right on {self.split}"]
        for _, row in self.table.head(LISTED).iterrows():
            lines.append(
                f"  {row['label']} predicted as {row['pred']}: {row['count']} of {row['n']}"
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        columns = {name: (name.capitalize(), str) for name in ("label", "pred", "count", "n")}
        title = f"{self.run.name}: {share(self.right, self.n)} right on {self.split}"
        return notebook.page(title, notebook.rows_of(self.table, columns, LISTED))


def confusions(run: Run, *, split: str = "test") -> Confusions:
    """Which classes are taken for which, the largest confusion first."""
    check_split(run, split)
    counts = queries.confusion(run, split)
    names, n = run.classes, counts.sum(axis=1)
    rows = [
        (names[a], names[b], count, int(n[a]))
        for a, b, count in classification.most_confused(counts, counts.size)
    ]
    table = pd.DataFrame(rows, columns=["label", "pred", "count", "n"])
    return Confusions(run, split, int(counts.diagonal().sum()), int(counts.sum()), table)


@dataclass(frozen=True)
class Images:
    """Images of a run, by their rows in its table."""

    run: Run
    rows: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def _repr_html_(self) -> str:
        first = f"the first {DRAWN} of " if len(self) > DRAWN else ""
        title = f"{self.run.name}: {first}{len(self):,} images"
        return notebook.page(title, notebook.strip(self.run, self.rows[:DRAWN], ""))


def images(run: Run, rows: Sequence[int]) -> Images:
    """These images, to be looked at in a notebook.

    Raises:
        RunError: the run has no such row.
    """
    wanted = tuple(int(row) for row in rows)
    if strangers := sorted(set(wanted) - set(queries.rows(run, wanted)["row"].tolist())):
        raise RunError(f"Run {run.name} has no image in row {strangers[0]}: its rows begin at 0.")
    return Images(run, wanted)
