import subprocess
import sys

RACE = """
import threading
import numpy as np
from core.evaluation import statistics
from core.models import lazy_torch

first, second = np.random.default_rng(0).normal(size=(2, 30, 4))
statistics.mann_whitney(first, second)
thread = threading.Thread(target=lazy_torch.load_torch)
thread.start()
while thread.is_alive():
    statistics.mann_whitney(first, second)
"""


def test_statistics_are_computed_while_another_thread_loads_torch():
    done = subprocess.run([sys.executable, "-c", RACE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
