"""The changes that benchmarks/mutants.py makes."""

import pytest

from benchmarks.mutations import changes


def made(source):
    return [change.text for change in changes(source, "module.py")]


@pytest.mark.parametrize(
    ("source", "texts"),
    [("a < b", ["a < b -> a <= b", "a < b -> a >= b"]),
     ("a and b", ["a and b -> a or b", "a and b -> b", "a and b -> a"]),
     ("a - b", ["a - b -> a + b", "a - b -> a"]),
     ("'a' + b", ["'a' + b -> 'a'", "'a' + b -> b"]),
     ("not a", ["not a -> a"]),
     ("x[1:]", ["1 -> 2", "1 -> 0", "1 -> nothing"]),
     ("argmax", ["argmax -> argmin"]), ("a.argmax()", ["a.argmax -> a.argmin"]),
     ("f(k=True)", ["True -> False"]), ("f(k=g)", ["k=g -> nothing"]),
     ("'ORDER BY x DESC'", ["'ORDER BY x DESC' -> 'ORDER BY x ASC'"]),
     ("a: int = g\nb: 'x < y'", []), ("'''Words, 1 < 2.'''\nimport os", [])],
)  # fmt: skip
def test_a_decision_is_turned_and_words_are_not(source, texts):
    found = made(source if "\n" in source else f"_ = {source}")
    assert found == texts


def test_a_condition_is_held_true_and_false_and_its_edge_moved():
    assert made("if a < b:\n    f()") == [
        "if a < b: -> if True:", "if a < b: -> if False:", "a < b -> a <= b", "f() -> pass",
    ]  # fmt: skip


def test_a_change_says_where_it_is_and_is_made_alone():
    source = "X = 1\n@cache\ndef f(a):\n    return a + 1\n"
    found = list(changes(source, "module.py"))
    assert {(change.where, change.start) for change in found} == {("", 0), ("f", 2)}
    assert [change.text for change in found if change.text.startswith("1")] == [
        "1 -> 2", "1 -> 0", "1 -> 2", "1 -> 0",
    ]  # fmt: skip
    names = {"cache": lambda function: function}
    exec(next(change.code for change in found if change.text == "a + 1 -> a - 1"), names)
    assert (names["X"], names["f"](5)) == (1, 4)
