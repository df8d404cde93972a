"""A link that looks like a button and gives a file away, which the server makes as it sends it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from dashboard.server import downloads
from dashboard.server.downloads import Download, Parts


def offer(
    label: str, name: str, kind: str, parts: Callable[[], Parts], *, key: str, icon: str,
    about: str = "",
) -> None:  # fmt: skip
    """Draw it. The key says all that the file depends on; the icon is one of Material's."""
    url = downloads.url(key, Download(name, kind, parts))
    title = f' title="{escape(about)}"' if about else ""
    st.html(
        f'<a class="download" href="{escape(url)}" download="{escape(name)}"{title}>'
        f'<span aria-hidden="true">{icon}</span>{escape(label)}</a>',
        width="content",
    )
