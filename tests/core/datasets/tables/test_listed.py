"""A table of images as a data set, as people have them."""

import pandas as pd
import pytest

from core.datasets import canonical, load_dataset
from core.errors import DatasetError
from tests.tables import CATS, DOGS, FOUND, ROWS, counts, lines, table


def test_a_plain_table_is_split_by_class(images):
    found = load_dataset(table(images, lines(ROWS)))
    assert counts(found.name) == FOUND
    assert found.train.paths[0].startswith("img/c")
    assert sorted({*found.train.paths, *found.test.paths}) == sorted(CATS + DOGS)
    assert found.test.labels.tolist() == [0, 1]
    assert found.notes == ("The column 'filename' names each image, 'label' says its class.",)
    assert found.image("train", 0).size == (40, 30)


def test_labels_of_a_column_a_class(images):
    hot = [(path, int(label == "cat"), float(label == "dog"), 0.5) for path, label in ROWS]
    assert counts(table(images, lines(hot, "image,label_cat,label_dog,age"))) == FOUND
    hot[3] = (hot[3][0], 1, 1, 0.5)
    hot[7] = (hot[7][0], 0, 0, 0.5)
    found = load_dataset(table(images, lines(hot, "image,MEL,NV,age")))
    assert found.classes == ("MEL", "NV")
    assert found.refused == ("row 5: with more than one label", "row 9: without a label")
    assert found.metadata["train"].column_names == ["age"]


def test_ids_are_classes_in_their_order(images):
    rows = [(path, 10 if label == "cat" else 9) for path, label in ROWS]
    assert counts(table(images, lines(rows)))[0] == ("9", "10")
    frame = pd.DataFrame(rows, columns=["image", "label"]).astype({"label": "float64"})
    frame.to_parquet(images / "a.parquet")
    assert counts(f"csv:{images}/a.parquet")[0] == ("9", "10")


def test_names_go_before_ids(images):
    rows = [(path, "0", label) for path, label in ROWS]
    assert counts(table(images, lines(rows, "image,label,label_name"))) == FOUND


def test_columns_that_are_said(images):
    rows = [(path, "x", label) for path, label in ROWS]
    name = table(images, lines(rows, "image,label,what?"))
    assert counts(f"{name}?label=what%3F") == FOUND
    with pytest.raises(DatasetError, match="has no column 'breed' for the label: its columns are"):
        load_dataset(f"{name}?label=breed")


def test_a_column_of_splits(images):
    order = ["train", "Train", "training", "validation", "TEST"] * 2
    rows = [(*row, split) for row, split in zip(ROWS, order, strict=True)]
    found = load_dataset(table(images, lines(rows, "filename,label,Split")))
    assert (len(found.train), len(found.test)) == (6, 2)
    assert found.left_out == {"of val, as a part of train is held out to choose by": 2}
    assert found.notes[0].endswith("and 'Split' its split.")


@pytest.mark.parametrize(
    ("head", "values"),
    [
        ("is_valid", ["False"] * 4 + ["True"]),
        ("is_train", [1, 1, 1, 1, 0]),
        ("fold", [1, 2, 3, 4, 0]),
        ("subset", ["train"] * 4 + ["val"]),
    ],
)
def test_splits_said_in_other_ways(images, head, values):
    rows = [(*row, value) for row, value in zip(ROWS, values * 2, strict=True)]
    found = load_dataset(table(images, lines(rows, f"filename,label,{head}")))
    assert found.test.paths == [CATS[4], DOGS[4]]


def test_a_column_called_like_a_split_that_is_none_is_metadata(images):
    rows = [(*row, "vienna") for row in ROWS]
    found = load_dataset(table(images, lines(rows, "filename,label,dataset")))
    assert found.metadata["test"].to_pydict() == {"dataset": ["vienna", "vienna"]}


def test_rows_that_are_no_image_are_listed_by_number(images):
    odd = [("", "cat"), ("gone.png", "cat"), (CATS[0], "cat"), (DOGS[0], "cat"), (CATS[1], "")]
    text = lines([*ROWS, *odd]) + "img/c1.png,cat,more\n"
    found = load_dataset(table(images, text))
    assert found.left_out == {
        "of one image with two labels": 2,
        "without a path": 1,
        "of which there is no file": 1,
        "again of an image that an earlier row has": 1,
        "without a label": 1,
        "other cells than columns": 1,
    }
    assert found.refused[:2] == (
        "row 7: of one image with two labels",
        "row 12: without a path",
    )
    assert sum(found.left_out.values()) + len(found.train) + len(found.test) == 16
    assert "1 row is left out, without a path: row 12." in found.notes


def test_an_unreadable_image_is_known_by_its_row(images):
    found = load_dataset(table(images, lines(ROWS)))
    at = found.train.paths.index(CATS[2])
    assert found.train.where(at) == "img/c2.png (row 4)"


def test_further_columns_keep_what_they_are(images):
    rows = [(*row, f"00{k}", k, k / 2, "") for k, row in enumerate(ROWS)]
    found = load_dataset(table(images, lines(rows, "filename,label,camera,iso,ev,note")))
    kept = found.metadata["train"]
    assert [str(field.type) for field in kept.schema] == ["string", "int64", "double", "string"]
    row = int(found.train.rows[0]) - 2
    assert kept.slice(0, 1).to_pylist() == [
        {"camera": f"00{row}", "iso": row, "ev": row / 2, "note": ""}
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("filename,label\n", "has no rows below its columns filename, label"),
        (lines(ROWS, "a,b").replace("img", ""), r"None of the 10 images"),
        (lines((label, 1) for _, label in ROWS), "None of the 10 images"),
        (lines(((path,) for path, _ in ROWS), "filename"), "say by --columns label=NAME"),
        (lines(((1, 2, 3) for _ in ROWS), "a,b,c"), "say by --columns path=NAME"),
        (lines((path, "cat") for path, _ in ROWS), "only one class, 'cat'"),
        (lines((path, k / 7) for k, (path, _) in enumerate(ROWS * 3)), "labels|classes|train"),
        (lines(((*row, "test") for row in ROWS), "file,label,split"), "no row that it is train"),
        (lines([ROWS[0], ROWS[9]]), "no test images"),
        (lines(ROWS, "file,label,more"), "names 3 columns, but its rows have 2 cells"),
        ("\x00\x01\x02\x03" * 9, "no table in text|cannot be read|is no text"),
    ],
)
def test_tables_that_cannot_work_are_refused(images, text, reason):
    with pytest.raises(DatasetError, match=reason):
        load_dataset(table(images, text))


def test_what_is_no_table_is_refused(images):
    with pytest.raises(DatasetError, match=r"There is no table .*gone\.csv"):
        load_dataset(f"csv:{images}/gone.csv")
    with pytest.raises(DatasetError, match="is no table that is read here"):
        load_dataset(f"csv:{images}/img/c0.png")
    for name in ("a.parquet", "a.jsonl"):
        (images / name).write_bytes(b"PAR1 nonsense")
        with pytest.raises(DatasetError, match=r"a\.\w+ (cannot be read|has the columns)"):
            load_dataset(f"csv:{images / name}")


def test_names_are_whole_and_the_same_for_the_same(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    full = f"csv:{tmp_path}/a.csv?images={tmp_path}/b&label=what%3F"
    assert canonical("csv:a.csv?label=what%3F&images=b") == full
    assert canonical(full) == full
    assert canonical(f"csv:{tmp_path}/who?me.csv") == f"csv:{tmp_path}/who?me.csv"


def test_the_fingerprint_is_of_images_and_labels(images):
    first = load_dataset(table(images, lines(ROWS))).fingerprint
    assert load_dataset(table(images, lines(ROWS, "image;class", ";"))).fingerprint == first
    swapped = [(path, "dog" if label == "cat" else "cat") for path, label in ROWS]
    assert load_dataset(table(images, lines(swapped))).fingerprint != first
