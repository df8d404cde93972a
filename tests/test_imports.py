"""What starts the dashboard stays light: torch alone would cost seconds."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("torch", "torchvision", "sklearn", "scipy", "transformers")


def modules(*folders: str) -> list[str]:
    """Every module below these folders, but for the scripts that the frame names: they are run."""
    frame = (ROOT / "dashboard" / "frame.py").read_text("utf-8")
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in found
        if f'"{path.relative_to(ROOT / "dashboard").as_posix()}"' not in frame
    ]


def loaded(names: list[str]) -> list[str]:
    """Which heavy libraries a fresh Python has once it has imported these modules."""
    code = (
        f"import sys, importlib; [importlib.import_module(m) for m in {names}]; "
        f"print(*[m for m in {HEAVY} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_dashboard_starts_without_heavy_libraries():
    rooms = ("server", "charts", "components", "sidebar")
    assert loaded(modules(*(f"dashboard/{room}" for room in rooms))) == []


def test_no_page_is_drawn_with_torch():
    assert "torch" not in loaded(modules("dashboard/session", "dashboard/views"))


def test_help_does_not_wait_for_torch():
    assert "torch" not in loaded(["train"])
