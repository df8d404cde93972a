"""What can be known before a training starts, without torch: data, weights, disk, network."""

from __future__ import annotations

import os
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from core import artifacts, datasets
from core.datasets.download import reachable
from core.errors import FencepostError, ModelError
from core.models import lazy_torch
from core.training.config import PREDICT, TrainConfig

WEIGHT_SUFFIXES = (".safetensors", ".pth", ".pt", ".ckpt", ".bin", ".tar")
WEIGHT_HOST = "download.pytorch.org"
WEIGHT_URL = f"https://{WEIGHT_HOST}/models/"
RUN_BYTES = 1_500_000_000  # checkpoint with the optimizer's state, weights, features
SMALL_RUN_BYTES = 150_000_000


def absolute(config: TrainConfig) -> TrainConfig:
    """The config with absolute paths: the job runs in another folder.

    Raises:
        DatasetError: there is no such kind of data set.
        ModelError: the weights are at no possible path.
    """
    weights = config.weights
    if weights not in ("default", "none"):
        try:
            weights = str(Path(weights).expanduser().resolve())
        except (RuntimeError, OSError):  # ~name, where nobody has that name; a loop of links
            raise ModelError(f"There is no weights file {weights}: check the path.") from None
    classes = config.classes
    if "," not in classes and os.path.isfile(classes):
        classes = os.path.abspath(classes)
    dataset = datasets.canonical(config.dataset)
    return replace(config, dataset=dataset, weights=weights, classes=classes)


def problem(config: TrainConfig) -> str:
    """Why this training cannot work, in one line with the remedy, or ""."""
    if missing := lazy_torch.missing():
        return missing
    try:
        config = absolute(config)
        needed = SMALL_RUN_BYTES if config.model == "small" else RUN_BYTES
        artifacts.require_space(artifacts.root(), needed, "Training")
        return datasets.problem(config.dataset) or weights_problem(config)
    except FencepostError as error:
        return str(error)
    except OSError as error:
        return f"{error.filename} cannot be used ({error.strerror})."


def weights_problem(config: TrainConfig) -> str:
    """Why the weights cannot be had, as far as a look at them tells, or ""."""
    if config.model.startswith("timm/") and find_spec("timm") is None:
        return f"{config.model} needs the timm package: pip install timm, or choose another model."
    if config.mode == PREDICT and config.weights in ("default", "none"):
        return "Name the file of the trained network's weights, its head with them."
    if config.model == "huggingface":
        return _hugging_face_problem(Path(config.weights))
    if config.model == "onnx":
        return _onnx_problem(Path(config.weights))
    if config.weights == "none":
        return ""
    if config.weights == "default":
        return _default_weights_problem(config.model)
    return _weights_file_problem(Path(config.weights))


def _hugging_face_problem(folder: Path) -> str:
    if not find_spec("transformers"):
        return "A folder of Hugging Face needs transformers: pip install transformers."
    missing = [n for n in ("config.json", "model.safetensors") if not (folder / n).is_file()]
    return f"{folder} has no {missing[0]}: name a folder of Hugging Face." if missing else ""


def _onnx_problem(path: Path) -> str:
    if not (find_spec("onnx") and find_spec("onnxruntime")):
        return "An .onnx file needs onnx and onnxruntime: pip install onnx onnxruntime."
    return "" if path.is_file() else f"There is no file {path}: check the path."


def _weights_file_problem(path: Path) -> str:
    if path.suffix not in WEIGHT_SUFFIXES:
        return f"{path} is not a weights file: give one that ends in .safetensors or .pth."
    if not path.is_file():
        return f"There is no weights file {path}: check the path, or use default or none."
    if not os.access(path, os.R_OK) or path.stat().st_size == 0:
        return f"The weights in {path} cannot be read, or are empty: check the file."
    return ""


def _default_weights_problem(model: str) -> str:
    if model == "small":
        return "The network 'small' has no pretrained weights: choose none."
    if model.startswith("timm/"):
        return ""
    if not model.isidentifier():
        return f"torchvision has no classifier {model!r}: give one of its names, or timm/<name>."
    folder = checkpoints_dir()
    pattern = f"{model}-*.pth"
    # torchvision names some files after their recipe: efficientnet_b0_rwightman-7f5810bc.pth
    if any(folder.glob(pattern)) or any(folder.glob(f"{model}_*-*.pth")) or reachable(WEIGHT_URL):
        return ""
    return (
        f"The default weights of {model}, if torchvision has such a network, are not in {folder} "
        f"and {WEIGHT_HOST} cannot be reached: put {pattern} from another machine there, or give "
        "the file with --weights PATH (Weights in the form), or start from none."
    )


def checkpoints_dir() -> Path:
    """Where torch.hub keeps what it has downloaded."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    home = Path(os.environ.get("TORCH_HOME") or cache / "torch").expanduser()
    return home / "hub" / "checkpoints"
