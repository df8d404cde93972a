"""Puts the cursor into a text field, for who came to a page to type into it."""

from __future__ import annotations

from dashboard.components.component import component

_component = component(__file__, "<span hidden></span>")


def put_cursor(field: str, *, key: str) -> None:
    """Into the text input whose key is `field`, once for each; not where a finger types."""
    _component(key=key, data={"field": field}, width="content")
