"""From rows of a table to tiles of the gallery component, and what a click on one does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core import queries
from core.queries.rankings import ranking as ranking_of
from core.queries.selection import Cell
from core.runs import Run
from core.runs.table.schema import prob_column
from dashboard.components.gallery import Group, Tile, gallery
from dashboard.server import images, overlays
from dashboard.session import cached, navigation, picks, state
from dashboard.text import measure, probability


def show_gallery(
    run: Run,
    found: pd.DataFrame,
    split: str,
    *,
    key: str,
    ranking: str = "",
    size: str = "M",
    pick: bool = False,
    cell: Cell | None = None,
    after: int = 0,
    following: pd.DataFrame | None = None,
) -> None:
    """A grid of captioned tiles; `ranking` is the ranking whose value stands in `score`.

    An opened image is stepped on from in the selection in force, or in the `cell` that is shown.
    `after` is as in `gallery`; `following` are the images of the next page.
    """
    chosen = picks.of(run) if pick else None
    gallery(
        [{"title": "", "tiles": captioned(run, found, split, ranking)}],
        key=key,
        after=after,
        following=_sources(run, following, split),
        label=f"{len(found)} images",
        size=size,
        picked=chosen.rows if chosen else None,
        seq=chosen.seq if chosen else 0,
        on_open=lambda: _open(key, split, run, cell),
        on_pick=lambda: picks.hear(run, st.session_state[key]["pick"]),
    )


def captioned(run: Run, found: pd.DataFrame, split: str, ranking: str) -> list[Tile]:
    """Tiles with the value of the ranking on each, where there is one."""
    notes = [_note(run, ranking, row) for row in found.to_dict("records")] if ranking else None
    return tiles(run, found, split, notes)


def _sources(run: Run, found: pd.DataFrame | None, split: str) -> list[str]:
    if found is None or cached.images_problem(run):
        return []
    return [images.url(run.id, split, int(index)) for index in found["index"]]


def show_strip(
    run: Run,
    found: pd.DataFrame,
    split: str,
    *,
    key: str,
    label: str,
    cell: Cell | None = None,
    maps: Sequence[str] = (),
) -> None:
    """One row of small pictures, each with the map over it that `maps` names.

    `cell` as in `show_gallery`.
    """
    drawn = tiles(run, found, split)
    for tile, kind in zip(drawn, maps, strict=False):
        _lay_over(run, tile, split, kind)
    groups: list[Group] = [{"title": "", "tiles": drawn}]
    gallery(
        groups, key=key, label=label, layout="strip",
        on_open=lambda: _open(key, split, run, cell),
    )  # fmt: skip


def show_pickable(
    run: Run,
    found: pd.DataFrame,
    *,
    key: str,
    label: str,
    picked: Sequence[int],
    notes: Sequence[str] | None = None,
    on_pick: Callable[[list[int]], None],
) -> None:
    """A grid of images of any split, some of them picked; `on_pick` is told all that are then."""
    held = st.session_state.get(key) or {}
    gallery(
        [{"title": "", "tiles": tiles(run, found, "", notes)}],
        key=key,
        label=label,
        size="S",
        picked=picked,
        seq=int((held.get("pick") or {}).get("seq", 0)) if held else 0,
        on_open=lambda: _open_any(run, key),
        on_pick=lambda: on_pick([int(row) for row in st.session_state[key]["pick"]["rows"]]),
    )


def _open_any(run: Run, key: str) -> None:
    if opened := st.session_state[key]["open"]:
        split = queries.rows(run, [int(opened["row"])])["split"].iloc[0]
        navigation.open_image(int(opened["index"]), split)


def show_class_rows(run: Run, found: pd.DataFrame, split: str, *, key: str) -> None:
    """A row of small pictures for each class, in the data set's order."""
    groups: list[Group] = [
        {"title": run.classes[int(rows["label"].iloc[0])], "tiles": tiles(run, rows, split)}
        for _, rows in found.groupby("label")
    ]
    label = "Random images of every class"
    gallery(groups, key=key, label=label, layout="rows", on_open=lambda: _open(key, split))


def show_alike(
    run: Run,
    found: pd.DataFrame,
    split: str,
    cosines: Sequence[float],
    *,
    key: str,
    came_from: tuple[str, int],
) -> None:
    """Neighbours in feature space of the image that one `came_from`, each with its cosine."""
    notes = [f"cos {cosine:.2f}" for cosine in cosines]
    groups: list[Group] = [{"title": "", "tiles": tiles(run, found, split, notes)}]

    def on_open() -> None:
        _open(key, split)
        st.session_state[navigation.CAME_FROM] = (run.id, *came_from)

    gallery(groups, key=key, label=f"Most alike in {split}", size="S", on_open=on_open)


@dataclass(frozen=True)
class Part:
    """Some tiles of a sheet: rows of a table, what is written below each, the map over each.

    An empty map is the picture as it is.
    """

    title: str
    found: pd.DataFrame
    notes: Sequence[str] = ()
    maps: Sequence[str] = ()


def show_sheet(run: Run, parts: Sequence[Part], *, key: str, label: str) -> None:
    """Small pictures, three in a row, under titles; each may be of another split."""
    groups: list[Group] = [{"title": p.title, "tiles": _sheet_tiles(run, p)} for p in parts]
    splits = {int(row): split for p in parts for row, split in _splits_of(p)}
    gallery(groups, key=key, label=label, layout="sheet", on_open=lambda: _open_of(key, splits))


def _splits_of(part: Part) -> zip:
    return zip(part.found["row"], part.found["split"], strict=True)


def _sheet_tiles(run: Run, part: Part) -> list[Tile]:
    visible = not cached.images_problem(run)
    rows = part.found.to_dict("records")
    notes, kinds = part.notes or [""] * len(rows), part.maps or [""] * len(rows)
    found = []
    for row, note, kind in zip(rows, notes, kinds, strict=True):
        tile = _tile(run, row, row["split"], note, visible)
        _lay_over(run, tile, row["split"], kind)
        found.append(tile)
    return found


def _lay_over(run: Run, tile: Tile, split: str, kind: str) -> None:
    """Show a tile's picture under a map, where it can be shown at all and a map is named."""
    if tile["src"] and kind:
        tile["meanwhile"] = tile["src"]
        tile["src"] = overlays.url(run.id, split, tile["index"], kind)


def _open_of(key: str, splits: Mapping[int, str]) -> None:
    if opened := st.session_state[key]["open"]:
        navigation.open_image(int(opened["index"]), splits[int(opened["row"])])


def show_changed(
    run: Run, found: pd.DataFrame, split: str, before: Sequence[int], *, key: str, label: str
) -> None:
    """A grid of images as the run sees them now, each with what it was `before`: class ids."""
    notes = [
        f"was {run.classes[old]}" if old != new else ""
        for old, new in zip(before, found["pred"], strict=True)
    ]
    groups: list[Group] = [{"title": "", "tiles": tiles(run, found, split, notes)}]
    gallery(groups, key=key, label=label, size="S", on_open=lambda: _open(key, split))


def show_picture(run: Run, found: Mapping | pd.Series, split: str, *, key: str) -> None:
    """One image, large; a click opens the file itself."""
    tile = _tile(run, found, split, "", visible=True)
    tile["src"] = tile["href"] = images.url(run.id, split, tile["index"], images.LARGE)
    groups: list[Group] = [{"title": "", "tiles": [tile]}]
    gallery(groups, key=key, label="The image", layout="single", on_open=lambda: None)


def tiles(
    run: Run, found: pd.DataFrame, split: str, notes: Sequence[str] | None = None
) -> list[Tile]:
    """The rows of a table as the component wants them; their own split, where they name one."""
    visible = not cached.images_problem(run)
    rows = found.to_dict("records")
    return [
        _tile(run, row, row.get("split", split), note, visible)
        for row, note in zip(rows, notes or [""] * len(rows), strict=True)
    ]


def _tile(run: Run, row: Mapping | pd.Series, split: str, note: str, visible: bool) -> Tile:
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


def _open(key: str, split: str, run: Run | None = None, cell: Cell | None = None) -> None:
    if opened := st.session_state[key]["open"]:
        if run and cell:
            state.choose_cells(run, [cell])
        navigation.open_image(int(opened["index"]), split)
