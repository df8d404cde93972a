"""Repair the model in seconds, on features that are already there; the old run stays."""

from collections.abc import Callable

import streamlit as st

from core import queries
from core.fixes import METHODS, Preview, Step
from core.models import lazy_torch
from core.runs.annotations import channel_marks
from core.runs.features import remedy
from dashboard.components import caveats, left_over
from dashboard.session import actions, cached, fix_stack, navigation, picks, state
from dashboard.text import capitalised, plain
from dashboard.views.fix import preview

METHOD, NAME = "fix_method", "fix_name"
Chosen = tuple[Step | None, str]  # the step that the widgets say, or what is missing for it

run, selection, _ = state.current()


def show_made() -> None:
    """This run is a fix itself: what was done, and the way back to change it."""
    steps = fix_stack.steps_of(run)
    parent = run.parent
    names = {each.id: each.name for each in cached.all_runs() if not each.damage}
    st.info(
        f"{plain(run.name)} is a fix of {plain(names.get(parent, 'another run'))}. Fixes are put "
        "together on that one, in a single stack.",
        icon=":material/info:",
    )
    for number, step in enumerate(steps, 1):
        st.markdown(f"{number}. **{step.fix.title}** · {plain(step.words(run.classes))}")
    for note in run.notes:
        st.caption(plain(note))
    gone = parent not in names
    with st.container(horizontal=True):
        st.button(
            "Change these steps", type="primary", icon=":material/edit:", disabled=gone,
            on_click=fix_stack.change_made, args=(parent, steps), key="fix_change",
            help="The run that it was made from is gone" if gone else "On the run it was made from",
        )  # fmt: skip
        st.button(
            "Compare with the run before", icon=":material/compare:", disabled=gone,
            on_click=navigation.open_page, args=("compare",), key="fix_compare",
        )  # fmt: skip


def show_steps(steps: tuple[Step, ...]) -> None:
    st.subheader("Steps")
    if not steps:
        st.caption("None yet: add one below.")
        left_over.offer(fix_stack.left_over(run), counted, fix_stack.take_up, "fix_left_over")
    for number, step in enumerate(steps):
        with st.container(horizontal=True, vertical_alignment="center"):
            title = f"{number + 1}. **{step.fix.title}**"
            words = step.words(run.classes)
            st.markdown(f"{title} · {plain(words)}" if words else title, width="content")
            st.button(
                "Remove", icon=":material/close:", key=f"fix_remove_{number}", type="tertiary",
                on_click=fix_stack.remove, args=(run, number),
            )  # fmt: skip


def counted(stack: fix_stack.Stack) -> str:
    n = len(stack.steps)
    return f"{n} {'step' if n == 1 else 'steps'}"


def show_choice() -> None:
    """One more step: the method, when to use it, and what it needs."""
    with st.expander(
        "Add a step", icon=":material/add:", expanded=not fix_stack.current(run).steps
    ):
        method = st.segmented_control(
            "Method", list(METHODS), default=fix_stack.first_method(), required=True, key=METHOD,
            format_func=lambda name: METHODS[name].title, label_visibility="collapsed",
        )  # fmt: skip
        fix = METHODS[method]
        st.caption(fix.when)
        problem = lazy_torch.missing() if fix.runs_network else ""
        step, missing = (None, plain(problem)) if problem else STEPS[fix.needs](method)
        if step and fix.strengths:
            strengths = ["Chosen on validation", *fix.strengths]
            strength = st.selectbox(
                "Strength", strengths, key=f"fix_strength_{method}", width=260,
                help=fix.strength.capitalize(),
            )  # fmt: skip
            if strength != strengths[0]:
                step = Step(step.method, step.options, float(strength))
        if missing:
            st.info(missing)
        if missing and fix.needs == "concept" and not fix_stack.usable(run):
            st.button(
                "Make a concept", icon=":material/label:", key="fix_concepts",
                on_click=navigation.open_page, args=("concepts",),
            )  # fmt: skip
        if fix.needs == "pool":
            st.button(
                "Look through other images", icon=":material/image_search:", key="fix_evidence",
                on_click=navigation.open_page, args=("evidence",),
            )  # fmt: skip
            return
        st.button(
            "Add", icon=":material/add:", disabled=step is None, key="fix_add",
            on_click=fix_stack.add, args=(run, step),
        )  # fmt: skip


def concept_step(method: str) -> Chosen:
    names = [stored.name for stored in fix_stack.usable(run)]
    if not names:
        return None, "There is no concept for this run yet: make one on the Concepts page."
    name = st.selectbox("Concept", names, key="fix_concept", width=260)
    return fix_stack.with_concept(run, method, name), ""


def pool_step(method: str) -> Chosen:
    """The Evidence page makes it."""
    return None, (
        "Images from elsewhere that show the concept on a class that lacks it, accepted by "
        "you one by one, join the training images."
    )


def channels_step(method: str) -> Chosen:
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


def picks_step(method: str) -> Chosen:
    """Picked training images are dropped, or get another label."""
    rows = list(picks.of(run).rows)
    found = queries.rows(run, rows) if rows else None
    train = [] if found is None else found.loc[found["split"] == "train", "row"].tolist()
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
STEPS: dict[str, Callable[[str], Chosen]] = {
    "": lambda method: (Step(method), ""),
    "concept": concept_step,
    "channels": channels_step,
    "picks": picks_step,
    "pool": pool_step,
}


def show_preview(made: Preview, steps: tuple[Step, ...]) -> None:
    """What validation says of it. Test is looked at once, on the next page."""
    st.subheader("Result on validation")
    preview.show_figures(run, made)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        titles = ", ".join(step.fix.title.lower() for step in steps)
        st.text_input(
            "Name of the new run", key=NAME, width=320, max_chars=200,
            placeholder=f"{run.name}: {titles}"[:120],
        )  # fmt: skip
        st.button(
            "Save and compare", icon=":material/compare:", key="fix_save",
            type="primary" if made.gains else "secondary",
            on_click=fix_stack.save, args=(run, steps, NAME, "compare"),
            disabled=not actions.may("save", run),
            help="Publish it as a run of its own, and see on test what got better and worse",
        )  # fmt: skip


st.title("Fix")
st.caption(
    "Repairs the model's head on stored features. The result is a new run; this one stays as it is."
)
caveats.show_caveats(run, "val")
actions.show_problem()
if run.steps:
    show_made()
elif run.features() is None:
    st.info(
        f"Run {plain(run.name)} kept no features, which every fix needs. "
        f"{capitalised(remedy(run))}.",
        icon=":material/info:",
    )
else:
    steps = fix_stack.current(run).steps
    show_steps(steps)
    show_choice()
    if steps:
        made, problem = fix_stack.problem_of(run, steps)
        if made:
            show_preview(made, steps)
        else:
            st.error(plain(problem), icon=":material/error:")
