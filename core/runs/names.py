"""What a run may be called."""

from __future__ import annotations

import unicodedata

MAX_NAME = 200
SEEN = "LNPS"  # Unicode's letters, numbers, punctuation and symbols


def is_text(name: str) -> bool:
    """Whether UTF-8 can hold it, unlike what Python makes of a name in another encoding."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def name_problem(name: str) -> str:
    """Why a run cannot be called so, or ""; an empty name is none."""
    if len(name) > MAX_NAME:
        return f"That name has {len(name):,} characters: at most {MAX_NAME} are allowed."
    if not is_text(name):
        return "That name is not UTF-8 text: write it anew."
    if name and not any(unicodedata.category(letter)[0] in SEEN for letter in name):
        return "That name has no letter that can be seen: give it one."
    return ""
