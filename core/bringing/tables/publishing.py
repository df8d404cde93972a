"""A table of predictions as a run, listed like every other; the same one only once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import Any

import pandas as pd
from pandas.util import hash_pandas_object

from core import artifacts, runs
from core.bringing.tables.understood import Understood
from core.errors import RunError
from core.evaluation import suspicions
from core.runs import Run, writing
from core.runs.history import HISTORY
from core.runs.names import name_problem

IMPORTED = "imported"  # in run.json, of what table a run was made
MODE = "import"
TOP_ONE = (
    "Only the predicted class and its confidence were brought: losses, margins, entropies and the "
    "probabilities of other classes are not known, and errors are ranked by confidence."
)


def digest(found: Understood) -> str:
    """What tells a table from others: all that is kept of it."""
    # pandas imports it on demand, which no type tells.
    hashed = hash_pandas_object(found.table, index=False).to_numpy()  # ty: ignore[not-callable]
    kept = hashlib.sha256(hashed.tobytes())
    kept.update("\0".join([*found.table, str(found.root)]).encode("utf-8", "replace"))
    kept.update(str(found.features.shape).encode() + found.features[:100].tobytes())
    return kept.hexdigest()[:16]


def same(found: Understood) -> Run | None:
    """The run that was made of this very table, if there is one."""
    wanted = digest(found)
    return next((run for run in runs.list_runs() if _of(run).get("digest") == wanted), None)


def _of(run: Run) -> Mapping[str, Any]:
    kept = run.meta.get(IMPORTED)
    return kept if isinstance(kept, dict) else {}


def _missing(found: Understood) -> list[str]:
    """How many images are not there, in a sentence, if any."""
    n = len(found.table)
    return [f"{found.missing:,} of {n:,} images are not in {found.root}."] if found.missing else []


def publish(found: Understood, name: str = "", *, again: bool = False) -> str:
    """Write the run and give its id.

    Args:
        name: what it is called; where empty, as the table is.
        again: also where this very table is a run already.

    Raises:
        RunError: it is one already, or the name cannot be.
        FencepostError: the disk is too full.
    """
    started = time.perf_counter()
    if problem := name_problem(name):
        raise RunError(problem)
    if not again and (run := same(found)):
        raise RunError(
            f"This table is run {run.id} already, {run.name!r}: say --again to have it twice."
        )
    source = found.source.path
    dataset = f"folder:{found.root}"
    first = [*([TOP_ONE] if found.top_one else []), *_missing(found)]
    learned = [] if set(found.table["split"]) == {"test"} else [suspicions.ORIGIN]
    notes = [*learned, *first, *found.notes]
    return writing.save_run(
        name or source.stem.removesuffix(".csv"),
        {"model": "", "mode": MODE, "dataset": dataset},
        dataset=dataset,
        fingerprint=found.fingerprint,
        classes=found.classes,
        table=found.table,
        history=pd.DataFrame(columns=HISTORY),
        features=found.features,
        weights={},
        timings={"import": round(time.perf_counter() - started, 3)},
        device="",
        extra={
            "notes": artifacts.printable(notes),
            "data_notes": artifacts.printable(list(found.data_notes)),
            IMPORTED: {
                "table": artifacts.printable(str(source)),
                "digest": digest(found),
                "columns": artifacts.printable(found.columns.said()),
                "missing": found.missing,
            },
        },
    )
