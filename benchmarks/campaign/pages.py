"""Damaged runs over all pages, and hostile addresses: no error box, and no wrong number."""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import random
import re
import shutil
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.campaign import damage, refusals, values, world
from benchmarks.campaign.figures import Figures
from benchmarks.campaign.writes import watched
from core import artifacts, queries, runs
from core.errors import FencepostError
from core.queries.selection import Selection

FRAME = Path(__file__).resolve().parents[2] / "dashboard" / "frame.py"
ENTRY = re.compile(r'"(views/\S+)",\s+url_path="(\w+)"')
PAGES = {page: script for script, page in ENTRY.findall(FRAME.read_text("utf-8"))}
FIRST = "overview"


def damaged(place: Path, short: bool) -> Figures:
    """Each damaged run over all pages, and the page of runs with a sound one open beside it."""
    found = Figures("damaged runs")
    _quiet()
    sound = world.make(place)
    expected = _answers(sound)
    for number, (name, do) in enumerate([*damage.cases()][:: 16 if short else 1]):
        folder = sound.folder.with_name(f"odd-{number}")
        shutil.copytree(sound.folder, folder)
        do(folder)
        pages = _opened(found, name, folder.name, expected)
        for problem in walk(pages[number % len(pages)] if short else pages, {"run": folder.name}):
            found.say(f"{name}: {problem}")
        if not short:
            for problem in walk(["runs"], {"run": world.RUN}):
                found.say(f"{name}, with a sound run open: {problem}")
        shutil.rmtree(folder)
    found.show()
    return found


def _opened(found: Figures, name: str, run_id: str, expected: object) -> list[str]:
    """The pages to look at: all, where it opens; what it says then is compared."""
    try:
        answers = _answers(runs.open_run(run_id))
    except FencepostError:
        found.end("refused")
        return ["runs"]
    except BaseException as error:
        found.say(f"{name}: {error!r}")
        return ["runs"]
    found.end("opened")
    if answers != expected:
        found.say(f"{name}: opened with {answers}, not {expected}")
    return [*PAGES]


def _answers(run: runs.Run) -> object:
    """What may not be wrong: how many images and errors, the order of a ranking, figures."""
    ranked = queries.ranked(run, Selection(), "p_cat", descending=True, limit=5)
    figures = {split: (each["n"], each["right"]) for split, each in run.metrics.items()}
    return queries.count(run, Selection()), ranked["index"].tolist(), sorted(figures.items())


def walk(pages: list[str] | str, query: dict[str, str]) -> list[str]:
    """What goes wrong on these pages, one after another in one session."""
    app = AppTest.from_file(str(FRAME), default_timeout=120)
    found = []
    for page in [FIRST, *([pages] if isinstance(pages, str) else pages)]:
        for key, value in query.items():
            app.query_params[key] = value
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                if page != FIRST:
                    app.switch_page(PAGES[page])
                app.run()
        except BaseException as error:
            return [*found, f"{page}: {error!r}"]
        found += [f"{page}: {each.message} {each.value}" for each in app.exception]
    return found


def without_disk(place: Path, short: bool) -> Figures:
    """Every page while no write succeeds: nothing that is only looked at needs one."""
    found = Figures("pages on a disk that takes nothing")
    _quiet()
    run = world.make(place)
    for error in refusals.ERRORS[:1] if short else refusals.ERRORS:
        for page in [*PAGES][:: 4 if short else 1]:
            with watched(str(artifacts.root()), 1, error):
                problems = walk(page, {"run": run.id, "true": "cat", "pred": "deer"})
            for problem in problems:
                found.say(f"{page}, {errno.errorcode[error]}: {problem}")
            found.end("shown")
    found.show()
    return found


def addresses(place: Path, short: bool) -> Figures:
    """Pages with odd values in their address, one or several at once."""
    found, draw = Figures("hostile addresses"), random.Random(1)
    _quiet()
    world.make(place)
    for _ in range(6 if short else 150):
        page = draw.choice(list(PAGES))
        some = draw.sample(values.KEYS, draw.choice([1, 1, 2, 4]))
        query = {key: draw.choice(values.IN_ADDRESSES) for key in some}
        for problem in walk(page, query):
            found.say(f"{query!r:.200}: {problem}")
        found.end("shown")
    found.show()
    return found


def _quiet() -> None:
    """No warnings of Streamlit about what runs without a browser."""
    logging.disable(logging.ERROR)
