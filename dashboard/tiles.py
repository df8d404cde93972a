"""From rows of a table to tiles of the gallery component, and what a click on one does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from core.predictions import prob_column
from core.runs import Run
from core.selection import ranking_label
from dashboard import images, picks, state
from dashboard.charts import probability
from dashboard.gallery import Group, Tile, gallery


def show_gallery(
    run: Run,
    found: pd.DataFrame,
    split: str,
    *,
    key: str,
    ranking: str = "",
    size: str = "M",
    pick: bool = False,
) -> None:
    """A grid of captioned tiles; `ranking` is the ranking whose value stands in `score`."""
    notes = [_note(run, ranking, row) for row in found.to_dict("records")] if ranking else None
    chosen = picks.of(run) if pick else None
    gallery(
        [{"title": "", "tiles": tiles(run, found, split, notes)}],
        key=key,
        label=f"{len(found)} images",
        size=size,
        picked=chosen.rows if chosen else None,
        seq=chosen.seq if chosen else 0,
        on_open=lambda: _open(key, split),
        on_pick=lambda: picks.hear(run, st.session_state[key]["pick"]),
    )


def show_strip(run: Run, found: pd.DataFrame, split: str, *, key: str, label: str) -> None:
    """One row of small pictures."""
    groups: list[Group] = [{"title": "", "tiles": tiles(run, found, split)}]
    gallery(groups, key=key, label=label, layout="strip", on_open=lambda: _open(key, split))


def show_class_rows(run: Run, found: pd.DataFrame, split: str, *, key: str) -> None:
    """A row of small pictures for each class, in the data set's order."""
    groups: list[Group] = [
        {"title": run.classes[int(label)], "tiles": tiles(run, rows, split)}
        for label, rows in found.groupby("label")
    ]
    label = "Random images of every class"
    gallery(groups, key=key, label=label, layout="rows", on_open=lambda: _open(key, split))


def show_alike(
    run: Run, found: pd.DataFrame, split: str, cosines: Sequence[float], *, key: str
) -> None:
    """Neighbours in feature space, each with its cosine."""
    notes = [f"cos {cosine:.2f}" for cosine in cosines]
    groups: list[Group] = [{"title": "", "tiles": tiles(run, found, split, notes)}]
    label = f"Most alike in {split}"
    gallery(groups, key=key, label=label, size="S", on_open=lambda: _open(key, split))


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


def show_picture(run: Run, found: Mapping, split: str, *, key: str) -> None:
    """One image, large; a click opens the file itself."""
    tile = _tile(run, found, split, "", visible=True)
    tile["src"] = tile["href"] = images.url(run.id, split, tile["index"], images.LARGE)
    groups: list[Group] = [{"title": "", "tiles": [tile]}]
    gallery(groups, key=key, label="The image", layout="picture", on_open=lambda: None)


def tiles(
    run: Run, found: pd.DataFrame, split: str, notes: Sequence[str] | None = None
) -> list[Tile]:
    """The rows of a table as the component wants them."""
    visible = not state.images_problem(run)
    rows = found.to_dict("records")
    return [
        _tile(run, row, split, note, visible)
        for row, note in zip(rows, notes or [""] * len(rows), strict=True)
    ]


def _tile(run: Run, row: Mapping, split: str, note: str, visible: bool) -> Tile:
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
    value = probability(row["score"]) if ranking.startswith("p_") else f"{row['score']:.3g}"
    return f"{ranking_label(ranking)} {value}"


def image_link(run: Run, split: str, index: int) -> str:
    """The address of an image's own page, for a new tab or another person."""
    query = urlencode({"run": run.id, "split": split, "image": index})
    return f"{images.base_path()}/image?{query}"


def _open(key: str, split: str) -> None:
    if opened := st.session_state[key]["open"]:
        state.open_image(int(opened["index"]), split)
