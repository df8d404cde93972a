"""The page as a whole."""

from __future__ import annotations

from pathlib import Path

from core.concepts.effects import compared
from core.concepts.stored import Stored
from core.errors import ConceptError
from core.evaluation import wording
from core.evaluation.comparison import Comparison
from core.report import confusion, effect, proof
from core.report.markup import Markup, lines, section, tag
from core.report.pictures import Pictures
from core.runs.annotations import looks_at_test

CSS = Path(__file__).with_name("report.css")
# A browser that heeds it could fetch nothing even if a name managed to ask for it.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def write(comparison: Comparison, stored: Stored | None = None) -> str:
    """The report as HTML; parts that cannot be told are left out with a sentence.

    Args:
        stored: the concept that it tells of.
    """
    pictures = Pictures(comparison.before)
    told = confusion.find(comparison, stored)
    parts = [
        _summary(comparison, told, stored),
        section("What goes wrong", *confusion.confusion(comparison, told, pictures)),
        section("Why", *confusion.cause(comparison, told, stored, pictures)),
        section("What the concept does", *effect.told(comparison, told, stored, pictures)),
        section("What was changed", *proof.steps(comparison)),
        section("What it changed", *proof.outcomes(comparison, pictures)),
        section("Class by class", *proof.classes(comparison)),
        section("With the concept and without it", *proof.groups(comparison, stored)),
        _how_to_read(),
    ]
    return _page(f"{comparison.before.name} → {comparison.after.name}", parts)


def _page(title: str, parts: list[Markup]) -> str:
    head = tag(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        tag("title", title),
        tag("style", Markup(CSS.read_text(encoding="utf-8"))),
    )
    body = tag("body", tag("main", *parts))
    return str(Markup("<!doctype html>\n") + tag("html", head, body, lang="en"))


def _summary(comparison: Comparison, told: confusion.Trouble, stored: Stored | None) -> Markup:
    made, split = comparison.overall(), comparison.split
    before, after = comparison.before, comparison.after
    figures = [
        ("Accuracy before", f"{made.before:.1%}"),
        ("Accuracy after", f"{made.after:.1%}"),
        ("Images fixed", f"{made.fixed:,}"),
        ("Images broken", f"{made.broken:,}"),
    ]
    cards = [tag("div", tag("b", value), tag("span", name)) for name, value in figures]
    day = str(after.meta.get("created", ""))[:10]
    warning = looks_at_test.words(looks_at_test.root_of(after)) if split == "test" else ""
    return tag(
        "header",
        tag("p", f"Fencepost report · {before.dataset} · {day}", cls="over"),
        tag("h1", before.name, tag("span", " → "), after.name),
        tag("p", wording.sentence(made, split), cls="verdict"),
        tag("div", *cards, cls="cards"),
        tag("ul", *(tag("li", text) for text in _in_short(comparison, told, stored))),
        tag("p", wording.source(comparison), cls="note"),
        *lines([warning], cls="note"),
    )


def in_short(comparison: Comparison, stored: Stored | None) -> list[str]:
    """The story in up to four lines: the trouble, the suspect, what was done, the result."""
    return _in_short(comparison, confusion.find(comparison, stored), stored)


def _in_short(comparison: Comparison, told: confusion.Trouble, stored: Stored | None) -> list[str]:
    if told.cell is None:
        return []
    a, b = (comparison.before.classes[k] for k in told.cell)
    n = int(told.counts[told.cell[0]].sum())
    was, now = (int(counts[told.cell]) for counts in (told.counts, told.after))
    return [
        f"The trouble: {was:,} of {n:,} images of {a} were predicted as {b}.",
        *_suspect(comparison, told.cell[0], stored),
        *proof.titles(comparison),
        f"The result: {now:,} of {n:,} images of {a} are predicted as {b} now.",
    ]


def _suspect(comparison: Comparison, label: int, stored: Stored | None) -> list[str]:
    """How often the class goes wrong with the concept and without it."""
    try:
        shown = compared.shown(comparison, stored) if stored else None
    except ConceptError:
        shown = None
    if stored is None or shown is None:
        return []
    mine = comparison.rows["label"].to_numpy() == label
    wrong = mine & (comparison.rows["pred_before"].to_numpy() != label)
    with_it, without = ((int((wrong & s).sum()), int((mine & s).sum())) for s in (shown, ~shown))
    name = comparison.before.classes[label]
    return [
        f"The suspect: “{stored.name}”. {with_it[0]:,} of {with_it[1]:,} images of {name} that "
        f"show it were predicted wrongly, {without[0]:,} of {without[1]:,} of those without it."
    ]


def _how_to_read() -> Markup:
    return section(
        "How to read the figures",
        tag(
            "p",
            "A fixed image was predicted wrongly before and is predicted correctly after; a "
            "broken one the other way round. n is the number of images behind a figure. A 95% "
            "interval is the range in which the figure on very many such images probably lies "
            "(Wilson's for a rate, Newcombe's for a difference of paired rates). p is how often "
            "chance alone would split fixed and broken images this unevenly (exact McNemar test); "
            "with fewer than six changed images nothing can be said. Every group is tested by "
            "itself: among twenty groups one may look better or worse by chance.",
            cls="note",
        ),
    )
