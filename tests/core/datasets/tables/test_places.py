"""Where the images lie that a table names."""

import os

import pytest

from core.datasets import load_dataset
from core.errors import DatasetError
from tests.tables import CATS, DOGS, FOUND, ROWS, counts, lines, table
from tests.trees import tree


def test_images_elsewhere(images, tmp_path_factory):
    place = tmp_path_factory.mktemp("tables")
    bare = lines((path.split("/")[1], label) for path, label in ROWS)
    name = table(place, bare)
    with pytest.raises(DatasetError, match=r"None of the 10 images .* say by --images"):
        load_dataset(name)
    found = load_dataset(f"{name}?images={images}/img")
    assert found.name == f"{name}?images={images}/img"
    assert found.train.paths[0].count("/") == 0
    whole = lines((images / path, label) for path, label in ROWS)
    found = load_dataset(table(place, whole))
    assert found.name == f"{name}?images={images}/img"
    up = lines((os.path.relpath(images / path, place), label) for path, label in ROWS)
    assert counts(table(place, up)) == FOUND


def test_files_of_one_name_in_two_folders_are_refused(images):
    tree(images, *(path.replace("img/", "old/") for path in CATS + DOGS))
    bare = lines((path.split("/")[1], label) for path, label in ROWS)
    with pytest.raises(DatasetError, match=r"in 2 ways: img/ .*old/\. Say which by --images"):
        load_dataset(table(images, bare))


def test_images_in_several_folders(images):
    tree(images, "part2/e.png")
    bare = lines((path.split("/")[1], label) for path, label in [*ROWS, ("x/e.png", "dog")])
    assert counts(table(images, bare)) == (("cat", "dog"), 9, 2)


def test_nothing_outside_of_the_bounds_is_read(images, monkeypatch):
    name = table(images, lines((images / path, label) for path, label in ROWS))
    (images / "inner").mkdir()
    monkeypatch.setenv("FENCEPOST_DATA", str(images / "inner"))
    with pytest.raises(DatasetError, match="outside of FENCEPOST_DATA"):
        load_dataset(name)
    os.replace(images / "labels.csv", images / "inner/labels.csv")
    with pytest.raises(DatasetError, match=r"None of the 10 images"):
        load_dataset(f"csv:{images}/inner/labels.csv")
