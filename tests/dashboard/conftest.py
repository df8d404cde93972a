"""The app under AppTest, and a run whose images exist."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import runs
from dashboard.session import concept_draft
from dashboard.sidebar import first_start
from tests import drawn, planted

FRAME = Path(__file__).resolve().parents[2] / "dashboard" / "frame.py"
PAGES = (
    "overview", "confusion", "gallery", "classes", "image", "explain", "concepts", "fix",
    "evidence", "compare",
)  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_stored(monkeypatch):
    """No test but those about it has three thousand pictures drawn beside it."""

    monkeypatch.setattr(first_start, "_store", lambda name, progress: None)


@pytest.fixture(autouse=True)
def no_images_to_wait_for(monkeypatch):
    """No page waits for a browser that is not there."""
    monkeypatch.setattr("dashboard.components.after_images.PATIENCE", 0)


@pytest.fixture(autouse=True)
def what_takes_long_is_waited_for(monkeypatch):
    """No test but those about it sees a page beside a bar."""
    for module in ("session.fix_stack", "session.concept_learning", "views.concepts.effects"):
        monkeypatch.setattr(f"dashboard.{module}.PATIENCE", 60)


@pytest.fixture
def dataset(artifacts_root, tmp_path):
    return drawn.draw(tmp_path / "photos")


@pytest.fixture
def run(dataset) -> runs.Run:
    return drawn.save(dataset)


@pytest.fixture
def open_page(artifacts_root) -> Callable[..., AppTest]:
    """A function that opens a page as a link would, with the query given."""

    def open_(name: str = "overview", **query) -> AppTest:
        app = ask(AppTest.from_file(str(FRAME), default_timeout=30), query).run()
        if name != "overview":
            app.switch_page(script(name)).run()
        return app

    return open_


def ask(app: AppTest, query: dict[str, str | list[str]]) -> AppTest:
    """The app with these values in its URL."""
    for key, value in query.items():
        app.query_params[key] = value
    return app


@pytest.fixture
def every_page(open_page) -> Callable[..., Iterator[tuple[str, AppTest]]]:
    """A function that opens every page, one after another as by the menu, in one session."""

    def visit(**query) -> Iterator[tuple[str, AppTest]]:
        app = open_page(PAGES[0], **query)
        yield PAGES[0], app
        for name in PAGES[1:]:
            yield name, ask(app.switch_page(script(name)), query).run()

    return visit


def script(name: str) -> str:
    """Where the script of a page lies, as the frame says it."""
    return re.search(rf'"(views/\S+)",\s+url_path="{name}"', FRAME.read_text("utf-8"))[1]


def words(app: AppTest) -> str:
    """Every heading, caption and message of a page."""
    kinds = (
        app.title, app.subheader, app.caption, app.markdown, app.info, app.warning, app.success,
        app.error,
    )  # fmt: skip
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def component(app: AppTest, key: str) -> dict:
    """What a component of our own is given to draw."""
    found = [e.proto for e in app.get("bidi_component") if e.proto.id.endswith(f"-{key}")]
    return json.loads(found[0].json)


@pytest.fixture
def fence_story(save_tiny):
    """A run with a planted fence; ten fenced cats of train and ten plain ones."""
    run, shows = planted.save(save_tiny)
    cats = np.arange(0, planted.SIZES["train"], 3)
    return run, cats[shows[cats]][:10].tolist(), cats[~shows[cats]][:10].tolist()


@pytest.fixture
def drafted(fence_story, open_page):
    """The page with those picks handed over, as Explain does."""
    run, shows, without = fence_story
    handed = {"shows": shows, "without": without, "name": "fence", "from": "deer predicted as cat"}

    def open_():
        app = open_page("concepts", run=run.id)
        app.session_state[concept_draft.HANDED] = handed
        return app.run()

    return open_
