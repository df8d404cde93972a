"""Which models were trained, and how good is each?"""

import pandas as pd
import streamlit as st

from core.models import lazy_torch
from dashboard.components import caveats, export_network, left_out, others
from dashboard.components.run_bin import show_bin
from dashboard.components.run_details import show_details
from dashboard.components.run_labels import facts
from dashboard.components.welcome import show_damaged
from dashboard.session import actions, cached, state
from dashboard.text import plain

COLUMNS = {
    "name": st.column_config.TextColumn("Name", width=170),
    "accuracy": st.column_config.NumberColumn(
        "Accuracy", format="%.1f%%", help="Right answers among the images of test"
    ),
    "interval": st.column_config.TextColumn(
        "95% interval",
        help="The range in which the accuracy on many more such images probably lies (Wilson)",
    ),
    "created": st.column_config.DatetimeColumn("Date", format="D MMM YYYY, HH:mm"),
    "n": st.column_config.NumberColumn("Images", format="localized", help="Images of test"),
    "dataset": st.column_config.TextColumn(
        "Data", help="A folder by its name; the whole path stands below"
    ),
    "model": st.column_config.TextColumn("Model"),
    "mode": st.column_config.TextColumn(
        "Mode",
        help="finetune: the whole network. head: the head only. predict: trained elsewhere. "
        "fix: made from another run",
    ),
    "duration": st.column_config.TextColumn("Duration"),
    "chosen_on": st.column_config.TextColumn(
        "Chosen on",
        help="The split that chose its epoch. Where it is test, the accuracy looks better than it "
        "is",
    ),
}
SEARCHED = ("name", "dataset", "model", "mode")
SEARCH, SHOWN = "runs_search", "runs_columns"


def title(column: str) -> str:
    return COLUMNS[column]["label"] or column


def pick_columns() -> list[str]:
    """What to list, in its own order; the name always."""
    with st.popover("Columns", icon=":material/view_column:"):
        rest = [column for column in COLUMNS if column != "name"]
        chosen = st.pills(
            "Columns", rest, default=rest, selection_mode="multi", format_func=title, key=SHOWN,
            persist_state="session", label_visibility="collapsed",
        )  # fmt: skip
    return ["name", *(column for column in rest if column in chosen)]


def matching(table: pd.DataFrame, words: str) -> pd.DataFrame:
    """The rows that have every word in name, data, model or mode."""
    found = table[list(SEARCHED)].fillna("").agg(" ".join, axis=1).str.lower()
    holds = [all(word in text for word in words.lower().split()) for text in found]
    return table[holds]


st.title("Runs")
st.caption("Which models were trained, and how good is each? Choose a row to act on it.")
others.watch(others.RUNS, key="runs")
actions.show_problem()
if actions.DELETED in st.session_state:
    deleted, name, _ = st.session_state[actions.DELETED]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(f"{plain(name)} was deleted.", icon=":material/delete:", width="stretch")
        st.button(
            "Undo", key="runs_undo", icon=":material/undo:", on_click=actions.undo_delete,
            args=(deleted,),
        )  # fmt: skip

found = cached.read_runs()  # again: after the watch began
usable = [run for run in found if not run.damage]
if not usable:
    st.info("No run can be opened yet: train a model on the Train page.", icon=":material/info:")
    show_damaged(found)
    show_bin()
    st.stop()

open_id = st.session_state.get(state.RUN)
current = next((k for k, run in enumerate(usable) if run.id == open_id), 0)
listed = pd.DataFrame(map(facts, usable), columns=list(COLUMNS))
with st.container(horizontal=True, vertical_alignment="bottom"):
    words = st.text_input(
        "Search", key=SEARCH, placeholder="Search name, data, model or mode", width=300,
        label_visibility="collapsed", icon=":material/search:", persist_state="session",
    )  # fmt: skip
    columns = pick_columns()
    st.caption("A click on a column's name sorts by it.", width="content")
listed = matching(listed, words)
if listed.empty:
    st.info("No run has all of these words.", icon=":material/search_off:")
ids = [usable[k].id for k in listed.index]
table = st.dataframe(
    listed,
    # A selection is of row numbers, so another list of runs is another table.
    key=f"runs_table_{hash(tuple(ids))}",
    hide_index=True,
    height="content" if len(listed) <= 20 else 740,
    column_config=COLUMNS,
    column_order=columns,
    on_select="rerun",
    selection_mode="single-row",
    placeholder="—",
    alt="Every run with its accuracy",
)
caveats.count_looks(usable, "test")
caveats.show_looks(usable, "test")
rows = table.selection.rows
chosen = usable[listed.index[rows[0]] if rows and rows[0] < len(listed) else current]

with st.container(border=True):
    st.subheader(plain(chosen.name))
    parents = {run.id: run.name for run in usable}
    made_from = parents.get(chosen.parent, "")
    st.caption(
        f"Run {plain(chosen.id)} on {plain(chosen.dataset)}"
        + (f", made from {plain(made_from)}" if made_from else "")
        + (", open now" if chosen.id == open_id else "")
    )
    left_out.show_list(chosen)
    with st.container(horizontal=True):
        st.button(
            "See its Overview" if chosen.id == open_id else "Open", key="runs_open",
            type="secondary" if chosen.id == open_id else "primary",
            icon=":material/arrow_forward:",
            on_click=actions.open_run, args=(chosen.id,),
        )  # fmt: skip
        if actions.may("rename", chosen):
            with st.popover(
                "Rename", icon=":material/edit:", key=actions.RENAMING, on_change="rerun"
            ):
                key = f"runs_name_{chosen.id}"
                with st.form("runs_rename_form", border=False):
                    st.text_input(
                        "Name", chosen.name, max_chars=200, key=key,
                        help="Empty: the name that it was saved with",
                    )  # fmt: skip
                    st.form_submit_button(
                        "Save name", key="runs_rename", type="primary", on_click=actions.rename,
                        args=(chosen.id, key, chosen.name),
                    )  # fmt: skip
        if actions.may("train") and not lazy_torch.missing():
            export_network.show(chosen)
        if actions.may("delete", chosen):
            with st.popover("Delete", icon=":material/delete:"):
                st.write(f"Delete **{plain(chosen.name)}**? The last ten deleted runs are kept.")
                st.button(
                    ":red[Delete run]", key="runs_delete", icon=":material/delete:",
                    on_click=actions.delete, args=(chosen.id, chosen.name),
                )  # fmt: skip
    show_details(chosen)

show_damaged(found)
show_bin()
