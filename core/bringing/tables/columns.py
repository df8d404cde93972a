"""Which columns of a table hold a network's answers: guessed by their names, or said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from core.datasets.tables import labels, roles
from core.datasets.tables.reading import Table, numbers, texts
from core.datasets.tables.roles import Roles, word
from core.errors import DatasetError

SAID = ("path", "label", "split", "pred", "confidence", "probs", "features")
# Names without case, blanks and signs, those that say it best first.
LISTS = (
    "predprobs", "probabilities", "probs", "proba", "predictedprobabilities", "predprobabilities",
    "predictionprobabilities", "probability", "softmax", "yproba", "yprob", "logits", "logit",
    "predlogits", "predictionslogits", "scores", "score", "outputs", "output", "predictions",
    "prediction", "pred", "preds", "ypred",
)  # fmt: skip
FEATURES = (
    "features", "feature", "embedding", "embeddings", "featurevector", "imageembedding",
    "imgembedding", "activations", "latent",
)  # fmt: skip
WHAT = (
    r"(?:y_?|pred(?:icted|iction)?s?_?|class_?|model_?)?"
    r"(?:probabilit(?:y|ies)|probas?|probs?|p|scores?|logits?|softmax|conf(?:idence)?|outputs?)"
    r"|pred(?:iction)?s?|y_?pred"
)
# p_cat, prob/cat, P(cat); and cat_prob.
BEFORE = re.compile(rf"^({WHAT})[\s_.:/(\[-]+(.+?)[)\]]?$", re.IGNORECASE)
AFTER = re.compile(rf"^(.+?)[\s_.:/-]+({WHAT})$", re.IGNORECASE)


@dataclass(frozen=True)
class Columns:
    """Which column serves as what; "" or none for no column.

    Attributes:
        roles: path, label, split, pred, confidence.
        answers: a column a class, or one of lists.
        names: what a column a class says of the class; empty for lists.
        features: a column of lists.
    """

    roles: Roles
    answers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    features: str = ""

    @property
    def are_logits(self) -> bool:
        """Whether their own names say that they are no probabilities."""
        return any("logit" in word(name) for name in self.answers)

    def rest(self, names: Sequence[str]) -> list[str]:
        """What else a table knows of its images."""
        used = {self.features, self.roles.pred, self.roles.confidence, *self.answers}
        return [name for name in self.roles.rest(names) if name not in used]

    def said(self) -> dict[str, str]:
        """Role -> column, as `--columns` says it."""
        found = {role: getattr(self.roles, role) for role in SAID[:5]}
        found |= {"probs": ",".join(self.answers), "features": self.features}
        return {role: name for role, name in found.items() if name}


def guess(table: Table, said: Mapping[str, str] | None = None) -> Columns:
    """What each column is for.

    Args:
        said: role of SAID -> column, what a person said; `probs` may be several, with commas
            between them, or `p_*`; "-" for none.

    Raises:
        DatasetError: the table has no column of a name that was said.
    """
    said = {role: name for role, name in (said or {}).items() if name}
    none = {role for role, name in said.items() if name == "-"}
    given = {role: name for role, name in said.items() if role in SAID[:5] and role not in none}
    lists = [name for name in table.names if holds_lists(table.sample[name])]
    answers = _said_answers(table, said["probs"]) if "probs" in said.keys() - none else ()
    asked = said.get("features", "-")
    features = "" if asked == "-" else roles.exact(table, "features", asked)
    taken = {*answers, features}
    if "features" not in said:
        features = _called(FEATURES, [name for name in lists if name not in taken])
    if not answers and "probs" not in none:
        answers = (_called(LISTS, [name for name in lists if name != features]),)
    seen = _without(table, [*lists, *answers])
    found = replace(roles.guess(seen, given), **dict.fromkeys(none & {*SAID[:5]}, ""))
    if answers == ("",):
        answers = tuple(_one_a_class(table, found))
    found = _not_among(found, answers)
    names = tuple(_class_names(answers)) if len(answers) > 1 else ()
    return Columns(found, tuple(filter(None, answers)), names, features)


def holds_lists(column: pa.ChunkedArray) -> bool:
    """Whether its values are lists of numbers, also written out: `[0.1, 0.9]`."""
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return False
    told = [value for value in texts(column.slice(0, 20)).to_pylist() if value]
    return bool(told) and all(re.fullmatch(r"\[[\s\d.,eE+\-naif]*\]", value) for value in told)


def _called(words: Sequence[str], names: Sequence[str]) -> str:
    """The column that is called best like one of these."""
    ranked = {name: words.index(word(name)) for name in names if word(name) in words}
    return min(ranked, key=lambda name: ranked[name], default="")


def _without(table: Table, names: Sequence[str]) -> Table:
    """The table as if it lacked these columns, which are no names of images and classes."""
    left = tuple(name for name in table.names if name not in names)
    return replace(table, names=left, sample=table.sample.select(left))


def _said_answers(table: Table, said: str) -> tuple[str, ...]:
    if said.endswith("*"):
        found = tuple(n for n in table.names if n.startswith(said[:-1]) and n != said[:-1])
        if found:
            return found
    if said in table.names:
        return (said,)
    return tuple(roles.exact(table, "probabilities", name.strip()) for name in said.split(","))


def _one_a_class(table: Table, found: Roles) -> list[str]:
    """The columns of numbers that are called after the classes, or that count them from 0."""
    used = {found.path, found.label, found.split}
    free = [name for name in table.names if name not in used and _is_number(table.sample[name])]
    groups: dict[object, list[str]] = {}
    for name in free:
        for key, _ in _readings(name):
            groups.setdefault(key, []).append(name)
    several = [names for names in groups.values() if len(names) > 1]
    counted = [name for name in free if name.isdecimal()]
    if sorted(map(int, counted)) == list(range(len(counted))) and len(counted) > 1:
        several.append(counted)
    if found.pred and found.confidence:  # a table of those may measure other things as well
        several = [names for names in several if _are_classes(names, table, found)]
    if several:
        return max(several, key=len)
    classes = (
        {*labels.encoded(table.rows([found.label]).columns[found.label])[0]} - {""}
        if found.label
        else set()
    )
    named = [place for place, name in enumerate(free) if name in classes]
    return free[named[0] : named[-1] + 1] if len(named) > 1 else []


def _are_classes(names: Sequence[str], table: Table, found: Roles) -> bool:
    """Whether columns are called after labels in the first rows, or are as many as their ids."""
    told = {*labels.encoded(table.sample[found.label])[0]} - {""} if found.label else set()
    if told and all(value.isdecimal() for value in told):
        return len(names) > max(map(int, told))
    return not told.isdisjoint(_class_names(names))


def _readings(name: str) -> Iterator[tuple[object, str]]:
    """(what all columns of a kind share, the class) for each way to read a column's name."""
    if found := BEFORE.match(name):
        yield ("before", word(found[1])), found[2]
    if found := AFTER.match(name):
        yield ("after", word(found[2])), found[1]


def _class_names(columns: Sequence[str]) -> list[str]:
    """The columns' names without what all of them share."""
    read = [dict(_readings(name)) for name in columns]
    shared = [key for key in read[0] if all(key in each for each in read)]
    return [each[shared[0]] for each in read] if shared else list(columns)


def _is_number(column: pa.ChunkedArray) -> bool:
    values = numbers(column)
    return bool(len(values)) and bool((values == values).any()) and _all_told(column, values)


def _all_told(column: pa.ChunkedArray, values: object) -> bool:
    """Whether what is no number is nothing at all, or nan."""
    told = texts(column).to_pylist()
    missing = numbers(column) != numbers(column)
    return all(not t or t.casefold() in ("nan", "null", "none", "inf") for t, m in
               zip(told, missing, strict=True) if m)  # fmt: skip


def _not_among(found: Roles, answers: Sequence[str]) -> Roles:
    """The roles without what is a probability of a class."""
    lost = {role: "" for role in ("pred", "confidence") if getattr(found, role) in answers}
    return replace(found, **lost)


def require(table: Table, found: Columns) -> None:
    """Refuse a table that names no images, no classes, or holds no answers.

    Raises:
        DatasetError: says what is missing, and how to say which column it is.
    """
    has = f"{table.path} has the columns {roles.listed(table)}"
    if not found.roles.path:
        raise DatasetError(f"{has}: say by --columns path=NAME which of them names the images.")
    if not found.roles.label and not found.roles.one_hot:
        raise DatasetError(f"{has}: say by --columns label=NAME which of them holds the labels.")
    if not found.answers and not (found.roles.pred and found.roles.confidence):
        wanted = "confidence" if found.roles.pred else "probs"
        raise DatasetError(
            f"{has}: no probabilities are among them, and no predicted class with its confidence. "
            f"Say by --columns {wanted}=NAME where they are; of several, NAME,NAME,... or p_*."
        )
