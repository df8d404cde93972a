"""How soon the table answers: every question of core.queries, at three sizes.

    python benchmarks/table.py [--runs bench-8000x10 bench-1000000x10 bench-100000x1000] [--times 9]

Reads runs made by benchmarks/make_table.py. Each question is asked of another cell, class, page or
image every time, so that no answer is a repeated one; the first time, which reads from disk, is
left out. The ratios are of processor time within this one process.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from core import queries, runs
from core.evaluation import classification
from core.queries import neighbours
from core.queries.selection import Selection
from core.runs import Run
from core.runs.table.schema import prob_column

RUNS = ("bench-8000x10", "bench-1000000x10", "bench-100000x1000")
PAGE = 60
FIRST, DEEP = "page 1 of all, by P(class)", "page in the middle of all, by P(class)"
Question = Callable[[int], object]


def main() -> None:
    options = _options()
    took = {}
    for run_id in options.runs:
        run = runs.open_run(run_id)
        took[run_id] = {name: measure(ask, options.times) for name, ask in questions(run).items()}
    _print(took)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", nargs="+", default=RUNS, metavar="ID")
    parser.add_argument("--times", type=int, default=9)
    return parser.parse_args()


def measure(ask: Question, times: int) -> tuple[float, float]:
    """Milliseconds, median: on the clock, and of processors, which a busy machine changes less."""
    clock, work = [], []
    for n in range(times + 1):
        began, worked = time.perf_counter(), time.process_time()
        ask(n)
        clock.append(1000 * (time.perf_counter() - began))
        work.append(1000 * (time.process_time() - worked))
    return statistics.median(clock[1:]), statistics.median(work[1:])


def questions(run: Run) -> dict[str, Question]:
    """Name -> what to ask the n-th time."""
    cells = [cell[:2] for cell in classification.most_confused(queries.confusion(run, "test"), 40)]
    n_test = int(run.metrics["test"]["n"])
    rng = np.random.default_rng(0)
    first = queries.find(run, "test", 0)
    some = rng.integers(first, first + n_test, 1000).tolist()

    def cell(n: int) -> Selection:
        return Selection("test", cells=(cells[n % len(cells)],))

    def p(n: int) -> str:
        return prob_column(run.classes[(3 * n) % len(run.classes)])

    def ranked(selection: Selection, ranking: str, **options) -> object:
        return queries.ranked(run, selection, ranking, descending=True, limit=PAGE, **options)

    def errors(n: int) -> Selection:
        return Selection("test", labels=(n % len(run.classes),), correct=False)

    every = Selection("test")
    return {
        "runs listed": lambda n: runs.list_runs(),
        "images in a cell": lambda n: queries.count(run, cell(n)),
        "a cell, by P(predicted)": lambda n: ranked(
            cell(n), prob_column(run.classes[cell(n).cells[0][1]])
        ),
        "errors of a class, by P(true)": lambda n: ranked(errors(n), "label_prob"),
        FIRST: lambda n: ranked(every, p(n)),
        DEEP: lambda n: ranked(every, p(n), offset=n_test // 2 + PAGE * n),
        "page 1 of all, by loss": lambda n: ranked(every, "loss"),
        "page in the middle, by loss": lambda n: ranked(every, "loss", offset=n_test // 2 + n),
        "last page of all, by loss": lambda n: ranked(every, "loss", offset=n_test - PAGE - n),
        "place of an image in all": lambda n: queries.place(
            run, every, "loss", descending=True, row=some[n]
        ),
        "an image, all columns": lambda n: queries.image(run, some[n]),
        "an image by its index": lambda n: queries.find(run, "test", some[n] - first),
        "nine rows": lambda n: queries.rows(run, some[9 * n : 9 * n + 9]),
        "sixty whole rows": lambda n: queries.export(run, some[n : n + PAGE]),
        "confusion matrix": lambda n: queries.confusion(run, "test"),
        "extent of a column": lambda n: queries.extent(run, "test", [p(n)]),
        "random images of each class": lambda n: queries.random_per_class(
            run, every, per_class=10, seed=n
        ),
        "splits": lambda n: queries.splits(run),
        "nine neighbours in test": lambda n: neighbours.of_image(run, some[n], "test", 9),
    }


def _print(took: dict[str, dict[str, tuple[float, float]]]) -> None:
    ids = list(took)
    print("| milliseconds, median: clock (processors) | " + " | ".join([*ids, "2nd / 1st"]) + " |")
    print("|---|" + "---:|" * (len(ids) + 1))
    for question in took[ids[0]]:
        values = [took[i][question] for i in ids]
        cells = [f"{clock:.1f} ({work:.1f})" for clock, work in values]
        ratio = values[1][1] / values[0][1] if len(ids) > 1 else 1
        print(f"| {question} | " + " | ".join(cells) + f" | {ratio:.1f} |")
    deep = [f"{took[i][DEEP][1] / took[i][FIRST][1]:.2f}" for i in ids]
    print("| deep page / first page | " + " | ".join(deep) + " | |")


if __name__ == "__main__":
    main()
