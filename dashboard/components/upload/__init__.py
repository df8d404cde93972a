"""A file put to the server in one piece, straight to its disk, with how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard.components.component import component

_component = component(__file__, '<div class="upload"></div>')


def upload(
    url: str, *, key: str, label: str, most: int, kinds: Sequence[str], on_done: Callable[[], None]
) -> None:
    """Draw what a file is dropped on.

    Args:
        url: where the browser puts it, see `dashboard.server.uploads`.
        most: bytes that are taken.
        on_done: called once it is there; `st.session_state[key]["done"]` is {token, name}.
    """
    data = {"url": url, "label": label, "most": most, "kinds": ",".join(kinds)}
    _component(key=key, data=data, on_done_change=on_done)
