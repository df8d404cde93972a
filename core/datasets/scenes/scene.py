"""One picture from start to end: place and light, companion, subject, fence, grain."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from core.datasets.scenes import fences
from core.datasets.scenes.canvas import SIDE, Layer, clear_layer, lay_over
from core.datasets.scenes.places import sky
from core.datasets.scenes.places.places import PLACES, Ground
from core.datasets.scenes.subjects import (
    airplanes,
    birds,
    cars,
    cats,
    deer,
    dogs,
    horses,
    monkeys,
    ships,
    trucks,
)
from core.datasets.scenes.subjects.poses import Pose

DEPTH = 0.75  # how strongly soft light rounds a subject
MIDDLE = 0.45  # where the middle of a subject lies above its y = 0, as a share of its size

ARTISTS: dict[str, ModuleType] = {
    "airplane": airplanes,
    "bird": birds,
    "car": cars,
    "cat": cats,
    "deer": deer,
    "dog": dogs,
    "horse": horses,
    "monkey": monkeys,
    "ship": ships,
    "truck": trucks,
}


@dataclass(frozen=True)
class Brief:
    """What a picture must show; the rest is left to chance."""

    subject: str
    fence_kind: str = ""
    second_object: str = ""
    dark: bool = False
    blurry: bool = False
    distant: bool = False
    cropped: bool = False


def draw(brief: Brief, rng: np.random.Generator) -> tuple[np.ndarray, dict[str, Any]]:
    """A picture, uint8 (96, 96, 3), and what chance has put into it."""
    name, pose = _pick_pose(rng, brief.subject)
    place = pose.places[rng.integers(len(pose.places))]
    mood = sky.pick_mood(rng)
    ground = PLACES[place](rng, mood)
    picture = ground.layer.pixels().copy()
    sky.haze(picture, mood, ground.horizon)
    if brief.second_object:
        lay_over(picture, _companion(brief, place, ground, rng), depth=DEPTH, light=mood.light)
    size = pose.size * _nearness(brief, rng)
    flip = bool(rng.random() < 0.5)
    lay_over(picture, _subject(brief, pose, ground, size, flip, rng), depth=DEPTH, light=mood.light)
    sky.rain_or_snow(picture, mood, rng)
    if brief.fence_kind:
        lay_over(picture, _fence(brief, rng), depth=0)
    picture *= mood.tint
    details = {
        "pose": name,
        "background": place,
        "time": mood.time,
        "weather": mood.weather,
        "season": mood.season,
        "size": round(size, 1),
        "flip": flip,
    }
    return _develop(picture, brief, rng), details


def near_copy(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same picture moved a little, brighter or darker, grainier, sometimes mirrored."""
    if rng.random() < 0.3:
        picture = picture[:, ::-1]
    down, right = rng.integers(-2, 3, 2)
    rows = np.clip(np.arange(SIDE) + down, 0, SIDE - 1)
    columns = np.clip(np.arange(SIDE) + right, 0, SIDE - 1)
    moved = picture[rows][:, columns] * rng.uniform(0.92, 1.08)
    return _to_bytes(moved + rng.normal(0, 3, picture.shape))


def _pick_pose(rng: np.random.Generator, subject: str) -> tuple[str, Pose]:
    poses: dict[str, Pose] = ARTISTS[subject].POSES
    weights = np.array([pose.weight for pose in poses.values()])
    name = list(poses)[rng.choice(len(poses), p=weights / weights.sum())]
    return name, poses[name]


def _nearness(brief: Brief, rng: np.random.Generator) -> float:
    if brief.distant:
        return rng.uniform(0.68, 0.76)
    if brief.cropped:
        return rng.uniform(1.18, 1.3)
    return rng.uniform(0.88, 1.06)


def _subject(
    brief: Brief, pose: Pose, ground: Ground, size: float, flip: bool, rng: np.random.Generator
) -> Layer:
    x = SIDE / 2 + rng.uniform(-4, 4)
    if brief.cropped:
        x = SIDE / 2 + rng.choice([-1, 1]) * rng.uniform(12, 17)
    y = _height(pose, ground, size, rng)
    layer = clear_layer()
    pen = layer.pen().at(x, y, size / 100, flip=flip, tilt=rng.uniform(-2, 2))
    pose.draw(pen, rng)
    return layer


def _height(pose: Pose, ground: Ground, size: float, rng: np.random.Generator) -> float:
    """The row where the subject's y = 0 comes to lie: the larger, the nearer to us it stands."""
    if pose.stands == "edge":
        return SIDE + rng.uniform(-6, 2)
    if pose.stands in ("air", "branch"):
        return SIDE * rng.uniform(0.44, 0.54) + MIDDLE * size
    return ground.horizon + (ground.front - ground.horizon) * min(1.05, size / 78) ** 0.8


def _companion(brief: Brief, place: str, ground: Ground, rng: np.random.Generator) -> Layer:
    """Someone smaller, farther back and to one side."""
    free = [p for p in ARTISTS[brief.second_object].POSES.values() if p.stands in ("ground", "air")]
    poses = [pose for pose in free if place in pose.places] or free
    pose = poses[rng.integers(len(poses))]
    x = SIDE * rng.choice([0.17, 0.83]) + rng.uniform(-4, 4)
    size = rng.uniform(26, 40)
    y = ground.horizon + (ground.front - ground.horizon) * 0.35
    if pose.stands == "air":
        y = rng.uniform(14, 26) + MIDDLE * size
    layer = clear_layer()
    pose.draw(layer.pen().at(x, y, size / 100, flip=bool(rng.random() < 0.5)), rng)
    return layer


def _fence(brief: Brief, rng: np.random.Generator) -> Layer:
    layer = clear_layer()
    fences.draw(layer.pen(), brief.fence_kind, rng)
    return layer


def _develop(picture: np.ndarray, brief: Brief, rng: np.random.Generator) -> np.ndarray:
    """Exposure, focus and grain."""
    exposure = rng.uniform(0.70, 0.80) if brief.dark else rng.uniform(0.86, 1.08)
    picture = picture * exposure
    if brief.blurry:
        picture = _blurred(picture, rng.uniform(1.0, 1.3))
    grain = rng.standard_normal(picture.shape, dtype=np.float32)
    return _to_bytes(picture + grain * np.float32(rng.uniform(1, 3.5)))


def _blurred(picture: np.ndarray, radius: float) -> np.ndarray:
    image = Image.fromarray(_to_bytes(picture)).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(image).astype(np.float32)


def _to_bytes(picture: np.ndarray) -> np.ndarray:
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)
