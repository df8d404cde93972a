"""Damaged runs over all pages, and hostile addresses: no error box, and no wrong number."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import logging
import os
import random
import re
import shutil
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.campaign import damage, forks, refusals, values, world
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
    os.environ["FENCEPOST_ARTIFACTS"] = str(place / "artifacts")
    expected = forks.told(lambda: _answers(world.make(place)))
    for number, (name, do) in enumerate([*damage.cases()][:: 16 if short else 1]):
        some = [*PAGES][number % len(PAGES)] if short else ""
        end, problems = forks.told(lambda do=do, some=some: _look(do, expected, some))
        found.end(end)
        for problem in problems:
            found.say(f"{name}: {problem}")
    found.show()
    return found


def _look(do: damage.Damage, expected: object, some: str) -> tuple[str, list[str]]:
    """Whether a run that is damaged so opens, and what is wrong then; `some`: a page alone."""
    sound = artifacts.runs_dir() / world.RUN
    folder = sound.with_name("odd")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sound, folder)
    do(folder)
    end, found = "opened", []
    try:
        answers = json.loads(json.dumps(_answers(runs.open_run(folder.name))))
        if answers != expected:
            found.append(f"opened with {answers}, not {expected}")
    except FencepostError:
        end = "refused"
    except BaseException as error:
        found.append(repr(error))
    pages = [*PAGES] if end == "opened" else ["runs"]
    found += walk(some or pages, {"run": folder.name})
    if not some:
        found += walk("runs", {"run": world.RUN})
    shutil.rmtree(folder)
    return end, found


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
    os.environ["FENCEPOST_ARTIFACTS"] = str(place / "artifacts")
    query = {"run": forks.told(lambda: world.make(place).id), "true": "cat", "pred": "deer"}
    for error in refusals.ERRORS[:1] if short else refusals.ERRORS:
        for page in [*PAGES][:: 4 if short else 1]:
            for problem in forks.told(lambda page=page, error=error: _refused(page, query, error)):
                found.say(f"{page}, {errno.errorcode[error]}: {problem}")
            found.end("shown")
    found.show()
    return found


def _refused(page: str, query: dict[str, str], error: int) -> list[str]:
    with watched(str(artifacts.root()), 1, error):
        return walk(page, query)


def addresses(place: Path, short: bool) -> Figures:
    """Pages with odd values in their address, one or several at once."""
    found, draw = Figures("hostile addresses"), random.Random(1)
    _quiet()
    os.environ["FENCEPOST_ARTIFACTS"] = str(place / "artifacts")
    forks.told(lambda: world.make(place).id)
    for _ in range(6 if short else 150):
        page = draw.choice(list(PAGES))
        some = draw.sample(values.KEYS, draw.choice([1, 1, 2, 4]))
        query = {key: draw.choice(values.IN_ADDRESSES) for key in some}
        for problem in forks.told(lambda page=page, query=query: walk(page, query)):
            found.say(f"{query!r:.200}: {problem}")
        found.end("shown")
    found.show()
    return found


def _quiet() -> None:
    """No warnings of Streamlit about what runs without a browser."""
    logging.disable(logging.ERROR)
