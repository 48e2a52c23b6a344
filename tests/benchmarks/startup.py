"""How long from starting the process to the first paint of the window.

    python tests/benchmarks/startup.py [--runs 5]

Prints seconds of every run; the first one may find a cold disk cache.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import sys, time
from PySide6.QtCore import QTimer
from ip2p_desktop import app

class Watched(app.MainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print(time.time(), sorted({"torch", "numpy"} & set(sys.modules)), flush=True)
        QTimer.singleShot(0, self.close)

app.MainWindow = Watched
sys.exit(app.main())
"""


def first_paint(data_folder: str) -> float:
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "IP2P_DATA_DIR": data_folder}
    started = time.time()
    finished = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    painted, heavy = finished.stdout.splitlines()[0].split(" ", 1)
    assert heavy == "[]", heavy
    return float(painted) - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data_folder:
        for _ in range(options.runs):
            print(f"{first_paint(data_folder):.2f} s")


if __name__ == "__main__":
    main()
