"""Galleries of a run's images, and where the way to an image's own page leads from each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core import queries
from core.queries.selection import Cell
from core.runs import Run
from dashboard.components.gallery import Group, Tile, gallery
from dashboard.components.tile_data import captioned, lay_over, one_tile, sources, tiles
from dashboard.server import images
from dashboard.session import cached, navigation, picks, state


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
        following=sources(run, following, split),
        label=f"{len(found)} images",
        size=size,
        picked=chosen.rows if chosen else None,
        seq=chosen.seq if chosen else 0,
        on_open=lambda: _open(key, split, run, cell),
        on_pick=lambda: picks.hear(run, st.session_state[key]["pick"]),
    )


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
        lay_over(run, tile, split, kind)
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
        tile = one_tile(run, row, row["split"], note, visible)
        lay_over(run, tile, row["split"], kind)
        found.append(tile)
    return found


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
    tile = one_tile(run, found, split, "", visible=True)
    tile["src"] = tile["href"] = images.url(run.id, split, tile["index"], images.LARGE)
    groups: list[Group] = [{"title": "", "tiles": [tile]}]
    gallery(groups, key=key, label="The image", layout="single", on_open=lambda: None)


def _open(key: str, split: str, run: Run | None = None, cell: Cell | None = None) -> None:
    if opened := st.session_state[key]["open"]:
        if run and cell:
            state.choose_cells(run, [cell])
        navigation.open_image(int(opened["index"]), split)
