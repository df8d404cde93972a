"""Concepts by name, kept beside the data set: artifacts/concepts/<fingerprint>/<slug>.json.

Every change leaves what it replaced in a bin beside it, from which `undo` brings it back. Two who
change concepts of one data set follow one another, and the second may say which version it has seen
under a name ("" for none): another one there is not replaced, but told.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from core import artifacts, queries
from core.concepts.concept import Concept
from core.concepts.stored import Stored, features_digest, read, to_json
from core.errors import ConceptError
from core.runs import Run

BIN = "replaced"


def save(run: Run, concept: Concept, seen: str | None = None) -> Stored:
    """Keep a concept of this run under its name; one of that name goes to the bin.

    Raises:
        ConceptError: another version than the one `seen` has that name.
    """
    name = _name(concept.name)
    stored = Stored(
        concept=replace(concept, name=name),
        run_id=run.id,
        run_name=run.name,
        fingerprint=_fingerprint(run),
        features=features_digest(run),
        picks=_picks(run, concept),
    )
    path = _path(run, name)
    with _changing(run):
        _refuse_unseen(path, seen)
        _keep_replaced(path)
        artifacts.write_json(path, to_json(stored))
    return stored


def list_concepts(run: Run) -> list[Stored]:
    """Every readable concept of the run's data set, by name; `unfit` says which do not fit."""
    found = []
    for path in sorted(_folder(run).glob("*.json")):
        try:
            found.append(read(path))
        except ConceptError:
            continue
    return sorted(found, key=lambda stored: stored.name.lower())


def load(run: Run, name: str) -> Stored:
    """The concept of this name.

    Raises:
        ConceptError: there is none, or it is damaged; fitting is another question: `unfit`.
    """
    path = _path(run, name)
    if not path.is_file():
        known = ", ".join(stored.name for stored in list_concepts(run)) or "none yet"
        raise ConceptError(f"No concept {name!r} on this data set. Known: {known}.")
    return read(path)


def find(run: Run, name: str) -> Stored | None:
    """What is kept under this name, however it is capitalised; None where that is nothing sound."""
    try:
        return _there(_path(run, name))
    except ConceptError:
        return None


def rename(run: Run, old: str, new: str) -> Stored:
    """Call a concept something else.

    Raises:
        ConceptError: another one has that name.
    """
    source, target = _path(run, old), _path(run, new)
    with _changing(run):
        stored = load(run, old)
        renamed = replace(stored, concept=replace(stored.concept, name=_name(new)))
        if target != source and target.exists():
            raise ConceptError(f"There is already a concept {_name(new)!r}: choose another name.")
        artifacts.write_json(target, to_json(renamed))
        if target != source:
            source.unlink(missing_ok=True)
    return renamed


def delete(run: Run, name: str, seen: str | None = None) -> None:
    """Put a concept into the bin, from which `undo` brings it back; for `seen`, see `save`."""
    with _changing(run):
        load(run, name)
        path = _path(run, name)
        _refuse_unseen(path, seen)
        _keep_replaced(path)
        path.unlink(missing_ok=True)


def undo(run: Run, name: str, seen: str | None = None) -> Stored:
    """Bring back what was last deleted or replaced under this name, and bin what is there now.

    For `seen`, see `save`.
    """
    path = _path(run, name)
    kept = path.parent / BIN / path.name
    with _changing(run):
        _end_exchange(path, kept)
        _refuse_unseen(path, seen)
        if not kept.is_file():
            raise ConceptError(f"Nothing to undo: no earlier concept {name!r} is kept.")
        stored = read(kept)
        _exchange(path, kept)
    return stored


def _exchange(path: Path, kept: Path) -> None:
    """Two files change places; whatever stops that, what each held is in one of three."""
    third = kept.with_name(f"{kept.name}.now")
    if path.is_file():
        artifacts.write_bytes(third, path.read_bytes())
    artifacts.write_bytes(path, kept.read_bytes())
    if third.is_file():
        third.replace(kept)
    else:
        kept.unlink()


def _end_exchange(path: Path, kept: Path) -> None:
    """Go on with an exchange that was stopped after its second step."""
    third = kept.with_name(f"{kept.name}.now")
    if not third.is_file():
        return
    if path.is_file() and path.read_bytes() != third.read_bytes():
        third.replace(kept)
    else:  # it was stopped after its first step, and nothing has changed
        third.unlink()


def _refuse_unseen(path: Path, seen: str | None) -> None:
    there = None if seen is None else _there(path)
    if there and there.version != seen:
        raise ConceptError(
            f"Concept {there.name!r} was saved by somebody else meanwhile: nothing was changed, "
            "look at theirs first."
        )


def _there(path: Path) -> Stored | None:
    try:
        return read(path) if path.is_file() else None
    except ConceptError:  # damaged: whatever takes its place, it goes to the bin
        return None


def _picks(run: Run, concept: Concept) -> tuple[tuple[str, int, bool], ...]:
    found = []
    for key, shows in (("shows", True), ("without", False)):
        rows = queries.rows(run, list(concept.origin.get(key) or []))
        for split, index in zip(rows["split"], rows["index"], strict=True):
            found.append(("train" if split == "val" else split, int(index), shows))
    return tuple(found)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 100:
        raise ConceptError("A concept needs a name of 1 to 100 characters.")
    return name


def _fingerprint(run: Run) -> str:
    return run.fingerprint or "unknown"


def folder_name(run: Run) -> str:
    """The folder of the concepts of a run's data set, below artifacts/concepts."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", _fingerprint(run))


def _folder(run: Run) -> Path:
    return artifacts.root() / "concepts" / folder_name(run)


def _changing(run: Run) -> FileLock:
    return artifacts.changing(_folder(run) / "concepts")


def _path(run: Run, name: str) -> Path:
    """The file of a name: its letters and digits, and a digest where these are not all of it."""
    lower = _name(name).lower()
    slug = re.sub(r"[^a-z0-9]+", "-", lower).strip("-")[:60]
    if slug != lower:
        slug = f"{slug or 'concept'}-{hashlib.sha256(lower.encode()).hexdigest()[:8]}"
    return _folder(run) / f"{slug}.json"


def _keep_replaced(path: Path) -> None:
    if path.is_file():
        artifacts.write_bytes(path.parent / BIN / path.name, path.read_bytes())
