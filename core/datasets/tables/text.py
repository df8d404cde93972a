"""A table in text: its encoding, what separates its cells, whether its first line names them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from core.errors import DatasetError

SEPARATORS = (",", ";", "\t", "|")
PROBED = 1 << 20  # bytes that tell how a table is written
LINES = 200  # rows that do
CHUNK = 1 << 24
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
IMAGE = re.compile(
    r"\.(jpe?g|jfif|jpe|png|webp|bmp|dib|gif|tiff?|avif|jp2|heic|heif|ppm|pgm|tga)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Dialect:
    """How a table is written.

    Attributes:
        names: of its columns, each once.
        skipped: lines before the first row.
        headed: whether one of them names the columns.
    """

    encoding: str
    separator: str
    names: tuple[str, ...]
    skipped: int
    headed: bool


def looks_like_image(text: str) -> bool:
    """Whether a text ends as the name of an image file does."""
    return IMAGE.search(text.strip()) is not None


def dialect(path: Path, encoding: str = "") -> Dialect:
    """How the table in a file is written.

    Raises:
        DatasetError: it is empty, or no text.
    """
    with opened(path) as stream:
        head = stream.read(PROBED)
    if not head.strip(b"\0\r\n\t "):
        raise DatasetError(f"{path} is empty.")
    encoding = encoding or encoding_of(path, head)
    lines = _whole_lines(_decoded(head, encoding, path), len(head) == PROBED)
    blank = next(k for k, line in enumerate(lines) if line.strip())
    announced, separator = _announced(lines[blank])
    skipped = blank + announced
    separator = separator or _separator(lines[skipped:], path.suffix.lower() == ".tsv")
    rows = _rows(lines[skipped:], separator)
    if not rows:
        raise DatasetError(f"{path} is empty.")
    headed = not any(map(looks_like_image, rows[0]))
    names = [name.strip().lstrip("\ufeff").strip() for name in rows[0]] if headed else []
    width = _width(rows[1:] if headed else rows, len(names))
    if width < len(names):
        raise DatasetError(f"{path} names {len(names)} columns, but its rows have {width} cells.")
    names = _fitted(names, rows, width) if headed else [""] * width
    return Dialect(encoding, separator, unique(names), skipped + headed, headed)


def opened(path: Path) -> pa.NativeFile:
    """A file for reading, unpacked where its name says that it is packed."""
    return pa.input_stream(str(path), compression="detect")


def encoding_of(path: Path, head: bytes) -> str:
    """By its first bytes, else UTF-8 where all of it is that, else what Windows and Excel write."""
    for mark, encoding in BOMS.items():
        if head.startswith(mark):
            return encoding
    even, odd = (head[k:2000:2].count(0) for k in (0, 1))
    if max(even, odd) > len(head[:2000]) // 8:
        return "utf-16-be" if even > odd else "utf-16-le"
    for encoding in ("utf-8", "cp1252"):
        if _can_be(path, encoding):
            return encoding
    return "latin-1"


def unique(names: list[str]) -> tuple[str, ...]:
    """The names, each once: one that is empty or comes again is told by its place."""
    seen: Counter[str] = Counter()
    found = []
    for place, name in enumerate(names, start=1):
        name = name or f"column {place}"
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({place})")
    return tuple(found)


def _can_be(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    with opened(path) as stream:
        read: Callable[[], bytes] = lambda: stream.read(CHUNK)  # noqa: E731
        yield from iter(read, b"")


def _decoded(head: bytes, encoding: str, path: Path) -> str:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        text = decoder.decode(head)  # a letter that is cut at the end is kept back
    except LookupError:
        raise DatasetError(f"There is no encoding {encoding!r}: say one such as gb18030.") from None
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} is no text in {encoding}: {error.reason}.") from None
    if "\0" in text:
        raise DatasetError(f"{path} is no table in text: it holds bytes of zero.")
    return text.removeprefix("\ufeff")


def _whole_lines(text: str, is_cut: bool) -> list[str]:
    lines = re.split(r"\r\n|\r|\n", text)
    return lines[:-1] if is_cut and len(lines) > 1 else lines


def _announced(line: str) -> tuple[int, str]:
    """What Excel writes before a table: `sep=;`."""
    found = re.fullmatch(r'"?sep=(.)"?', line.strip("\ufeff \r"), re.IGNORECASE)
    return (1, found[1]) if found else (0, "")


def _separator(lines: list[str], tabs: bool) -> str:
    """The one by which the most lines have as many cells as the first one, and more than one."""
    order = ("\t", *SEPARATORS) if tabs else SEPARATORS
    scores = {separator: _evenness(lines, separator) for separator in order}
    best = max(scores, key=lambda separator: scores[separator])
    if scores[best]:
        return best
    return " " if _evenness(lines, " ") > 0.9 else order[0]


def _evenness(lines: list[str], separator: str) -> float:
    rows = _rows(lines, separator)
    if not rows or len(rows[0]) < 2:
        return 0.0
    return sum(abs(len(row) - len(rows[0])) <= 1 < len(row) for row in rows) / len(rows)


def _rows(lines: list[str], separator: str) -> list[list[str]]:
    """The first rows, those without a cell left out."""
    text = io.StringIO("\n".join(lines))
    try:
        found = list(islice(csv.reader(text, delimiter=separator), LINES))
    except csv.Error:  # a cell longer than any that a person wrote
        return []
    return [row for row in found if any(cell.strip() for cell in row)]


def _width(rows: list[list[str]], named: int) -> int:
    """How many cells most rows have."""
    counts = Counter(map(len, rows))
    return counts.most_common(1)[0][0] if counts else named


def _fitted(names: list[str], rows: list[list[str]], width: int) -> list[str]:
    """The names where rows have one cell more: an index, as R writes it, or one at the end."""
    if width != len(names) + 1:
        return names
    at_end = all(not row[-1] for row in rows[1:] if len(row) == width)
    return [*names, ""] if at_end else ["", *names]
