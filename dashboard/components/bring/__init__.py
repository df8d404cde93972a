"""A table of predictions brought: where it lies, what its columns mean, and one button.

source   a path on the server, or an upload
form     each guess in a select box, the images' folder, class names
preview  what was understood, the first images, the way to the run
"""

from __future__ import annotations

from dashboard.components.bring import form, preview, source


def show() -> None:
    """All of it."""
    if preview.is_writing():
        return
    if (path := source.pick()) and (asked := form.pick(path)):
        preview.show(asked, path)
