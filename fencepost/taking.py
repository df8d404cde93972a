"""A run's network, taken home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.models.lazy_torch import load_torch
from core.runs import Run
from fencepost import notebook

if TYPE_CHECKING:
    from core.exports.proof import Proof


@dataclass(frozen=True, eq=False)
class Export:
    """What was written of a run's network.

    Attributes:
        files: in `folder`, load.py among them where that can build the network.
        lines: the Python that loads it.
        proof: how far it says what the run says: `holds`, `n`, `differ`, `most`, `words`.
    """

    run: Run
    folder: Path
    files: tuple[str, ...]
    lines: str
    proof: Proof

    def __str__(self) -> str:
        names = ", ".join(self.files)
        return f"{self.folder}: {names}\n\n{self.lines}\n\n{self.proof.words}"

    def _repr_html_(self) -> str:
        return notebook.page(str(self.folder), ", ".join(self.files), self.lines, self.proof.words)


def export(run: Run, to: str = "", folder: str | Path = "", *, proof: bool = True) -> Export:
    """Write the network of a run, with its head, as other libraries load it.

    Args:
        to: torchvision, timm, onnx, huggingface, safetensors or head; by default the form that it
            came in.
        folder: a new one, by default in the artifacts; `.` makes one of the run's name here.
        proof: compare it with the run on 200 test images, in a process of its own.

    Raises:
        FencepostError: the run's network cannot be had in this form; says which can.
    """
    load_torch()
    from core.exports import exporting, forms

    form = to or forms.natural(run)
    place = Path(f"{run.id}-{form}") if str(folder) == "." else Path(folder) if folder else None
    made = exporting.export(run, form, place, proof=proof)
    return Export(run, made.folder, made.files, made.lines, made.proof)
