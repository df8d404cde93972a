"""HTML in which everything is escaped that is not markup itself: names are data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape  # text that is Markup is HTML already, all other is escaped


def tag(name: str, *children: str, **attributes: str) -> Markup:
    """An element; `cls` stands for the attribute class."""
    given = {"class" if key == "cls" else key: value for key, value in attributes.items()}
    words = "".join(f' {key}="{escape(value)}"' for key, value in given.items())
    return Markup(f"<{name}{words}>{Markup().join(children)}</{name}>")


def section(title: str, *parts: Markup) -> Markup:
    return tag("section", tag("h2", title), *parts)


def lines(texts: Iterable[str], **attributes: str) -> list[Markup]:
    """A paragraph for each text that is not empty."""
    return [tag("p", text, **attributes) for text in texts if text]


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table whose first column names things and whose others are figures."""
    head = tag("tr", *(tag("th", title) for title in titles))
    body = [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), cls="wide")


def together(*parts: Markup) -> Markup:
    """What a printer should not part: a title and its images."""
    return tag("div", *parts, cls="together")


def images(tiles: Sequence[tuple[str, str]], alt: str) -> Markup:
    """(data URI, caption) side by side; an image that cannot be read has no URI.

    A caption that is the same for all stands once, below them.
    """
    shared = {caption for _, caption in tiles}
    once = len(tiles) > 1 and len(shared) == 1
    figures = [
        tag(
            "figure",
            Markup(f'<img src="{escape(uri)}" alt="{escape(alt)}">')
            if uri
            else tag("span", "no image", cls="missing"),
            *([] if once or not caption else [tag("figcaption", caption)]),
        )
        for uri, caption in tiles
    ]
    strip = tag("div", *figures, cls="images")
    if not once or shared == {""}:
        return strip
    return tag("div", strip, tag("p", f"All: {shared.pop()}.", cls="note"))


def whisker(low: float, high: float, at: float, reach: float, mood: str) -> Markup:
    """An interval on a line from -reach to reach, its middle marked; `mood` colours it."""

    def x(value: float) -> str:
        return f"{60 + 56 * max(-1.0, min(1.0, value / reach)):.1f}"

    return Markup(
        f'<svg class="{escape(mood)}" width="120" height="14" viewBox="0 0 120 14" '
        'role="img" aria-hidden="true">'
        '<line class="zero" x1="60" x2="60" y1="0" y2="14"/>'
        f'<line x1="{x(low)}" x2="{x(high)}" y1="7" y2="7"/>'
        f'<circle cx="{x(at)}" cy="7" r="4"/></svg>'
    )
