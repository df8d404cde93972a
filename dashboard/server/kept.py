"""Bytes in memory: those asked for last, up to a limit."""

from __future__ import annotations

import threading
from collections import OrderedDict

Picture = tuple[bytes, str]  # the bytes, and their content type
LIMIT = 32 * 1024 * 1024  # bytes


class Kept:
    """Pictures by a name that says all they depend on; the longest unused go first."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self.size = 0
        self._pictures: OrderedDict[str, Picture] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> Picture | None:
        """The picture of this name, which then counts as used."""
        with self._lock:
            if found := self._pictures.get(name):
                self._pictures.move_to_end(name)
            return found

    def put(self, name: str, picture: Picture) -> Picture:
        """Keep the picture, and give it back."""
        with self._lock:
            if old := self._pictures.pop(name, None):
                self.size -= len(old[0])
            self._pictures[name] = picture
            self.size += len(picture[0])
            while self.size > self.limit:
                _, (data, _) = self._pictures.popitem(last=False)
                self.size -= len(data)
        return picture
