"""One table, however it is written."""

import gzip
import json

import pandas as pd
import pytest

from core.datasets import load_dataset
from tests.tables import FOUND, ROWS, counts, lines, table
from tests.trees import tree


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
