"""Fencepost in a script or a notebook: from an error to its cause, to a fix, to proof.

    import fencepost as fp

    run = fp.open_run("demo")
    why = fp.explain(run, "deer", "cat")
    picks = fp.suggest_picks(run, why)
    fence = fp.learn(run, picks.shows, picks.without, name="fence")
    fix = fp.fix(run, "transplant", fence)
    fp.compare(run, fp.save_fix(run, fix), concept=fence)

Every function is about a run. What it gives is frozen, prints in words, and is drawn as tables and
small pictures in a notebook. docs/api.md tells all of it.

evaluation  a network of your own program, as a run
looking     runs, their largest confusions, their images
causes      why images of one class are predicted as another
concept     something visible that images share, and the harm that it does
repair      fixes of the head, as new runs
tables      a table of predictions, made anywhere, as a run
taking      a run's network, taken home
proof       two runs compared; the report
asking      class names, splits and results as they were meant
notebook    HTML for notebooks
progress    how far something slow is
shadows     whether `core` is ours
command     the console command
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fencepost import shadows

shadows.require("core")

if TYPE_CHECKING:
    from core.errors import FencepostError
    from core.runs import Run
    from fencepost.causes import Explanation, Picks, explain, suggest_picks
    from fencepost.concept import (
        Concept,
        Effect,
        learn,
        list_concepts,
        measure,
        open_concept,
        save_concept,
    )
    from fencepost.evaluation import Evaluated, evaluate
    from fencepost.looking import (
        Confusions,
        Images,
        Runs,
        confusions,
        images,
        list_runs,
        open_run,
    )
    from fencepost.proof import Comparison, Report, compare, report
    from fencepost.repair import Fix, fix, save_fix
    from fencepost.tables import Imported, from_table
    from fencepost.taking import Export, export

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "Concept",
    "Confusions",
    "Effect",
    "Evaluated",
    "Explanation",
    "Export",
    "FencepostError",
    "Fix",
    "Images",
    "Imported",
    "Picks",
    "Report",
    "Run",
    "Runs",
    "compare",
    "confusions",
    "evaluate",
    "explain",
    "export",
    "fix",
    "from_table",
    "images",
    "learn",
    "list_concepts",
    "list_runs",
    "measure",
    "open_concept",
    "open_run",
    "report",
    "save_concept",
    "save_fix",
    "suggest_picks",
]
# Where each was made. None is loaded before it is asked for: the console command starts at once.
_HOMES = (
    "fencepost.looking",
    "fencepost.evaluation",
    "fencepost.causes",
    "fencepost.concept",
    "fencepost.repair",
    "fencepost.proof",
    "fencepost.taking",
    "fencepost.tables",
    "core.runs.run",
    "core.errors",
)


def __getattr__(name: str) -> Any:
    for home in _HOMES if name in __all__ else ():
        found = getattr(import_module(home), name, None)
        if getattr(found, "__module__", "") == home:
            return globals().setdefault(name, found)
    raise AttributeError(f"fencepost has no {name!r}: it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
