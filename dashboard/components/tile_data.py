"""Rows of a table as tiles: what is written on each, and where the browser gets its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from core.queries.rankings import ranking as ranking_of
from core.runs import Run
from core.runs.table.schema import prob_column
from dashboard.components.gallery import Tile
from dashboard.server import images, overlays
from dashboard.session import cached, navigation
from dashboard.text import measure, probability


def captioned(run: Run, found: pd.DataFrame, split: str, ranking: str) -> list[Tile]:
    """Tiles with the value of the ranking on each, where there is one."""
    notes = [_note(run, ranking, row) for row in found.to_dict("records")] if ranking else None
    return tiles(run, found, split, notes)


def tiles(
    run: Run, found: pd.DataFrame, split: str, notes: Sequence[str] | None = None
) -> list[Tile]:
    """The rows of a table as the component wants them; their own split, where they name one."""
    visible = not cached.images_problem(run)
    rows = found.to_dict("records")
    return [
        one_tile(run, row, row.get("split", split), note, visible)
        for row, note in zip(rows, notes or [""] * len(rows), strict=True)
    ]


def one_tile(run: Run, row: Mapping | pd.Series, split: str, note: str, visible: bool) -> Tile:
    """A row as a tile; without its picture where that cannot be seen."""
    index = int(row["index"])
    return {
        "row": int(row["row"]),
        "index": index,
        "src": images.url(run.id, split, index) if visible else "",
        "href": image_link(run, split, index),
        "label": run.classes[int(row["label"])],
        "labelProb": probability(row["label_prob"]),
        "pred": run.classes[int(row["pred"])],
        "predProb": probability(row["confidence"]),
        "correct": bool(row["correct"]),
        "score": note,
    }


def _note(run: Run, ranking: str, row: Mapping) -> str:
    """The value that a tile is ranked by, where it does not stand on the tile anyway."""
    written = {"index", "label_prob", "confidence"}
    written |= {prob_column(run.classes[int(row[c])]) for c in ("label", "pred")}
    if ranking in written:
        return ""
    return f"{ranking_of(run, ranking).label} {measure(ranking, row['score'])}"


def image_link(run: Run, split: str, index: int) -> str:
    """The address of an image's own page, for a new tab or another person."""
    return navigation.address("image", run=run.id, split=split, image=index)


def sources(run: Run, found: pd.DataFrame | None, split: str) -> list[str]:
    """Where the pictures of these rows lie."""
    if found is None or cached.images_problem(run):
        return []
    return [images.url(run.id, split, int(index)) for index in found["index"]]


def lay_over(run: Run, tile: Tile, split: str, kind: str) -> None:
    """Show a tile's picture under a map, where it can be shown at all and a map is named."""
    if tile["src"] and kind:
        tile["meanwhile"] = tile["src"]
        tile["src"] = overlays.url(run.id, split, tile["index"], kind)
