"""The route that tells whether somebody else has changed what a page shows."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import artifacts, runs
from core.runs.annotations import channel_marks
from dashboard.components import others
from dashboard.server import changes


@pytest.fixture
def client(artifacts_root):
    return TestClient(Starlette(routes=changes.routes()))


def test_it_tells_what_the_page_knows_until_somebody_changes_something(client, tiny_run):
    known, url = changes.state(others.RUNS), changes.url(others.RUNS)
    assert client.get(url).text == known
    runs.rename("tiny", "mesh")
    renamed = client.get(url).text
    assert renamed != known
    assert client.get(url).text == renamed
    runs.delete("tiny")
    assert client.get(url).text not in (known, renamed)


def test_a_look_and_another_runs_marks_are_no_change(tiny_run, save_tiny):
    before = changes.state([others.marks(tiny_run)])
    channel_marks.of_class(tiny_run, 0)
    channel_marks.mark(save_tiny(run_id="other"), 0, 3, "spurious")
    assert changes.state([others.marks(tiny_run)]) == before
    channel_marks.mark(tiny_run, 0, 3, "spurious")
    assert changes.state([others.marks(tiny_run)]) != before


def test_of_pieces_in_work_those_of_one_kind_count_and_no_hidden_file(tiny_run, artifacts_root):
    paths = [others.unsaved(tiny_run, "draft")]
    before = changes.state(paths)
    folder = artifacts_root / "unsaved" / tiny_run.id
    for name in ("stack-1.json", ".draft-1.json.lock"):
        artifacts.write_json(folder / name, {})
    assert changes.state(paths) == before
    artifacts.write_json(folder / "draft-1.json", {})
    assert changes.state(paths) != before


def test_names_alone_are_told_where_a_folder_ends_in_a_slash(artifacts_root):
    job = artifacts_root / "jobs" / "1"
    job.mkdir(parents=True)
    before = changes.state(["jobs/"])
    artifacts.write_json(job / "job.json", {})
    assert changes.state(["jobs/"]) == before
    (artifacts_root / "jobs" / "2").mkdir()
    assert changes.state(["jobs/"]) != before


def test_no_other_path_can_be_asked_for(client):
    url = changes.url(["runs"])
    assert client.get(url.replace("of=runs", "of=../../etc")).status_code == 403
