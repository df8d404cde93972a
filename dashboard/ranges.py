"""A slider for the range of one column: what a person chose outlives a split that lacks it."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

import numpy as np
import streamlit as st

from core.selection import ranking_help, ranking_label

WANTED = "_ranges"  # column -> the range that a person chose, whatever a split has of it


def pick_range(
    name: str, low: float, high: float, on_change: Callable[[], None]
) -> tuple[float, float]:
    """The slider of one column, between the ends that it has in the split that is shown."""
    ends = outer(low, high)
    key = f"range_{name}"
    wanted = st.session_state.setdefault(WANTED, {})
    held = st.session_state.get(key)
    if held is not None:  # the bounds are those of a split, and that may have changed
        asked = wanted.setdefault(name, tuple(held))
        clipped = tuple(float(np.clip(value, *ends)) for value in asked)
        if clipped != tuple(held):
            st.session_state[key] = clipped

    def choose() -> None:
        wanted[name] = tuple(st.session_state[key])
        on_change()

    return st.slider(
        ranking_label(name), *ends, ends, key=key, step=(ends[1] - ends[0]) / 100,
        bind="query-params", on_change=choose, help=ranking_help(name),
    )  # fmt: skip


def outer(low: float, high: float) -> tuple[float, float]:
    """The range rounded outwards to two digits, so that both ends are in and read well."""
    low, high = floor(low * 100) / 100, ceil(high * 100) / 100
    return (low, high) if low < high else (low, low + 0.01)
