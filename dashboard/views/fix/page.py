"""Repair the model in seconds, on features that are already there; the old run stays."""

import streamlit as st

from core import artifacts
from core.errors import FencepostError
from core.fixes import Preview, Step
from core.runs.features import remedy
from dashboard.components import caveats, left_over, others
from dashboard.components.waiting import show_waiting
from dashboard.server.background import Work
from dashboard.session import actions, cached, fix_stack, navigation, state
from dashboard.text import capitalised, plain
from dashboard.views.fix import choice, preview

NAME = "fix_name"

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


def show_result(steps: tuple[Step, ...]) -> None:
    """What the steps make of the run, how far that is, or why there is nothing."""
    try:
        work = fix_stack.making(run, steps)
    except (FencepostError, OSError) as error:
        work = Work(error=artifacts.in_words(error), finished=True)
    words = "Working out what it would do"
    if show_waiting(work, words, key="fix", again=fix_stack.again, args=(run, steps)):
        return
    if isinstance(work.result, Preview):
        show_preview(work.result, steps)
    else:
        st.error(plain(work.error), icon=":material/error:")


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
            type="primary" if preview.verdict(made) == "worth" else "secondary",
            on_click=fix_stack.save, args=(run, steps, NAME, "compare"),
            disabled=not actions.may("save", run),
            help="Publish it as a run of its own, and see on test what got better and worse",
        )  # fmt: skip


st.title("Fix")
st.caption(
    "Repairs the model's head on stored features. The result is a new run; this one stays as it is."
)
caveats.show_caveats(run, "val")
stacks = [] if fix_stack.WORK.current(run.id) else [others.unsaved(run, fix_stack.STACK)]
others.watch([others.concepts(run), others.marks(run), *stacks], key="fix")
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
    if steps:
        choice.show_reason(run, steps)
        show_result(steps)
    choice.show_choice(run, steps)
