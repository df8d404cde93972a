"""The run store: one immutable folder a trained model, with its predictions table.

What may change later (its name, that it was deleted) is kept outside its folder. `writing`
writes the folders.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from core import artifacts
from core.errors import RunError
from core.runs import run_json
from core.runs.annotations import beside
from core.runs.names import MAX_NAME, name_problem
from core.runs.run import Run
from core.runs.table import contradictions, footers, table_files

ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,100}")
KEPT = 4096  # runs
IN_BIN = 10


def open_run(run_id: str) -> Run:
    """The run of this id.

    Raises:
        RunError: there is no such run, or it is damaged; the message says why.
    """
    folder = artifacts.runs_dir() / run_id if ID_PATTERN.fullmatch(run_id) else None
    if folder is None or not folder.is_dir():
        raise RunError(
            f"No run {run_id!r} in {artifacts.runs_dir()}: see the Runs page for those there."
        )
    run = _load(str(folder), run_id, _names())
    if run.damage:
        raise RunError(f"Run {run_id} is damaged: {run.damage}")
    run.check()
    return run


def list_runs() -> list[Run]:
    """Every run, newest first; damaged ones last, each with its reason."""
    folder = str(artifacts.runs_dir())
    try:
        with os.scandir(folder) as found:
            ids = [e.name for e in found if ID_PATTERN.fullmatch(e.name) and e.is_dir()]
    except FileNotFoundError:
        return []
    names = _names()
    runs = [_load(f"{folder}/{run_id}", run_id, names) for run_id in ids]
    runs.sort(key=lambda run: (run.meta.get("created", ""), run.id), reverse=True)
    return sorted(runs, key=lambda run: bool(run.damage))


def _load(folder: str, run_id: str, names: Mapping[str, str]) -> Run:
    """A run: its run.json is read again only where it has changed, as is its table's footer."""
    try:
        state = table_files.file_state(f"{folder}/run.json")
    except OSError:
        state = ()  # missing, or not to be reached: reading it says which
    run = _described(folder, state, names.get(run_id, ""))
    if run.damage or not (problem := _table_problem(run)):
        return run
    return Run(id=run_id, folder=run.folder, name=run_id, damage=problem)


@lru_cache(maxsize=KEPT)
def _described(folder: str, state: tuple[int, ...], renamed: str) -> Run:
    """A run as its run.json describes it."""
    path = Path(folder)
    try:
        found = artifacts.read_json(path / "run.json")
        run_json.check(found)
    except (ValueError, RunError) as error:
        return Run(id=path.name, folder=path, name=path.name, damage=str(error))
    name = renamed or run_json.text(found.get("name"))[:MAX_NAME] or path.name
    return Run(id=path.name, folder=path, name=name, meta=found)


def _table_problem(run: Run) -> str:
    try:
        told = run.told()
        return footers.problem(told) or contradictions.known(told)
    except RunError as error:
        return str(error)
    except OSError as error:
        name = run.meta.get("table") or "predictions.parquet"
        return f"{name} cannot be read ({type(error).__name__})."


def _names() -> dict[str, str]:
    """Run id -> the name that it was given later."""
    path = _names_file()
    try:
        return _read_names(path, table_files.file_state(path))
    except (OSError, ValueError):
        return {}


@lru_cache(maxsize=8)
def _read_names(path: Path, state: tuple[int, ...]) -> dict[str, str]:
    kept = artifacts.read_json(path)
    return {key: name[:MAX_NAME] for key, name in kept.items() if isinstance(name, str)}


def _names_file() -> Path:
    return artifacts.root() / "run_names.json"


def rename(run_id: str, name: str, seen: str | None = None) -> None:
    """Call a run something else; an empty name gives it back the one it was saved with.

    Args:
        seen: the name that it had for whoever renames it; None for whatever it has.

    Raises:
        RunError: the name is too long, nothing of it can be seen, or it has another than `seen`.
    """
    name = name.strip()
    if problem := name_problem(name):
        raise RunError(problem)
    with beside.changing(_names_file()) as names:
        if seen is not None and (now := open_run(run_id).name) not in (seen, name):
            raise RunError(
                f"Somebody else has called this run {now!r} meanwhile: rename it again if it is to "
                f"be {name!r}."
            )
        names[run_id] = name


def delete(run_id: str) -> None:
    """Put a run into the bin, from which `restore` brings it back; the bin holds the last ten."""
    source = artifacts.runs_dir() / run_id
    if not ID_PATTERN.fullmatch(run_id) or not source.is_dir():
        raise RunError(f"No run {run_id!r} to delete.")
    _bin().mkdir(parents=True, exist_ok=True)
    shutil.rmtree(_bin() / run_id, ignore_errors=True)
    try:
        source.rename(_bin() / run_id)
    except FileNotFoundError:
        raise RunError(f"Run {run_id!r} has just been deleted by somebody else.") from None
    for old in _in_bin()[IN_BIN:]:
        shutil.rmtree(old, ignore_errors=True)


def deleted() -> list[tuple[Run, datetime]]:
    """The runs in the bin and when each was put there, the last one first."""
    names = _names()
    return [
        (_described(str(path), (), names.get(path.name, "")), _moved(path)) for path in _in_bin()
    ]


def _moved(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_ctime, UTC)


def _bin() -> Path:
    return artifacts.root() / "deleted"


def _in_bin() -> list[Path]:
    """Newest first: a folder's change time is when it was moved."""
    found = [path for path in _bin().glob("*") if ID_PATTERN.fullmatch(path.name)]
    return sorted(found, key=lambda path: path.stat().st_ctime, reverse=True)


def restore(run_id: str) -> None:
    """Bring a deleted run back."""
    source = _bin() / run_id
    if not ID_PATTERN.fullmatch(run_id) or not source.is_dir():
        raise RunError(f"Run {run_id!r} is no longer in the bin.")
    try:
        source.rename(artifacts.runs_dir() / run_id)
    except FileNotFoundError:
        raise RunError(f"Run {run_id!r} has just been brought back by somebody else.") from None
