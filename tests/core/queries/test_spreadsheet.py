"""What a spreadsheet makes of an exported table."""

import csv
import io

import pandas as pd

from core.queries.spreadsheet import as_csv

ODD = ["=1+1", "+1", "-a", "@SUM(1)", "\tx", "\rx", "猫", "a=b", "'q", ""]


def test_it_opens_as_utf8_and_no_cell_is_a_formula():
    table = pd.DataFrame({"=HYPER": ODD, "margin": [-0.5] * 10, "row": range(10)})
    made = as_csv(table)
    assert made.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["'=HYPER", "margin", "row"]
    assert [row[0] for row in rows[1:]] == [
        "'=1+1", "'+1", "'-a", "'@SUM(1)", "'\tx", "'\rx", "猫", "a=b", "'q", "",
    ]  # fmt: skip
    assert rows[1][1:] == ["-0.5", "0"]


def test_missing_values_stay_empty_and_the_table_as_it_was():
    table = pd.DataFrame({"name": ["=x", None], "n": [1.5, None], "ok": [True, False]})
    before = table.copy()
    assert as_csv(table, "%.2f").decode("utf-8-sig") == "name,n,ok\r\n'=x,1.50,True\r\n,,False\r\n"
    pd.testing.assert_frame_equal(table, before)


def test_two_columns_of_one_name():
    table = pd.DataFrame([["=a", "=b"]], columns=["x", "x"])
    assert as_csv(table).decode("utf-8-sig") == "x,x\r\n'=a,'=b\r\n"
