"""Looking only: every page draws where torch is not installed, and says what a network needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import fencepost as fp
from tests.dashboard.conftest import FRAME, PAGES, script

# A Python in which torch and what it brings are not there, whatever this environment holds.
WALK = """
import sys

class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "torchvision", "captum", "transformers"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

from core.models import lazy_torch
there = lazy_torch.find_spec
lazy_torch.find_spec = lambda name: None if name in lazy_torch.NEEDED else there(name)
sys.meta_path.insert(0, Refused())

from streamlit.testing.v1 import AppTest
from dashboard.server import overlays
from dashboard.sidebar import first_start
first_start._store = lambda *_: None
overlays.HEAD_START = 0
app = AppTest.from_file(FRAME, default_timeout=60).run()
for name, page in PAGES:
    if page:
        app.switch_page(page).run()
        app.run()  # what a thread has found out meanwhile
    if name == "fix":
        app.radio(key="fix_method_cue").set_value("overlay").run()
    kinds = (app.caption, app.info, app.error, app.markdown, app.warning)
    said = " ".join(str(each.value) for kind in kinds for each in kind)
    failed = [each.message for each in app.exception]
    print(name, failed, "fencepost\\\\[train\\\\]" in said or "fencepost[train]" in said, sep="|")
print("loaded", [m for m in ("torch", "torchvision") if m in sys.modules], "", sep="|")
"""


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """name -> what was raised, and whether the page says what to install; a concept is kept."""
    pages = [(name, "" if name == "overview" else script(name)) for name in (*PAGES, "train")]
    code = f"FRAME, PAGES = {str(FRAME)!r}, {pages!r}\n{WALK}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FENCEPOST_ARTIFACTS", str(tmp_path_factory.mktemp("look")))
        run = fp.open_run("demo")
        picks = fp.suggest_picks(run, fp.explain(run, "deer", "cat"))
        fp.save_concept(run, fp.learn(run, picks.shows, picks.without, name="fence"))
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=FRAME.parents[1]
        )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = (line.split("|") for line in done.stdout.splitlines() if "|" in line)
    return {name: (failed, says) for name, failed, says in lines}


def test_every_page_draws_and_torch_is_not_loaded(walked):
    assert {name: failed for name, (failed, _) in walked.items()} == dict.fromkeys(walked, "[]")
    assert set(walked) == {*PAGES, "train", "loaded"}


def test_pages_that_need_a_network_say_what_to_install(walked):
    says = {name for name, (_, says) in walked.items() if says == "True"}
    assert says == {"explain", "concepts", "fix", "evidence", "train"}
