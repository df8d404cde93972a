"""load.py, which lies beside an exported network: it loads it and predicts pictures.

It is written for a machine without Fencepost: what it needs are the network's own library, Pillow
and NumPy. Every name in it passes through repr.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence

from core.exports import shown
from core.models import classifier, published
from core.models.onnx_graphs import Graph
from core.models.preprocessing import Preprocessing
from core.runs import Run

TOP = '''\
"""The network of run {run}, with the head that it has there.

    python load.py PICTURE ...        the most probable class of each picture

Needed: {needed}.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
{imports}
from PIL import Image, ImageOps

HERE = Path(__file__).resolve().parent
CLASSES = {classes}
MEAN, STD = {mean}, {std}


'''
END = '''\
def probabilities(path, network=None):
    """One number for each of CLASSES; they sum to 1."""
    network = network or load()
{ask}    odds = np.exp(logits - logits.max())
    return odds / odds.sum()


if __name__ == "__main__":
    network = load()
    out = sys.argv.index("--out") if "--out" in sys.argv else len(sys.argv)
    found = [probabilities(path, network) for path in sys.argv[1:out]]
    if out < len(sys.argv):
        np.save(sys.argv[out + 1], np.array(found))
    for path, p in zip(sys.argv[1:out], found):
        print(f"{path}: {CLASSES[p.argmax()]} {p.max():.1%}")
'''
TORCH = '''\
def load():
    """The network, in eval mode."""
    network = {make}
    state = {read}
{prefix}    network.load_state_dict(state)
    return network.eval()


'''
PREFIX = """\
    prefix = {prefix!r}
    names = network.state_dict()
    state = {{k[len(prefix):]: v for k, v in state.items() if k[len(prefix):] in names}}
"""
ASK_TORCH = """\
    with torch.no_grad():
        logits = network(torch.from_numpy(shown(path)))[0].double().numpy()
"""
ONNX = '''\
def load():
    """The network, ready to run."""
    return onnxruntime.InferenceSession(str(HERE / "model.onnx"))


'''
ASK_ONNX = """\
    images = np.repeat(shown(path){layout}, {batch}, axis=0).astype(np.{dtype})
    logits = network.run([{output!r}], {{{input!r}: images}})[0][0].astype(np.float64){after}
"""
OURS = ("    origin: ", "    view: ", "    classes: ")  # of a class, which nobody needs there
HUGGING_FACE = '''\
def load():
    """The network, in eval mode."""
    return AutoModelForImageClassification.from_pretrained(HERE, local_files_only=True).eval()


'''
ASK_HUGGING_FACE = """\
    with torch.no_grad():
        answer = network(pixel_values=torch.from_numpy(shown(path)))
    logits = answer.logits[0].double().numpy()
"""
AFTER = {
    "": "",
    "softmax": "\n    logits = np.log(np.maximum(logits, 1e-38))",
    "log_softmax": "",
}
READ = {
    ".pth": 'torch.load(HERE / "weights.pth", map_location="cpu", weights_only=True)',
    ".safetensors": 'load_file(HERE / "model.safetensors")',
}


def for_torch(run: Run, view: Preprocessing, suffix: str, prefix: str) -> str:
    """load.py of a network of torch, whose state dict has this suffix."""
    name = str(run.config.get("model", ""))
    imports = ["import torch"]
    if suffix == ".safetensors":
        imports.append("from safetensors.torch import load_file")
    if name == "small":
        imports.append("from torch import nn")
        made, source = f"Classifier(SmallNet(), {_width()}, {len(run.classes)})", _small()
    else:
        call = published.call(name, len(run.classes), view.size)
        imports.append(f"import {call.library}")
        made, source = call.source(), ""
    load = TORCH.format(
        make=made, read=READ[suffix], prefix=PREFIX.format(prefix=prefix) if prefix else ""
    )
    needed = [line.split()[1].partition(".")[0] for line in imports]
    return _written(run, view, imports, needed, source + load, ASK_TORCH)


def for_onnx(run: Run, view: Preprocessing, graph: Graph) -> str:
    """load.py of an .onnx file."""
    ask = ASK_ONNX.format(
        layout=".transpose(0, 2, 3, 1)" if graph.channels_last else "",
        batch=graph.batch or 1,
        dtype=graph.dtype.name,
        output=graph.output,
        input=graph.input,
        after=AFTER[graph.head.ends if graph.head else ""],
    )
    return _written(run, view, ["import onnxruntime"], ["onnxruntime"], ONNX, ask)


def for_hugging_face(run: Run, view: Preprocessing) -> str:
    """load.py of a folder of Hugging Face."""
    imports = ["import torch", "from transformers import AutoModelForImageClassification"]
    return _written(run, view, imports, ["torch", "transformers"], HUGGING_FACE, ASK_HUGGING_FACE)


def _plain(run_id: str) -> str:
    """A run's id as it may stand in a text between quotes."""
    return re.sub(r"[^\w.-]", "_", run_id)


def _width() -> int:
    return classifier.SmallNet.WIDTHS[-1]


def _small() -> str:
    """The source of the network that has no other library."""
    parts = (classifier._conv, classifier.SmallStage, classifier.SmallNet, classifier.Classifier)
    text = "\n\n".join(inspect.getsource(part) for part in parts)
    kept = [line for line in text.splitlines() if not line.startswith(OURS)]
    return "\n".join(kept) + "\n\n\n"


def _written(
    run: Run,
    view: Preprocessing,
    imports: Sequence[str],
    needed: Sequence[str],
    load: str,
    ask: str,
) -> str:
    text = TOP.format(
        run=_plain(run.id),
        needed=", ".join(dict.fromkeys([*needed, "numpy", "pillow"])),
        imports="\n".join(sorted(imports)),
        classes=repr(list(run.classes)),
        mean=repr(tuple(view.mean)),
        std=repr(tuple(view.std)),
    )
    return text + load + shown.source(view) + END.replace("{ask}", ask)


HEAD = '''\
"""The head of run {run}: logits = features @ weight.T + bias.

Needed: safetensors, numpy. `features` are what the network gives its last linear layer.
"""

import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

HERE = Path(__file__).resolve().parent
CLASSES = {classes}


def load():
    """weight (classes, features) and bias (classes,)."""
    state = load_file(HERE / "head.safetensors")
    return state["weight"], state["bias"]


def probabilities(features):
    """(images, features) -> (images, classes); rows sum to 1."""
    weight, bias = load()
    logits = features.astype(np.float32) @ weight.T + bias
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        np.save(sys.argv[3], probabilities(np.load(sys.argv[1])))
'''


def for_head(run: Run) -> str:
    """load.py of a head alone."""
    return HEAD.format(run=_plain(run.id), classes=repr(list(run.classes)))
