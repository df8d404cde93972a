"""How good is the model, and where does it fail?"""

import time
from collections.abc import Mapping

import streamlit as st

from core import queries
from core.evaluation import classification, intervals
from core.queries import spreadsheet
from core.queries.rankings import RANKINGS, wrongness
from core.queries.selection import Selection
from dashboard.charts import figures
from dashboard.components import caveats, confusion, left_out
from dashboard.components.after_images import after_images
from dashboard.components.bars import Bar, bars, opened
from dashboard.components.confusion import LONG, STRIP
from dashboard.components.tiles import show_strip
from dashboard.components.welcome import welcome
from dashboard.session import cached, navigation, state
from dashboard.text import plain, short

TOP = 5
BARS = 25

began = time.monotonic()
run, selection, _ = state.current()
split = selection.split
counts = cached.confusion_matrix(run, split)
n, right = int(counts.sum()), int(counts.diagonal().sum())
low, high = intervals.wilson(right, n)
finding = classification.stands_out(counts)


def errors_of(name: str) -> None:
    """Go to the errors of a class, its least probable label first."""
    state.choose(
        true=[name], show=state.ERRORS, rank="label_prob", order=state.LOWEST, go="gallery"
    )


def open_bar() -> None:
    """The errors of the class whose bar was followed."""
    label = opened("overview_errors")
    if label is not None and label < len(run.classes):
        errors_of(run.classes[label])


def open_row() -> None:
    """The errors of the class whose row of the report was chosen; of all, where it is a mean."""
    chosen = st.session_state["overview_report"].selection.rows
    if chosen and chosen[0] < len(run.classes):
        errors_of(run.classes[chosen[0]])
    elif chosen:
        state.choose(show=state.ERRORS, go="gallery")


def show_numbers() -> None:
    """The four numbers of a run in one line, below which the finding stands large."""
    wrong = n - right
    st.markdown(
        f"{plain(run.name)}: **{intervals.percent(right / max(n, 1), 1)} right** "
        f"(95% interval {intervals.span(low, high, 1)}), "
        f"{wrong:,} {'error' if wrong == 1 else 'errors'} in {n:,} images of {split}",
        help="The interval is the range in which the accuracy on many more such images probably "
        "lies (Wilson score interval).",
    )


def show_finding() -> None:
    """The confusion where one should look first, if errors gather anywhere; else that none does."""
    if n == right:
        st.header(f"No errors in {plain(split)}")
    elif finding:
        label, pred, count = finding
        a, b = (plain(short(run.classes[k], LONG)) for k in (label, pred))
        st.header(f"{count:,} of {counts[label].sum():,} {a} are taken for {b}")
        share = intervals.percent(count / (n - right), 0)
        st.caption(f"That is {share} of all errors, more than chance would gather in one place.")
        confusion.show_worst(run, split, (label, pred))
        with st.container(horizontal=True):
            confusion.why(run, (label, pred), count, "primary")
            confusion.see(run, (label, pred), f"See all {count:,}", "secondary")
    else:
        show_spread()


def show_spread() -> None:
    """Where no confusion stands out: the worst errors, and what then helps."""
    wrong = n - right
    st.header(f"No pattern stands out in {wrong:,} {'error' if wrong == 1 else 'errors'}")
    st.caption(
        "No pair of classes has more of them than chance would give it. Look at the worst: are the "
        "labels right, is the thing in the picture at all? More or larger images may help; a fix "
        "for one confusion will not."
    )
    errors = Selection(split=split, correct=False)
    by = wrongness(run)
    worst = queries.ranked(run, errors, by, descending=True, limit=STRIP)
    show_strip(run, worst, split, key="overview_worst", label=f"All errors, highest {by} first")
    st.button(
        "See all errors", key="overview_all", icon=":material/photo_library:",
        on_click=state.choose, kwargs={"show": state.ERRORS, "rank": by, "go": "gallery"},
    )  # fmt: skip


def show_errors() -> None:
    st.subheader("Errors per class")
    rows = classification.errors_per_class(counts, run.classes)
    worst = rows.iloc[0]
    errors = "1 error" if n - right == 1 else f"{n - right:,} errors"
    st.caption(f"{errors} among {n:,} images. Click a bar to see them.")
    most = max(int(worst["errors"]), 1)
    bars(
        [bar_of(row, most) for row in rows.head(BARS).to_dict("records")],
        key="overview_errors",
        label=f"Most errors: {worst['class']}, {worst['errors']} of {worst['n']}",
        on_open=open_bar,
    )
    if len(rows) > BARS:
        st.caption(
            f"The {BARS} classes with the most errors: the report below has all {len(rows):,}."
        )


def bar_of(row: Mapping, most: int) -> Bar:
    """A class with its errors, as a link to them."""
    rate = intervals.span(row["low"], row["high"], 1)
    return {
        "id": int(row["label"]),
        "name": short(row["class"], LONG),
        "number": f"{row['errors']:,}",
        "share": row["errors"] / most,
        "href": navigation.address(
            "gallery", run=run.id, split=split, true=row["class"], show=state.ERRORS,
            rank=RANKINGS["label_prob"].label, order=state.LOWEST,
        ),
        "said": f"{row['class']}: {row['errors']:,} of {row['n']:,} wrong "
        f"({row['rate']:.1%}, 95% interval {rate})",
    }  # fmt: skip


def show_confusions() -> None:
    rest = [top for top in classification.most_confused(counts, TOP) if top != finding]
    if not rest:
        return
    st.subheader("Next confusions" if finding else "Largest confusions")
    for label, pred, count in rest:
        show_confusion(label, pred, count)


def show_confusion(label: int, pred: int, count: int) -> None:
    names = [plain(short(run.classes[k], LONG)) for k in (label, pred)]
    with st.container(horizontal=True, vertical_alignment="center"):
        text = f"**{' → '.join(names)}** · {count:,} of {counts[label].sum():,}"
        confusion.see(run, (label, pred), text)
        confusion.why(run, (label, pred), count)
    confusion.show_worst(run, split, (label, pred))


def show_training() -> None:
    points = state.curves(run.history())
    if points.empty:  # a head that was fitted on features has no epochs
        return
    st.subheader("Training")
    value = st.segmented_control(
        "Curve", ["accuracy", "loss"], default="accuracy", required=True, key="curve",
        format_func=str.capitalize, label_visibility="collapsed", bind="query-params",
    )  # fmt: skip

    def draw() -> None:
        figure, words = figures.training_curves(points, value), f"Training {value} by epoch"
        st.plotly_chart(figure, config=figures.STILL, alt=words)

    after_images(draw, since=began)


def show_report() -> None:
    report = classification.report(counts, run.classes)
    st.dataframe(
        report,
        key="overview_report",
        on_select=open_row,
        selection_mode="single-row",
        hide_index=True,
        placeholder="",
        height="content" if len(report) <= 30 else 600,
        column_config={
            "class": st.column_config.TextColumn("Class", width=130),
            "precision": _digits(
                "Precision", "Of the images predicted as the class, how many truly are"
            ),
            "recall": _digits(
                "Recall", "Of the images of the class, how many were predicted as it"
            ),
            "f1": _digits("F1", "Harmonic mean of precision and recall; accuracy in its row"),
            "support": st.column_config.NumberColumn(
                "Support", format="localized", help="Images of the class"
            ),
        },
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download report",
            # A function: the file of another page may be gone when the browser asks for it.
            lambda: spreadsheet.as_csv(report, "%.6f"),
            f"{run.id}-{split}-report.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption("Tick a row to see its errors.")


def _digits(title: str, text: str):
    return st.column_config.NumberColumn(title, format="%.3f", help=text)


st.title("Overview")
show_numbers()
show_finding()
caveats.show_caveats(run, split)
caveats.show_looks([run], split)
left_out.show_line(run)
welcome(run)
left, middle = st.columns([2, 3], gap="large")
below = st.container()
with middle:
    show_confusions()
with left:
    show_errors()
with below, st.expander("Classification report", icon=":material/table:"):
    show_report()
with left:
    show_training()
