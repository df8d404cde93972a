"""What a run's network is shown, in words and in pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from core.models.preprocessing import Preprocessing, notebook
from dashboard.components.network_view import as_shown, in_words
from tests import drawn
from tests.dashboard.conftest import words

SHADES = np.arange(8, dtype=np.uint8) * 30
WIDE = Image.fromarray(np.tile(SHADES[None, :, None], (4, 1, 3)))


@pytest.mark.parametrize(
    ("view", "said", "columns"),
    [
        (notebook(4), "The centre square of each image, as 4 pixels a side", [60, 90, 120, 150]),
        (
            Preprocessing(2, 4, "centre", "nearest", (0.5,) * 3, (0.25,) * 3),
            "its shorter side as 4 pixels, then its centre of 2 (nearest); colours less 0.5, 0.5, "
            "0.5, divided by 0.25",
            [90, 120],
        ),
        (Preprocessing(4, 4, "squash", "nearest"), "All of each image as 4", [30, 90, 150, 210]),
    ],
)
def test_the_pixels_that_a_network_gets(view, said, columns):
    assert said in in_words(view)
    assert np.asarray(as_shown(WIDE, view))[0, :, 0].tolist() == columns


def test_a_run_shows_three_images_as_they_are_and_as_shown(tmp_path, artifacts_root, open_page):
    run = drawn.save(drawn.draw(tmp_path / "photos"), run_id="drawn")
    app = open_page("runs", run=run.id)
    assert "What its network is shown" not in words(app)
    app.toggle(key=f"runs_shown_{run.id}").set_value(True).run()
    assert "What its network is shown. The centre square of each image" in words(app)
    assert len(app.image) == 6
