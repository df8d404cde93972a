import pytest

from core import artifacts, runs
from core.runs.annotations import looks_at_test
from tests import repaired


@pytest.fixture
def root(save_tiny):
    return save_tiny(run_id="root")


def fixes(run, *names):
    return [repaired.save(run, run_id=name) for name in names]


def test_each_fix_of_a_root_counts_once(root):
    one, two = fixes(root, "one", "two")
    for run in (one, two, one):
        looks_at_test.record(run)
    assert looks_at_test.seen(root) == ("one", "two")
    assert "2 fixes of it were compared on test so far" in looks_at_test.words(root)
    assert not looks_at_test.too_many(root)


def test_the_root_itself_is_no_fix(root):
    looks_at_test.record(root)
    assert looks_at_test.seen(root) == ()
    assert looks_at_test.words(root) == ""
    assert not (artifacts.root() / "looks").exists()


def test_a_fix_of_a_fix_has_the_same_root(root):
    [child] = fixes(root, "child")
    [grandchild] = fixes(child, "grandchild")
    assert looks_at_test.root_of(grandchild).id == "root"
    looks_at_test.record(grandchild)
    assert looks_at_test.seen(root) == ("grandchild",)


def test_where_the_parent_was_deleted_the_rest_of_the_line_counts(root):
    [child] = fixes(root, "child")
    [grandchild] = fixes(child, "grandchild")
    runs.delete("root")
    assert looks_at_test.root_of(grandchild).id == "child"


def test_parents_in_a_circle_end(save_tiny):
    ring = save_tiny(run_id="ring", parent="ring")
    assert looks_at_test.root_of(ring).id == "ring"


def test_it_warns_from_the_fourth_fix_on(root):
    for run in fixes(root, "a", "b", "c"):
        looks_at_test.record(run)
    assert not looks_at_test.too_many(root)
    looks_at_test.record(fixes(root, "d")[0])
    assert looks_at_test.too_many(root)
    assert "part of its lead is luck" in looks_at_test.words(root)


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"test": 3}', '{"test": [1, "../x"]}'])
def test_a_damaged_count_starts_anew(root, text):
    [one] = fixes(root, "one")
    path = artifacts.root() / "looks" / "root.json"
    path.parent.mkdir()
    path.write_text(text)
    assert looks_at_test.seen(root) == ()
    looks_at_test.record(one)
    assert looks_at_test.seen(root) == ("one",)
