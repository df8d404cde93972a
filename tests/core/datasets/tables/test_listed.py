"""A table of images as a data set, as people have them."""

import gzip
import json
import os

import pandas as pd
import pytest

from core.datasets import canonical, load_dataset
from core.errors import DatasetError
from tests.trees import tree

CATS, DOGS = [f"img/c{k}.png" for k in range(5)], [f"img/d{k}.png" for k in range(5)]
ROWS = [*((path, "cat") for path in CATS), *((path, "dog") for path in DOGS)]


@pytest.fixture
def images(tmp_path):
    tree(tmp_path, *CATS, *DOGS)
    return tmp_path


def table(folder, text, name="labels.csv", encoding="utf-8"):
    (folder / name).write_bytes(text.encode(encoding))
    return f"csv:{folder / name}"


def lines(rows, head="filename,label", separator=","):
    return "\n".join([head, *(separator.join(map(str, row)) for row in rows)]) + "\n"


def counts(name):
    found = load_dataset(name)
    return found.classes, len(found.train), len(found.test)


FOUND = (("cat", "dog"), 8, 2)


def test_a_plain_table_is_split_by_class(images):
    found = load_dataset(table(images, lines(ROWS)))
    assert counts(found.name) == FOUND
    assert found.train.paths[0].startswith("img/c")
    assert sorted({*found.train.paths, *found.test.paths}) == sorted(CATS + DOGS)
    assert found.test.labels.tolist() == [0, 1]
    assert found.notes == ("The column 'filename' names each image, 'label' says its class.",)
    assert found.image("train", 0).size == (40, 30)


@pytest.mark.parametrize(
    ("text", "name", "encoding"),
    [
        (lines(ROWS, "Path;Class", ";"), "a.csv", "utf-8"),
        (lines(ROWS, "image_path\tcategory", "\t"), "a.tsv", "utf-8"),
        (lines(ROWS, "File Name|Target", "|"), "a.txt", "utf-8-sig"),
        (lines(ROWS, '"image","ground_truth"'), "a.csv", "utf-16"),
        ("sep=;\n" + lines(ROWS, "file;class", ";"), "a.csv", "utf-8-sig"),
        (lines(ROWS).replace("\n", "\r\n"), "a.CSV", "utf-8"),
        (lines(ROWS).replace("\n", "\r"), "a.csv", "utf-8"),
        ("\n\n" + lines(ROWS), "a.csv", "utf-8"),
        (lines(ROWS, "x,y"), "a.csv", "utf-8"),
        (lines((f'"{path}"', f'" {label} "') for path, label in ROWS), "a.csv", "utf-8"),
        (lines(((k, *row) for k, row in enumerate(ROWS)), ",file,label"), "a.csv", "utf-8"),
        (lines((k, *row) for k, row in enumerate(ROWS)), "a.csv", "utf-8"),
        (lines((*row, "") for row in ROWS), "a.csv", "utf-8"),
        (lines(ROWS, "", " ").strip(), "train.txt", "utf-8"),
        (lines((path.replace("/", "\\"), label) for path, label in ROWS), "a.csv", "utf-8"),
        (lines(("./" + path, label) for path, label in ROWS), "a.csv", "utf-8"),
        (lines((path.upper(), label) for path, label in ROWS), "img.csv", "utf-8"),
        (lines((path.split("/")[1], label) for path, label in ROWS), "a.csv", "utf-8"),
        (lines((path.split("/")[1][:-4], label) for path, label in ROWS), "a.csv", "utf-8"),
        (lines(("C:/old/" + path, label) for path, label in ROWS), "a.csv", "utf-8"),
        (lines(("/home/eve/" + path, label) for path, label in ROWS), "a.csv", "utf-8"),
    ],
)
def test_tables_however_they_are_written(images, text, name, encoding):
    assert counts(table(images, text, name, encoding)) == FOUND


def test_the_same_rows_as_parquet_json_lines_and_packed(images):
    frame = pd.DataFrame(ROWS, columns=["file_name", "given_label"])
    frame.to_parquet(images / "a.parquet")
    records = frame.to_dict("records")
    (images / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    (images / "a.json").write_text(json.dumps(records))
    (images / "a.csv.gz").write_bytes(gzip.compress(frame.to_csv(index=False).encode()))
    for name in ("a.parquet", "a.jsonl", "a.json", "a.csv.gz"):
        assert counts(f"csv:{images / name}") == FOUND


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


def test_nothing_outside_of_the_bounds_is_read(images, monkeypatch):
    name = table(images, lines((images / path, label) for path, label in ROWS))
    (images / "inner").mkdir()
    monkeypatch.setenv("FENCEPOST_DATA", str(images / "inner"))
    with pytest.raises(DatasetError, match="outside of FENCEPOST_DATA"):
        load_dataset(name)
    os.replace(images / "labels.csv", images / "inner/labels.csv")
    with pytest.raises(DatasetError, match=r"None of the 10 images"):
        load_dataset(f"csv:{images}/inner/labels.csv")


def test_names_are_whole_and_the_same_for_the_same(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    full = f"csv:{tmp_path}/a.csv?images={tmp_path}/b&label=what%3F"
    assert canonical("csv:a.csv?label=what%3F&images=b") == full
    assert canonical(full) == full
    assert canonical(f"csv:{tmp_path}/who?me.csv") == f"csv:{tmp_path}/who?me.csv"


def test_odd_names_of_classes_and_files(images):
    tree(images, "a, b.png", "naïve 猫.png", "=1+1.png", 'q"q.png')
    rows = [
        ('"a, b.png"', '"x, ""y"""'),
        ("naïve 猫.png", "猫"),
        ("=1+1.png", "=1"),
        ('"q""q.png"', "猫"),
    ]
    found = load_dataset(table(images, lines([*ROWS, *rows]), encoding="utf-8-sig"))
    assert found.classes == ("=1", "cat", "dog", 'x, "y"', "猫")
    assert {"a, b.png", "=1+1.png", 'q"q.png'} <= {*found.train.paths, *found.test.paths}


def test_what_an_export_guarded_is_itself_again(images):
    tree(images, "=1.png", "-2.png")
    rows = [("'=1.png", "'@a"), ("'-2.png", "'@a")]
    found = load_dataset(table(images, lines([*ROWS, *rows])))
    assert found.classes == ("@a", "cat", "dog")


def test_what_excel_in_europe_saves(images):
    rows = [(path, "Käse" if label == "cat" else label) for path, label in ROWS]
    found = load_dataset(table(images, lines(rows, "Datei;label", ";"), encoding="cp1252"))
    assert found.classes == ("Käse", "dog")


def test_the_fingerprint_is_of_images_and_labels(images):
    first = load_dataset(table(images, lines(ROWS))).fingerprint
    assert load_dataset(table(images, lines(ROWS, "image;class", ";"))).fingerprint == first
    swapped = [(path, "dog" if label == "cat" else "cat") for path, label in ROWS]
    assert load_dataset(table(images, lines(swapped))).fingerprint != first
