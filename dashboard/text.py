"""How names and numbers are written in charts and under pictures."""

from __future__ import annotations

import re
from html import escape
from unicodedata import east_asian_width

from core.artifacts import printable

BOUNDED = ("label_prob", "confidence", "margin")  # rankings whose 1 is certainty


def short(name: str, most: int = 11) -> str:
    """The name cut in its middle: what tells `class 001` from `class 002` is often its end."""
    if (wide := width(name)) <= most:
        return name
    letters = max(most * len(name) // wide, 3)
    end = min(4, letters // 2 - 1) or 1
    return f"{name[: letters - 1 - end]}…{name[-end:]}"


def width(name: str) -> int:
    """How wide it is in Latin letters: one of East Asia is as wide as two."""
    return sum(1 + (east_asian_width(letter) in "WF") for letter in name)


def probability(value: float) -> str:
    """Three digits, and never a 0 or 1 that is none; a difference of two may be below 0."""
    if value != value:
        return "—"  # as `measure` writes what is not known
    size = abs(value)
    if 0 < size < 0.0005:
        return "<0.001" if value > 0 else ">-0.001"
    if 0.9995 <= size < 1:
        return ">0.999" if value > 0 else "<-0.999"
    return f"{value:.3f}"


def measure(ranking: str, value: float | None) -> str:
    """The value of a ranking with three digits, the same wherever it stands; a dash for none."""
    if value is None or value != value:
        return "—"
    if ranking == "index":
        return f"{value:.0f}"
    if ranking in BOUNDED or ranking.startswith("p_"):
        return probability(value)
    return "<0.001" if 0 < value < 0.0005 else f"{value:.3f}"


def capitalised(words: str) -> str:
    """The words as a sentence begins; names in them keep their own case."""
    return words[:1].upper() + words[1:]


def plain_text(name: str) -> str:
    """The name for Plotly, which reads tags and entities, but knows none for quotes."""
    return escape(name, quote=False)


# Streamlit's own shorthands, which it reads in spite of a backslash: :cat: :material_x: and ->
SHORTHAND = re.compile(r"(?<=:)(?=[\w/+-]+:)|(?<!\S)(?=(?:<->|->|<-|--|>=|<=|~=)(?!\S))")
UNSEEN = "\u2060"
TURNED = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # would turn the words around it as well
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=@/])")


def plain(text: object) -> str:
    """The text with everything escaped that Markdown, its directives or HTML would read."""
    words = SHORTHAND.sub(UNSEEN, TURNED.sub("", printable(str(text))))
    words = SPECIAL.sub(r"\\\1", words).replace("\n", " ")
    # Stars beside a blank are no bold: a name that begins or ends with one shows them.
    before, after = (UNSEEN if end.isspace() else "" for end in (words[:1], words[-1:]))
    return f"{before}{words}{after}"
