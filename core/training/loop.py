"""Fine-tuning: `fit` yields one EpochMetrics an epoch and keeps a real copy of the best weights."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.nn import functional

from core.errors import TrainingError
from core.inference.batches import Awaited, Examples, pieces
from core.models import device, preprocessing, transforms
from core.models.distributed import ALONE, Ranks, portions
from core.models.preprocessing import Preprocessing
from core.runs.history import EpochMetrics, StepMetrics
from core.training.config import TrainConfig

MOMENTUM = 0.9
DECAY = 0.1
LOG_EVERY = 5  # steps between two points of the training curve
TIMED_STEPS = 2

State = dict[str, torch.Tensor]


class Fitting:
    """A model being trained; `checkpoint` and `restore` stop and go on between two epochs."""

    def __init__(
        self,
        model: nn.Module,
        config: TrainConfig,
        where: torch.device,
        ranks: Ranks = ALONE,
        view: Preprocessing | None = None,
    ) -> None:
        self.model = device.move(model, where)
        self._shared = ranks.shared(self.model)
        self.network: device.Answers = self._shared
        self.config, self.where, self.ranks = config, where, ranks
        self.view = view or preprocessing.notebook(config.size)
        self.optimizer = torch.optim.SGD(
            model.parameters(), lr=config.lr, momentum=MOMENTUM, fused=where.type != "mps"
        )
        self.epoch, self.step, self.waited = 0, 0, 0.0
        self.best: State = {}
        self.best_figures = (-1.0, -math.inf)  # accuracy, then minus the loss

    def compile(self, train: Examples) -> None:
        """Compile the network for batches like those of train.

        Raises:
            TrainingError: torch cannot; the network stays as it is.
        """
        rows = torch.arange(min(len(train), self.config.batch_size // self.ranks.size or 1))
        [(images, _)] = train.batches([rows])
        inputs = transforms.eval_transform(images, self.view)
        self.network = device.compiled(self._shared, device.channels_last(inputs), self.where)

    def fit(
        self,
        train: Examples,
        held_out: Examples,
        on_step: Callable[[StepMetrics], None] = lambda _: None,
    ) -> Iterator[EpochMetrics]:
        """Train for the epochs that are left.

        Raises:
            TrainingError: the loss is not a number.
        """
        while self.epoch < self.config.epochs:
            self.epoch += 1
            last = self._train_epoch(train, on_step)
            self.ranks.same_buffers(self.model)
            loss, accuracy = self._evaluate(held_out)
            if not math.isfinite(loss):
                raise TrainingError(_not_a_number(self.step, self.config))
            better = (accuracy, -loss) > self.best_figures
            if better:
                self.best_figures = (accuracy, -loss)
                self.best = _real_copy(self.model.state_dict())
            yield EpochMetrics(
                epoch=self.epoch,
                step=self.step,
                train_loss=last.loss,
                train_accuracy=last.accuracy,
                held_loss=loss,
                held_accuracy=accuracy,
                lr=last.lr,
                images_per_second=last.images_per_second,
                data_wait=self.waited,
                best=better,
            )

    def _evaluate(self, held_out: Examples) -> tuple[float, float]:
        return evaluate(self.model, held_out, self.config, self.where, self.ranks, self.view)

    def _train_epoch(self, train: Examples, on_step: Callable[[StepMetrics], None]) -> StepMetrics:
        # Every draw of an epoch follows from the seed and its number: a resumed run is the same.
        seed = self.config.seed * 10_007 + self.epoch + self.ranks.number * 2**48
        torch.manual_seed(seed)
        generator = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(train), generator=generator)
        self.model.train()
        lr = learning_rate(self.config, self.epoch)
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        totals = torch.zeros(2, device=self.where)
        seen, started, metrics = 0, time.perf_counter(), None
        steps = list(portions(self._counts(train), self.config.batch_size))
        batches = Awaited(train.batches([self._own(order, parts) for parts in steps]))
        for number, (parts, (images, labels)) in enumerate(zip(steps, batches, strict=True), 1):
            share = self._share(parts)
            totals += self._train_step(images, labels, generator, share) * (share > 0)
            seen += sum(end - begin for begin, end in parts)
            self.step += 1
            if number % LOG_EVERY == 0 or number == len(steps):
                loss, right = (self.ranks.total(totals) / seen).tolist()
                if not math.isfinite(loss):
                    raise TrainingError(_not_a_number(self.step, self.config))
                speed = seen / (time.perf_counter() - started)
                metrics = StepMetrics(self.step, self.epoch, loss, right, lr, speed)
                on_step(metrics)
        self.waited = batches.seconds
        assert metrics is not None
        return metrics

    def _own(self, order: torch.Tensor, parts: list[tuple[int, int]]) -> torch.Tensor:
        """This process's rows of a step; where it has none left, one that will count nothing.

        The others wait for its gradients all the same.
        """
        begin, end = parts[self.ranks.number]
        return order[begin:end] if end > begin else order[:1]

    def _share(self, parts: list[tuple[int, int]]) -> float:
        """What makes the mean over processes the mean over images, however many each has."""
        sizes = [end - begin for begin, end in parts]
        return sizes[self.ranks.number] * len(sizes) / sum(sizes)

    def _counts(self, train: Examples) -> list[int]:
        """How many train images each process has."""
        counts = self.ranks.agree(self.ranks.gather(len(train)))
        if min(counts) == 0:
            raise TrainingError(
                f"{sum(counts)} train images are too few for {len(counts)} processes: start fewer."
            )
        return counts

    def _train_step(
        self,
        images: torch.Tensor,
        labels: torch.Tensor,
        generator: torch.Generator,
        share: float = 1.0,
    ) -> torch.Tensor:
        """Sum of the losses and number of right answers of a batch, still on the device."""
        inputs = transforms.train_transform(images, self.view, generator)
        # A process with one image or none in a step, as few have, has no variance to normalise by.
        self.model.train(len(labels) > 1)
        with device.autocast(self.where):
            logits = self.network(device.channels_last(inputs))
        loss = functional.cross_entropy(logits.float(), labels)
        self.optimizer.zero_grad(set_to_none=True)
        (loss * share).backward()
        self.optimizer.step()
        right = (logits.detach().argmax(dim=1) == labels).sum()
        return torch.stack([loss.detach() * len(labels), right])

    def checkpoint(self) -> dict:
        """All that going on after this epoch needs; tensors and plain values only."""
        return {
            "epoch": self.epoch,
            "step": self.step,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "best": self.best,
            "best_figures": list(self.best_figures),
        }

    def restore(self, state: dict) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch, self.step = state["epoch"], state["step"]
        self.best, self.best_figures = state["best"], tuple(state["best_figures"])

    def seconds_per_image(self, train: Examples) -> float:
        """Time of a training step, an image, from a few steps of a copy that is thrown away."""
        trial = Fitting(copy.deepcopy(self.model), self.config, self.where, view=self.view)
        batch = torch.arange(min(len(train), self.config.batch_size, 16))
        [(images, labels)] = train.batches([batch])
        generator = torch.Generator().manual_seed(0)
        trial._train_step(images, labels, generator)
        started = time.perf_counter()
        for _ in range(TIMED_STEPS):
            trial._train_step(images, labels, generator)
        return (time.perf_counter() - started) / TIMED_STEPS / len(batch)


def learning_rate(config: TrainConfig, epoch: int) -> float:
    """A tenth of the last after every `decay_every` epochs; `epoch` counts from 1."""
    return config.lr * DECAY ** ((epoch - 1) // config.decay_every)


@torch.no_grad()
def evaluate(
    model: nn.Module,
    examples: Examples,
    config: TrainConfig,
    where: torch.device,
    ranks: Ranks = ALONE,
    view: Preprocessing | None = None,
) -> tuple[float, float]:
    """Mean loss and accuracy over all examples; batches need not divide them."""
    model.eval()
    view = view or preprocessing.notebook(config.size)
    totals = torch.tensor([0.0, 0.0, len(examples)], device=where)
    for images, labels in examples.batches(pieces(len(examples), config.batch_size)):
        inputs = transforms.eval_transform(images, view)
        with device.autocast(where):
            logits = model(device.channels_last(inputs)).float()
        loss = functional.cross_entropy(logits, labels, reduction="sum")
        totals[:2] += torch.stack([loss, (logits.argmax(dim=1) == labels).sum()])
    loss, right, n = ranks.total(totals).tolist()
    return loss / n, right / n


def _real_copy(state: State) -> State:
    """Copies on the CPU: a state_dict refers to weights that training goes on changing."""
    return {key: value.detach().to("cpu", copy=True) for key, value in state.items()}


def _not_a_number(step: int, config: TrainConfig) -> str:
    return (
        f"The loss is not a finite number at step {step}: training diverged. Lower --lr "
        f"(it is {config.lr:g}), or check --weights."
    )
