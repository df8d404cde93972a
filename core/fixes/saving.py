"""A stack of fixes as a run of its own; the run that it repairs is left as it is."""

from __future__ import annotations

import pandas as pd

from core import queries
from core.fixes.preview import Preview
from core.fixes.source import weights_of
from core.runs import writing

# Of a run.json, what says where the network came from, and how images were read and shown: a fix
# changes nothing of it.
READ = (
    "brought", "preprocessing", "read", "unreadable", "left_out", "refused", "data_notes",
)  # fmt: skip


def save(preview: Preview, name: str = "") -> str:
    """Publish a preview as a run of its own and give its id; the parent is left as it is."""
    run = preview.parent
    weights = weights_of(run)
    weights |= {"head.weight": preview.weight, "head.bias": preview.bias}
    titles = ", ".join(step.fix.title.lower() for step in preview.steps)
    name = name or f"{run.name[:120]}: {titles}"[:200]
    features = run.features()
    assert features is not None
    return writing.save_run(
        name,
        {**run.config, "name": name},
        seed=run.seed,
        dataset=run.dataset,
        fingerprint=run.fingerprint,
        classes=run.classes,
        table=queries.with_further(run, preview.table),
        history=pd.DataFrame(columns=list(run.history().columns)),
        features=features,
        weights=weights,
        timings={"fix": preview.seconds},
        device="cpu",
        parent=run.id,
        files=run.network_files(),
        extra={
            "steps": [step.to_dict() for step in preview.steps],
            "notes": list(preview.notes),
            "made_for": dict(preview.made_for),
            **{name: run.meta[name] for name in READ if name in run.meta},
        },
    )
