import pytest

from core import artifacts, looks, runs
from tests import repaired


@pytest.fixture
def root(save_tiny):
    return save_tiny(run_id="root")


def fixes(run, *names):
    return [repaired.save(run, run_id=name) for name in names]


def test_each_fix_of_a_root_counts_once(root):
    one, two = fixes(root, "one", "two")
    for run in (one, two, one):
        looks.record(run)
    assert looks.seen(root) == ("one", "two")
    assert "2 fixes of it have been seen on test so far" in looks.words(root)
    assert not looks.too_many(root)


def test_the_root_itself_is_no_fix(root):
    looks.record(root)
    assert looks.seen(root) == ()
    assert looks.words(root) == ""
    assert not (artifacts.root() / "looks").exists()


def test_a_fix_of_a_fix_has_the_same_root(root):
    [child] = fixes(root, "child")
    [grandchild] = fixes(child, "grandchild")
    assert looks.root_of(grandchild).id == "root"
    looks.record(grandchild)
    assert looks.seen(root) == ("grandchild",)


def test_where_the_parent_was_deleted_the_rest_of_the_line_counts(root):
    [child] = fixes(root, "child")
    [grandchild] = fixes(child, "grandchild")
    runs.delete("root")
    assert looks.root_of(grandchild).id == "child"


def test_parents_in_a_circle_end(save_tiny):
    ring = save_tiny(run_id="ring", parent="ring")
    assert looks.root_of(ring).id == "ring"


def test_it_warns_from_the_fourth_fix_on(root):
    for run in fixes(root, "a", "b", "c"):
        looks.record(run)
    assert not looks.too_many(root)
    looks.record(fixes(root, "d")[0])
    assert looks.too_many(root)
    assert "part of its lead is luck" in looks.words(root)


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"test": 3}', '{"test": [1, "../x"]}'])
def test_a_damaged_count_starts_anew(root, text):
    [one] = fixes(root, "one")
    path = artifacts.root() / "looks" / "root.json"
    path.parent.mkdir()
    path.write_text(text)
    assert looks.seen(root) == ()
    looks.record(one)
    assert looks.seen(root) == ("one",)
