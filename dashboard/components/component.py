"""A component of our own: a folder that holds its Python, its style and its script."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

ELEMENTS = "../elements.js"  # what every script is built with


def component(
    init: str, html: str, *, styles: Sequence[str] = (), scripts: Sequence[str] = ()
) -> ComponentRenderer:
    """What draws a folder's component: its JavaScript, and CSS if any, have the folder's name.

    Args:
        init: `__file__` of the folder's `__init__.py`.
        html: the element that the script fills.
        styles, scripts: the files of each as the folder says them, where it is more than one.
    """
    folder = Path(init).parent
    own = f"{folder.name}.css"
    css = _joined(folder, styles or [own] * (folder / own).is_file())
    js = _joined(folder, [ELEMENTS, *(scripts or [f"{folder.name}.js"])])
    # Streamlit takes one line with a slash in it for the name of a file.
    html = f"{html}\n<!-- filled by {folder.name}.js -->"
    return st.components.v2.component(f"fencepost_{folder.name}", html=html, css=css, js=js)


def _joined(folder: Path, names: Sequence[str]) -> str | None:
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names) or None
