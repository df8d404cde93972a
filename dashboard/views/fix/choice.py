"""One more step: the fixes in groups by what a person knows, and one of them recommended."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from core import fixes, queries
from core.concepts.stored import Stored
from core.fixes import METHODS, Advice, Step
from core.fixes.steps import Knows
from core.models import lazy_torch
from core.runs import Run
from core.runs.annotations import channel_marks
from dashboard.session import concept_draft, fix_stack, navigation, picks
from dashboard.text import capitalised, plain

Chosen = tuple[Step | None, str]  # the step that the widgets say, or what is missing for it


class Group(NamedTuple):
    """Fixes for the same knowledge; `applies` where there is something for them to work on."""

    knows: Knows
    title: str
    line: str
    applies: bool

    @property
    def methods(self) -> list[str]:
        return [name for name, fix in METHODS.items() if fix.knows == self.knows]


def show_choice(run: Run, steps: tuple[Step, ...]) -> None:
    """What is recommended, then every group; one that does not apply is folded and says why."""
    advised = _advised(run)
    if advised and not steps:
        _recommend(run, advised)
    st.subheader("Another step" if steps else "Or choose yourself" if advised else "Add a step")
    for group in _groups(run):
        # Another one, folded, once there is a step: an open one would stay open.
        key = f"fix_group_{group.knows}_{bool(steps)}"
        label = f"**{group.title}** · {group.line}"
        asked = st.session_state.get(fix_stack.GROUP) == group.knows
        with st.expander(label, expanded=asked or (group.applies and not steps), key=key):
            _show_group(run, group)


def show_reason(run: Run, steps: tuple[Step, ...]) -> None:
    """Why these steps were recommended, where they were."""
    if (advised := _advised(run)) and steps == advised.steps:
        st.caption(f"Recommended: {plain(advised.why)}")


def _groups(run: Run) -> list[Group]:
    names, picked = [stored.name for stored in fix_stack.usable(run)], len(_picked(run))
    cue = plain(", ".join(names[:3])) if names else "there is no concept for this run yet"
    images = "image is" if picked == 1 else "images are"
    data = f"{picked:,} training {images} picked" if picked else "no training image is picked yet"
    return [
        Group("cue", "I know the cue", cue, bool(names)),
        Group("data", "Labels or images are wrong", data, bool(picked)),
        Group("errors", "I only know that it errs", "nothing else is needed", True),
    ]


def _advised(run: Run) -> Advice | None:
    """For the concept in work, else the one made last; None without any."""
    stored = fix_stack.usable(run)
    if not stored:
        return None
    work = concept_draft.current(run)
    concept = _named(stored, work.kept if work else "").concept
    scores = concept_draft.scores(run, concept)
    return fixes.advice(run, concept, scores, network=not lazy_torch.missing())


def _named(stored: list[Stored], name: str) -> Stored:
    return next((each for each in stored if each.name == name), stored[0])


def _recommend(run: Run, advised: Advice) -> None:
    first = advised.steps[0]
    with st.container(border=True):
        st.markdown(
            f"**Recommended: {first.fix.title} with “{plain(first.options['concept'])}”.** "
            f"{plain(advised.why)}"
        )
        st.button(
            "Try it", type="primary", icon=":material/build:", key="fix_recommended",
            on_click=fix_stack.put, args=(run, advised.steps),
            help="Shows what it would do; nothing is saved yet",
        )  # fmt: skip


def _show_group(run: Run, group: Group) -> None:
    """Its fixes, each with when to use it, and what the chosen one needs."""
    method = group.methods[0]
    if len(group.methods) > 1:
        first = group.methods.index(fix_stack.first_method(group.methods))
        method = st.radio(
            "Method", group.methods, index=first, key=f"fix_method_{group.knows}",
            format_func=lambda name: METHODS[name].title, label_visibility="collapsed",
            captions=[_when(name) for name in group.methods],
        )  # fmt: skip
    else:
        st.markdown(f"**{METHODS[method].title}**")
        st.caption(_when(method))
    _show_method(run, method)


def _when(method: str) -> str:
    return capitalised(METHODS[method].when.removeprefix("Use it "))


def _show_method(run: Run, method: str) -> None:
    fix = METHODS[method]
    problem = lazy_torch.missing() if fix.runs_network else ""
    step, missing = (None, plain(problem)) if problem else STEPS[fix.needs](run, method)
    if step and fix.strengths:
        step = _with_strength(step)
    if missing:
        st.info(missing)
    if missing and fix.needs == "concept" and not fix_stack.usable(run):
        st.button(
            "Make a concept", icon=":material/label:", key="fix_concepts",
            on_click=navigation.open_page, args=("concepts",),
        )  # fmt: skip
    if missing and fix.needs == "picks":
        st.button(
            "Pick images in the Gallery", icon=":material/photo_library:", key="fix_gallery",
            on_click=navigation.open_page, args=("gallery",),
        )  # fmt: skip
    if fix.needs == "pool":
        st.button(
            "Look through other images", icon=":material/image_search:", key="fix_evidence",
            on_click=navigation.open_page, args=("evidence",),
        )  # fmt: skip
        return
    st.button(
        f"Add {fix.title}", icon=":material/add:", disabled=step is None, key=f"fix_add_{method}",
        on_click=fix_stack.add, args=(run, step),
    )  # fmt: skip


def _with_strength(step: Step) -> Step:
    fix = step.fix
    strengths = ["Chosen on validation", *fix.strengths]
    strength = st.selectbox(
        "Strength", strengths, key=f"fix_strength_{step.method}", width=260,
        help=fix.strength.capitalize(),
    )  # fmt: skip
    return step if strength == strengths[0] else Step(step.method, step.options, float(strength))


def _concept_step(run: Run, method: str) -> Chosen:
    names = [stored.name for stored in fix_stack.usable(run)]
    if not names:
        return None, "There is no concept for this run yet: make one on the Concepts page."
    name = st.selectbox("Concept", names, key="fix_concept", width=260)
    return fix_stack.with_concept(run, method, name), ""


def _pool_step(run: Run, method: str) -> Chosen:
    """The Evidence page makes it."""
    return None, (
        "Images from elsewhere that show the concept on a class that lacks it, accepted by "
        "you one by one, join the training images."
    )


def _channels_step(run: Run, method: str) -> Chosen:
    features = run.features()
    count = 0 if features is None else features.shape[1]
    marked = sorted(
        {c for pred in range(len(run.classes)) for c in channel_marks.spurious(run, pred)}
    )
    chosen = st.multiselect(
        "Channels", range(count), default=marked, key="fix_channels",
        placeholder="Those marked as spurious on the Explain page, or others",
    )  # fmt: skip
    if not chosen:
        return None, "Choose channels, or mark them as spurious on the Explain page."
    return Step(method, {"channels": [int(c) for c in chosen]}), ""


def _picked(run: Run) -> list[int]:
    """Rows of the training images that are picked."""
    rows = list(picks.of(run).rows)
    found = queries.rows(run, rows) if rows else None
    return [] if found is None else found.loc[found["split"] == "train", "row"].tolist()


def _picks_step(run: Run, method: str) -> Chosen:
    """Picked training images are dropped, or get another label."""
    train = _picked(run)
    if not train:
        return None, "First pick the training images to correct, in the Gallery (Split: train)."
    to = st.selectbox(
        f"The {len(train):,} picked training images", ["Drop", *run.classes], key="fix_relabel",
        width=260, format_func=lambda n: "are dropped" if n == "Drop" else f"get the label {n}",
    )  # fmt: skip
    if to == "Drop":
        return Step(method, {"drop": train}), ""
    label = run.classes.index(to)
    return Step(method, {"relabel": {str(row): label for row in train}}), ""


# What asks for that which a fix needs, see `core.fixes.Method`.
STEPS: dict[str, Callable[[Run, str], Chosen]] = {
    "": lambda run, method: (Step(method), ""),
    "concept": _concept_step,
    "channels": _channels_step,
    "picks": _picks_step,
    "pool": _pool_step,
}
