"""How fast training is: our loop, the bare model, and the notebook's own loop, on one machine.

    python benchmarks/train.py [--model resnet18] [--train 256] [--test 400] [--rounds 3]

Each round times all of them one after the other, so that a busy machine is busy for all:

    limit       the bare model on images that lie augmented on the device: forward, backward, step
    ours        core.training.loop: uint8 images, augmented on the device, the same model and batch
    notebook    the loop as it was published: float32 NCHW, PIL transforms in data workers, .item()
                after every batch, and a pass over all of test after every epoch
    layout      the limit in the notebook's float32 NCHW: what layout and precision alone change

Prints medians over the rounds, with the smallest and the largest: of seconds on the clock, and
of seconds of processor time, data workers included, which a busy machine distorts less. On a GPU
only the clock counts.
"""

from __future__ import annotations

import argparse
import copy
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from loops import Bare, Notebook

from core.datasets import Dataset, demo
from core.inference import decoding
from core.inference.batches import Examples
from core.models import device
from core.models.classifier import build_model
from core.models.preprocessing import notebook
from core.training import task
from core.training.config import TrainConfig
from core.training.loop import Fitting, evaluate

EPOCHS = 15  # of the notebook's recipe; its last pass over all images is shared among them


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        demo.render(Path(folder) / "demo", train=options.train, test=options.test)
        dataset = demo.read(Path(folder) / "demo")
        clock, used = _rounds(options, dataset)
    _report_rates(clock, options)
    for title, spent in (("on the clock", clock), ("processor time", used)):
        print(f"\nratios, {title}: median (smallest to largest of {options.rounds} rounds)")
        _report_ratios(spent, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--train", type=int, default=256, help="images a training epoch")
    parser.add_argument("--test", type=int, default=400, help="images of test")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2, help="the notebook's data workers")
    parser.add_argument("--device", default="auto")
    return parser.parse_args()


Spent = dict[str, list[float]]


def _rounds(options: argparse.Namespace, dataset: Dataset) -> tuple[Spent, Spent]:
    """Seconds an image, one figure a round, by what was timed: on the clock, of the processor."""
    where = device.choose(options.device)
    config = TrainConfig(
        model=options.model, weights="none", size=options.size, batch_size=options.batch
    )
    model = build_model(config.model, "none", len(dataset.classes), 0)
    train, test = _examples(dataset, options.size, where)
    fitting = Fitting(copy.deepcopy(model), config, where)
    notebook = Notebook(copy.deepcopy(model).to(where), dataset, options, where)
    bare = Bare(device.move(copy.deepcopy(model), where), train, config, where, True)
    layout = Bare(copy.deepcopy(model).to(where), train, config, where, False)

    def ours() -> None:
        fitting.epoch += 1
        fitting._train_epoch(train, lambda _: None)

    timed: dict[str, tuple[Callable[[], object], int]] = {
        "limit": (bare.epoch, len(train)),
        "ours": (ours, len(train)),
        "layout": (layout.epoch, len(train)),
        "notebook": (notebook.train, len(train)),
        "our evaluation": (lambda: evaluate(fitting.model, test, config, where), len(test)),
        "notebook's evaluation": (notebook.evaluate, len(test)),
    }
    for parts in (bare, layout):
        parts.step()  # the first step of a network allocates and chooses kernels
    clock: Spent = {name: [] for name in (*timed, "wait")}
    used: Spent = {name: [] for name in timed}
    for number in range(options.rounds):
        for name, (run, n) in timed.items():
            seconds, processor = _seconds(run, where)
            clock[name].append(seconds / n)
            used[name].append(processor / n)
        clock["wait"].append(fitting.waited / len(train))
        print(f"round {number + 1}: " + _line({k: v[-1] for k, v in used.items()}), flush=True)
    return clock, used


def _seconds(run: Callable[[], object], where: torch.device) -> tuple[float, float]:
    """On the clock, and of processor time in this process and those that it started."""
    started, used = time.perf_counter(), _processor()
    run()
    if where.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started, _processor() - used


def _processor() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _line(spent: dict[str, float]) -> str:
    return "  ".join(f"{name} {seconds * 1e3:.1f} ms" for name, seconds in spent.items())


def _examples(dataset: Dataset, size: int, where: torch.device) -> list[Examples]:
    decoded = decoding.decode(dataset, notebook(size), 0)
    found = []
    for split in ("train", "test"):
        rows = (decoded.images["split"] == split).to_numpy()
        labels = torch.from_numpy(decoded.images["label"].to_numpy()[rows].astype("int64"))
        found.append(Examples(torch.from_numpy(decoded.values[rows]).to(where), labels.to(where)))
    return found


def _report_rates(spent: Spent, options: argparse.Namespace) -> None:
    print(f"\n{options.model}, {options.size} px, batch {options.batch}, ", end="")
    print(f"{options.train} train and {options.test} test images")
    where = device.choose(options.device)
    print(f"{device.describe(where)}, {device.precision(where)}; load {os.getloadavg()[0]:.1f}\n")
    wait = statistics.median(spent.pop("wait"))
    for name, seconds in spent.items():
        rates = [1 / s for s in seconds]
        print(f"{name:<22} {statistics.median(rates):8.1f} images/s", end=" ")
        print(f"({min(rates):.1f} to {max(rates):.1f})")
    print(f"waited for data        {wait / statistics.median(spent['ours']):8.2%} of training")


def _report_ratios(spent: Spent, options: argparse.Namespace) -> None:
    n, m, held = options.train, options.test, task.HELD_OUT * options.train
    theirs = _sum(spent, {"notebook": n, "notebook's evaluation": m})
    same = _sum(spent, {"ours": n, "our evaluation": m})
    # Ours looks at test once, at the end, and takes the features of all images in that pass.
    own = _sum(spent, {"ours": n - held, "our evaluation": held + (n + m) / EPOCHS})
    _ratio("our images/s / limit", spent["limit"], spent["ours"])
    _ratio("notebook's epoch / ours, a share of the last pass included", theirs, own)
    _ratio("  of which the same protocol, loop against loop", theirs, same)
    _ratio("    training: layout and precision", spent["layout"], spent["limit"])
    _ratio("    training: data, transforms, .item()", spent["notebook"], spent["layout"])
    _ratio("    evaluation", spent["notebook's evaluation"], spent["our evaluation"])
    _ratio("  of which choosing on a held-out tenth, test once", same, own)


def _sum(spent: dict[str, list[float]], images: dict[str, float]) -> list[float]:
    """Seconds of so many images of each kind, one figure a round."""
    rounds = zip(*(spent[name] for name in images), strict=True)
    return [sum(s * n for s, n in zip(r, images.values(), strict=True)) for r in rounds]


def _ratio(what: str, above: list[float], below: list[float]) -> None:
    """The ratio of two things timed in the same round: median, smallest, largest."""
    found = [a / b for a, b in zip(above, below, strict=True)]
    print(f"{what:<60} {statistics.median(found):.3f} ({min(found):.3f} to {max(found):.3f})")


if __name__ == "__main__":
    main()
