"""The small changes that `mutants.py` makes to a module, one at a time.

Each turns a decision: an edge moved by one, a comparison turned round, a term, a condition, an
option or a statement dropped, one end taken for the other. Words are left as they are, but for
those that decide: SQL, and the sides of a search. What a `raise` says is left alone too.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

EDGES = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
OPPOSITES = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
EITHER_MAY_GO = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr)
OTHER_ENDS = [
    ("min", "max"), ("argmin", "argmax"), ("idxmin", "idxmax"), ("minimum", "maximum"),
    ("any", "all"), ("floor", "ceil"),
]  # fmt: skip
NAMES = {a: b for pair in OTHER_ENDS for a, b in (pair, pair[::-1])} | {"sorted": "list"}
UNDONE = {"abs", "round", "sqrt", "log", "exp", "lower", "strip", "copy", "resolve"}
WORDS = [
    (r"\bDESC\b", "ASC"), (r"\bASC\b", "DESC"), (r"\bAND\b", "OR"), (r"\bNOT ", ""),
    (r"\bmin\(", "max("), (r"\bmax\(", "min("), (r"^left$", "right"), (r"^right$", "left"),
    (r" = (?=\?)", " <> "), (r" ORDER BY \w+$", ""),
]  # fmt: skip
UNSEEN = {"annotation", "returns", "decorator_list", "format_spec", "exc", "cause", "ctx"}
DROPPED = (ast.Expr, ast.AugAssign, ast.Raise, ast.Delete)


@dataclass(frozen=True)
class Change:
    """One change of a module.

    Attributes:
        path: of the module's file.
        line, where, start: the line; the function or class, "" for none; the function's first
            line with its decorators, 0 outside of functions.
        text: what stood there, and what stands there now; told apart by (2) where it is twice.
        code: the module, changed.
    """

    path: str
    line: int
    where: str
    start: int
    text: str
    code: CodeType


def changes(source: str, path: str) -> Iterator[Change]:
    """Every change of the source of the module at `path`, from its top to its end."""
    tree = ast.parse(source)
    seen: Counter[str] = Counter()
    for (where, start), holder, field, place, node in list(_nodes(tree, ("", 0))):
        for other in _others(node, field):
            kept = getattr(holder, field)
            made = other if place is None else _with(kept, place, other)
            setattr(holder, field, made)
            code = compile(ast.fix_missing_locations(tree), path, "exec")
            setattr(holder, field, kept)
            text = f"{_text(node)} -> {_text(other)}"
            seen[where + text] += 1
            text += f" ({seen[where + text]})" if seen[where + text] > 1 else ""
            yield Change(path, node.lineno, where, start, text, code)


def _with(values: list[ast.AST], place: int, other: ast.AST | None) -> list[ast.AST]:
    return [*values[:place], *([] if other is None else [other]), *values[place + 1 :]]


def _text(node: ast.AST | None) -> str:
    return "nothing" if node is None else ast.unparse(node).partition("\n")[0]


def _nodes(
    holder: ast.AST, where: tuple[str, int]
) -> Iterator[tuple[tuple[str, int], ast.AST, str, int | None, ast.AST]]:
    """Where it stands, its holder, the field and the place in it, of every node that may change."""
    for field, value in ast.iter_fields(holder):
        for place, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or field in UNSEEN or _is_no_decision(node):
                continue
            if hasattr(node, "lineno"):
                yield where, holder, field, place, node
            yield from _nodes(node, _inner(node, where))


def _inner(node: ast.AST, where: tuple[str, int]) -> tuple[str, int]:
    """Where the parts of a node stand: the name and first line of the innermost function."""
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return where
    start = min(part.lineno for part in [node, *node.decorator_list])
    return f"{where[0]}.{node.name}".lstrip("."), start * isinstance(node, ast.FunctionDef)


def _is_no_decision(node: ast.AST) -> bool:
    """Docstrings, imports, checks of ourselves, and what only type checkers read."""
    match node:
        case ast.keyword("strict") | ast.Assert():
            return True
        case ast.Import() | ast.ImportFrom() | ast.Expr(ast.Constant()):
            return True
        case ast.Assign([ast.Name("__all__")]) | ast.If(ast.Name("TYPE_CHECKING")):
            return True
    return False


def _others(node: ast.AST, field: str) -> Iterator[ast.AST | None]:
    """What may stand in the node's place; None for nothing, where it may be missing."""
    match node:
        case ast.Compare(left, ops, right):
            # A condition is held true and held false as well: its opposite would tell no more.
            tables = [EDGES] if field == "test" else [EDGES, OPPOSITES]
            for table in tables:
                for k in [k for k, op in enumerate(ops) if type(op) in table]:
                    yield ast.Compare(left, _with(ops, k, table[type(ops[k])]()), right)
        case ast.BinOp(left, op, right):
            if type(op) in COMPUTED and not {_kind(left), _kind(right)} & {str, list}:
                yield ast.BinOp(left, COMPUTED[type(op)](), right)
            yield left
            if isinstance(op, EITHER_MAY_GO):
                yield right
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for k in range(len(values)):
                rest = [*values[:k], *values[k + 1 :]]
                yield ast.BoolOp(op, rest) if rest[1:] else rest[0]
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.If(_, body, orelse):
            yield from (ast.If(ast.Constant(now), body, orelse) for now in (True, False))
        case ast.Constant(value):
            yield from map(ast.Constant, _other_values(value))
        case ast.Return(value) if value is not None and _kind(value) is not type(None):
            yield ast.Return(ast.Constant(None))
        case ast.With(items, body) if not any(item.optional_vars for item in items):
            yield ast.If(ast.Constant(True), body, [])
        case ast.Continue() | ast.Break():
            yield ast.Break() if isinstance(node, ast.Continue) else ast.Continue()
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case _ if isinstance(node, DROPPED):
            yield ast.Pass()
        case _:
            yield from _other_names(node)
    if field in ("ifs", "lower", "upper", "step") or _is_option(node):
        yield None


def _is_option(node: ast.AST) -> bool:
    """A keyword that may be left out; a truth value is turned round instead."""
    return isinstance(node, ast.keyword) and bool(node.arg) and _kind(node.value) is not bool


def _kind(node: ast.AST) -> type | None:
    """str or list where the node is written as one, NoneType for None."""
    if isinstance(node, ast.Constant):
        return type(node.value)
    written = {ast.JoinedStr: str, ast.List: list, ast.ListComp: list, ast.Tuple: list}
    return written.get(type(node))


def _other_values(value: object) -> list[object]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1] if value else [1]
        case float():
            return [value * 1.1 if value else 1.0]
        case str():
            found = [re.sub(old, new, value, count=1) for old, new in WORDS]
            return [text for text in found if text != value]
    return []


def _other_names(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Call(ast.Name(name), [only], []) if name in UNDONE:
            yield only
        case ast.Call(ast.Attribute(ast.Name("np" | "math"), name), [only], []) if name in UNDONE:
            yield only
        case ast.Call(ast.Attribute(value, name), [], []) if name in UNDONE:
            yield value
        case ast.Name(name) if name in NAMES:
            yield ast.Name(NAMES[name], node.ctx)
        case ast.Attribute(value, name) if name in NAMES:
            yield ast.Attribute(value, NAMES[name], node.ctx)
