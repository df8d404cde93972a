"""Tests run in a fork: once to see which functions each calls, then once for every change.

Third-party modules are loaded before, so that a fork has only ours left to load. The changed module
is loaded from its changed code, whoever imports it; nothing is written to its file.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
import threading
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest
from mutations import Change

OURS = ("core", "dashboard", "fencepost", "tests", "train", "__main__", "__mp_main__")
# Loaded by pytest itself, which warns where it comes too late to rewrite what it loads.
OPTIONS = ["-x", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "pytest_timeout"]
OURS += ("pytest_timeout", "mutations")
OPTIONS += ["-o", "addopts=--import-mode=importlib"]  # one process: xdist is no plugin here


@dataclass(frozen=True)
class Watched:
    """What the tests do unchanged: the functions that each calls, and its seconds."""

    calls: dict[str, set[tuple[str, int]]]
    seconds: dict[str, float]

    def tests_of(self, change: Change) -> list[str]:
        """The tests that call the changed function, the fastest first.

        Outside of functions, and where a function is called on import alone: those that call any
        function of the file.
        """
        calling = [t for t, calls in self.calls.items() if (change.path, change.start) in calls]
        of_file = [t for t, calls in self.calls.items() if change.path in {f for f, _ in calls}]
        return sorted(calling or of_file, key=lambda test: self.seconds.get(test, 0))


class _Watching:
    """A pytest plugin that notes what `Watched` tells.

    What a fixture that tests share calls, counts for every test that asks for it.
    """

    def __init__(self, files: Sequence[str]) -> None:
        self.files, self.now = set(files), ""
        self.calls: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self.fixtures: dict[str, list[str]] = {}
        self.seconds: Counter[str] = Counter()

    def trace(self, frame, event, _argument) -> None:
        code = frame.f_code
        if code.co_filename in self.files:
            self.calls[self.now].add((code.co_filename, code.co_firstlineno))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        _forget_answers(self.files)
        self.now, self.fixtures[item.nodeid] = item.nodeid, list(item.fixturenames)
        sys.settrace(self.trace)
        threading.settrace(self.trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.now = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        before = self.now
        self.now = before if fixturedef.scope == "function" else fixturedef.argname
        try:
            return (yield)
        finally:
            self.now = before

    def pytest_runtest_logreport(self, report) -> None:
        self.seconds[report.nodeid] += report.duration

    def result(self) -> dict:
        calls = {
            test: sorted(set().union(*(self.calls[name] for name in (test, *fixtures))))
            for test, fixtures in self.fixtures.items()
        }
        modules = [name for name in sys.modules if name.partition(".")[0] not in OURS]
        return {"calls": calls, "seconds": self.seconds, "modules": modules}


def _forget_answers(files: set[str]) -> None:
    """Empty the caches of these modules, so that each test calls what it needs."""
    for module in [m for m in sys.modules.values() if getattr(m, "__file__", None) in files]:
        for value in [v for v in vars(module).values() if hasattr(v, "cache_clear")]:
            value.cache_clear()


class _Chosen:
    """A pytest plugin that runs these tests alone, in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.place = {test: k for k, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items) -> None:
        items[:] = [item for item in items if item.nodeid in self.place]
        items.sort(key=lambda item: self.place[item.nodeid])


def watch(files: Sequence[str], tests: Sequence[str], folder: Path) -> Watched:
    """Run the tests unchanged, and load the third-party modules that they load.

    Raises:
        SystemExit: a test fails as it is.
    """

    def run() -> int:
        watching = _Watching(files)
        code = pytest.main([*tests, *OPTIONS, f"--basetemp={folder / 'watch'}"], [watching])
        (folder / "watched.json").write_text(json.dumps(watching.result()))
        return code

    pid = _fork(run)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise SystemExit(f"Some tests of {' '.join(tests)} fail unchanged: mend them first.")
    found = json.loads((folder / "watched.json").read_text())
    with warnings.catch_warnings(action="ignore"):
        for name in found["modules"]:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    gc.freeze()  # what is loaded stays: a fork that collects garbage need not walk through it
    calls = {test: {tuple(call) for call in calls} for test, calls in found["calls"].items()}
    return Watched(calls, found["seconds"])


def start(change: Change, tests: Sequence[str], folder: Path) -> int:
    """The id of a process that runs these tests on the change; its status is 0 if all pass."""

    def run() -> int:
        plain = SourceFileLoader.get_code
        SourceFileLoader.get_code = lambda self, name: (
            change.code if self.path == change.path else plain(self, name)
        )
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        return pytest.main([*files, *OPTIONS, f"--basetemp={folder}"], [_Chosen(tests)])

    return _fork(run)


def _fork(run: Callable[[], int]) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 3
    try:
        os.setsid()  # so that it can be ended with all that it started
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        code = int(run())
    finally:
        os._exit(code)


def finished(waiting: dict[int, float]) -> tuple[int, bool] | None:
    """The id of a process that has ended, and whether its tests passed; pid -> when to end it."""
    for pid, until in waiting.items():
        if time.monotonic() > until:
            os.killpg(pid, signal.SIGKILL)
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return pid, status == 0
    time.sleep(0.01)
    return None
