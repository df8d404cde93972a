"""Previous and next, by button or arrow key: every press counts, however quickly they follow."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.components.component import component

_component = component(__file__, '<div class="stepper" role="group"></div>')


def stepper(
    place: int | None, total: int, *, key: str, label: str, seq: int, on_step: Callable[[], None]
) -> None:
    """Draw the two buttons.

    The browser counts the presses and sends the place that they lead to, so a press that comes
    before the page has answered the one before it is not lost.

    Args:
        place: where the thing shown stands, from 0; None where it is not among the `total`.
        seq: number of the last press that Python has heard of.
        on_step: called after a press; `st.session_state[key]["step"]` is {place, seq}.
    """
    data = {"place": place, "total": total, "label": label, "seq": seq}
    _component(key=key, data=data, on_step_change=on_step, width="content")
