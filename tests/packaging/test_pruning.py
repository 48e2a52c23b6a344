"""What the packaged program leaves out must not be missed by an edit or by a training run."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PRUNING = runpy.run_path(str(ROOT / "packaging" / "pruning.py"))
IMPORT_WITHOUT_THE_PRUNED = """
import sys

sys.path[:0] = sys.argv[1:]
import pruning

PRUNED = frozenset(pruning.excluded_modules())

class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        return None if name in PRUNED else self.finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self.finder, name)

sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
import engine.editing.editor
import ip2p_desktop.training.dialog.progress.loss_plot
import trainer.program
import trainer.examples.cached_examples
import trainer.practice.practice_set
import trainer.starter.data.recipes
import trainer.batches.pair_examples
import trainer.runs.loop
"""


def test_engine_trainer_and_diagram_load_without_the_excluded_modules() -> None:
    command = [sys.executable, "-c", IMPORT_WITHOUT_THE_PRUNED, str(ROOT / "packaging"), str(ROOT)]
    loaded = subprocess.run(command, capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr


@pytest.mark.parametrize(
    ("place", "needed"),
    [
        ("torch/lib/libtorch_cpu.so", True),
        ("torch/bin/torch_shm_manager", True),
        ("torch/bin/protoc", False),
        ("torch/test/half_test", False),
        ("torch/include/ATen/ATen.h", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", False),
        ("PySide6/Qt/plugins/sqldrivers/libqsqlite.so", False),
        ("PySide6/Qt/lib/libQt6Svg.so.6", True),
        ("PySide6/QtOpenGLWidgets.abi3.so", True),
        ("libQt6Quick.so.6", False),
        ("resources/starter/unet/config.json", True),
        ("resources/translations/ip2p_en.qm", True),
        ("resources/translations/ip2p_en.ts", False),
        ("PySide6/Qt/translations/qtbase_en.qm", True),
        ("PySide6/Qt/translations/qtbase_cs.qm", False),
        ("PySide6/translations/qt_en.qm", False),
    ],
)
def test_files_are_kept_or_left_out_by_their_place(place: str, needed: bool) -> None:
    assert PRUNING["is_needed"](place) is needed
