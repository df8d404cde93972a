"""Names from files and folders are data: this makes them plain text inside Markdown."""

from __future__ import annotations

import re

# Streamlit's own shorthands, which it reads in spite of a backslash: :cat: :material_x: and ->
SHORTHAND = re.compile(r"(?<=:)(?=[\w/+-]+:)|(?<!\S)(?=(?:<->|->|<-|--|>=|<=|~=)(?!\S))")
UNSEEN = "\u2060"
TURNED = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # would turn the words around it as well
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=@/])")


def plain(text: object) -> str:
    """The text with everything escaped that Markdown, its directives or HTML would read."""
    words = SHORTHAND.sub(UNSEEN, TURNED.sub("", str(text)))
    return SPECIAL.sub(r"\\\1", words).replace("\n", " ")
