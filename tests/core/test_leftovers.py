"""What killed processes left behind goes, and nothing else does."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from core import artifacts, leftovers, runs

LEFT = [
    ".run_names.json-ab12_cd3",
    ".demo-ab12_cd3/x",
    ".runs-ab12_cd3/demo/run.json",
    "runs/.20260101-000000-small.writing/features.npy",
    "jobs/20260101-000000-0000/.checkpoint.pt-ab12_cd3",
    "jobs/20260101-000000-0000/..reserve-ab12_cd3",
    "datasets/.pictures-ab12_cd3/test/000000.png",
    "datasets/.demo.writing/images.npz",
    "datasets/unpacked/.ab12_cd3",
    "exports/.tiny-timm-ab12_cd3/load.py",
    "concepts/0f/.fence.json-ab12_cd3",
    "concepts/0f/replaced/.fence.json-ab12_cd3",
    "concepts/scores/.tiny-0.parquet-ab12_cd3",
    "unsaved/tiny/.concept.json-ab12_cd3",
    "looks/.tiny.json-ab12_cd3",
    "marks/.tiny.json-ab12_cd3",
    "measures/tiny/.contrast.parquet-ab12_cd3",
    f"thumbnails/00/.{64 * '0'}-12-345",
    # Made of a run that is neither there nor in the bin.
    "measures/gone/contrast.parquet",
    "exports/gone-timm/load.py",
    "properties/gone-0-1.parquet",
    "concepts/scores/gone-0.parquet",
]
KEPT = [
    "run_names.json", ".run_names.json.lock", ".gitignore", ".my-settings",
    "jobs/.training.lock", "jobs/20260101-000000-0000/checkpoint.pt", "datasets/stl10/x.bin",
    "datasets/demo/.secret-settings", "concepts/0f/fence.json", "concepts/0f/replaced/fence.json",
    "unsaved/tiny/concept.json", "measures/tiny/contrast.parquet", "exports/tiny-timm/load.py",
    "properties/tiny-0-1.parquet", "concepts/scores/tiny-0.parquet", "looks/gone.json",
    f"thumbnails/00/{64 * '0'}", "deleted/binned/run.json", "exports/binned-timm/load.py",
]  # fmt: skip


def put(names: list[str], age: float) -> list[Path]:
    made = [artifacts.root() / name for name in names]
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    for path in made:
        for each in (path, *path.parents):
            if each.is_relative_to(artifacts.root()):
                os.utime(each, (time.time() - age,) * 2)
    return made


def test_what_is_half_written_and_an_hour_old_goes(tiny_run):
    kept, left = put(KEPT, 7200), put(LEFT, 7200)
    leftovers.sweep()
    assert [path for path in left if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []
    assert runs.open_run("tiny").features().shape == (8, 4)


def test_what_is_being_written_stays(tiny_run):
    left = put(LEFT[:-4], 3000)
    leftovers.sweep()
    assert all(path.exists() for path in left)


def test_a_folder_is_as_old_as_the_last_change_in_it(artifacts_root):
    [path] = put(["runs/.a.writing/features.npy"], 7200)
    os.utime(path)
    leftovers.sweep()
    assert path.exists()


def test_nothing_is_taken_for_left_over_where_no_run_can_be_seen(artifacts_root):
    [path] = put(["exports/gone-timm/load.py"], 7200)
    leftovers.sweep()
    assert path.exists()


def test_what_is_computed_in_a_moment_is_not_kept_for_ever(tiny_run):
    new, old = put(["concepts/scores/tiny-0.parquet", "concepts/scores/tiny-1.parquet"], 0)
    os.utime(old, (0, time.time() - leftovers.MADE_ANEW - 60))
    leftovers.sweep()
    assert (new.exists(), old.exists()) == (True, False)


def test_a_save_removes_what_an_older_one_left_beside_its_file(artifacts_root):
    path = artifacts_root / "notes[1].json"
    old, young, other = put(
        [".notes[1].json-ab12_cd3", ".notes[1].json-new", ".other.json-x"], 7200
    )
    os.utime(young)
    artifacts.write_json(path, {})
    assert [each.exists() for each in (path, old, young, other)] == [True, False, True, True]


def test_a_run_that_is_saved_sweeps(artifacts_root, save_tiny):
    left = put(LEFT[:4], 7200)
    save_tiny()
    assert [path for path in left if path.exists()] == []


@pytest.mark.parametrize("name", ["runs", "jobs", "exports"])
def test_a_file_in_the_place_of_a_folder_is_no_error(artifacts_root, name):
    [file] = put([name], 7200)
    leftovers.sweep()
    assert file.is_file()
