"""Names from files and folders are data: this makes them plain text inside Markdown."""

from __future__ import annotations

import re

# Streamlit's own shorthands, which it reads in spite of a backslash: :cat: :material_x: and ->
SHORTHAND = re.compile(r"(?<=:)(?=[\w/+-]+:)|(?<!\S)(?=(?:<->|->|<-|--|>=|<=|~=)(?!\S))")
UNSEEN = "\u2060"
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=@/])")


def plain(text: object) -> str:
    """The text with everything escaped that Markdown, its directives or HTML would read."""
    return SPECIAL.sub(r"\\\1", SHORTHAND.sub(UNSEEN, str(text))).replace("\n", " ")
