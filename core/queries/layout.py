"""How SQL reads a predictions table: each column by its exact name, derived where it is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.runs.columns import NUMBER, OTHER, TEXT
from core.runs.table.schema import COLUMNS, LEAST, MEASURES, prob_column

FLOAT, DOUBLE = "FLOAT", "DOUBLE"
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL")
NUMBERS = (FLOAT, DOUBLE, *WHOLE, *(f"U{name}" for name in WHOLE))
TEXTS = ("VARCHAR", "BOOLEAN", "ENUM")


@dataclass(frozen=True)
class Layout:
    """A table as SQL reads it.

    Attributes:
        source: what stands after FROM.
        names: every column by its exact name, in the order in which `FROM run` gives them.
        sql: the name of each in SQL, quoted.
        extra: the columns that are none of ours -> their kinds.
        bare: the columns without any value.
    """

    source: str
    names: tuple[str, ...]
    sql: Mapping[str, str]
    extra: Mapping[str, str]
    bare: frozenset[str]


def laid_out(
    files: str,
    exact: Sequence[str],
    given: Sequence[str],
    types: Sequence[str],
    classes: Sequence[str],
    firsts: Sequence[int],
    bare: frozenset[str],
) -> Layout:
    """The layout of a table.

    For SQL `Cat` and `cat` are one name, so that it gives the second another: which column a name
    belongs to is told by its place among all names, whatever their order.

    Args:
        files: what reads them, as SQL.
        exact, given, types: the name of each column in the file, its name in SQL and its type.
        firsts: the number of the first row of each file; needed where there is no column `row`.
    """
    kinds = {name: kind(sql_type) for name, sql_type in zip(exact, types, strict=True)}
    ours = {*COLUMNS, *map(prob_column, classes)}
    extra = {name: kinds[name] for name in exact if name not in ours}
    missing = {name: sql for name, sql in derivations(firsts).items() if name not in exact}
    renamed = _renamed(exact, given)
    named = [renamed.get(name, name) for name in given]
    sql = {name: quoted(called) for name, called in zip(exact, named, strict=True)}
    sql |= {name: quoted(name) for name in missing}
    source = files
    if missing or renamed:
        probs = ", ".join(sql[prob_column(name)] for name in classes)
        source = _whole(files, renamed, missing, probs, _unused("p_all", named))
    absent = frozenset(missing) & frozenset(MEASURES)
    return Layout(source, (*exact, *missing), sql, extra, bare | absent)


def derivations(firsts: Sequence[int]) -> dict[str, str]:
    """Column -> how it follows from others, where `p` stands for the list of probabilities.

    As `core.runs.table.schema.derived` defines them.
    """
    p = "{p}"
    own = f"{p}[label + 1]"
    starts = ", ".join(map(str, firsts))
    logs = f"list_transform({p}, lambda x: x * ln(greatest(x, {LEAST:.9g})))"
    others = f"list_concat({p}[: label], {p}[label + 2 :])"
    return {
        "row": f"(file_row_number + [{starts}][file_index::BIGINT + 1])::INTEGER",
        "correct": "label = pred",
        "confidence": f"list_max({p})",
        "label_prob": own,
        "margin": f"{own} - list_max({others})",
        "loss": f"(-ln(greatest({own}, {LEAST:.9g})))::FLOAT",
        "entropy": f"(-list_sum({logs}))::FLOAT",
        **dict.fromkeys(MEASURES, "NULL::FLOAT"),
    }


def _whole(
    files: str, renamed: Mapping[str, str], missing: Mapping[str, str], probs: str, p: str
) -> str:
    """The table under the names that it should have, with the columns that it lacks."""
    pairs = ", ".join(f"{quoted(old)} AS {quoted(new)}" for old, new in renamed.items())
    numbers = ", file_row_number, file_index" if "row" in missing else ""
    inner = f"SELECT *{f' RENAME ({pairs})' if pairs else ''}{numbers} {files}"
    listed = f"SELECT *, [{probs}] AS {p} FROM ({inner})"
    more = "".join(f", {sql.replace('{p}', p)} AS {quoted(name)}" for name, sql in missing.items())
    hidden = ", ".join([p, *(["file_row_number", "file_index"] if numbers else [])])
    return f"FROM (SELECT * EXCLUDE ({hidden}){more} FROM ({listed}))"


def _renamed(exact: Sequence[str], given: Sequence[str]) -> dict[str, str]:
    """Name in SQL -> another one, where a column of ours would be taken for another of its name."""
    pairs = list(zip(exact, given, strict=True))
    renamed = {sql: name for name, sql in pairs if name in COLUMNS and sql != name}
    for name, sql in pairs:
        if name not in COLUMNS and sql.lower() in COLUMNS:
            renamed[sql] = _unused(f"{sql}_of_the_table", given)
    return renamed


def _unused(name: str, names: Iterable[str]) -> str:
    taken = {each.lower() for each in names} | COLUMNS.keys()
    while name.lower() in taken:
        name += "_"
    return name


def kind(sql_type: str) -> str:
    """What can be done with a column of this type."""
    name = sql_type.partition("(")[0]
    if name in NUMBERS and not sql_type.endswith("]"):
        return NUMBER
    return TEXT if name in TEXTS and not sql_type.endswith("]") else OTHER


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
