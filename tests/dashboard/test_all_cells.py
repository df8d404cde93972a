"""Every cell of a matrix of many classes, as the browser gets it."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import queries
from dashboard.server import cells
from tests import drawn
from tests.dashboard.conftest import component


@pytest.fixture
def get():
    return TestClient(Starlette(routes=cells.routes())).get


def test_every_cell_that_is_not_empty(run, get):
    found = get(cells.url("drawn", "test"))
    told = found.json()
    counts = np.zeros((3, 3), dtype=int)
    counts[told["labels"], told["preds"]] = told["counts"]
    assert told["classes"] == list(run.classes)
    assert (counts == queries.confusion(run, "test")).all()
    assert min(told["counts"]) > 0
    assert "immutable" in found.headers["cache-control"]


def test_an_altered_address_and_a_deleted_run_are_refused(run, get):
    url = cells.url("drawn", "test")
    assert get(url.replace("/test/", "/train/")).status_code == 403
    assert get(url).status_code == 200
    shutil.rmtree(run.folder)
    assert get(url).status_code == 404


def test_many_classes_can_be_seen_all(artifacts_root, tmp_path, open_page):
    names = [f"class {k:02d}" for k in range(26)]
    drawn.save(drawn.draw(tmp_path / "many", names), run_id="many")
    few = component(open_page("confusion", run="many"), "confusion_matrix")
    assert len(few["matrix"]["ids"]) == 25
    app = open_page("confusion", run="many", whole="True")
    assert not app.exception
    assert component(app, "confusion_matrix")["source"].startswith("/cells/many/test/")
