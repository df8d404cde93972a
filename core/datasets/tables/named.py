"""What a data set's name says beside its path: `/data/labels.csv?images=/data/all&label=breed`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote, urlencode

from core.errors import DatasetError


def parted(path: str, known: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The path, and what is said after its last question mark.

    A path may hold question marks: what follows one counts where it says something that is known.
    """
    first, mark, last = path.rpartition("?")
    said = dict(parse_qsl(last)) if mark else {}
    return (first, said) if said and said.keys() <= set(known) else (path, {})


def joined(path: str, said: Mapping[str, str], known: Sequence[str]) -> str:
    """The two as one text, the same for the same.

    Raises:
        DatasetError: something is said that nobody knows.
    """
    if unknown := sorted(said.keys() - set(known)):
        raise DatasetError(f"There is no {unknown[0]!r} to say of a table: {', '.join(known)}.")
    pairs = [(name, said[name]) for name in known if said.get(name)]
    text = urlencode(pairs, quote_via=quote, safe="/ :,.()")
    return f"{path}?{text}" if pairs else path
