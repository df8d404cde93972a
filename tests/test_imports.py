"""What starts the dashboard stays light: torch alone would cost seconds."""

import subprocess
import sys

HEAVY = ("torch", "torchvision", "sklearn", "scipy", "transformers")


def test_the_dashboard_starts_without_heavy_libraries():
    parts = "actions background channel_panels charts error_panels export filters first_start"
    parts += " gallery group_panels images job_panels looking matrix overlays picks reasons sidebar"
    parts = [f"dashboard.{name}" for name in f"{parts} state tiles train_form words_panel".split()]
    code = (
        f"import sys, importlib; [importlib.import_module(m) for m in {parts}]; "
        f"print([m for m in {HEAVY} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_evidence_is_drawn_without_torch():
    code = (
        "import sys, dashboard.evidence_panels, dashboard.pool_panel; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_help_does_not_wait_for_torch():
    code = "import sys, train; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
