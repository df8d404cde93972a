"""The fixes in one dict: in words, when to use each, its strengths, what it needs, what it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from core.concepts import Concept
from core.concepts.presence import picked_in
from core.errors import RunError
from core.fixes import performing
from core.fixes.performing import Perform, each
from core.runs import Run

Needs = Literal["", "concept", "channels", "picks", "pool"]
Knows = Literal["cue", "data", "errors"]


@dataclass(frozen=True)
class Method:
    """What can be done to a run.

    Attributes:
        when: advice for choosing it; done: what it did, for a reader who never saw the choice.
        perform: does it at each strength, see `performing.Inputs`.
        needs: what a step of it works on: a concept, channels, picked training images or images
            from elsewhere; "" where nothing but the run. The Fix page asks for it.
        knows: what a person knows who chooses it: the cue, that labels or images are wrong, or
            only that there are errors.
        strength: what the number means; strengths: the candidates, weakest first; empty where
            there is nothing to choose.
        runs_network: whether it looks at images again, and so needs torch.
    """

    title: str
    when: str
    done: str
    perform: Perform
    needs: Needs = ""
    knows: Knows = "errors"
    strength: str = ""
    strengths: tuple[float, ...] = ()
    runs_network: bool = False


# In the order in which they are offered, the first one first of all.
METHODS = {
    "overlay": Method(
        "Overlay",
        "Use it when the concept can be seen in pixels, such as a fence, a sticker, a cast or a "
        "blur, and the network can be run: slower than Transplant, and mostly better.",
        "What images that show the concept have and others lack was put on training images of all "
        "classes, and the head was refitted with these added.",
        performing.overlay,
        needs="concept",
        knows="cue",
        strength="how much the images with the concept put on them count together, compared with "
        "all real ones",
        strengths=(0.4, 0.6, 0.8),
        runs_network=True,
    ),
    "transplant": Method(
        "Transplant",
        "Use it when hardly any other class has the concept in train, the usual case.",
        "The features of training images of other classes were moved to where they would lie with "
        "the concept, and the head was refitted with these added.",
        each(performing.transplant),
        needs="concept",
        knows="cue",
        strength="how much of an image's own content survives the concept",
        strengths=(0.3, 0.4, 0.5, 0.7),
    ),
    "rebalance": Method(
        "Rebalance",
        "Use it when every class has at least some training images with the concept and without.",
        "The head was moved towards one that saw each class as often with the concept as without.",
        performing.rebalance,
        needs="concept",
        knows="cue",
        strength="how far the head moves to the one fitted on equal groups",
        strengths=(0.25, 0.5, 0.75, 1.0),
    ),
    "erase": Method(
        "Erase",
        "Use it when the concept should never matter for any class.",
        "The direction of the features that marks the concept was removed, and the head refitted.",
        each(performing.erase),
        needs="concept",
        knows="cue",
        strength="how much of the concept's direction is removed",
        strengths=(0.5, 0.75, 1.0),
    ),
    "mute": Method(
        "Mute channels",
        "Use it when an explanation points to a few channels that see nothing but the cue.",
        "Channels of the features were set to their mean, so that the head no longer sees them.",
        each(performing.mute),
        needs="channels",
        knows="cue",
        strength="how much of the channels is removed",
        strengths=(0.5, 1.0),
    ),
    "mistakes": Method(
        "Learn from mistakes",
        "Use it when you know of no concept: training images the model is unsure of count more.",
        "The head was refitted with more weight on training images that the model was unsure of.",
        each(performing.mistakes),
        strength="how steeply the weight falls with the model's own probability",
        strengths=(1.0, 2.0, 4.0),
    ),
    "correct": Method(
        "Correct the data",
        "Use it when training images are mislabelled or do not belong: drop or relabel them.",
        "Training images were dropped or given another label, and the head was refitted.",
        each(performing.correct),
        needs="picks",
        knows="data",
    ),
    "evidence": Method(
        "More evidence",
        "Use it when other images show the concept: look through the ranked ones and add the "
        "right ones.",
        "Images from elsewhere, accepted by a person one by one, were added to the training "
        "images, and the head was refitted.",
        each(performing.evidence),
        needs="pool",
        knows="cue",
    ),
}


@dataclass(frozen=True)
class Step:
    """One fix of a stack.

    Options, all JSON: `concept` (a name) where one is needed, and beside it `carriers` (class ids
    it was picked from, found where not given); `channels`, `classes` (empty: all) and `refit` for
    mute; `drop` (rows) and `relabel` (row -> class id) for correct; `pool` (a name), `rows` and
    `labels` for evidence; `optional` for any: it may be left out where it adds nothing.
    `strength` None lets validation choose.
    """

    method: str
    options: dict[str, Any] = field(default_factory=dict)
    strength: float | None = None

    def __post_init__(self) -> None:
        """Raise RunError where the step cannot mean anything."""
        if self.method not in METHODS:
            raise RunError(f"There is no fix {self.method!r}: choose {', '.join(METHODS)}.")
        if self.fix.needs == "concept" and not self.options.get("concept"):
            raise RunError(f"{self.fix.title} needs a concept: make one first.")
        if self.strength is not None and not 0 < self.strength < 100:
            raise RunError(f"A strength of {self.strength} is not possible: it must be above 0.")

    @property
    def fix(self) -> Method:
        return METHODS[self.method]

    @property
    def optional(self) -> bool:
        """Whether validation may leave it out of a stack."""
        return bool(self.options.get("optional")) and self.strength is None

    def to_dict(self) -> dict[str, Any]:
        """As it stands in run.json."""
        return {"method": self.method, "strength": self.strength, **self.options}

    def words(self, classes: Sequence[str]) -> str:
        """What it works on, and how strongly."""
        found = self.options
        parts = [f"concept {found['concept']}"] if found.get("concept") else []
        if found.get("carriers"):
            parts.append("picked in " + ", ".join(classes[c] for c in found["carriers"]))
        if found.get("channels"):
            parts.append("channels " + ", ".join(map(str, found["channels"])))
        if found.get("drop"):
            parts.append(f"{len(found['drop'])} images dropped")
        if found.get("relabel"):
            parts.append(f"{len(found['relabel'])} images relabelled")
        if self.fix.needs == "pool":
            counts = Counter(classes[k] for k in found.get("labels", ()))
            of = (f"{n} {'image' if n == 1 else 'images'} of {name}" for name, n in counts.items())
            parts.append(f"{' and '.join(of)} from {found.get('pool')}")
        if self.strength is not None:
            parts.append(f"strength {self.strength:g}")
        if self.optional:
            parts.append("if it adds something")
        return ", ".join(parts)


def usual(run: Run, concept: Concept, *, network: bool = True) -> tuple[Step, ...]:
    """The stack that is offered first.

    Overlay; and transplant after it, if that adds something, where the network was not trained on
    these images: where it was, transplant took away of what overlay gave, wherever measured.

    Args:
        network: whether the run's network can be run.
    """
    first, second = (with_concept(run, method, concept) for method in ("overlay", "transplant"))
    if not network:
        return (second,)
    if run.config.get("mode") != "head":
        return (first,)
    return first, replace(second, options={**second.options, "optional": True})


def with_concept(run: Run, method: str, concept: Concept) -> Step:
    """A step on a concept, and on the class that most of its images were picked in."""
    options: dict[str, Any] = {"concept": concept.name}
    if (label := picked_in(run, concept)) is not None:
        options["carriers"] = [label]
    return Step(method, options)
