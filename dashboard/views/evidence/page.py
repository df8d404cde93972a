"""Which other images show a concept on a class that lacks such images?"""

import streamlit as st

from core import queries
from core.concepts import Concept, store
from core.fixes import Step
from core.fixes.evidence import Pool
from core.runs.features import remedy
from dashboard.components import caveats
from dashboard.session import actions, concept_draft, evidence_reviews, fix_stack, navigation, state
from dashboard.session.evidence_reviews import Subject
from dashboard.text import capitalised, plain
from dashboard.views.evidence import candidates
from dashboard.views.evidence.review import show_review
from dashboard.views.evidence.source import pick_source

CONCEPT, LABEL = "evidence_concept", "evidence_label"

run, selection, _ = state.current()


def stop_with(text: str, button: str, page: str) -> None:
    st.info(text, icon=":material/info:")
    st.button(button, on_click=navigation.open_page, args=(page,), key="evidence_elsewhere")
    st.stop()


def pick_subject(names: list[str]) -> tuple[Concept, int]:
    """The concept, and the class that it is looked for on."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        work = concept_draft.current(run)
        first = names.index(work.kept) if work and work.kept in names else 0
        if st.session_state.get(CONCEPT) not in names:
            st.session_state.pop(CONCEPT, None)
        name = st.selectbox(
            "Shows the concept", names, index=first, key=CONCEPT, width=260,
            persist_state="session", bind="query-params",
        )  # fmt: skip
        concept = store.load(run, name).concept
        if st.session_state.get(LABEL) not in run.classes:
            st.session_state.pop(LABEL, None)
        label = st.selectbox(
            "But looks like", run.classes, index=default_label(concept), key=LABEL, width=260,
            persist_state="session", bind="query-params",
            help="The class that has few such images in train.",
        )  # fmt: skip
    return concept, run.classes.index(label)


def default_label(concept: Concept) -> int:
    """The class chosen, else that of the errors behind the concept, else the most harmed."""
    if len(selection.labels) == 1:
        return selection.labels[0]
    if concept.held_out and (chose := concept.held_out.chose):
        return int(queries.rows(run, [chose[0]])["label"].iloc[0])
    found = candidates.most_harmed(
        run, concept_draft.scores(run, concept), concept, selection.split
    )
    return found or 0


def add_to_fixes(pool: Pool, subject: Subject) -> None:
    """Put what was accepted into the stack, in place of what was from there before."""
    rows, labels = zip(*evidence_reviews.review(subject).accepted, strict=True)
    step = Step("evidence", pool.options(rows, labels))
    fix_stack.put_evidence(run, step)
    navigation.open_page("fix")


st.title("Evidence")
st.caption(
    "Which other images show a concept, such as a fence, on a class that has hardly any such image "
    "in train? Added there, they teach the model that the concept is no sign of another class."
)
caveats.show_caveats(run, "val")
actions.show_problem()
if run.steps:
    stop_with(
        f"{plain(run.name)} is a fix of another run. Images are added to that one, in one stack "
        "with its other fixes.", "See its steps", "fix",
    )  # fmt: skip
if run.features() is None:
    stop_with(
        f"Run {plain(run.name)} kept no features, so other images cannot be ranked. "
        f"{capitalised(remedy(run))}.", "Train", "train",
    )  # fmt: skip
names = [stored.name for stored in fix_stack.usable(run)]
if not names:
    stop_with(
        "There is no concept for this run yet, and other images are ranked by one. Make one from a "
        "confusion, or from images that share something.", "Make a concept", "concepts",
    )  # fmt: skip
concept, label = pick_subject(names)
pool = pick_source(run)
if pool is None:
    st.caption(
        "Name a folder of other images, with or without classes. The run's own network looks at "
        "each once; what it saw is kept, so a second look is instant."
    )
    st.stop()
found = candidates.ranked(run, pool, concept, label)
subject = Subject(run.id, concept.name, label, pool.key)
show_review(run, pool, found, subject, concept.threshold, add_to_fixes)
