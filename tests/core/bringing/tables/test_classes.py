"""Names of classes as people give them, and which of them a row's label means."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from core.bringing.tables import classes
from core.errors import DatasetError

NAMES = ("cat", "deer", "ship")


def ids(*values, names=NAMES):
    column = pa.chunked_array([pa.array(values)])
    return classes.ids_of(column, names, np.arange(len(values)) + 1, "label").tolist()


@pytest.mark.parametrize(
    ("said", "names"),
    [("cat,deer", ("cat", "deer")), (" cat , , deer,", ("cat", "deer")), ("cat", ("cat",)),
     ("", ()), (["cat", 7], ("cat", "7")), (["a,b"], ("a,b",))],
)  # fmt: skip
def test_names_between_commas_or_one_by_one(said, names):
    assert classes.given(said) == names


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.txt", "\ufeffcat\n \n\n  deer \nship\n"),
     ("a.JSON", '{"1": "deer", "2": "ship", "0": "cat"}'),
     ("a.json", '{"deer": 1, "ship": "2", "cat": 0}'),
     ("a.json", '{"id2label": {"0": "cat", "1": "deer", "2": "ship"}, "x": 1}')],
)  # fmt: skip
def test_names_in_a_file(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert classes.given(str(tmp_path / name)) == NAMES


def test_a_name_with_a_comma_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a,b").write_text("cat")
    assert classes.given("a,b") == ("a", "b")


@pytest.mark.parametrize("text", ["[1]", '{"cat": "x"}', '{"id2label": [1, 2]}', '{"cat": null}'])
def test_a_file_that_names_no_classes_is_named(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DatasetError, match=r"a\.json names no classes: "):
        classes.given(str(tmp_path / "a.json"))


def test_a_file_where_no_data_may_be_is_not_read(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("cat\ndeer")
    (tmp_path / "inner").mkdir()
    monkeypatch.setenv("FENCEPOST_DATA", str(tmp_path / "inner"))
    with pytest.raises(DatasetError, match="FENCEPOST_DATA"):
        classes.given(str(tmp_path / "a.txt"))


def test_a_name_given_twice_is_refused_the_first_by_the_alphabet():
    with pytest.raises(DatasetError, match=r"^The class 'a' is named twice"):
        classes.given("b,a,b,a,c")


def test_a_label_is_a_name_however_it_is_spelled_or_an_id():
    assert ids("cat", "ship", "cat", "deer") == [0, 2, 0, 1]
    assert ids("Cat ", "SHIP") == [0, 2]
    assert ids("cat", "Cat", names=("Cat", "cat")) == [1, 0]
    assert ids(2, 0, 1) == [2, 0, 1]
    assert ids("1", "1") == [1, 1]
    assert ids("3", "7", names=("3", "7")) == [0, 1]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("cat", "", "deer", None), "There are 2 rows (rows 2, 4) without a label"),
        (("cat", "wolf"), "There is 1 row (row 2) with a label that is no class, 'wolf'; the 3"),
        ((1, 2, 3), "The column of the label runs from 1 to 3, and classes count from 0 to 2"),
        ((3, -2), "There are 2 rows (rows 1, 2) with a label that is no class, '3', '-2'"),
        ((2, 3), "runs from 2 to 3, and classes count from 0 to 2: subtract 1 from it"),
        ((0, 3), "There is 1 row (row 2) with a label that is no class, '3'"),
        ((1, 4), "There is 1 row (row 2) with a label that is no class, '4'"),
        ((-1, 2, 3), "There are 2 rows (rows 1, 3) with a label that is no class, '-1', '3'"),
        (("1", "cat", "x"), "There are 2 rows (rows 1, 3) with a label that is no class, '1', 'x'"),
        (tuple("abcd"), "'a', 'b', 'c', 'd'; the 3 classes are 'cat', 'deer', 'ship'. Say"),
        (tuple("abcde"), "'a', 'b', 'c', 'd' ...; the 3 classes are"),
    ],
)
def test_what_no_class_has_is_told_with_its_rows(values, said):
    with pytest.raises(DatasetError) as caught:
        ids(*values)
    assert said in str(caught.value)


def test_of_many_classes_the_first_four_are_told():
    for n, said in ((4, "the 4 classes are 'a', 'b', 'c', 'd'. Say"),
                    (5, "the 5 classes are 'a', 'b', 'c', 'd' .... Say")):  # fmt: skip
        with pytest.raises(DatasetError) as caught:
            ids("z", names=tuple("abcde"[:n]))
        assert said in str(caught.value)


def test_every_value_of_the_columns_is_a_class_in_order(monkeypatch):
    def of(*columns):
        return classes.of_values([pa.chunked_array([pa.array(column)]) for column in columns])

    assert of(["dog", "cat", ""], ["bird", "cat"]) == ("bird", "cat", "dog")
    assert of(["10", "9"], ["2"]) == ("2", "9", "10")
    assert of(["10", "9"], ["x"]) == ("10", "9", "x")
    monkeypatch.setattr(classes, "MOST", 3)
    assert len(of(["a", "b", "c"])) == 3
    with pytest.raises(DatasetError, match="There are 4 different labels: at most 3 are"):
        of(["a", "b", "c", "d"])


def test_ten_thousand_classes_are_allowed():
    assert classes.MOST == 10_000
