"""The images of a run, small, as data: URIs."""

from __future__ import annotations

import base64
import io

import pandas as pd
from PIL import Image

from core import queries
from core.errors import DatasetError
from core.runs import Run
from core.runs import images as run_images

SIDE = 144  # pixels of the longer side


class Pictures:
    """Where the report gets its images from; `problem` says why there are none, or is empty."""

    def __init__(self, run: Run) -> None:
        self.run, self.problem = run, ""
        try:
            self._source = run_images.open_images(run)
        except DatasetError as error:
            self.problem = f"Images cannot be shown. {error}"

    def of(self, rows: queries.Rows) -> list[tuple[str, pd.Series]]:
        """(data URI, tile columns) of these rows, in order; the URI is empty without an image."""
        found = queries.rows(self.run, rows)
        return [(self._uri(str(r["split"]), int(r["index"])), r) for _, r in found.iterrows()]

    def _uri(self, split: str, index: int) -> str:
        if self.problem:
            return ""
        try:
            image = self._source.image(split, index)
        except DatasetError:
            return ""
        return encode(image)


def encode(image: Image.Image) -> str:
    """An image as a data: URI, no larger than the report shows it."""
    image = image.convert("RGB")
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=82)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
