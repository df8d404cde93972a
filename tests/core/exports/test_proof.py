"""What is said where an exported network's probabilities are the run's, and where they are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core import queries
from core.errors import DatasetError, RunError
from core.exports import forms, proof
from tests import drawn

TABLE = np.array([[0.75, 0.25], [0.5, 0.5], [0.125, 0.875], [0.25, 0.75], [1.0, 0.0]])
ROWS = pd.DataFrame({"row": range(5), "index": [4, 5, 6, 7, 8], "path": ["a", "b", "", "d", "e"]})


def compared(*differences: float) -> proof.Proof:
    """Of images whose first probability is off by so much."""
    off = np.zeros((5, 2))
    off[: len(differences), 0] = differences
    return proof._compared(ROWS, TABLE + off, TABLE)


def test_equal_to_a_thousandth_is_a_proof():
    found = compared(0.0, -0.00099)
    assert (found.n, found.differ, found.holds) == (5, 0, True)
    assert found.most == pytest.approx(0.00099)
    assert found.words == (
        "Proved on 5 test images in a process of its own: all probabilities are those of the run, "
        "to 0.001 (at most 9.9e-04 away)."
    )


def test_the_three_that_differ_most_are_named_and_those_of_the_same_class_counted():
    found = compared(0.00105, 0.25, -0.5, 0.75)
    assert (found.n, found.differ, found.most, found.holds) == (5, 4, 0.75, False)
    assert found.words == (
        "Of 5 test images, 4 get a probability that is more than 0.001 from the run's, d (0.750), "
        "test 6 (0.500), b (0.250) most; 4 get the same class."
    )


def test_nothing_compared_proves_nothing():
    assert not proof.Proof(0, 0, 0.0, "").holds
    assert proof.Proof(1, 0, 0.0, "").holds


def test_probabilities_of_other_images_or_classes_are_no_comparison():
    with pytest.raises(RunError, match=r"gave probabilities \(4, 2\), not \(5, 2\)"):
        proof._compared(ROWS, TABLE[1:], TABLE)


def script(folder, text: str):
    (folder / "load.py").write_text(f"import sys\n{text}\n")
    return proof._asked(folder, ["7"], folder / "found.npy")


def test_a_script_that_fails_is_told_by_its_last_line(tmp_path):
    assert (
        script(tmp_path, "sys.exit('first\\nno such layer')") == "load.py failed (no such layer)."
    )
    assert script(tmp_path, "sys.exit(3)") == "load.py failed (it ended without a word)."
    assert script(tmp_path, "") == "load.py could not be run (FileNotFoundError)."


def test_a_script_brings_no_pickle(tmp_path):
    told = script(tmp_path, "import numpy as np\nnp.save(sys.argv[3], np.array([{}]))")
    assert told == "load.py could not be run (ValueError)."


def test_the_script_is_given_the_images_and_knows_nothing_of_our_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/ours")
    told = script(
        tmp_path,
        "import os\nimport numpy as np\n"
        "assert 'PYTHONPATH' not in os.environ\n"
        "assert os.getcwd() == os.path.dirname(os.path.realpath(__file__))\n"
        "np.save(sys.argv[sys.argv.index('--out') + 1], [float(sys.argv[1])])",
    )
    assert told.tolist() == [7.0]


def test_at_most_two_hundred_images_evenly_spread_are_asked(monkeypatch, tiny_run, tmp_path):
    asked = []

    def given(run, form, rows, place):
        asked.append(rows["index"].tolist())
        raise DatasetError("enough.")

    monkeypatch.setattr(proof, "_given", given)
    for most in (200, 3, 2):
        monkeypatch.setattr(proof, "IMAGES", most)
        found = proof.prove(tiny_run, None, tmp_path)
        assert (found.words, found.holds) == ("Not proved: enough.", False)
    assert asked == [[0, 1, 2, 3, 4, 5], [0, 2, 5], [0, 5]]


WRITES = "import sys\nimport numpy as np\nfrom pathlib import Path\ngiven = sys.argv[1:-2]\n"


def proved(run, form: str, folder, text: str, answers) -> proof.Proof:
    """By a load.py that does this, and then says these answers."""
    folder.mkdir(exist_ok=True)
    np.save(folder / "answers.npy", answers)
    (folder / "load.py").write_text(
        f"{WRITES}{text}\nnp.save(sys.argv[-1], np.load('answers.npy'))\n"
    )
    return proof.prove(run, forms.FORMS[form], folder)


def table(run, rows) -> np.ndarray:
    return np.array([queries.probabilities(run, queries.image(run, row)) for row in rows])


def test_a_head_is_proved_by_the_features_of_the_images_asked(tiny_run, tmp_path, monkeypatch):
    monkeypatch.setattr(proof, "IMAGES", 2)
    text = "assert np.load(given[0]).tolist() == np.eye(8, 4)[[0, 5]].tolist()"
    found = proved(tiny_run, "head", tmp_path / "head", text, table(tiny_run, [0, 5]))
    assert (found.n, found.holds) == (2, True)
    wrong = proved(tiny_run, "head", tmp_path / "head", text, table(tiny_run, [0, 4]))
    assert (wrong.n, wrong.differ, wrong.holds) == (2, 1, False)
    assert "test 5 (" in wrong.words
    failed = proved(tiny_run, "head", tmp_path / "head", "sys.exit('no')", [0])
    assert failed == proof.Proof(0, 0, 0.0, "Not proved: load.py failed (no).")
    (tiny_run.folder / "features.npy").unlink()
    found = proved(tiny_run, "head", tmp_path / "head", "", [0])
    assert found == proof.Proof(0, 0, 0.0, "Not proved: the run keeps no features.")


def test_a_network_is_proved_by_the_files_that_are_left(artifacts_root, tmp_path, monkeypatch):
    run = drawn.save(drawn.draw(tmp_path / "photos"))
    monkeypatch.setattr(proof, "IMAGES", 3)
    asked = queries.ask(run, "SELECT row, path FROM run WHERE split = 'test' ORDER BY row")
    asked = asked.iloc[[0, (len(asked) - 1) // 2, len(asked) - 1]]
    paths = [str(tmp_path / "photos" / path) for path in asked["path"]]
    rows = asked["row"].tolist()
    found = proved(run, "safetensors", tmp_path / "a", f"assert given == {paths}", table(run, rows))
    assert (found.n, found.holds) == (3, True)
    (tmp_path / "photos" / asked["path"].iloc[1]).unlink()
    left = f"assert given == {[paths[0], paths[2]]}"
    found = proved(run, "safetensors", tmp_path / "a", left, table(run, [rows[0], rows[2]]))
    assert (found.n, found.holds) == (2, True)
    for path in (paths[0], paths[2]):
        (tmp_path / path).unlink()
    found = proved(run, "safetensors", tmp_path / "a", "", [0])
    assert found.words == "Not proved: none of the test images is there any more."


def test_images_that_are_no_files_are_written_for_it(tiny_run, tmp_path, monkeypatch):
    class Shades:
        def image(self, split, index):
            return Image.new("L", (2, 2), 10 * index)

    monkeypatch.setattr(proof, "open_images", lambda run: Shades())
    text = (
        "from PIL import Image\n"
        "assert [Image.open(path).getpixel((0, 0)) for path in given] == [0, 10, 20, 30, 40, 50]"
    )
    found = proved(tiny_run, "safetensors", tmp_path / "a", text, table(tiny_run, range(6)))
    assert (found.n, found.holds) == (6, True)
