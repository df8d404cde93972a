"""Runs: one immutable folder a trained model, with its predictions table.

store         the runs there are: opened, listed, renamed, deleted
writing       one published: listed whole or not at all
predictions   what the table is: columns, dtypes, validation
table_files   where it lies: a file, a folder of parts, object storage
footers       what the footers of its files tell before a row is read
history       what a training tells of its steps and epochs
images        a run's images, also when files were moved
names         what a run may be called
annotations   what people say of a run, kept beside it
"""

from core.runs.store import Run, delete, list_runs, open_run, rename, restore

__all__ = ["Run", "delete", "list_runs", "open_run", "rename", "restore"]
