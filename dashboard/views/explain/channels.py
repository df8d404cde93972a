"""The channels that made a confusion: how much each did, what it sees, and what a person says."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.explain import Explanation
from core.runs import Run
from core.runs.annotations import channel_marks
from dashboard.components.tiles import Part, show_sheet
from dashboard.server import overlays
from dashboard.session import actions, concept_draft, state
from dashboard.text import plain
from dashboard.views.explain import picks, reasons

FIRST, MORE = 3, 6
SEEN = 9
UNCLEAR = "Channels, none of them clear"
HELP = (
    "Share: how much of the gap in logits this channel makes up; over all channels the shares add "
    "up to 100 %. Effect: Cohen's d, how many standard deviations the errors lie from the "
    "correct images. AUC: how often an error has more of it than a correct image. q: the false "
    "discovery rate over all channels (Benjamini-Hochberg). The images were chosen for being "
    "wrong, and these channels decide that: the numbers rank channels; they prove no cause."
)


def show_channels(run: Run, found: Explanation, where: bool, *, clear: bool) -> None:
    """What the errors have more of and less of; folded where nothing stands out."""
    gained = found.gained
    shown, more = gained.head(FIRST), gained.iloc[FIRST : FIRST + MORE]
    if clear:
        _show_gained(run, found, shown, where)
        _show_folded(run, found, more, where, "More channels", ":material/add:")
    else:
        several = gained.head(FIRST + MORE)
        _show_folded(run, found, several, where, UNCLEAR, ":material/trending_up:")
    lost = found.lost.head(MORE)
    _show_folded(run, found, lost, where, "What is missing", ":material/trending_down:")


def _show_gained(run: Run, found: Explanation, shown: pd.DataFrame, where: bool) -> None:
    a, b = (plain(run.classes[k]) for k in (found.label, found.pred))
    st.subheader("What they have more of", help=_help(run, found))
    if shown.empty:
        st.caption(f"No channel that speaks for {b} is stronger in these images.")
        return
    st.caption(
        f"Channels are what the network learned to look for by itself. Of those that speak for "
        f"{b}, {len(found.gained):,} are stronger here than in {a} predicted correctly; the first "
        f"{len(shown)} are shown by the training images that they respond to most. What do these "
        "share?"
    )
    _show_cards(run, found, shown, where)


def _help(run: Run, found: Explanation) -> str:
    """The gap that the channels share, and what the figures of each mean."""
    a, b = (plain(run.classes[k]) for k in (found.label, found.pred))
    return (
        f"The model puts {b} ahead of {a} by {found.gap:.1f} logits more on these images than on "
        f"the {len(found.reference):,} of {a} that it predicts correctly. Its "
        f"{len(found.channels):,} channels add up to exactly this gap. {HELP}"
    )


def _show_folded(
    run: Run, found: Explanation, rows: pd.DataFrame, where: bool, title: str, icon: str
) -> None:
    """Cards that are made only once a person opens them."""
    if rows.empty:
        return
    folded = st.expander(title, icon=icon, key=f"explain_{title}", on_change="rerun")
    if folded.open:
        with folded:
            if (rows["effect"] < 0).all():
                a, b = (plain(run.classes[k]) for k in (found.label, found.pred))
                st.caption(f"Channels that speak for {a} against {b} and are weaker here.")
            elif title == UNCLEAR:
                st.caption(
                    "The channels that are stronger here. Of any images some are: nothing says "
                    "that it is more than chance."
                )
            _show_cards(run, found, rows, where)


def _show_cards(run: Run, found: Explanation, rows: pd.DataFrame, where: bool) -> None:
    kept = _marks(run, found.pred)
    records = rows.to_dict("records")
    for start in range(0, len(records), 3):
        for column, row in zip(st.columns(3), records[start : start + 3], strict=False):
            with column.container(border=True):
                _show_card(run, found, row, where, kept.get(int(row["channel"])))


def _show_card(run: Run, found: Explanation, row: dict, where: bool, mark: str | None) -> None:
    channel, a = int(row["channel"]), plain(run.classes[found.label])
    more = row["effect"] > 0
    often = row["auc"] if more else 1 - row["auc"]
    seen = reasons.strongest(run, channel, found.pred if more else found.label, SEEN)
    kinds = [overlays.channel(channel)] * len(seen) if where else []
    show_sheet(
        run, [Part("", seen, maps=kinds)], key=f"explain_channel_{channel}",
        label=f"Training images that channel {channel} responds to most",
    )  # fmt: skip
    name = plain(run.classes[found.pred if more else found.label])
    st.caption(f"The training images of {name} that it responds to most.")
    st.markdown(
        f"**Channel {channel}**",
        help=f"{row['share']:.1%} of the gap. Effect {row['effect']:.1f}, AUC {row['auc']:.2f}, "
        f"{_q(row['q'])}.",
    )  # fmt: skip
    how = _how_often("stronger" if more else "weaker", f"in a correctly predicted {a}", often)
    st.caption(f"{how}.")
    if more:  # else it speaks for the true class, which nobody calls spurious here
        _mark_control(run, found.pred, channel, mark)
    st.button(
        "Make a concept", key=f"explain_concept_{channel}", icon=":material/category:",
        type="tertiary", help="A concept that is this channel alone",
        on_click=concept_draft.make_concept,
        args=(picks.channel_picks(run, (found.label, found.pred), channel),),
    )  # fmt: skip


def _how_often(what: str, where: str, often: float) -> str:
    if often > 0.995:
        return f"Always {what} than {where}"
    return f"{what.capitalize()} than {where} {100 * often:.0f} times in 100"


def _q(q: float) -> str:
    return "q < 0.001" if q < 0.001 else f"q = {q:.3f}"


def _mark_control(run: Run, pred: int, channel: int, mark: str | None) -> None:
    name = plain(run.classes[pred])
    words = {
        channel_marks.SPURIOUS: f"Spurious for {name}",
        channel_marks.BELONGS: f"Belongs to {name}",
    }
    key = f"explain_mark_{run.id}_{pred}_{channel}"
    st.session_state[key] = mark
    st.segmented_control(
        "Mark", list(words), format_func=words.__getitem__, key=key, label_visibility="collapsed",
        help="Your judgement of what this channel sees. The Fix page can mute spurious channels.",
        on_change=_mark, args=(run, pred, channel, key, mark),
    )  # fmt: skip


def _mark(run: Run, pred: int, channel: int, key: str, seen: str | None) -> None:
    """Keep what a person says, beside the run; for this session alone where it may not be kept."""
    how = st.session_state[key]
    if not actions.may("mark", run):
        kept = _marks(run, pred)
        kept.pop(channel, None)
        if how:
            kept[channel] = how
    else:
        actions.attempt("mark", run, channel_marks.mark, run, pred, channel, how, seen)


def _marks(run: Run, pred: int) -> dict[int, str]:
    """Channel -> its mark, as the session knows them."""
    kept = st.session_state.setdefault(state.MARKS, {})
    if actions.may("mark", run) or (run.id, pred) not in kept:
        kept[run.id, pred] = channel_marks.of_class(run, pred)
    return kept[run.id, pred]
