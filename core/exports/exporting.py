"""One run's network in one form: files, the lines that load them, and proof."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from core import artifacts, leftovers
from core.errors import RunError
from core.exports import forms
from core.exports.proof import Proof, prove
from core.runs import Run

UNPROVED = Proof(0, 0, 0.0, "Not proved: your own program has to build this network.")


@dataclass(frozen=True)
class Exported:
    """What was written: the folder, the names of its files, what loads it, and the proof."""

    folder: Path
    form: str
    files: tuple[str, ...]
    lines: str
    proof: Proof


def export(run: Run, form: str = "", folder: Path | None = None, *, proof: bool = True) -> Exported:
    """Write a run's network; a folder appears whole or not at all.

    Args:
        form: one of `forms.FORMS`; by default the one that the network came in.
        folder: where to; by default in the artifacts.

    Raises:
        RunError: the run cannot have this form, or the folder exists.
        ModelError: the network has no linear head at its own library.
    """
    name = form or forms.natural(run)
    made = forms.form_of(run, name)
    if folder is None:
        folder = default_folder(run, name)
        shutil.rmtree(folder, ignore_errors=True)  # ours, of the same run: it is made anew
    folder = folder.absolute()
    if folder.exists():
        raise RunError(f"{folder} exists: name another folder, or remove it.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    half = re.compile(rf"\.{re.escape(folder.name)}{leftovers.ENDING}")
    leftovers.remove_halves(folder.parent, half)
    hidden = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with artifacts.as_os_errors():
            text = made.write(run, hidden)
        if text:
            (hidden / "load.py").write_text(text, encoding="utf-8")
        shown = prove(run, made, hidden) if text and proof else UNPROVED
        artifacts.publish(hidden, folder)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    files = tuple(sorted(path.name for path in folder.iterdir() if path.is_file()))
    return Exported(folder, name, files, _lines(folder, bool(text), made), shown)


def default_folder(run: Run, form: str) -> Path:
    """Where a run's network in a form is kept, where nobody says where."""
    return artifacts.root() / "exports" / f"{run.id}-{form}"


def _lines(folder: Path, has_script: bool, form: forms.Form) -> str:
    """The Python that loads what was written."""
    if not has_script:
        return (
            "from safetensors.torch import load_file\n\n"
            f"model.load_state_dict(load_file({str(folder / 'model.safetensors')!r}))"
        )
    first = f"import sys\n\nsys.path.insert(0, {str(folder)!r})\nimport load\n\n"
    if form.by_features:
        return f"{first}weight, bias = load.load()\np = load.probabilities(features)"
    return f"{first}network = load.load()\np = load.probabilities('picture.jpg', network)"
