"""What others change meanwhile: the page is drawn anew within two seconds, without a reload."""

from __future__ import annotations

from collections.abc import Sequence

from core.concepts import store
from core.runs import Run
from dashboard.components.component import component
from dashboard.server import changes

RUNS = ("runs", "run_names.json")

_component = component(__file__, "<div hidden></div>")


def watch(paths: Sequence[str], *, key: str) -> None:
    """Have the script that calls this run anew once something of these paths has changed.

    To be called before what they hold is read: a change between the two is then seen twice, and
    never missed. For the paths, see `changes.state`.
    """
    data = {"url": changes.url(paths), "state": changes.state(paths)}
    _component(key=f"others_{key}", data=data, on_changed_change=lambda: None)


def concepts(run: Run) -> str:
    """Where the concepts of a run's data set lie."""
    return f"concepts/{store.folder_name(run)}"


def marks(run: Run) -> str:
    return f"marks/{run.id}.json"


def unsaved(run: Run, what: str) -> str:
    """Where pieces of this kind lie that are in work on a run, anybody's."""
    return f"unsaved/{run.id}/{what}*"
