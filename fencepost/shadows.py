"""Whether Python finds our packages: `core` and `dashboard` are names that others use too."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


def require(name: str) -> None:
    """See that a package is the one that lies beside this.

    Raises:
        ImportError: it is another one, or none; says where that lies, and what to do.
    """
    spec = find_spec(name)
    known = (spec.submodule_search_locations or [spec.origin]) if spec else []
    places = [place for place in known if place]
    if not places:
        raise ImportError(f"fencepost lacks its package {name!r}: install fencepost again.")
    other = Path(places[0]).resolve()
    if other.parent != HERE:
        raise ImportError(
            f"fencepost needs its own package {name!r}, but Python finds {other} first: start "
            f"Python in another folder, take {other.parent} off PYTHONPATH, or rename {other.name}."
        )
