"""Results as HTML for notebooks: everything is escaped, and pictures are inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from core.evaluation.intervals import percent, span, wilson
from core.report.markup import Markup, images, lines, table, tag
from core.report.pictures import Pictures
from core.runs import Run

STYLE = """
.fencepost .images { display: flex; flex-wrap: wrap; gap: 6px; margin: 4px 0 }
.fencepost figure { margin: 0; width: 96px; font-size: 11px; line-height: 1.3 }
.fencepost figure img { width: 96px; height: 96px; object-fit: cover; border-radius: 4px }
.fencepost .missing { display: block; height: 96px; opacity: 0.6 }
.fencepost .note { font-size: 12px; opacity: 0.75 }
.fencepost td, .fencepost th { text-align: right; padding: 2px 10px }
.fencepost td:first-child, .fencepost th:first-child { text-align: left }
"""
Format = Callable[[Any], str]


def page(title: str, *parts: Markup | str) -> str:
    """A result: its headline, then its parts; plain text becomes a paragraph."""
    told = [part if isinstance(part, Markup) else tag("p", part) for part in parts if part]
    head = tag("p", tag("b", title))
    return tag("div", tag("style", Markup(STYLE)), head, *told, cls="fencepost")


def strip(run: Run, rows: Sequence[int], title: str) -> Markup:
    """These images side by side, each with its class and what it is predicted as."""
    pictures = Pictures(run)
    if pictures.problem:
        return tag("div", tag("p", title), *lines([pictures.problem], cls="note"))
    tiles = [(uri, caption(run, row)) for uri, row in pictures.of([int(r) for r in rows])]
    return tag("div", tag("p", title), images(tiles, title))


def caption(run: Run, row: pd.Series) -> str:
    """`row 17 · deer → cat`."""
    label, pred = (run.classes[int(row[key])] for key in ("label", "pred"))
    return f"row {row['row']} · {label}" + ("" if label == pred else f" → {pred}")


def rows_of(found: pd.DataFrame, columns: Mapping[str, tuple[str, Format]], most: int) -> Markup:
    """The first rows of a table: column -> its title and how a value is written."""
    shown = [
        [how(row[name]) for name, (_, how) in columns.items()]
        for _, row in found.head(most).iterrows()
    ]
    more = len(found) - most
    note = lines([f"{more:,} more rows." if more > 0 else ""], cls="note")
    return tag("div", table([title for title, _ in columns.values()], shown), *note)


def share(part: int, n: int) -> str:
    """`22 of 104 = 21% (14% to 30%)`; the ends are Wilson's interval at 95 %."""
    if not n:
        return "none of 0"
    return f"{part:,} of {n:,} = {percent(part / n)} ({span(*wilson(int(part), int(n)))})"
