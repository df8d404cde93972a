"""Images that a table names and that are gone: none of the same number takes their place."""

from __future__ import annotations

import pytest
from PIL import Image

from core.datasets.tables.places import locate

NAMES = [f"{kind}/{number:03d}.png" for kind in ("cat", "deer") for number in range(5)]
GONE = "deer/003.png"


@pytest.fixture
def photos(tmp_path):
    for name in NAMES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (2, 2)).save(tmp_path / name)
    (tmp_path / GONE).unlink()
    return tmp_path


@pytest.mark.parametrize("said", ["{}", "./{}", "/mnt/elsewhere/photos/{}", "old\\\\{}"])
def test_one_of_numbered_images_in_folders_of_classes(photos, said):
    names = [said.format(name) for name in NAMES]
    if "\\" in said:
        names = [name.replace("/", "\\") for name in names]
    found = locate(names, photos)
    there = ["" if name == GONE else name for name in NAMES]
    assert [path.removeprefix("./") for path in found.paths] == there
    assert not found.unclear


def test_most_of_them(photos):
    for name in NAMES[6:]:
        (photos / name).unlink(missing_ok=True)
    assert locate(NAMES, photos).paths == [*NAMES[:6], "", "", "", ""]
