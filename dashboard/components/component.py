"""A component of our own: a folder that holds its Python, its style and its script."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer


def component(
    init: str, html: str, *, styles: Sequence[str] = (), scripts: Sequence[str] = ()
) -> ComponentRenderer:
    """What draws the component of a folder, whose CSS and JavaScript have the folder's name.

    Args:
        init: `__file__` of the folder's `__init__.py`.
        html: the element that the script fills.
        styles, scripts: the files of each, where it is more than one.
    """
    folder = Path(init).parent
    css, js = (
        "\n".join((folder / name).read_text(encoding="utf-8") for name in names)
        for names in (styles or [f"{folder.name}.css"], scripts or [f"{folder.name}.js"])
    )
    # Streamlit takes one line with a slash in it for the name of a file.
    html = f"{html}\n<!-- filled by {folder.name}.js -->"
    return st.components.v2.component(f"fencepost_{folder.name}", html=html, css=css, js=js)
