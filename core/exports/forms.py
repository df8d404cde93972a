"""Every form that a run's network can be taken home in: what it writes, and which runs have it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import RunError
from core.runs import Run
from core.runs.images import view_of
from core.runs.run import ONNX_FILE

ONNX, HUGGING_FACE = "onnx", "huggingface"  # what a run says its network is
PROGRAM = (
    "This network is of your own program, which alone can build it: take --to safetensors and load "
    "it there, or --to head."
)


@dataclass(frozen=True)
class Form:
    """One form.

    Attributes:
        about: what it is, for the command line and the form on Runs.
        problem: why a run cannot have it, or "".
        write: the files of a run into a folder, but load.py; gives that one's text, "" for none.
        by_features: whether load.py is given features, not pictures.
    """

    about: str
    problem: Callable[[Run], str]
    write: Callable[[Run, Path], str]
    by_features: bool = False


def _model(run: Run) -> str:
    return str(run.config.get("model", ""))


def _is_own(run: Run) -> bool:
    """Whether it was brought by fp.evaluate and cannot be built again."""
    return run.config.get("mode") == "predict" and not run.config.get("weights") and (
        "preprocessing" not in run.meta
    )  # fmt: skip


def _onnx_problem(run: Run) -> str:
    if _model(run) == ONNX:
        return ""
    return "Only a network that came as ONNX goes back so: take --to safetensors."


def _hugging_face_problem(run: Run) -> str:
    if _model(run) == HUGGING_FACE:
        return ""
    return "Only a network that came from a folder of Hugging Face goes back so."


def _state_problem(run: Run) -> str:
    if _model(run) == HUGGING_FACE:
        return "This network is of transformers: take --to huggingface, or --to head."
    if _model(run) == ONNX:
        return "This network is an ONNX graph: take --to onnx, or --to head."
    return ""


def _torch_problem(library: str) -> Callable[[Run], str]:
    def problem(run: Run) -> str:
        if said := _state_problem(run):
            return said
        if _is_own(run):
            return PROGRAM
        its = "timm" if _model(run).startswith("timm/") else "torchvision"
        its = "Fencepost" if _model(run) == "small" else its
        return "" if its == library else (
            f"The network {_model(run)} is of {its}, not of {library}: take --to "
            f"{its if its in FORMS else 'safetensors'}."
        )  # fmt: skip

    return problem


# Writers bring torch: which forms there are is asked by pages, too.
def _write_onnx(run: Run, folder: Path) -> str:
    from core.exports import onnx_file, script

    graph = onnx_file.with_head(run.folder / ONNX_FILE, folder / "model.onnx", *run.head())
    return script.for_onnx(run, view_of(run), graph)


def _write_pth(run: Run, folder: Path) -> str:
    import torch

    from core.exports import script, states

    own = states.own_state(run)
    torch.save(own.tensors, folder / "weights.pth")
    return script.for_torch(run, view_of(run), ".pth", own.prefix)


def _write_safetensors(run: Run, folder: Path) -> str:
    from safetensors.torch import save_file

    from core.exports import script, states

    own = states.own_state(run)
    whole = {name: value.contiguous() for name, value in own.tensors.items()}
    save_file(whole, folder / "model.safetensors")
    return "" if _is_own(run) else script.for_torch(run, view_of(run), ".safetensors", own.prefix)


def _write_hugging_face(run: Run, folder: Path) -> str:
    from safetensors.numpy import save_file

    from core.exports import script, states

    for name, path in run.network_files().items():
        shutil.copyfile(path, folder / Path(name).name)
    save_file(states.of_hugging_face(run), folder / "model.safetensors", {"format": "pt"})
    return script.for_hugging_face(run, view_of(run))


def _write_head(run: Run, folder: Path) -> str:
    from safetensors.numpy import save_file

    from core.exports import script

    weight, bias = run.head()
    save_file({"weight": weight.copy(order="C"), "bias": bias}, folder / "head.safetensors")
    return script.for_head(run)


FORMS = {
    "torchvision": Form(
        "a state dict (.pth) for torchvision.models", _torch_problem("torchvision"), _write_pth
    ),
    "timm": Form(
        "a state dict (.safetensors) for timm", _torch_problem("timm"), _write_safetensors
    ),
    "onnx": Form("the ONNX file with another head", _onnx_problem, _write_onnx),
    "huggingface": Form(
        "a folder that from_pretrained loads", _hugging_face_problem, _write_hugging_face
    ),
    "safetensors": Form("all of its weights (.safetensors)", _state_problem, _write_safetensors),
    "head": Form(
        "the last linear layer alone (.safetensors)", lambda run: "", _write_head, by_features=True
    ),
}


def natural(run: Run) -> str:
    """The form that a run's network came in, or the one that is nearest."""
    if str(run.brought.get("file", "")).endswith(".safetensors"):
        return "safetensors"
    return next(name for name, form in FORMS.items() if not form.problem(run))


def form_of(run: Run, name: str) -> Form:
    """The form of this name.

    Raises:
        RunError: there is none, or this run cannot have it.
    """
    if name not in FORMS:
        raise RunError(f"There is no form {name!r} to export to: choose {', '.join(FORMS)}.")
    if problem := FORMS[name].problem(run):
        raise RunError(problem)
    return FORMS[name]
