"""A slider for the range of one column: what a person chose outlives a split that lacks it."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

import numpy as np
import streamlit as st

from core.runs.columns import Column

KEPT = "_ranges"  # column -> the range that was chosen, and what a split let be shown of it


def pick_range(
    column: Column, low: float, high: float, on_change: Callable[[], None]
) -> tuple[float, float]:
    """The slider of one column, between the ends that it has in the split that is shown."""
    name, ends = column.name, outer(low, high)
    key = f"range_{name}"
    kept = st.session_state.setdefault(KEPT, {})
    if key not in st.session_state and name not in kept:
        _put_inside(key, ends)
    held = st.session_state.get(key)
    if held is not None:  # the bounds are those of a split, and that may have changed
        wanted, shown = kept.get(name, (held, held))
        if not np.allclose(shown, held, rtol=1e-5):  # a person, a link or Back has set another
            wanted = tuple(held)
        clipped = tuple(float(np.clip(value, *ends)) for value in wanted)
        kept[name] = wanted, clipped
        if clipped != tuple(held):
            st.session_state[key] = clipped
    return st.slider(
        column.label, *ends, ends, key=key, step=(ends[1] - ends[0]) / 100,
        bind="query-params", on_change=on_change, help=column.help,
    )  # fmt: skip


def _put_inside(key: str, ends: tuple[float, float]) -> None:
    """Mend a link whose range goes beyond the ends: Streamlit would drop all of it."""
    try:
        low, high = sorted(map(float, st.query_params.get_all(key)))
    except ValueError:
        return
    inside = [float(np.clip(value, *ends)) for value in (low, high)]
    if np.isfinite([low, high]).all() and inside != [low, high]:
        st.query_params[key] = [str(value) for value in inside]
        st.rerun()


def outer(low: float, high: float) -> tuple[float, float]:
    """The range rounded outwards to two digits, so that both ends are in and read well."""
    low, high = floor(low * 100) / 100, ceil(high * 100) / 100
    return (low, high) if low < high else (low, low + 0.01)
