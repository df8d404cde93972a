"""How far something slow is, as a bar in a terminal or a notebook."""

from __future__ import annotations

from core.datasets import ProgressCallback


def bar(what: str) -> ProgressCallback:
    """Told (done, total) of images; where it begins anew, so does the bar."""
    from tqdm.auto import tqdm

    shown: tqdm | None = None

    def progress(done: int, total: int) -> None:
        nonlocal shown
        if shown is None or done < shown.n:
            shown = tqdm(desc=what, unit="image", total=total)
        shown.update(done - shown.n)
        if done == total:
            shown.close()

    return progress
