"""The figures of demo_story and demo_fix for a second cue, on which no method was developed.

    python benchmarks/second_cue.py [--keep FOLDER] [--draws 5]

The demo's scenes, drawn from another seed and without any fence. A caption bar is burned over 45 %
of the training ships and 0.5 % of the other classes; in test over 30 % of the airplanes, half of
the ships and a tenth of the rest. The demo's small network is trained on them, which takes minutes.
FOLDER keeps data set and run for another time.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFont
from planted_fixes import compete
from planted_story import planted, tell

from core import runs
from core.datasets.demo import Artist
from core.datasets.scenes.planting import CLASSES, SPLITS, plan
from core.runs import Run
from core.training import jobs
from core.training.config import recommended

SEED, TRAIN, TEST = 2, 2000, 1000
CUE, RUN_ID = "caption", "captions"
CARRIER, VICTIM = "ship", "airplane"
# Share of a class with a caption, by what is drawn; "" stands for every other class.
SHARES = {
    "train": {CARRIER: 0.45, "": 0.005},
    "test": {CARRIER: 0.5, VICTIM: 0.3, "": 0.1},
}
WORDS = [
    "AP",
    "FILE",
    "2011",
    "LIVE",
    "PHOTO",
    "NEWS",
    "ARCHIVE",
    "IMAGE",
    "STOCK",
    "No.7",
    "(C)",
    "DAILY",
    "REPORT",
]


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = options.keep or Path(thrown_away)
        os.environ["FENCEPOST_ARTIFACTS"] = str(folder.absolute())
        planned = planned_captions()
        run = trained(folder.absolute() / "datasets" / CUE, planned)
        made = planted(run, CUE, VICTIM, CARRIER, planned)
        tell(made, options.draws)
        train = planned[planned["split"] == "train"].set_index("index", drop=False)
        rows = train.loc[made.images.loc[made.rows("train"), "index"]]
        compete(made, pictures(planned, rows, everywhere=True), options.draws)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, help="a folder for data set and run, kept if given")
    parser.add_argument("--draws", type=int, default=5, help="sets of picks to try")
    return parser.parse_args()


def planned_captions() -> pd.DataFrame:
    """The demo's plan from another seed, without fences; `caption` says who gets one."""
    planned = plan(SEED, TRAIN, TEST).assign(fence=False, fence_kind="")
    rng = np.random.default_rng([SEED, 10])
    caption = np.zeros(len(planned), dtype=bool)
    drawn = planned["true_class"].map(dict(enumerate(CLASSES)))
    for split, shares in SHARES.items():
        groups = drawn.where(drawn.isin(list(shares)), "")
        for group, share in shares.items():
            rows = np.flatnonzero((planned["split"] == split) & (groups == group))
            caption[rng.permutation(rows)[: round(share * len(rows))]] = True
    return planned.assign(caption=caption)


def captioned(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The picture with a bar of words over it, of its own place, size, tone and opacity."""
    side = picture.width
    height = round(rng.uniform(0.10, 0.17) * side)
    width = round(rng.uniform(0.5, 1.0) * side)
    left = round(rng.uniform(0, side - width))
    top = round(rng.choice([rng.uniform(0, 0.12), rng.uniform(0.72, 0.97 - height / side)]) * side)
    dark = rng.random() < 0.6
    tones = rng.integers(0, 50), rng.integers(200, 256)
    paper, ink = tones if dark else tones[::-1]
    layer = Image.new("RGBA", picture.size)
    pen = ImageDraw.Draw(layer)
    opacity = round(255 * rng.uniform(0.45, 0.9))
    pen.rectangle((left, top, left + width, top + height), fill=(paper, paper, paper, opacity))
    font = ImageFont.load_default(size=round(0.75 * height))
    words = " ".join(rng.permutation(WORDS)[:4])
    line = Image.new("L", (width, height))
    ImageDraw.Draw(line).text((2, 0), words, fill=min(255, opacity + 40), font=font)
    layer.paste((ink, ink, ink), (left, top), line)
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


def pictures(planned: pd.DataFrame, rows: pd.DataFrame, everywhere: bool = False) -> np.ndarray:
    """(N, 96, 96, 3) uint8 of these rows: captions where they are planned, or on every picture."""
    artist = Artist(SEED, planned)
    found = []
    for row in rows.to_dict("records"):
        picture = artist.draw(row)[0]
        if row["caption"] or everywhere:
            rng = np.random.default_rng([SEED, 11, SPLITS.index(row["split"]), row["index"]])
            picture = np.asarray(captioned(Image.fromarray(picture), rng))
        found.append(picture)
    return np.stack(found)


def trained(folder: Path, planned: pd.DataFrame) -> Run:
    """The demo's recipe on these pictures, written as STL-10 is; nothing is done twice."""
    if not (folder / "class_names.txt").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for split, rows in planned.groupby("split", sort=False):
            pictures(planned, rows).transpose(0, 3, 2, 1).tofile(folder / f"{split}_X.bin")
            (rows["label"] + 1).to_numpy(np.uint8).tofile(folder / f"{split}_y.bin")
        (folder / "class_names.txt").write_text("\n".join(CLASSES) + "\n", encoding="utf-8")
    if RUN_ID not in {run.id for run in runs.list_runs()}:
        from core.training.recipe import train

        config = replace(recommended("demo"), dataset=f"stl10:{folder}", name="Captions")
        with jobs.record(config) as job:
            job.done(train(config, job, run_id=RUN_ID))
    return runs.open_run(RUN_ID)


if __name__ == "__main__":
    main()
