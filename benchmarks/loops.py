"""The loops that train.py is measured against: the bare model, and the notebook's own."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from torchvision import transforms

from core.datasets import Dataset, Split
from core.inference.batches import Examples
from core.models import device
from core.models.preprocessing import IMAGENET_MEAN, IMAGENET_STD, notebook
from core.models.transforms import train_transform
from core.training.config import TrainConfig
from core.training.loop import MOMENTUM


class Bare:
    """Forward, backward, step on one batch that lies ready on the device."""

    def __init__(
        self,
        model: nn.Module,
        train: Examples,
        config: TrainConfig,
        where: torch.device,
        ours: bool,
    ) -> None:
        self.model, self.where, self.ours = model, where, ours
        self.steps = -(-len(train) // config.batch_size)
        generator = torch.Generator().manual_seed(0)
        images = train.images[: config.batch_size]
        self.inputs = train_transform(images, notebook(config.size), generator)
        if ours:
            self.inputs = device.channels_last(self.inputs)
        self.labels = train.labels[: config.batch_size]
        self.optimizer = torch.optim.SGD(
            model.parameters(), lr=config.lr, momentum=MOMENTUM, fused=ours or None
        )

    def step(self) -> None:
        if self.ours:
            with device.autocast(self.where):
                logits = self.model(self.inputs)
        else:
            logits = self.model(self.inputs)
        loss = functional.cross_entropy(logits.float(), self.labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()

    def epoch(self) -> None:
        for _ in range(self.steps):
            self.step()


class Files(TorchDataset):
    """A split as torchvision's data sets give it: a PIL image through transforms, and its label."""

    def __init__(self, split: Split, transform: Callable) -> None:
        self.split, self.transform = split, transform

    def __len__(self) -> int:
        return len(self.split)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(self.split.images[index]), int(self.split.labels[index])


class Notebook:
    """The loop as it was published."""

    def __init__(
        self, model: nn.Module, dataset: Dataset, options: argparse.Namespace, where: torch.device
    ) -> None:
        self.model, self.where = model, where
        normal = [
            transforms.ToTensor(),
            transforms.Normalize(IMAGENET_MEAN, IMAGENET_STD),
        ]
        augmented = [
            transforms.Pad(4),
            transforms.RandomCrop(96),
            transforms.Resize(options.size),
            transforms.RandomRotation(5),
            transforms.RandomHorizontalFlip(),
            *normal,
        ]
        resized = [transforms.Resize(options.size), *normal]
        self.batches, self.tests = (
            DataLoader(
                Files(split, transforms.Compose(steps)),
                batch_size=options.batch,
                shuffle=steps is augmented,
                num_workers=options.workers,
            )
            for split, steps in ((dataset.train, augmented), (dataset.test, resized))
        )
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=MOMENTUM)

    def train(self) -> float:
        self.model.train()
        running = 0.0
        for images, labels in self.batches:
            images, labels = images.to(self.where), labels.to(self.where)
            self.optimizer.zero_grad()
            loss = self.criterion(self.model(images), labels)
            loss.backward()
            self.optimizer.step()
            running += loss.item()
        return running

    def evaluate(self) -> float:
        self.model.eval()
        right, running = 0, 0.0
        with torch.no_grad():
            for images, labels in self.tests:
                images, labels = images.to(self.where), labels.to(self.where)
                logits = self.model(images)
                running += self.criterion(logits, labels).item()
                right += (logits.argmax(dim=1) == labels).sum().item()
        return right
