"""Names from files and folders are data: this makes them plain text inside Markdown."""

from __future__ import annotations

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=@/])")


def plain(text: object) -> str:
    """The text with everything escaped that Markdown, its directives or HTML would read."""
    return SPECIAL.sub(r"\\\1", str(text)).replace("\n", " ")
