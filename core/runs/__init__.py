"""Runs: one immutable folder a trained model, with its predictions table.

store           the runs there are: opened, listed, renamed, deleted
run             one of them: its figures, table, features, head
run_json        what its run.json may hold
columns         what a column is, of its table or gained later
table           the predictions table and its files
writing         one published: listed whole or not at all
history         what a training tells of its steps and epochs
images          a run's images, also when files were moved
names           what a run may be called
shipped         the demo run, copied into artifacts that are new
annotations     what people say of a run, kept beside it
"""

from core.runs.run import Run
from core.runs.store import delete, deleted, list_runs, open_run, rename, restore

__all__ = ["Run", "delete", "deleted", "list_runs", "open_run", "rename", "restore"]
